"""Plain text in columns, as a terminal shows it."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

LINE_WIDTH = 100
_GAP = "  "
_LEAST = 24
"""The last column is not squeezed below so many characters, however wide the others are."""


def aligned(rows: Sequence[Sequence[str]], indent: str = _GAP) -> list[str]:
    """Lines with the cells of `rows` under one another; the last cell is folded at `LINE_WIDTH`.

    All rows have equally many cells. A column that is empty throughout takes up no room.
    """
    if not rows:
        return []
    widths = [max(display_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    kept = [place for place, width in enumerate(widths) if width and place < len(widths) - 1]
    lines: list[str] = []
    for row in rows:
        head = indent + "".join(_padded(row[place], widths[place]) + _GAP for place in kept)
        room = max(LINE_WIDTH - display_width(head), _LEAST)
        first, *more = folded(row[-1], room) or [""]
        lines.append((head + first).rstrip())
        lines += [" " * display_width(head) + line for line in more]
    return lines


def folded(text: str, width: int = LINE_WIDTH) -> list[str]:
    """The text in lines of at most `width` characters where its blanks allow it."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def display_width(text: str) -> int:
    """Terminal columns: two for a wide character, none for a mark that stands over another."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else not unicodedata.combining(char) for char in text)


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - display_width(cell))
