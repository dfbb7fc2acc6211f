"""A text together with the place of each of its characters in the ruleset file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from rulereward.lang.source import Source, Span

Style = Literal["plain", "single", "double", "literal", "folded"]


@dataclass(frozen=True, eq=False)
class PlacedText:
    """`text[i]` is written in the file at [starts[i], ends[i]); `whole` is where the writing of all of it stands.

    `starts` and `ends` are None where the places could not be told for certain: every span is then the first
    character of `whole`, never a wrong place.
    """

    text: str
    whole: Span
    style: Style = "plain"
    starts: Sequence[int] | None = field(default=None, repr=False)
    ends: Sequence[int] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, text: str, name: str = "<expression>") -> PlacedText:
        """A text that is a file of its own, such as an expression given on the command line."""
        source = Source(name, text)
        places = range(len(text) + 1)
        return cls(text, Span(source, 0, len(text)), "literal", places[:-1], places[1:])

    def span(self, start: int, end: int) -> Span:
        """The place in the file of `text[start:end]`; of the gap before `text[start]` if that is empty."""
        source = self.whole.source
        if self.starts is None or self.ends is None or not self.text:
            return Span(source, self.whole.start, min(self.whole.start + 1, max(self.whole.end, self.whole.start)))
        if end > start:
            return Span(source, self.starts[start], self.ends[end - 1])
        if start < len(self.text):
            return Span(source, self.starts[start], self.starts[start])
        return Span(source, self.ends[-1], self.ends[-1])
