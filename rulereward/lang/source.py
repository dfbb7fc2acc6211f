"""A source file and places in it."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from rulereward.data.cached import cached_property


class Position(NamedTuple):
    """A place for people: line and column count from 1, columns in code points."""

    line: int
    column: int


@dataclass(frozen=True, eq=False)
class Source:
    """The text of one ruleset file and the name to show for it."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\r\n|\r|\n", self.text))]

    def position(self, offset: int) -> Position:
        line = bisect.bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of line `number` (from 1) without its line break."""
        start = self._line_starts[number - 1]
        end = self._line_starts[number] if number < len(self._line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of one source; offsets in code points of the file."""

    source: Source
    start: int
    end: int

    def to(self, other: Span) -> Span:
        """From the start of this span to the end of `other`."""
        return Span(self.source, self.start, max(self.end, other.end))

    @property
    def position(self) -> Position:
        return self.source.position(self.start)

    def __str__(self) -> str:
        place = self.position
        return f"{self.source.name}:{place.line}:{place.column}"
