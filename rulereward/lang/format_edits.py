"""Changes to the text of a file that leave everything around them as it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rulereward.lang.placed_text import PlacedText, Style

BREAKS = frozenset("\n\r\x85\u2028\u2029")
"""What ends a line of a YAML file."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`new` takes the place of the characters [start, end) of a file."""

    start: int
    end: int
    new: str


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits, no two of which overlap, done."""
    parts, at = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        assert at <= edit.start <= edit.end
        parts += [text[at : edit.start], edit.new]
        at = edit.end
    return "".join([*parts, text[at:]])


def replaced(placed: PlacedText, start: int, end: int, new: str) -> Edit:
    """The edit that writes `new` for the characters [start, end) of a scalar, of which there is at least one."""
    assert placed.starts is not None
    assert placed.ends is not None
    return Edit(placed.starts[start], placed.ends[end - 1], written(new, placed.style))


def written(text: str, style: Style) -> str:
    """How printable characters are written in a scalar of that style."""
    if style == "single":
        return text.replace("'", "''")
    if style == "double":
        return text.replace("\\", "\\\\").replace('"', '\\"')
    return text
