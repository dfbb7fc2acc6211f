"""Closed fences of many texts at once, compiled with numba: `rulereward.text.fences` on windows of UTF-8."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rulereward.data.arrays import I64, U8, Bools
from rulereward.text.jit import compiled, inlined

_NEWLINE, _CARRIAGE, _TAB, _BLANK, _TICK, _TILDE = 10, 13, 9, 32, 96, 126
_DASH, _PLUS, _STAR, _ZERO, _DOT, _BRACKET = 45, 43, 42, 48, 46, 41

_LEAST, _SHORTEST = 3, 7
"""Marks of a fence at least, and bytes of one that is closed."""

_LONGEST_NUMBER, _MOST_BLANKS = 9, 4
"""Digits of a number that begins a list item, and blanks behind it: of more, all but one belong to the text."""

_TAB_STOP = 4
_DEEPEST = 64
"""List items within each other: a text with more is special."""


@dataclass(frozen=True, slots=True, eq=False)
class Fences:
    """The fences of window `i` are those from `offsets[i]` to `offsets[i + 1]`, end excluded.

    `start` and `end` are bytes of the buffer, from the run that opens to the end of the line that closes. `special`
    marks windows that are left to the row form; they have no fences.
    """

    offsets: I64
    start: I64
    end: I64
    special: Bools


def closed_fences(buffer: U8, start: I64, end: I64, most_indent: int) -> Fences:
    """The closed fences of each window, first to last. A fence is indented by `most_indent` columns at most."""
    offsets, special = np.zeros(len(start) + 1, np.int64), np.zeros(len(start), np.bool_)
    opening, closing = _find_all(buffer, start, end, most_indent, offsets, special)
    return Fences(offsets, opening, closing, special)


@compiled
def _find_all(buffer: Any, start: Any, end: Any, most_indent: Any, offsets: Any, special: Any) -> Any:
    opening, closing = np.empty(64, np.int64), np.empty(64, np.int64)
    columns = np.zeros(_DEEPEST + 1, np.int64)
    found = np.int64(0)
    for row in range(start.size):
        offsets[row] = found
        first, last = start[row], end[row]
        if first < 0 or not _has_run_of_three(buffer[first:last]):
            continue
        while found + (last - first) // _SHORTEST + 1 > opening.size:
            opening, closing = _doubled(opening), _doubled(closing)
        count = _find(buffer, first, last, most_indent, columns, opening[found:], closing[found:])
        if count < 0:
            special[row] = True
        else:
            found += count
    offsets[start.size] = found
    return opening[:found].copy(), closing[:found].copy()


@inlined
def _find(buffer: Any, at: Any, last: Any, most_indent: Any, columns: Any, opening: Any, closing: Any) -> Any:
    """Write where the fences between `at` and `last` begin and end; how many there are, or -1 for a special text.

    The first `depth` of `columns` are where the texts of the list items begin that the line stands in.
    """
    depth, found = np.int64(0), np.int64(0)
    opened, mark, length = np.int64(-1), np.uint8(0), np.int64(0)  # the fence that is open: its run of marks
    while at < last:
        text = at
        while text < last and _is_indent(buffer[text]):
            text += 1
        line_end = text
        while line_end < last and buffer[line_end] != _NEWLINE and buffer[line_end] != _CARRIAGE:
            line_end += 1
        column = _width(buffer, at, text)
        at = line_end + 1
        if text == line_end:
            continue
        if opened < 0:
            column, text, depth = _enter_lists(buffer, column, text, line_end, most_indent, columns, depth)
            if depth == _DEEPEST:
                return np.int64(-1)
        run = _run_length(buffer, text, line_end)
        if run < _LEAST or column > columns[depth] + most_indent:
            continue
        if opened < 0:
            if buffer[text] == _TILDE or not _holds_tick(buffer, text + run, line_end):
                opened, mark, length = text, buffer[text], run
        elif buffer[text] == mark and run >= length and _is_blank(buffer, text + run, line_end):
            opening[found], closing[found] = opened, line_end
            found += 1
            opened = np.int64(-1)
    return found


@inlined
def _has_run_of_three(text: Any) -> Any:
    """Are there three ticks or three tildes in a row? Without a branch, so that it becomes a loop over vectors."""
    found = np.uint8(0)
    for place in range(text.size - 2):
        byte = text[place]
        same = (byte == text[place + 1]) & (byte == text[place + 2])
        found = np.uint8(found | np.uint8(same & ((byte == np.uint8(_TICK)) | (byte == np.uint8(_TILDE)))))
    return found != 0


@inlined
def _is_indent(byte: Any) -> Any:
    return byte in (_BLANK, _TAB)


@inlined
def _width(buffer: Any, at: Any, end: Any) -> Any:
    """The columns that blanks and tabs fill."""
    column = np.int64(0)
    for place in range(at, end):
        column += _TAB_STOP - column % _TAB_STOP if buffer[place] == _TAB else 1
    return column


@inlined
def _enter_lists(buffer: Any, column: Any, text: Any, end: Any, most_indent: Any, columns: Any, depth: Any) -> Any:
    """Leave the list items that end before this line, enter those it begins; where its own text begins, and depth."""
    while column < columns[depth]:
        depth -= 1
    length = np.int64(1)
    while length > 0 and column <= columns[depth] + most_indent and depth < _DEEPEST:
        length = _marker_length(buffer, text, end)
        if length > 0:
            column += length
            text += length
            depth += 1
            columns[depth] = column
    return column, text, depth


@inlined
def _marker_length(buffer: Any, at: Any, end: Any) -> Any:
    """How long the mark of a list item is, with the one to four blanks behind it; 0 where there is none."""
    place = at
    while place < end and _ZERO <= buffer[place] <= _ZERO + 9:
        place += 1
    digits = place - at
    if place == end or digits > _LONGEST_NUMBER:
        return np.int64(0)
    byte = buffer[place]
    is_mark = byte in (_DOT, _BRACKET) if digits > 0 else byte in (_DASH, _PLUS, _STAR)
    first = place + 1
    place = first
    while place < end and buffer[place] == _BLANK:
        place += 1
    if not is_mark or place == first:
        return np.int64(0)
    return (place if place - first <= _MOST_BLANKS else first + 1) - at


@inlined
def _run_length(buffer: Any, at: Any, end: Any) -> Any:
    """How many ticks or tildes stand here in a row."""
    place = at
    if at < end and (buffer[at] == _TICK or buffer[at] == _TILDE):
        while place < end and buffer[place] == buffer[at]:
            place += 1
    return place - at


@inlined
def _holds_tick(buffer: Any, at: Any, end: Any) -> Any:
    while at < end and buffer[at] != _TICK:
        at += 1
    return at < end


@inlined
def _is_blank(buffer: Any, at: Any, end: Any) -> Any:
    while at < end and _is_indent(buffer[at]):
        at += 1
    return at == end


@inlined
def _doubled(values: Any) -> Any:
    larger = np.empty(2 * values.size, np.int64)
    for place in range(values.size):  # not by a slice, which takes seconds to compile
        larger[place] = values[place]
    return larger
