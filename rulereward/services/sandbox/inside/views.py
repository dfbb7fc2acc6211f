"""What a test was told of one of the program's objects, so that it is told the same again.

A list says the same whichever way it is read. An object of a program's class need not: it could be sorted where it is
indexed, and hold the right things where it is iterated. So what was read is kept until the test lets the program do
something, and what is read in two ways has to agree. Of two objects that stand in one place the test gets the one
that it was given first, for whether they are equal could only be asked of the program.
"""

from __future__ import annotations

from typing import Any, Callable  # noqa: UP035 - that of Python 3.8 alone takes brackets

Agree = Callable[[Any, Any], bool]


class DisagreementError(Exception):
    """An object says different things of itself."""


def disagree(what: str) -> None:
    """Raises DisagreementError."""
    raise DisagreementError(what)


class View:
    """One object between two operations that may change something."""

    def __init__(self, version: int, agree: Agree) -> None:
        """`agree`: whether two items can stand in the same place. It asks nothing of the program."""
        self.version = version
        self.said: dict[tuple[Any, ...], Any] = {}
        """Answers by the question."""
        self.source: Any = None
        """The iterator that its items come from, once it was asked for one."""
        self.items: list[Any] = []
        self.ended = False
        self._agree = agree
        self._length: int | None = None
        self._indexed: dict[int, Any] = {}

    def see_length(self, length: int) -> None:
        """Raises DisagreementError."""
        self._length = length
        self._check_length()

    def see_item(self, index: int, value: Any) -> Any:
        """What stands at an index, which may count from the end: this, or what was told before. Raises
        DisagreementError.
        """
        place = index if index >= 0 or not self.ended else index + len(self.items)
        if 0 <= place < len(self.items):
            value = self._met(index, self.items[place], value)
        self._indexed[index] = value
        return value

    def add(self, item: Any) -> None:
        """The next item of an iteration. Raises DisagreementError."""
        place = len(self.items)
        self.items.append(self._met(place, self._indexed[place], item) if place in self._indexed else item)

    def end(self) -> None:
        """No more items follow. Raises DisagreementError."""
        self.ended = True
        self._check_length()
        for index, value in self._indexed.items():
            place = index + len(self.items)
            if index < 0 <= place:
                self.items[place] = self._met(index, value, self.items[place])

    def _check_length(self) -> None:
        if self.ended and self._length is not None and self._length != len(self.items):
            raise DisagreementError(f"a length of {self._length} with {len(self.items)} items")

    def _met(self, index: int, known: Any, value: Any) -> Any:
        if not self._agree(known, value):
            raise DisagreementError(f"another item at {index} than in the iteration")
        return known
