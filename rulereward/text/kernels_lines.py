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
from rulereward.text.units import Units, eights_of

_LEAST_SLOTS = 64
_JOIN, _BREAK = 0x20, 0x0A


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Per row: pieces, their characters, pieces that repeat an earlier one, and the characters of these."""

    count: I64
    chars: I64
    again: I64
    again_chars: I64


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


def datatrove_duplicates(buffer: U8, start: I64, end: I64) -> tuple[Pieces, Pieces]:
    """Lines, and paragraphs. Both in one pass: a paragraph is known by its lines.

    A line is what stands between newlines, however many there are in a row; empty ones at the ends of a text are
    included. A paragraph stands between two newlines or more, without white space at the ends of the text.
    """
    eights = eights_of(buffer)
    lines, paragraphs = np.zeros((4, len(start)), np.int64), np.zeros((4, len(start)), np.int64)
    _byte_pieces(buffer, eights, start, end, _BLANK, lines, paragraphs)
    return Pieces(*lines), Pieces(*paragraphs)


def _blank_table() -> Bools:
    """Which of the code points below U+3001 are white space; above there is none."""
    return np.array([chr(code).isspace() for code in range(0x3001)], dtype=np.bool_)


_BLANK = _blank_table()


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
def _find_lines(eights: Any, start: Any, end: Any, begins: Any, stops: Any) -> Any:
    """Where the lines begin and stop; how many there are."""
    sevens, tops, ones = np.uint64(0x7F7F7F7F7F7F7F7F), np.uint64(0x8080808080808080), np.uint64(0x0101010101010101)
    begin, count, at = start, 0, start
    while at < end:
        others = eights[at] ^ np.uint64(0x0A0A0A0A0A0A0A0A)
        marks = ~(((others & sevens) + sevens) | others) & tops
        if end - at < 8:
            marks &= (np.uint64(1) << np.uint64(8 * (end - at))) - np.uint64(1)
        while marks != np.uint64(0):
            below = (marks & (~marks + np.uint64(1))) - np.uint64(1)  # all bits below the lowest mark
            stop = at + np.int64(((below & ones) * ones) >> np.uint64(56)) - 1
            marks &= marks - np.uint64(1)
            if stop > begin or count == 0:
                begins[count], stops[count] = begin, stop
                count += 1
            begin = stop + 1
        at += 8
    begins[count], stops[count] = begin, end
    return count + 1


@inlined
def _hash_of(eights: Any, start: Any, end: Any) -> Any:
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


@inlined
def _add(pieces: Any, row: Any, width: Any, known: Any) -> None:
    """Count a piece."""
    pieces[0, row] += 1
    pieces[1, row] += width
    if known:
        pieces[2, row] += 1
        pieces[3, row] += width


@compiled
def _byte_pieces(buffer: Any, eights: Any, start: Any, end: Any, blank: Any, lines: Any, paragraphs: Any) -> None:
    longest = np.int64(0)
    for row in range(start.size):
        if start[row] >= 0:
            longest = max(longest, end[row] - start[row])
    begins, stops = np.empty(longest // 2 + 2, np.int64), np.empty(longest // 2 + 2, np.int64)
    line_table, paragraph_table = np.zeros(_LEAST_SLOTS, np.uint64), np.zeros(_LEAST_SLOTS, np.uint64)
    for row in range(start.size):
        if start[row] < 0:
            continue
        count = _find_lines(eights, start[row], end[row], begins, stops)
        first, last = _trimmed(buffer, start[row], end[row], blank)
        line_table, size = _emptied(line_table, count)
        paragraph_table, size = _emptied(paragraph_table, count)
        state, width = np.uint64(0), np.int64(0)  # of the paragraph so far, its next newline included
        for place in range(count):
            begin, stop = begins[place], stops[place]
            line, chars = _hash_of(eights, begin, stop)
            _add(lines, row, chars, _is_known(line_table, size, line))
            if stop <= first or begin >= last:
                continue
            if begin < first or stop > last:
                line, chars = _hash_of(eights, max(begin, first), min(stop, last))
            state = _hashed(state, line)
            width += chars + 1
            if place + 1 == count or begins[place + 1] >= last or begins[place + 1] - stop > 1:
                _add(paragraphs, row, width - 1, _is_known(paragraph_table, size, state))
                state, width = np.uint64(0), np.int64(0)
        if first == last:
            _add(paragraphs, row, np.int64(0), False)
