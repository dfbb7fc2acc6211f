"""What the service needs of a back-end: links that do tests, several at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rulereward.services.sandbox.shapes import Outcome, Test


class BackendError(Exception):
    """A link cannot be made now. The message says what is wrong, and what would help."""


class BackendLink(Protocol):
    """Does tests, as `link.Link` does over a stream to a runner. Not thread-safe.

    Tests go in by `submit`, and each outcome comes out of `receive` when `reading` can be read from. `send` is called
    when `writing` can be written to and `has_output` says so.
    """

    @property
    def reading(self) -> int:
        """A descriptor that does not block."""
        ...

    @property
    def writing(self) -> int:
        """A descriptor that does not block; it may be the same."""
        ...

    @property
    def has_output(self) -> bool: ...

    @property
    def in_flight(self) -> int:
        """How many tests it was given and has not answered."""
        ...

    slots: int
    """How many tests it does at once; 0 until it is ready."""

    languages: tuple[str, ...]
    """What it can run, once it is ready; empty where nobody knows."""

    has_pytest: bool
    """Whether it can run test files of pytest, once it is ready; true where nobody knows."""

    def submit(self, test: Test) -> int:
        """Give it a test: the number under which the outcome will come. Raises ValueError where it cannot cross."""
        ...

    def cancel(self, number: int) -> None:
        """Have a test stopped. Its outcome still comes."""
        ...

    def send(self) -> None: ...

    def receive(self) -> Sequence[tuple[int, Test, Outcome]]:
        """The outcomes that have come. Raises `link.LinkLostError`; the link is closed then."""
        ...

    def close(self) -> str:
        """End it, and whatever it runs. Its last words."""
        ...

    def let_go(self) -> None:
        """In a forked child of the caller: close our copies of what it uses, and end nothing of the parent's."""
        ...


class Backend(Protocol):
    """Where programs are run. `identity` names all that could change an outcome.

    `links` is how many links are to be held at most. `local`: do programs share this host's processors with us?
    """

    @property
    def name(self) -> str: ...

    @property
    def identity(self) -> str: ...

    @property
    def told(self) -> str:
        """Where programs run, in a line for people: which, with what, and how many tests at once."""
        ...

    @property
    def links(self) -> int: ...

    @property
    def local(self) -> bool: ...

    def connect(self) -> BackendLink:
        """A new link, which may take a while to be ready. Raises BackendError, OSError."""
        ...

    def close(self) -> None:
        """Give up what it holds itself, once all links are closed. None is made afterwards."""
        ...
