"""Lines and paragraphs that are said again, in many texts at once, compiled with numba.

Lines are known by 64-bit hashes: two different ones of 1,000 are taken for the same with a chance of about 3e-14. The
definitions are in `rulereward.text.shares`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rulereward.data.arrays import I64, U8, Bools
from rulereward.text.jit import compiled, inlined
from rulereward.text.units import Units

_LEAST_SLOTS = 64
_JOIN, _BREAK = 0x20, 0x0A


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Per row: pieces, their characters, pieces that repeat an earlier one, and the characters of these."""

    count: I64
    chars: I64
    again: I64
    again_chars: I64


def characters(buffer: U8, start: I64, end: I64) -> I64:
    """Per row: code points; 0 for a missing text."""
    found = np.zeros(len(start), np.int64)
    _count_characters(np.ndarray((len(buffer) - 7,), "<u8", buffer, strides=(1,)), start, end, found)
    return found


def _pieces(size: int) -> Pieces:
    count, chars, again, again_chars = (np.zeros(size, np.int64) for _ in range(4))
    return Pieces(count, chars, again, again_chars)


def line_duplicates(words: Units, breaks: U8) -> Pieces:
    """Lines that are not blank, white space folded, of the words and breaks of `kernels_split.split_lines`."""
    return _of_words(words, breaks, ends=1)


def paragraph_duplicates(words: Units, breaks: U8) -> Pieces:
    """What stands between blank lines, a line break between two lines of it."""
    return _of_words(words, breaks, ends=2)


def _of_words(words: Units, breaks: U8, ends: int) -> Pieces:
    found = _pieces(len(words.special))
    outputs = found.count, found.chars, found.again, found.again_chars
    _word_pieces(words.hashes, words.chars, breaks, words.offsets, ends, *outputs)
    return found


def datatrove_line_duplicates(buffer: U8, start: I64, end: I64) -> Pieces:
    """What stands between newlines, however many there are in a row; blank ones at the ends of a text included."""
    return _of_bytes(buffer, start, end, fewest=1, trims=False)


def datatrove_paragraph_duplicates(buffer: U8, start: I64, end: I64) -> Pieces:
    """What stands between two newlines or more, without white space at the ends of the text."""
    return _of_bytes(buffer, start, end, fewest=2, trims=True)


def _of_bytes(buffer: U8, start: I64, end: I64, fewest: int, trims: bool) -> Pieces:
    found = _pieces(len(start))
    eights = np.ndarray((len(buffer) - 7,), "<u8", buffer, strides=(1,))  # the 8 bytes from each byte on
    outputs = found.count, found.chars, found.again, found.again_chars
    _byte_pieces(buffer, eights, start, end, fewest, trims, _BLANK, *outputs)
    return found


def _blank_table() -> Bools:
    """Which of the code points below U+3001 are white space; above there is none."""
    return np.array([chr(code).isspace() for code in range(0x3001)], dtype=np.bool_)


_BLANK = _blank_table()


@compiled
def _count_characters(eights: Any, start: Any, end: Any, found: Any) -> None:
    for row in range(found.size):
        at, last = start[row], end[row]
        if at < 0:
            continue
        inside = np.int64(0)
        while at < last:
            chunk = eights[at]
            if last - at < 8:
                chunk &= (np.uint64(1) << np.uint64(8 * (last - at))) - np.uint64(1)
            inside += _tails(chunk)
            at += 8
        found[row] = last - start[row] - inside


@inlined
def _tails(chunk: Any) -> Any:
    """How many of 8 bytes begin no character."""
    tails = chunk & ~(chunk << np.uint64(1)) & np.uint64(0x8080808080808080)
    return np.int64(((tails >> np.uint64(7)) * np.uint64(0x0101010101010101)) >> np.uint64(56))


@inlined
def _hashed(state: Any, value: Any) -> Any:
    state = (state ^ value) * np.uint64(0x9E3779B97F4A7C15)
    return state ^ (state >> np.uint64(29))


@inlined
def _emptied(table: Any, pieces: Any) -> Any:
    """A table with room for the pieces, of which as many slots are empty as will be used; and how many these are."""
    size = _LEAST_SLOTS
    while size < 2 * pieces:
        size *= 2
    if size > table.size:
        return np.zeros(size, np.uint64), size
    for slot in range(size):  # an assignment to a slice takes seconds to compile
        table[slot] = np.uint64(0)
    return table, size


