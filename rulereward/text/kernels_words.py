"""Units of many texts at once, compiled with numba: words, characters, and the units of `rulereward.text.words`.

The texts are windows of one UTF-8 buffer. A unit becomes a 64-bit hash and its length in code points. A text is read
8 bytes at a time as far as its bytes are printable ASCII or, within words between white space, ideographs.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rulereward.data.arrays import I64, U8
from rulereward.text.jit import compiled, inlined
from rulereward.text.units import Units
from rulereward.text.words import IDEOGRAPHS, LEFT_TO_ROWS, LONG_RUN, PIECE, SPECIAL_LOWER, RepetitionUnit

SplitUnit = Literal["split", "lower split", "folded"]
"""What stands between white space: as it is written (`text.split()`), in lower case (`text.lower().split()`), or in
lower case without what prints nothing."""

_SPACE, _ALONE, _INSIDE, _SPECIAL = 0, 1, 2, 3
"""Classes of code points: white space; a unit by itself; part of a run; lower case that only Python gets right."""

_TABLE_SIZE = 0x20000
"""White space and letters with a case lie below; from here to `_IDEOGRAPHS_END` are the planes of ideographs."""

_IDEOGRAPHS_END = 0x40000

_TAGS, _TAGS_END = 0xE0000, 0xE1000
"""Characters above the table that print nothing."""

_NEVER_CUT = 2**62

_BASE = 251
"""The base of the hashes of `joined_words`: a word's bytes are the digits of a number to this base, lowest first."""


def _tables() -> tuple[U8, NDArray[np.uint32]]:
    """Class and lower case of the code points below `_TABLE_SIZE`, as this Python has them."""
    classes = np.full(_TABLE_SIZE, _INSIDE, dtype=np.uint8)
    lower = np.arange(_TABLE_SIZE, dtype=np.uint32)
    characters = [chr(code) for code in range(_TABLE_SIZE)]
    for code, character in enumerate(characters):
        lowered = character.lower()
        if lowered != character:
            lower[code] = ord(lowered[0])
    classes[[code for code, character in enumerate(characters) if character.isspace()]] = _SPACE
    for first, last in IDEOGRAPHS:
        classes[first : min(last + 1, _TABLE_SIZE)] = _ALONE
    classes[_below_table(LEFT_TO_ROWS)] = _SPECIAL
    return classes, lower


def _below_table(characters: str) -> list[int]:
    return [ord(character) for character in characters if ord(character) < _TABLE_SIZE]


_CLASSES, _LOWER = _tables()


def _split_classes(special: str) -> U8:
    """Classes where only white space separates."""
    classes = np.where(_CLASSES == _SPACE, np.uint8(_SPACE), np.uint8(_INSIDE))
    classes[_below_table(special)] = _SPECIAL
    return classes


_SAME: NDArray[np.uint32] = np.arange(_TABLE_SIZE, dtype=np.uint32)
_AS_WRITTEN = _split_classes("")
_SPLIT: dict[SplitUnit, tuple[U8, NDArray[np.uint32]]] = {
    "split": (_AS_WRITTEN, _SAME),
    "lower split": (_split_classes(SPECIAL_LOWER), _LOWER),
    "folded": (_split_classes(LEFT_TO_ROWS), _LOWER),
}


def repetition_hashes(buffer: U8, start: I64, end: I64, unit: RepetitionUnit) -> Units:
    """The units of `words.repetition_units`. A text with a character of `LEFT_TO_ROWS` is special."""
    found, eights = _room(buffer, start, end, most_per_byte=1.0)
    # what other files define is handed over and not compiled in: the cache on disk would not see it change
    longest = LONG_RUN if unit == "auto" else _NEVER_CUT
    rules = unit == "char", longest, PIECE, _CLASSES, _LOWER
    _all_units(buffer, eights, start, end, *rules, found.hashes, found.chars, found.offsets, found.special)
    return found


def split_hashes(buffer: U8, start: I64, end: I64, unit: SplitUnit) -> Units:
    """Words between white space.

    In lower case a text with a character of `SPECIAL_LOWER` is special, folded one with one of `LEFT_TO_ROWS`.
    """
    return split_lines(buffer, start, end, unit)[0]


