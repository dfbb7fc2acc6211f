"""Takes one broken entry out of a YAML text, so that the rest can be read."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate

_KEY = re.compile(r"([ \t]*(?:- +)*)[^\s:#\"'{\[][^:#\r\n]*:(?=\s)")


def without_entry(text: str, at: int) -> str | None:
    """`text` with the value of the entry around `at` replaced by `0` and blanks; everything else keeps its place.

    None if no entry stands there, or there is nothing to replace.
    """
    lines = text.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, lines))]
    here = min(bisect_right(starts, at), len(lines)) - 1
    first = next((index for index in range(here, -1, -1) if _KEY.match(lines[index])), None)
    if first is None:
        return None
    key = _KEY.match(lines[first])
    assert key is not None
    last = first
    while last + 1 < len(lines) and _belongs(lines[last + 1], key.group(1)):
        last += 1
    start, end = starts[first] + key.end(), starts[last + 1]
    blank = re.sub(r"[^\r\n]", " ", text[start:end])
    zero = blank.rfind(" ")
    if last < here or zero < 1:
        return None
    mended = text[:start] + blank[:zero] + "0" + blank[zero + 1 :] + text[end:]
    return None if mended == text else mended


def _belongs(line: str, key_indent: str) -> bool:
    """Whether a line is empty or indented deeper than the key above it."""
    return not line.strip() or len(line) - len(line.lstrip()) > len(key_indent)
