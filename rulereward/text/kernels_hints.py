r"""Lines of many texts that may hold a number or announce an answer, compiled with numba.

A line is taken for one that may if it has what none of them lacks. Whether it does the row form tells, which then
reads little of the text. Only `\n` ends a line, as in `spans.lines_from_end`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rulereward.data import I64, View
from rulereward.text.answer_lines import ANSWER_WORDS
from rulereward.text.jit import compiled, inlined
from rulereward.text.tag_bytes import packed

_NEWLINE, _BLANK, _ZERO, _NINE = 10, 32, 48, 57
_STAR, _COLON, _BRACKET, _UNDERLINE, _TICK, _I, _S = 42, 58, 93, 95, 96, 105, 115
_A, _CHINESE = 97, 0xE7
"""What the words begin with."""

_QUOTE = 0xE2
"""What quotation marks and dashes begin with, and nothing else that is looked for."""

_LOWER = 0x20
"""The bit that makes an ASCII letter a small one."""


def last_line_with_digit(texts: View) -> I64:
    """Where the last line begins that has a digit, plain or full-width, or a fraction in one character; else -1."""
    starts = np.full(len(texts), -1, np.int64)
    start, end = np.ascontiguousarray(texts.start), np.ascontiguousarray(texts.end)
    _with_digit(texts.column.data, start, end, starts)
    return starts


def last_line_with_answer(texts: View) -> I64:
    """Where the last line begins that has what the pattern of `answer_lines` cannot do without; else -1."""
    starts = np.full(len(texts), -1, np.int64)
    start, end = np.ascontiguousarray(texts.start), np.ascontiguousarray(texts.end)
    wanted = packed(ANSWER_WORDS)
    _with_answer(texts.column.data, start, end, wanted.data, wanted.bounds, starts)
    return starts


@compiled
def _with_digit(buffer: Any, start: Any, end: Any, starts: Any) -> None:
    for row in range(start.size):
        at = end[row]
        while at > start[row] >= 0 > starts[row]:
            at -= 1
            if _is_digit(buffer, at):
                starts[row] = _line_start(buffer, start[row], at)


@compiled
def _with_answer(buffer: Any, start: Any, end: Any, data: Any, bounds: Any, starts: Any) -> None:
    for row in range(start.size):
        at = end[row]
        while at > start[row] >= 0 > starts[row]:
            at -= 1
            byte = buffer[at]
            if (byte | _LOWER == _A or byte == _CHINESE) and _may_announce(buffer, at, end[row], data, bounds):
                starts[row] = _line_start(buffer, start[row], at)


@inlined
def _line_start(buffer: Any, start: Any, at: Any) -> Any:
    while at > start and buffer[at - 1] != _NEWLINE:
        at -= 1
    return at


@inlined
def _is_digit(buffer: Any, at: Any) -> Any:
    byte = buffer[at]
    if byte < 0x80:
        return _ZERO <= byte <= _NINE
    second, third = buffer[at + 1], buffer[at + 2]
    if byte == 0xE2:  # from ⅐ to ⅞, and ↉
        return (second == 0x85 and 0x90 <= third <= 0x9E) or (second == 0x86 and third == 0x89)
    if byte == 0xEF:  # from ０ to ９
        return second == 0xBC and 0x90 <= third <= 0x99
    return byte == 0xC2 and 0xBC <= second <= 0xBE  # ¼ ½ ¾


@inlined
def _may_announce(buffer: Any, at: Any, end: Any, data: Any, bounds: Any) -> Any:
    """Does one of the words begin here, with a mark, a blank and "is", or something that is not ASCII behind it?"""
    behind = _behind_word(buffer, at, end, data, bounds)
    if behind == at:
        return False
    if behind < end and buffer[behind] | _LOWER == _S:  # "answers"
        behind += 1
    blanks = behind < end and buffer[behind] == _BLANK
    behind += blanks
    if behind >= end:
        return False
    byte = buffer[behind]
    if byte >= 0x80:
        return byte != _QUOTE
    if byte == _COLON:
        return True
    if blanks:
        return byte == _BLANK or byte | _LOWER == _I
    return byte in (_STAR, _UNDERLINE, _TICK, _BRACKET)


@inlined
def _behind_word(buffer: Any, at: Any, end: Any, data: Any, bounds: Any) -> Any:
    """The byte behind the word that begins at `at`, and `at` where there is none."""
    for word in range(bounds.size - 1):
        first, size = bounds[word], bounds[word + 1] - bounds[word]
        same = 0
        while same < size and buffer[at + same] | _LOWER == data[first + same] | _LOWER:
            same += 1
        if same == size and size <= end - at:
            return at + size
    return at