def split_lines(buffer: U8, start: I64, end: I64, unit: SplitUnit) -> tuple[Units, U8]:
    """The words of `split_hashes`, and how many lines end between each and the one before it: 0, 1, or 2 for more."""
    found, eights = _room(buffer, start, end, most_per_byte=0.5)
    breaks = np.empty(len(found.hashes), np.uint8)
    classes, lower = _SPLIT[unit]
    outputs = found.hashes, found.chars, breaks, found.offsets, found.special
    _all_words(buffer, eights, start, end, unit != "split", classes, lower, *outputs)
    return found, breaks


def joined_words(buffer: U8, start: I64, end: I64) -> tuple[Units, NDArray[np.uint64]]:
    """Words between white space as they are written, told by numbers that show when words run together are the same.

    The words of a text run together are the digits of one number, to which each word adds its `hashes`. Of some words
    the sum times the `inverses` of the first, the second array, is their own: that of `ab c` is that of `a bc`.
    """
    found, eights = _room(buffer, start, end, most_per_byte=0.5)
    inverses = np.empty(len(found.hashes), np.uint64)
    powers = _powers_of(_BASE), _powers_of(pow(_BASE, -1, 2**64))
    _all_joined(buffer, eights, start, end, _AS_WRITTEN, *powers, found.hashes, found.chars, found.offsets, inverses)
    return found, inverses


def _powers_of(base: int) -> NDArray[np.uint64]:
    return np.array([pow(base, exponent, 2**64) for exponent in range(9)], dtype=np.uint64)


def _room(buffer: U8, start: I64, end: I64, most_per_byte: float) -> tuple[Units, NDArray[np.uint64]]:
    """Arrays to be filled, and the 8 bytes from each byte on. Untouched ends of the arrays cost nothing."""
    size = len(start)
    room = int(np.ceil((end - start)[start >= 0].sum() * most_per_byte)) + size + 1
    special = np.zeros(size, np.bool_)
    found = Units(np.empty(room, np.uint64), np.empty(room, np.int32), np.zeros(size + 1, np.int64), special)
    return found, np.ndarray((len(buffer) - 7,), "<u8", buffer, strides=(1,))


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


@compiled
def _all_words(
    buffer: Any, eights: Any, start: Any, end: Any, lowers: Any, classes: Any, lower: Any, hashes: Any, chars: Any,
    breaks: Any, offsets: Any, special: Any,
) -> None:  # fmt: skip
    count = 0
    upper_mask = ~np.uint64(0) if lowers else np.uint64(0)
    for row in range(start.size):
        before = count
        if start[row] >= 0:
            count = _hash_words(
                buffer, eights, start[row], end[row], upper_mask, classes, lower, hashes, chars, breaks, count
            )
        if count < 0:
            special[row] = True
            count = before
        offsets[row + 1] = count


@compiled
def _all_joined(
    buffer: Any, eights: Any, start: Any, end: Any, classes: Any, powers: Any, inverse_powers: Any, hashes: Any,
    chars: Any, offsets: Any, inverses: Any,
) -> None:  # fmt: skip
    count = 0
    for row in range(start.size):
        if start[row] >= 0:
            count = _hash_joined(
                buffer, eights, start[row], end[row], classes, powers, inverse_powers, hashes, chars, inverses, count
            )
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
def _word_stops(chunk: Any) -> Any:
    """Marks of bytes that are neither printable ASCII nor part of a character from U+4000 to U+9FFF.

    The bytes of such a character are 0xE4 to 0xE9 and two from 0x80 to 0xBF; no other character stands between
    two stops, because its first byte is one.
    """
    tops = np.uint64(0x8080808080808080)
    low = chunk & ~tops
    control = ~chunk & ~(low + np.uint64(0x5F5F5F5F5F5F5F5F))  # up to 0x20
    from_c0 = low + np.uint64(0x4040404040404040)
    from_e4 = low + np.uint64(0x1C1C1C1C1C1C1C1C)
    from_ea = low + np.uint64(0x1616161616161616)
    return tops & (control | (chunk & ((from_c0 & ~from_e4) | from_ea)))


@inlined
def _byte_sum(bits: Any) -> Any:
    """How many bytes are marked, by their top bit."""
    return np.int64(((bits >> np.uint64(7)) * np.uint64(0x0101010101010101)) >> np.uint64(56))


