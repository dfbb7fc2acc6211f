"""What crosses beside plain data, where two processes talk of each other's things: names for them.

`References` names things that are no plain data; each side has its own. `Links` tells which lists, dicts and sets of
a request are which, so that what a call did to its arguments, wherever they lie, is done to those of the caller.
"""

from __future__ import annotations

import operator
from typing import Any


def number_of(written: str) -> int:
    """A number in base 10, from 0 on. Raises ValueError for anything else."""
    if not (written.isascii() and written.isdigit() and len(written) < _MOST_DIGITS):
        raise ValueError
    return int(written)


_MOST_DIGITS = 8


class References:
    """Both ways between things and the tagged texts that stand for them. This one knows of none."""

    def node(self, item: Any) -> str:
        """The text that stands for something that is no plain data; empty where it may not cross."""
        return ""

    def value(self, tag: str, rest: str) -> object:
        """What a text stands for. Raises ValueError where it stands for nothing."""
        raise ValueError


class Links:
    """The containers that can be changed, numbered in the order in which they are written."""

    def __init__(self, *, grows: bool) -> None:
        """`grows`: whether what is written or read is numbered; else only what has a number is known again."""
        self.grows = grows
        self.held: list[Any] = []
        self._numbers: dict[int, int] = {}

    def number(self, container: object) -> int | None:
        """The number of a container that has one already, and else None, and it may be given one."""
        found = self._numbers.get(id(container))
        if found is None and self.grows:
            self._numbers[id(container)] = len(self.held)
            self.held.append(container)
        return found

    def reserve(self) -> int:
        """The number of a container that is being read; nothing can refer to it before it is there."""
        self.held.append(None)
        return len(self.held) - 1

    def put(self, number: int, container: object) -> None:
        """The container of that number was read."""
        self.held[number] = container
        self._numbers[id(container)] = number

    def find(self, written: str) -> object:
        """The container that a number in base 10 stands for. Raises ValueError."""
        found = self.held[number_of(written)] if number_of(written) < len(self.held) else None
        if found is None:
            raise ValueError
        return found

    def contents(self) -> list[tuple[int, list[Any]]]:
        """Of each container its number and what is in it now, a dict's as its keys and values by turns."""
        return [(number, content_of(container)) for number, container in enumerate(self.held)]


def content_of(container: Any) -> list[Any]:
    """What is in a list, set, deque or dict, in order."""
    return [part for pair in container.items() for part in pair] if isinstance(container, dict) else list(container)


def is_same(before: Any, now: Any) -> bool:
    """Do two texts say the same, or have two lists of contents the same things in them?"""
    if isinstance(now, bytes):
        return bool(before == now)
    pairs = zip(before, now)  # noqa: B905 - as below; the containers are the same ones
    return all(len(old) == len(new) and all(map(operator.is_, old, new)) for old, new in pairs)


def fill(container: Any, content: list[Any]) -> None:
    """Let a container hold that and nothing else. Raises TypeError where something cannot be a key."""
    container.clear()
    if isinstance(container, dict):
        for key, value in zip(content[::2], content[1::2]):  # noqa: B905 - `strict` is of Python 3.10
            container[key] = value  # a Counter's `update` would add
    elif isinstance(container, set):
        container.update(content)
    else:
        container.extend(content)
