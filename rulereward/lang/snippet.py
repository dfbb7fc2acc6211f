"""Lines of a source file with marks under them, as a terminal shows them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rulereward.lang.diagnostics import Label

MAX_WIDTH = 120
"""Terminal columns of a source line; a longer one is cut around its mark."""

_NEAR = 10 * MAX_WIDTH
"""Characters that are looked at on either side of a place: a file may be one line, with a mistake in every word."""

_TAB = "    "
_JOINERS = "\u200c\u200d"


def marked_lines(labels: Sequence[tuple[Label, str]], width: int) -> list[str]:
    """The lines the labels point at, each with the marks of its labels below it, in the order of the file.

    `labels` are labels and the character that marks them; line numbers take up `width` columns. A label that goes
    over several lines is marked on its first. A long line is shown once more where its second label is far from its
    first.
    """
    ordered = sorted(labels, key=lambda label: label[0].span.position.line)
    lines: list[str] = []
    shown, shown_text = 0, ""
    for label, mark in ordered:
        number = label.span.position.line
        if number != shown and shown and number > shown + 1:
            lines.append("...")
        text, marks = _line_and_marks(label, mark)
        if number != shown or text != shown_text:
            lines.append(f"{number:>{width}} | {text}".rstrip())
        lines.append(f"{' ' * width} | {marks}")
        shown, shown_text = number, text
    return lines


def _line_and_marks(label: Label, mark: str) -> tuple[str, str]:
    span = label.span
    start = span.position
    end = span.source.position(span.end)
    text = span.source.line(start.line)
    first = start.column - 1
    last = end.column - 1 if end.line == start.line else len(text)
    behind = max(first, last)
    near = (
        text[max(0, first - _NEAR) : first],
        text[first : min(last, first + _NEAR)],
        text[behind : behind + _NEAR],
    )
    before, marked, after = (_shown(part) for part in near)
    if _width(before) + _width(marked) + _width(after) > MAX_WIDTH:
        before, marked, after = _cut(before, marked, after)
    marks = " " * _width(before) + mark * max(1, _width(marked))
    return before + marked + after, f"{marks} {label.text}".rstrip()


def _cut(before: str, marked: str, after: str) -> tuple[str, str, str]:
    """What fits on a line: the marked part, then a little before it, then what comes behind."""
    if _width(marked) > MAX_WIDTH // 2:
        marked, after = _head(marked, MAX_WIDTH // 2), "…"
    room = MAX_WIDTH - _width(marked)
    before = before if _width(before) <= room // 2 else "…" + _tail(before, room // 2)
    room -= _width(before)
    after = after if _width(after) <= room else _head(after, room) + "…"
    return before, marked, after


def _head(text: str, room: int) -> str:
    """The longest beginning of `text` that takes up at most `room` columns."""
    used = 0
    for index, char in enumerate(text):
        used += _width(char)
        if used > room:
            return text[:index]
    return text


def _tail(text: str, room: int) -> str:
    return _head(text[::-1], room)[::-1]


def _shown(text: str) -> str:
    """The text with tabs as blanks, and no character that would move the cursor or turn the writing direction."""
    text = text.replace("\t", _TAB)
    return "".join(char if _printable(char) else "\ufffd" for char in text)


def _printable(char: str) -> bool:
    return char in _JOINERS or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _width(text: str) -> int:
    """Terminal columns: two for wide characters, none for marks that stand over another.

    The parts of an emoji that joiners hold together count one by one, as in terminals that do not join them.
    """
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.east_asian_width(char) in "WF":
        return 2
    return 0 if char in _JOINERS or "\u1160" <= char <= "\u11ff" or unicodedata.category(char) in ("Mn", "Me") else 1