@inlined
def _characters_in(chunk: Any, taken: Any) -> Any:
    """How many of the chunk's bytes, of which there are `taken`, begin a character."""
    inside = chunk & ~(chunk << np.uint64(1)) & np.uint64(0x8080808080808080)
    return taken - _byte_sum(inside)


@inlined
def _hash_words(
    buffer: Any, eights: Any, start: Any, end: Any, upper_mask: Any, classes: Any, lower: Any, hashes: Any,
    chars: Any, breaks: Any, count: Any,
) -> Any:  # fmt: skip
    """Hash every word of the window; how many units there are now, or -1 at a special character."""
    at = start
    state, length, broken = np.uint64(0), np.int64(0), np.int64(0)
    while at < end:
        chunk = eights[at]
        taken = min(_lowest_byte(_word_stops(chunk)), end - at)
        if taken > 0:
            chunk = _first_bytes(chunk, taken)
            chunk |= (_upper_marks(chunk) & upper_mask) >> np.uint64(2)
            state = _hashed(state, chunk)
            length += _characters_in(chunk, taken)
            at += taken
            if taken == 8 or at >= end:
                continue
        if buffer[at] == 0x20:
            kind, code = np.int64(_SPACE), np.uint32(0)
            at += 1
        else:
            code, at = _decode(buffer, at)
            kind = np.int64(_INSIDE)
            if code < classes.size:
                kind = np.int64(classes[code])
                code = lower[code]
        if kind == _SPACE:
            if length > 0:
                hashes[count], chars[count], breaks[count] = state, length, min(broken, 2)
                count += 1
                state, length, broken = np.uint64(0), np.int64(0), np.int64(0)
            # the second half of a line's end of two characters ends no further line
            broken += code == 0x0D or (code == 0x0A and (at - 1 == start or buffer[at - 2] != 0x0D))
        elif kind == _SPECIAL:
            return -1
        else:
            state = _hashed(state, _shifted(code))
            length += 1
    if length > 0:
        hashes[count], chars[count], breaks[count] = state, length, min(broken, 2)
        count += 1
    return count


@inlined
def _digits(chunk: Any, taken: Any) -> Any:
    """The bytes of a chunk as digits to the base, lowest first: of one byte each, then of two, then of four.

    A digit is the byte and 1, so that zeros count. UTF-8 has no byte above 0xF4, so with 251 no digit overflows.
    """
    chunk = _first_bytes(chunk + np.uint64(0x0101010101010101), taken)
    bytes_ = np.uint64(0x00FF00FF00FF00FF)
    twos = np.uint64(0x0000FFFF0000FFFF)
    pairs = (chunk & bytes_) + ((chunk >> np.uint64(8)) & bytes_) * np.uint64(_BASE)
    fours = (pairs & twos) + ((pairs >> np.uint64(16)) & twos) * np.uint64(_BASE**2)
    return (fours & np.uint64(0xFFFFFFFF)) + (fours >> np.uint64(32)) * np.uint64(_BASE**4)


@inlined
def _hash_joined(
    buffer: Any, eights: Any, start: Any, end: Any, classes: Any, powers: Any, inverse_powers: Any, hashes: Any,
    chars: Any, inverses: Any, count: Any,
) -> Any:  # fmt: skip
    """What every word of the window adds to the number of all; how many units there are now."""
    at = start
    added, length = np.uint64(0), np.int64(0)
    power, inverse, inverse_before = np.uint64(1), np.uint64(1), np.uint64(1)
    while at < end:
        chunk = eights[at]
        taken = min(_lowest_byte(_word_stops(chunk)), end - at)
        behind = at + taken
        if taken == 0:
            code, behind = _decode(buffer, at)
            if code < classes.size and classes[code] == _SPACE:
                if length > 0:
                    hashes[count], chars[count], inverses[count] = added, length, inverse_before
                    count += 1
                    added, length, inverse_before = np.uint64(0), np.int64(0), inverse
                at = behind
                continue
            taken = behind - at
        chunk = _first_bytes(chunk, taken)
        added += _digits(chunk, taken) * power
        power *= powers[taken]
        inverse *= inverse_powers[taken]
        length += _characters_in(chunk, taken)
        at = behind
    if length > 0:
        hashes[count], chars[count], inverses[count] = added, length, inverse_before
        count += 1
    return count


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
