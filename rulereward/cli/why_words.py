"""How `rulereward why` writes values, quotes and tables: plain text as wide as it is told."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from rulereward.insight.why.told import Told
from rulereward.plan.layout import display_width

CUT = "…"
_LEAST = 16
"""A quote is never shortened below so many characters."""

_BREAKS = {"\n": "⏎", "\r": "", "\t": " "}


def value_words(told: Told, room: int | None = None) -> str:
    """A cell as one line of about `room` columns: `true`, `0.25`, `"a text"`, `null: no_column (...)`."""
    if told.state == "not_needed":
        return "not needed"
    why = "" if told.reason is None else told.reason.code
    if told.state == "ok":
        words = plain_words(told.value, room)
        return f"{words} ({why})" if why else words
    said = "" if told.reason is None or not told.reason.message else f" ({one_line(told.reason.message)})"
    return f"{told.state}: {why}{said}" if why else told.state


def brief_words(told: Told) -> str:
    """A cell without the message of its reason: `0.25`, `null: no_column`."""
    if told.state == "ok":
        return plain_words(told.value)
    return told.state if told.reason is None else f"{told.state}: {told.reason.code}"


def plain_words(value: object, room: int | None = None) -> str:
    """A JSON value; texts in quotes, long ones without their middle."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return f"{value + 0.0:.6g}"  # no -0
    if isinstance(value, str):
        return quoted(value, room)
    if value is None:
        return "null"
    if isinstance(value, list | tuple):
        return shortened(f"[{', '.join(plain_words(item, room) for item in value)}]", room)
    if isinstance(value, Mapping):
        return shortened(", ".join(f"{name} {plain_words(item, room)}" for name, item in value.items()), room)
    return shortened(one_line(str(value)), room)


def quoted(text: str, room: int | None = None) -> str:
    """A text between quotes; a long one without its middle, and with its length."""
    line = f'"{one_line(text)}"'
    if room is None or display_width(line) <= room:
        return line
    size = f" ({len(text):,} characters)"
    return shortened(line, max(room - len(size), _LEAST)) + size


def shortened(line: str, room: int | None) -> str:
    """The beginning and the end of a line that is wider than `room`."""
    if room is None or display_width(line) <= room:
        return line
    room = max(room, _LEAST)
    tail = _fitting(line[::-1], room // 3)[::-1]
    return _fitting(line, room - display_width(tail) - 1) + CUT + tail


def _fitting(line: str, room: int) -> str:
    """As much of the beginning of a line as fits."""
    used = 0
    for place, char in enumerate(line):
        used += display_width(char)
        if used > room:
            return line[:place]
    return line


def one_line(text: str) -> str:
    """A text without line breaks, and without characters that a terminal would obey."""
    return "".join(_BREAKS.get(char, char if char.isprintable() else "\ufffd") for char in text)


def folded_lines(text: str, width: int, indent: str) -> list[str]:
    """A long line as several, each behind `indent`, cut at blanks where it has any."""
    lines: list[str] = []
    for line in textwrap.wrap(text, max(width - len(indent), _LEAST), break_on_hyphens=False):
        while display_width(line) > width - len(indent):
            head = _fitting(line, width - len(indent))
            lines.append(indent + head)
            line = line[len(head) :]
        lines.append(indent + line)
    return lines


def table_lines(rows: Sequence[Sequence[str]], right: Sequence[int], width: int) -> list[str]:
    """Cells under one another, the columns in `right` to the right; the last column is folded at `width`."""
    widths = [max(display_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    last = len(widths) - 1
    lines: list[str] = []
    for row in rows:
        head = "  "
        for place in range(last):
            if widths[place]:
                blanks = " " * (widths[place] - display_width(row[place]))
                head += (blanks + row[place] if place in right else row[place] + blanks) + "  "
        if last in right:
            lines.append((head + " " * (widths[last] - display_width(row[last])) + row[last]).rstrip())
            continue
        behind = " " * display_width(head)
        first, *more = folded_lines(row[last], max(width, len(behind) + _LEAST), behind) or [""]
        lines += [(head + first.removeprefix(behind)).rstrip(), *more]
    return lines
