"""Parts of many texts by the marks around them, and without white space at their ends, compiled with numba.

Texts and marks are windows of UTF-8 buffers, one mark for each text. Where the bytes of whole characters stand, the
characters stand, so the bytes of a mark are looked for and nothing is decoded but white space. What is found is a
window of the same buffer; a negative start says that nothing was.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rulereward.data import I64, U8, Bools, View
from rulereward.text.jit import compiled, inlined

Windows = tuple[I64, I64]

_BLOCK = 64
"""Bytes that are looked over together for the first and the last byte of a mark."""

_NEWLINE = 10

_WHITE = np.array([chr(code).isspace() for code in range(0x3001)], dtype=np.bool_)
"""Which code points are white space; above there is none."""


def after_mark(texts: View, marks: View) -> Windows:
    """What follows the first mark; nothing where the mark is empty."""
    found = _nowhere(texts)
    _cut_at(*_bytes(texts), *_bytes(marks), True, *found)
    return found


def before_mark(texts: View, marks: View) -> Windows:
    """What precedes the first mark; nothing where the mark is empty."""
    found = _nowhere(texts)
    _cut_at(*_bytes(texts), *_bytes(marks), False, *found)
    return found


def last_pair(texts: View, opening: View, closing: View) -> Windows:
    """What the last pair of marks encloses: the last of `pairs.pair_spans`."""
    found = _nowhere(texts)
    _last_pair(*_bytes(texts), *_bytes(opening), *_bytes(closing), *found)
    return found


def sections(texts: View, given: Bools, opening: View, closing: View) -> Windows:
    """What stands between a section's tags: `sections.section_span`. `given` marks texts whose prompt opened it."""
    found = _nowhere(texts)
    _sections(*_bytes(texts), given, *_bytes(opening), *_bytes(closing), *found)
    return found


def stripped(texts: View) -> Windows:
    """The text without white space at its ends; of a blank one nothing, at its start."""
    found = _nowhere(texts)
    _strip(*_bytes(texts), _WHITE, *found)
    return found


def last_lines(texts: View) -> Windows:
    """The last line that is not blank, without white space at its ends."""
    found = _nowhere(texts)
    _last_lines(*_bytes(texts), _WHITE, *found)
    return found


def _nowhere(texts: View) -> Windows:
    return np.full(len(texts), -1, np.int64), np.full(len(texts), -1, np.int64)


def _bytes(view: View) -> tuple[U8, I64, I64]:
    return view.column.data, np.ascontiguousarray(view.start), np.ascontiguousarray(view.end)


@inlined
def _find(buffer: Any, at: Any, end: Any, marks: Any, first: Any, last: Any) -> Any:
    """Where the mark `marks[first:last]` stands first from `at` on, -1 if nowhere; an empty one stands everywhere."""
    size = last - first
    if size == 0:
        return at
    begins, ends = marks[first], marks[last - 1]
    while at + size <= end:
        stop = min(at + _BLOCK, end - size + 1)
        if stop == at + _BLOCK:
            found = np.uint8(0)
            for step in range(_BLOCK):
                here = np.uint64(at + step)
                found |= np.uint8(buffer[here] == begins) & np.uint8(buffer[here + np.uint64(size - 1)] == ends)
            if not found:
                at = stop
                continue
        while at < stop:
            if buffer[at] == begins and buffer[at + size - 1] == ends:
                same = 1
                while same < size and buffer[at + same] == marks[first + same]:
                    same += 1
                if same == size:
                    return at
            at += 1
    return np.int64(-1)


@compiled
def _cut_at(
    buffer: Any, start: Any, end: Any, marks: Any, first: Any, last: Any, is_after: Any, starts: Any, ends: Any
) -> None:
    for row in range(start.size):
        if start[row] < 0 or last[row] == first[row]:
            continue
        place = _find(buffer, start[row], end[row], marks, first[row], last[row])
        if place >= 0 and is_after:
            starts[row], ends[row] = place + last[row] - first[row], end[row]
        elif place >= 0:
            starts[row], ends[row] = start[row], place


