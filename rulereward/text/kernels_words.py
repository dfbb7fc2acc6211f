"""The units of `rulereward.text.words` of many texts at once, compiled with numba: words, characters, `auto`.

The texts are windows of one UTF-8 buffer. A unit becomes a 64-bit hash and its length in code points. Printable ASCII
is read 8 bytes at a time.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np

from rulereward.data.arrays import I64, U8
from rulereward.text.jit import compiled, inlined
from rulereward.text.unit_tables import LOWER, SPACES, class_of_each
from rulereward.text.units import Units, eights_of, room_for
from rulereward.text.words import IDEOGRAPHS, LEFT_TO_ROWS, LONG_RUN, PIECE, RepetitionUnit

_SPACE, _ALONE, _INSIDE, _SPECIAL = 0, 1, 2, 3
"""Classes of code points: white space; a unit by itself; part of a run; lower case that only Python gets right."""

_IDEOGRAPHS_END = 0x40000
"""Behind the two planes of ideographs, which begin where the table of classes ends."""

_TAGS, _TAGS_END = 0xE0000, 0xE1000
"""Characters above the table that print nothing."""

_NEVER_CUT = 2**62

_CLASSES = class_of_each(
    _INSIDE,
    (_SPACE, SPACES),
    (_ALONE, chain.from_iterable(range(first, last + 1) for first, last in IDEOGRAPHS)),
    (_SPECIAL, map(ord, LEFT_TO_ROWS)),
)


def repetition_hashes(buffer: U8, start: I64, end: I64, unit: RepetitionUnit) -> Units:
    """The units of `words.repetition_units`. A text with a character of `LEFT_TO_ROWS` is special."""
    found = room_for(start, end, most_per_byte=1.0)
    # what other files define is handed over and not compiled in: the cache on disk would not see it change
    longest = LONG_RUN if unit == "auto" else _NEVER_CUT
    rules = unit == "char", longest, PIECE, _CLASSES, LOWER
    outputs = found.hashes, found.chars, found.offsets, found.special
    _all_units(buffer, eights_of(buffer), start, end, *rules, *outputs)
    return found


@compiled
def _all_units(
    buffer: Any, eights: Any, start: Any, end: Any, characters: Any, longest: Any, piece: Any, classes: Any,
    lower: Any, hashes: Any, chars: Any, offsets: Any, special: Any,
) -> None:  # fmt: skip
    count = 0
    for row in range(start.size):
        before = count
        if start[row] >= 0:
            if characters:
                count = _hash_characters(buffer, start[row], end[row], classes, lower, hashes, chars, count)
            else:
                count = _hash_units(
                    buffer, eights, start[row], end[row], longest, piece, classes, lower, hashes, chars, count
                )
        if count < 0:
            special[row] = True
            count = before
        offsets[row + 1] = count


@inlined
def _decode(buffer: Any, at: Any) -> Any:
    """The code point that begins at byte `at`, and the byte behind it. The buffer is valid UTF-8."""
    first = np.uint32(buffer[at])
    if first < 0x80:
        return first, at + 1
    tail = np.uint32(0x3F)
    second = np.uint32(buffer[at + 1]) & tail
    if first < 0xE0:
        return ((first & np.uint32(0x1F)) << np.uint32(6)) | second, at + 2
    third = np.uint32(buffer[at + 2]) & tail
    if first < 0xF0:
        return ((first & np.uint32(0x0F)) << np.uint32(12)) | (second << np.uint32(6)) | third, at + 3
    fourth = np.uint32(buffer[at + 3]) & tail
    high = ((first & np.uint32(0x07)) << np.uint32(18)) | (second << np.uint32(12))
    return high | (third << np.uint32(6)) | fourth, at + 4


@inlined
def _hashed(state: Any, value: Any) -> Any:
    """The hash of a unit with one more chunk, or with one more code point out of the way of chunks."""
    state = (state ^ value) * np.uint64(0x9E3779B97F4A7C15)
    return state ^ (state >> np.uint64(29))


@inlined
def _shifted(code: Any) -> Any:
    """A code point as a number that is no chunk, and never 0, which would leave a hash of 0 as it is."""
    return (np.uint64(code) + np.uint64(1)) << np.uint64(40)


@inlined
def _lowest_byte(marks: Any) -> Any:
    """Which of 8 bytes is the lowest that is marked, by its top bit; 8 where none is."""
    if marks == np.uint64(0):
        return np.int64(8)
    ones = np.uint64(0x0101010101010101)
    lowest = marks & (~marks + np.uint64(1))
    return np.int64(((((lowest >> np.uint64(7)) - np.uint64(1)) & ones) * ones) >> np.uint64(56))


@inlined
def _first_bytes(chunk: Any, taken: Any) -> Any:
    """The chunk with only its first `taken` bytes."""
    return chunk if taken == 8 else chunk & ((np.uint64(1) << np.uint64(8 * taken)) - np.uint64(1))


@inlined
def _ascii_stops(chunk: Any) -> Any:
    """Marks of bytes up to 0x20 and from 0x80 on; the lowest mark is exact."""
    below = chunk - np.uint64(0x2121212121212121)
    return ((below & ~chunk) | chunk) & np.uint64(0x8080808080808080)


@inlined
def _upper_marks(chunk: Any) -> Any:
    """Marks of the bytes A to Z, in a chunk whose other bytes may be anything."""
    low = chunk & np.uint64(0x7F7F7F7F7F7F7F7F)
    from_a = low + np.uint64(0x3F3F3F3F3F3F3F3F)
    above_z = low + np.uint64(0x2525252525252525)
    return from_a & ~above_z & ~chunk & np.uint64(0x8080808080808080)


@inlined
def _ascii_chunk(eights: Any, at: Any, end: Any) -> Any:
    """The printable ASCII bytes from `at` on, at most 8 of them, in lower case as one number, and how many they are.

    Where a chunk ends depends on the bytes of the unit alone, so equal units consist of equal chunks.
    """
    chunk = eights[at]
    taken = min(_lowest_byte(_ascii_stops(chunk)), end - at)
    chunk = _first_bytes(chunk, taken)
    return chunk | (_upper_marks(chunk) >> np.uint64(2)), taken


@inlined
def _hash_characters(
    buffer: Any, start: Any, end: Any, classes: Any, lower: Any, hashes: Any, chars: Any, count: Any
) -> Any:
    """Hash every lower-case character; how many units there are now, or -1 at a special one."""
    at = start
    while at < end:
        code, at = _decode(buffer, at)
        if code < classes.size:
            if classes[code] == _SPECIAL:
                return -1
            code = lower[code]
        hashes[count] = _hashed(np.uint64(0), _shifted(code))
        chars[count] = 1
        count += 1
    return count


@inlined
def _hash_units(
    buffer: Any, eights: Any, start: Any, end: Any, longest: Any, piece: Any, classes: Any, lower: Any, hashes: Any,
    chars: Any, count: Any,
) -> Any:  # fmt: skip
    """Hash every unit of the window; how many there are now, or -1 at a special character.

    Runs of more than `longest` characters are cut into pieces of `piece`.
    """
    at = start
    run_start, run_class, run_hash, run_length = start, np.int64(_SPACE), np.uint64(0), np.int64(0)
    while at < end:
        before = at
        kind = np.int64(_INSIDE)
        value, taken = _ascii_chunk(eights, at, end)
        if taken > 0:
            at += taken
        else:
            code, at = _decode(buffer, at)
            taken = np.int64(1)
            if code < classes.size:
                kind = np.int64(classes[code])
                code = lower[code]
                if kind == _SPECIAL:
                    return -1
            elif _TAGS <= code < _TAGS_END:
                return -1
            else:
                kind = np.int64(_ALONE) if code < _IDEOGRAPHS_END else np.int64(_INSIDE)
            value = _shifted(code)
        if kind != run_class or kind == _ALONE:
            if run_length > longest:
                count = _hash_pieces(buffer, eights, run_start, before, piece, lower, hashes, chars, count)
            elif run_class != _SPACE:
                hashes[count], chars[count] = run_hash, run_length
                count += 1
            run_start, run_class, run_hash, run_length = before, kind, np.uint64(0), np.int64(0)
        run_hash = _hashed(run_hash, value)
        run_length += taken
    if run_length > longest:
        return _hash_pieces(buffer, eights, run_start, end, piece, lower, hashes, chars, count)
    if run_class != _SPACE:
        hashes[count], chars[count] = run_hash, run_length
        count += 1
    return count


@inlined
def _hash_pieces(
    buffer: Any, eights: Any, start: Any, end: Any, piece: Any, lower: Any, hashes: Any, chars: Any, count: Any
) -> Any:
    """Write the pieces of a long run, each hashed as a unit of its own would be; how many units there are now."""
    at = start
    while at < end:
        stop = at
        length = 0
        while length < piece and stop < end:
            _, stop = _decode(buffer, stop)
            length += 1
        state = np.uint64(0)
        while at < stop:
            value, taken = _ascii_chunk(eights, at, stop)
            if taken > 0:
                at += taken
            else:
                code, at = _decode(buffer, at)
                if code < lower.size:
                    code = lower[code]
                value = _shifted(code)
            state = _hashed(state, value)
        hashes[count], chars[count] = state, length
        count += 1
    return count
