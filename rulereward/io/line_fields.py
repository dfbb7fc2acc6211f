"""The fields of lines that were read by a kernel: values are made of them when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from rulereward.text.json_lines import ABSENT, TEXT, Lines

_VALUE = msgspec.json.Decoder()
_NOTHING: Any = object()


class LineFields(Mapping[str, object]):
    """What `Decoder` would make of the line, without having made it.

    A value is made once. Equal lists and objects of a chunk, such as the prompts of a group, are one object.
    """

    __slots__ = ("_line", "_lines", "_made")

    def __init__(self, lines: Lines, line: int) -> None:
        self._lines = lines
        self._line = line
        self._made: dict[str, object] = {}

    def _kind(self, column: int) -> int:
        return self._lines.kinds[self._line * (len(self._lines.columns) + 1) + column]

    def _span(self, column: int) -> slice:
        first = 2 * (self._line * len(self._lines.columns) + column)
        return slice(self._lines.spans[first], self._lines.spans[first + 1])

    def get(self, name: str, default: Any = None) -> Any:
        """The value under a name."""
        column = self._lines.columns.get(name)
        if column is None or (kind := self._kind(column)) == ABSENT:
            return default
        value = self._made.get(name, _NOTHING)
        if value is _NOTHING:
            value = self._made[name] = self._text(column) if kind == TEXT else self._other(column)
        return value

    def _text(self, column: int) -> str:
        return str(self._lines.texts[self._span(column)], "utf-8")

    def _other(self, column: int) -> object:
        text = bytes(self._lines.raw[self._span(column)])
        value = self._lines.values.get(text, _NOTHING)
        if value is _NOTHING:
            value = self._lines.values[text] = _VALUE.decode(text)
        return value

    def __getitem__(self, name: str) -> object:
        value = self.get(name, _NOTHING)
        if value is _NOTHING:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return (name for name, column in self._lines.columns.items() if self._kind(column) != ABSENT)

    def __len__(self) -> int:
        return sum(self._kind(column) != ABSENT for column in self._lines.columns.values())

    def __repr__(self) -> str:
        return repr(dict(self))

    def utf8(self, name: str) -> memoryview | None:
        """The bytes of the text under a name; None where there is none, or no text."""
        column = self._lines.columns.get(name)
        if column is None or self._kind(column) != TEXT:
            return None
        return self._lines.texts[self._span(column)]

    @property
    def has_name_of_ours(self) -> bool:
        """Does the name of some member of the object, also one that nobody asked for, begin with `reward`?"""
        return bool(self._kind(len(self._lines.columns)))


def texts_in_utf8(rows: Sequence[object], name: str) -> list[memoryview] | None:
    """The texts under a name as bytes; None unless all rows are such lines and have one."""
    found = []
    for row in rows:
        text = row.utf8(name) if isinstance(row, LineFields) else None
        if text is None:
            return None
        found.append(text)
    return found