@inlined
def _is_known(table: Any, size: Any, state: Any) -> Any:
    """Was this piece put into the table before? It is now."""
    key = (state ^ (state >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    key ^= key >> np.uint64(32)
    if key == np.uint64(0):
        key = np.uint64(1)  # zero marks an empty slot
    mask = np.uint64(size - 1)
    slot = key & mask
    while table[slot] != np.uint64(0) and table[slot] != key:
        slot = (slot + np.uint64(1)) & mask
    known = table[slot] == key
    table[slot] = key
    return known


@compiled
def _word_pieces(
    hashes: Any, chars: Any, breaks: Any, offsets: Any, ends: Any, count: Any, all_chars: Any, again: Any,
    again_chars: Any,
) -> None:  # fmt: skip
    table = np.zeros(_LEAST_SLOTS, np.uint64)
    for row in range(count.size):
        first, last = offsets[row], offsets[row + 1]
        if first == last:
            continue
        pieces = 1
        for index in range(first + 1, last):
            pieces += breaks[index] >= ends
        table, size = _emptied(table, pieces)
        count[row] = pieces
        state, width = np.uint64(0), 0
        for index in range(first, last):
            if index > first and breaks[index] < ends:
                state = _hashed(state, np.uint64(_BREAK) if breaks[index] > 0 else np.uint64(_JOIN))
                width += 1
            state = _hashed(state, hashes[index])
            width += chars[index]
            if index + 1 == last or breaks[index + 1] >= ends:
                all_chars[row] += width
                if _is_known(table, size, state):
                    again[row] += 1
                    again_chars[row] += width
                state, width = np.uint64(0), 0


@inlined
def _newlines(buffer: Any, start: Any, end: Any) -> Any:
    found = np.int64(0)
    for at in range(start, end):
        found += buffer[at] == _BREAK
    return found


@inlined
def _piece_end(buffer: Any, eights: Any, start: Any, end: Any, fewest: Any) -> Any:
    """Where the piece ends that begins at `start`, and where the next one begins; behind `end` where none does."""
    at = start
    while at < end:
        others = eights[at] ^ np.uint64(0x0A0A0A0A0A0A0A0A)
        if (others - np.uint64(0x0101010101010101)) & ~others & np.uint64(0x8080808080808080) == np.uint64(0):
            at += 8  # there is no newline among these
            continue
        if buffer[at] != _BREAK:
            at += 1
            continue
        behind = at
        while behind < end and buffer[behind] == _BREAK:
            behind += 1
        if behind - at >= fewest:
            return at, behind
        at = behind
    return end, end + 1


@inlined
def _hash_of(buffer: Any, eights: Any, start: Any, end: Any) -> Any:
    """The hash of the bytes, and how many characters they are."""
    state, inside, at = np.uint64(end - start) * np.uint64(0xD6E8FEB86659FD93), np.int64(0), start
    while at < end:
        chunk = eights[at]
        if end - at < 8:
            chunk &= (np.uint64(1) << np.uint64(8 * (end - at))) - np.uint64(1)
        state = _hashed(state, chunk)
        inside += _tails(chunk)
        at += 8
    return state, end - start - inside


@inlined
def _is_blank(buffer: Any, at: Any, size: Any, blank: Any) -> Any:
    """Is the character of `size` bytes white space? All white space has three bytes at most."""
    code = np.int64(buffer[at])
    if size == 2:
        code = (code & 0x1F) << 6 | (np.int64(buffer[at + 1]) & 0x3F)
    elif size == 3:
        code = (code & 0x0F) << 12 | (np.int64(buffer[at + 1]) & 0x3F) << 6 | (np.int64(buffer[at + 2]) & 0x3F)
    return size < 4 and code < blank.size and blank[code]


@inlined
def _is_tail(buffer: Any, at: Any) -> Any:
    return (buffer[at] & 0xC0) == 0x80


@inlined
def _trimmed(buffer: Any, start: Any, end: Any, blank: Any) -> Any:
    """The window without white space at its ends."""
    while start < end:
        following = start + 1
        while following < end and _is_tail(buffer, following):
            following += 1
        if not _is_blank(buffer, start, following - start, blank):
            break
        start = following
    while start < end:
        last = end - 1
        while _is_tail(buffer, last):
            last -= 1
        if not _is_blank(buffer, last, end - last, blank):
            break
        end = last
    return start, end


@compiled
def _byte_pieces(
    buffer: Any, eights: Any, start: Any, end: Any, fewest: Any, trims: Any, blank: Any, count: Any, all_chars: Any,
    again: Any, again_chars: Any,
) -> None:  # fmt: skip
    table = np.zeros(_LEAST_SLOTS, np.uint64)
    for row in range(count.size):
        if start[row] < 0:
            continue
        at, last = start[row], end[row]
        if trims:
            at, last = _trimmed(buffer, at, last, blank)
        table, size = _emptied(table, _newlines(buffer, at, last) + 1)
        while at <= last:
            stop, following = _piece_end(buffer, eights, at, last, fewest)
            state, width = _hash_of(buffer, eights, at, stop)
            all_chars[row] += width
            count[row] += 1
            if _is_known(table, size, state):
                again[row] += 1
                again_chars[row] += width
            at = following