@compiled
def _last_pair(
    buffer: Any, start: Any, end: Any, opens: Any, first_o: Any, last_o: Any, closes: Any, first_c: Any, last_c: Any,
    starts: Any, ends: Any,
) -> None:  # fmt: skip
    for row in range(start.size):
        at, size_o, size_c = start[row], last_o[row] - first_o[row], last_c[row] - first_c[row]
        opened, closed = np.int64(0), np.int64(0)
        while at >= 0 and size_o > 0 and size_c > 0:
            opened = _find(buffer, at, end[row], opens, first_o[row], last_o[row])
            if opened < 0:
                break
            closed = _find(buffer, opened + size_o, end[row], closes, first_c[row], last_c[row])
            if closed < 0:
                break
            at = closed + size_c
            while opened >= 0:  # a mark belongs to the nearest before it
                starts[row], ends[row] = opened + size_o, closed
                opened = _find(buffer, opened + 1, closed, opens, first_o[row], last_o[row])


@compiled
def _sections(
    buffer: Any, start: Any, end: Any, given: Any, opens: Any, first_o: Any, last_o: Any, closes: Any, first_c: Any,
    last_c: Any, starts: Any, ends: Any,
) -> None:  # fmt: skip
    for row in range(start.size):
        at = start[row]
        if at >= 0 and not given[row]:
            at = _find(buffer, at, end[row], opens, first_o[row], last_o[row])
            if at >= 0:
                at += last_o[row] - first_o[row]
        if at >= 0:
            closed = _find(buffer, at, end[row], closes, first_c[row], last_c[row])
            starts[row], ends[row] = at, closed if closed >= 0 else end[row]


@inlined
def _is_white(buffer: Any, at: Any, white: Any) -> Any:
    """Is the character that begins at byte `at` white space? None of that has more than three bytes."""
    lead, tail = np.uint32(buffer[at]), np.uint32(0x3F)
    if lead < 0x80:
        return white[lead]
    code = (lead & np.uint32(0x1F)) << np.uint32(6) | np.uint32(buffer[at + 1]) & tail
    if lead >= 0xE0:  # of four bytes the code becomes too large, as it should
        code = code << np.uint32(6) | np.uint32(buffer[at + 2]) & tail
    return code < white.size and white[code]


@inlined
def _last_shown(buffer: Any, start: Any, end: Any, white: Any) -> Any:
    """The byte behind the last character that is no white space; `start` where all are."""
    while end > start:
        at = end - 1
        while buffer[at] & 0xC0 == 0x80:
            at -= 1
        if not _is_white(buffer, at, white):
            break
        end = at
    return end


@inlined
def _first_shown(buffer: Any, start: Any, end: Any, white: Any) -> Any:
    """Where the first character begins that is no white space. There is one before `end`."""
    while start < end and _is_white(buffer, start, white):
        start += 1
        while buffer[start] & 0xC0 == 0x80:
            start += 1
    return start


@compiled
def _strip(buffer: Any, start: Any, end: Any, white: Any, starts: Any, ends: Any) -> None:
    for row in range(start.size):
        if start[row] >= 0:
            last = _last_shown(buffer, start[row], end[row], white)
            starts[row] = start[row] if last == start[row] else _first_shown(buffer, start[row], last, white)
            ends[row] = last


@compiled
def _last_lines(buffer: Any, start: Any, end: Any, white: Any, starts: Any, ends: Any) -> None:
    for row in range(start.size):
        last = _last_shown(buffer, start[row], end[row], white) if start[row] >= 0 else start[row]
        if last > start[row]:
            first = last
            while first > start[row] and buffer[first - 1] != _NEWLINE:
                first -= 1
            starts[row], ends[row] = _first_shown(buffer, first, last, white), last
