"""Takes one broken entry out of a YAML text, so that the rest can be read."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from itertools import accumulate

_KEY = re.compile(r"([ \t]*(?:- +)*)[^\s:#\"'{\[][^:#\r\n]*:(?=\s)")

_CLOSING = ("}", "]", "},", "],")


def without_entry(text: str, at: int, *, wholly: bool = False) -> str | None:
    """`text` with the value of the entry that starts on the line around `at` replaced by `0` and blanks.

    Everything else keeps its place. A line that starts no entry goes, and with `wholly` the key goes too, along
    with the lines below that are indented deeper. A bracket alone on the line behind them goes as well. None if
    nothing would change.
    """
    lines = text.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, lines))]
    first = min(bisect_right(starts, at), len(lines)) - 1
    key = _KEY.match(lines[first])
    indent = key.end(1) if key else len(lines[first]) - len(lines[first].lstrip())
    behind = first + 1
    while behind < len(lines) and _indent(lines[behind]) > indent:
        behind += 1
    if behind < len(lines) and lines[behind].strip() in _CLOSING and _indent(lines[behind]) == indent:
        behind += 1
    start = starts[first] + (0 if wholly or key is None else key.end())
    value = re.sub(r"[^\r\n]", " ", text[start : starts[behind]])
    zero = value.rfind(" ")
    if key is not None and not wholly and zero > 0:
        value = value[:zero] + "0" + value[zero + 1 :]
    mended = text[:start] + value + text[starts[behind] :]
    return None if mended == text else mended


def _indent(line: str) -> int:
    """The blanks at the start of a line. An empty one belongs to what stands above it, however deep that is."""
    return len(line) - len(line.lstrip()) if line.strip() else sys.maxsize
