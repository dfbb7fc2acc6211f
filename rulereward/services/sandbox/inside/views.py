"""What a test was told of one of the program's objects, so that it is told the same again.

A list says the same whichever way it is read. An object of a program's class need not: it could be sorted where it is
indexed, and hold the right things where it is iterated. So what was read is kept until the test lets the program do
something, and what is read in two ways has to agree.
"""

from __future__ import annotations

from typing import Any


class DisagreementError(Exception):
    """An object says different things of itself."""


def disagree(what: str) -> None:
    """Raises DisagreementError."""
    raise DisagreementError(what)


class View:
    """One object between two operations that may change something."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.said: dict[tuple[Any, ...], Any] = {}
        """Answers by the question."""
        self.source: Any = None
        """The iterator that its items come from, once it was asked for one."""
        self.items: list[Any] = []
        self.ended = False
        self._length: int | None = None
        self._indexed: dict[int, Any] = {}

    def see_length(self, length: int) -> None:
        """Raises DisagreementError."""
        self._length = length
        self._check_length()

    def see_item(self, index: int, value: Any) -> None:
        """What stands at an index, which may count from the end. Raises DisagreementError."""
        self._indexed[index] = value
        self._check_at(index)

    def add(self, item: Any) -> None:
        """The next item of an iteration. Raises DisagreementError."""
        self.items.append(item)
        self._check_at(len(self.items) - 1)

    def end(self) -> None:
        """No more items follow. Raises DisagreementError."""
        self.ended = True
        self._check_length()
        for index in self._indexed:
            self._check_at(index)

    def _check_length(self) -> None:
        if self.ended and self._length is not None and self._length != len(self.items):
            raise DisagreementError(f"a length of {self._length} with {len(self.items)} items")

    def _check_at(self, index: int) -> None:
        place = index if index >= 0 or not self.ended else index + len(self.items)
        if index in self._indexed and 0 <= place < len(self.items):
            one, other = self._indexed[index], self.items[place]
            if one is not other and not (type(one) is type(other) and (one == other or one != one)):
                raise DisagreementError(f"another item at {index} than in the iteration")
