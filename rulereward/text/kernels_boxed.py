r"""Boxes of many texts, compiled with numba: `boxed.boxed_span` on windows of UTF-8.

All that makes a box is ASCII, so nothing is decoded: no byte of another character is taken for a brace or a letter.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rulereward.data import I64, View
from rulereward.text.jit import compiled, inlined

_BLOCK = 64
"""Bytes that are looked over together for a backslash."""

_BACKSLASH, _BRACE, _END_BRACE, _TAB, _BLANK = 92, 123, 125, 9, 32
_PERCENT, _PLUS, _COMMA, _MINUS, _POINT, _ZERO, _NINE = 37, 43, 44, 45, 46, 48, 57
_B, _D, _E, _F, _O, _X = 98, 100, 101, 102, 111, 120
_MOST_BLANKS = 3
"""Between the command and what it boxes."""


def boxes(texts: View, *, last: bool) -> tuple[I64, I64]:
    """The content of the last (or first) box of each text; a negative start where there is none."""
    starts, ends = np.full(len(texts), -1, np.int64), np.full(len(texts), -1, np.int64)
    find = _last_boxes if last else _first_boxes
    find(texts.column.data, np.ascontiguousarray(texts.start), np.ascontiguousarray(texts.end), starts, ends)
    return starts, ends


@compiled
def _last_boxes(buffer: Any, start: Any, end: Any, starts: Any, ends: Any) -> None:
    for row in range(start.size):
        limit = end[row]
        at = _backslash_before(buffer, start[row], limit) if start[row] >= 0 else np.int64(-1)
        while at >= 0:
            content = _content(buffer, at, limit)
            if content < limit and not _is_escaped(buffer, start[row], at):
                if buffer[content] != _BRACE:
                    bare = _bare_end(buffer, content, limit)
                    if bare >= 0:
                        starts[row], ends[row] = content, bare
                        break
                else:
                    closed = _closing(buffer, content + 1, limit)
                    if closed >= 0:
                        starts[row], ends[row] = content + 1, closed
                        break
                    limit = at  # no box before this one is closed behind it: there the braces within it close
            at = _backslash_before(buffer, start[row], at)


@compiled
def _first_boxes(buffer: Any, start: Any, end: Any, starts: Any, ends: Any) -> None:
    for row in range(start.size):
        at, last = start[row], end[row]
        opened, depth = np.int64(-1), 0  # the box that began last, and the braces that are open within it
        while 0 <= at < last:
            if opened < 0:  # outside of boxes braces do not matter
                at = _backslash_from(buffer, at, last)
                if at == last:
                    break
            byte = buffer[at]
            if byte == _BACKSLASH:
                content = _content(buffer, at, last)
                bare = _bare_end(buffer, content, last) if content < last else np.int64(-1)
                if bare >= 0:
                    starts[row], ends[row] = content, bare
                    break
                if content < last and buffer[content] == _BRACE:
                    at, opened, depth = content, content + 1, 0
                else:
                    at += 1  # what the backslash escapes
            elif byte == _BRACE:
                depth += 1
            elif byte == _END_BRACE:
                if depth == 0:
                    starts[row], ends[row] = opened, at
                    break
                depth -= 1
            at += 1


@inlined
def _backslash_before(buffer: Any, start: Any, at: Any) -> Any:
    """Where the last backslash before `at` stands, -1 without one."""
    while at > start:
        if at - start >= _BLOCK:
            found = np.uint8(0)
            for step in range(_BLOCK):
                found |= np.uint8(buffer[np.uint64(at - _BLOCK + step)] == _BACKSLASH)
            if not found:
                at -= _BLOCK
                continue
        stop = max(start, at - _BLOCK)
        while at > stop:
            at -= 1
            if buffer[at] == _BACKSLASH:
                return at
    return np.int64(-1)


@inlined
def _backslash_from(buffer: Any, at: Any, end: Any) -> Any:
    """Where the first backslash from `at` on stands, `end` without one."""
    while at < end:
        if end - at >= _BLOCK:
            found = np.uint8(0)
            for step in range(_BLOCK):
                found |= np.uint8(buffer[np.uint64(at + step)] == _BACKSLASH)
            if not found:
                at += _BLOCK
                continue
        stop = min(end, at + _BLOCK)
        while at < stop:
            if buffer[at] == _BACKSLASH:
                return at
            at += 1
    return end


@inlined
def _content(buffer: Any, at: Any, end: Any) -> Any:
    r"""Where it begins what `\boxed` or `\fbox` at the backslash `at` may box, `end` without such a command."""
    if at + 6 <= end and buffer[at + 1] == _B and buffer[at + 2] == _O and buffer[at + 3] == _X:
        if buffer[at + 4] != _E or buffer[at + 5] != _D:
            return end
        at += 6
    elif at + 5 <= end and buffer[at + 1] == _F and buffer[at + 2] == _B and buffer[at + 3] == _O:
        if buffer[at + 4] != _X:
            return end
        at += 5
    else:
        return end
    if at < end and _is_letter(buffer[at]):
        return end
    blanks = 0
    while at < end and blanks < _MOST_BLANKS and (buffer[at] == _BLANK or buffer[at] == _TAB):
        at += 1
        blanks += 1
    return at


@inlined
def _is_escaped(buffer: Any, start: Any, at: Any) -> Any:
    r"""Is the backslash at `at` the second of a pair, as in `\\boxed`?"""
    first = at
    while first > start and buffer[first - 1] == _BACKSLASH:
        first -= 1
    return (at - first) % 2 == 1


@inlined
def _closing(buffer: Any, at: Any, end: Any) -> Any:
    """Where the brace is closed that was opened before `at`, -1 where it is not."""
    depth = 1
    while at < end:
        byte = buffer[at]
        if byte == _BACKSLASH:
            at += 1
        elif byte == _BRACE:
            depth += 1
        elif byte == _END_BRACE:
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return np.int64(-1)


@inlined
def _bare_end(buffer: Any, content: Any, end: Any) -> Any:
    """Where a number or a single letter ends that is boxed without braces, -1 where there is neither."""
    at = content
    if buffer[at] == _PLUS or buffer[at] == _MINUS:
        at += 1
    if at < end and (buffer[at] == _POINT or _is_digit(buffer[at])):
        while at < end and _may_follow(buffer[at]):
            at += 1
        while at > content and (buffer[at - 1] == _POINT or buffer[at - 1] == _COMMA):
            at -= 1
        return at
    if _is_letter(buffer[content]) and not (content + 1 < end and _is_letter(buffer[content + 1])):
        return content + 1
    return np.int64(-1)


@inlined
def _may_follow(byte: Any) -> Any:
    """May it stand in a bare number behind its first digit? `+,-./` and the digits have the codes from 43 to 57."""
    return _PLUS <= byte <= _NINE or byte == _PERCENT or _is_letter(byte)


@inlined
def _is_digit(byte: Any) -> Any:
    return _ZERO <= byte <= _NINE


@inlined
def _is_letter(byte: Any) -> Any:
    return 97 <= (byte | 0x20) <= 122
