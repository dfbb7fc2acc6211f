"""What stands between white space in many texts at once, compiled with numba.

The texts are windows of one UTF-8 buffer. A word becomes a 64-bit hash, its length in code points, and how many lines
end before it. 64 bytes at a time are searched for what may end a word; the words between are read 8 bytes at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from rulereward.data.arrays import I64, U8, U32, U64
from rulereward.text.jit import compiled, inlined
from rulereward.text.unit_tables import LOWER, SAME, SPACES, class_of_each
from rulereward.text.units import Units, eights_of, room_for
from rulereward.text.words import LEFT_TO_ROWS, SPECIAL_LOWER

SplitUnit = Literal["lower split", "folded"]
"""What stands between white space in lower case (`text.lower().split()`), or that without what prints nothing."""

_SPACE, _INSIDE, _SPECIAL, _CASED = 0, 1, 2, 3
"""Classes of code points: white space; part of a word; lower case that only Python gets right; part of a word whose
lower case is another character."""

_TAGS, _TAGS_END = 0xE0000, 0xE1000
"""Characters above the table that print nothing."""

_BASE = 251
"""The base of the hashes of `joined_words`: a word's bytes are the digits of a number to this base, lowest first."""

FEWEST = 5
"""From how many words on `Joined.spots` tells which n-grams may be found twice."""

_SEEN_PER_WORD = 16
"""Slots for every word when heads that occur twice are looked for; of single ones 1 in 16 is taken for such a one."""

_DE_BRUIJN = 0x03F79D71B4CB0A89
"""Shifted by any number of bits, its highest six differ."""


def _places_of_bits() -> I64:
    """By the highest six bits of `_DE_BRUIJN` shifted by n bits: n."""
    places = np.zeros(64, dtype=np.int64)
    for place in range(64):
        places[((_DE_BRUIJN << place) % 2**64) >> 58] = place
    return places


_PLACES = _places_of_bits()
_CASED_CODES: list[int] = np.flatnonzero(LOWER != SAME).tolist()
_AS_WRITTEN = class_of_each(_INSIDE, (_SPACE, SPACES))
_TABLES: dict[SplitUnit, tuple[U8, np.int64, U32]] = {
    "lower split": (
        class_of_each(_INSIDE, (_SPACE, SPACES), (_CASED, _CASED_CODES), (_SPECIAL, map(ord, SPECIAL_LOWER))),
        np.int64(_INSIDE),
        LOWER,
    ),
    "folded": (
        class_of_each(_INSIDE, (_SPACE, SPACES), (_CASED, _CASED_CODES), (_SPECIAL, map(ord, LEFT_TO_ROWS))),
        np.int64(_SPECIAL),
        LOWER,
    ),
}
"""Classes, that of the characters from `_TAGS` on, and lower case."""


def split_hashes(buffer: U8, start: I64, end: I64, unit: SplitUnit) -> Units:
    """Words between white space. A text with a character of `SPECIAL_LOWER` is special, a folded one with one of
    `LEFT_TO_ROWS`.
    """
    return split_lines(buffer, start, end, unit)[0]


def split_lines(buffer: U8, start: I64, end: I64, unit: SplitUnit) -> tuple[Units, U8]:
    """The words of `split_hashes`, and how many lines end between each and the one before it: 0, 1, or 2 for more.

    Only of folded ones somebody asks for lengths and lines: the others have none.
    """
    found = room_for(start, end, most_per_byte=0.5)
    breaks = np.empty(len(found.hashes), np.uint8)
    rules = *_TABLES[unit], _PLACES
    chars: Any = found.chars
    lines: Any = breaks
    if unit == "lower split":
        found, breaks = replace(found, chars=chars[:0]), breaks[:0]
        chars = lines = None
    outputs = found.hashes, chars, lines, found.offsets, found.special
    _all_words(buffer, eights_of(buffer), start, end, *rules, *outputs)
    return found, breaks


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """Words as they are written, told by numbers that show when words run together are the same.

    Words run together are the digits of one number. `sums` has one more entry than there are words, for each what the
    words before it add. `spots` are words, those of row `i` from `spot_offsets[i]` to `spot_offsets[i + 1]`: at no
    other word begins an n-gram of `FEWEST` words or more that is found twice in its text, run together. The sum that
    some words add times the entry of the first one in `inverses`, which are those of the spots, is their own: that of
    `ab c` is that of `a bc`.
    """

    words: Units
    sums: U64
    spots: I64
    inverses: U64
    spot_offsets: I64


def joined_words(buffer: U8, start: I64, end: I64, every: bool) -> Joined:
    """Words between white space as they are written; `every` one is a spot if n-grams may have less than `FEWEST`."""
    found = room_for(start, end, most_per_byte=0.5)
    room = len(found.hashes)
    sums, inverses = np.empty(room + 1, np.uint64), np.empty(room, np.uint64)
    joined = Joined(found, sums, np.empty(room, np.int64), inverses, np.zeros(len(start) + 1, np.int64))
    powers = _powers_of(_BASE), _powers_of(pow(_BASE, -1, 2**64))
    outputs = found.hashes, found.chars, found.offsets, sums, joined.spots, inverses, joined.spot_offsets
    _all_joined(buffer, eights_of(buffer), start, end, every, _AS_WRITTEN, _PLACES, *powers, *outputs)
    return joined


def _powers_of(base: int) -> U64:
    return np.array([pow(base, exponent, 2**64) for exponent in range(9)], dtype=np.uint64)


@compiled
def _all_words(
    buffer: Any, eights: Any, start: Any, end: Any, classes: Any, tags: Any, lower: Any, places: Any, hashes: Any,
    chars: Any, breaks: Any, offsets: Any, special: Any,
) -> None:  # fmt: skip
    count = 0
    for row in range(start.size):
        before = count
        if start[row] >= 0:
            count = _hash_words(
                buffer, eights, start[row], end[row], classes, tags, lower, places, hashes, chars, breaks, count
            )
        if count < 0:
            special[row] = True
            count = before
        offsets[row + 1] = count


@compiled
def _all_joined(
    buffer: Any, eights: Any, start: Any, end: Any, every: Any, classes: Any, places: Any, powers: Any,
    inverse_powers: Any, hashes: Any, chars: Any, offsets: Any, sums: Any, spots: Any, inverses: Any,
    spot_offsets: Any,
) -> None:  # fmt: skip
    longest = np.int64(1)
    for row in range(start.size):
        if start[row] >= 0:
            longest = max(longest, (end[row] - start[row]) // 2 + 1)
    begins, sizes = np.empty(longest, np.int64), np.empty(longest + FEWEST, np.int64)
    heads, own_inverses, seen = np.empty(longest, np.uint64), np.empty(longest, np.uint64), np.zeros(1, np.uint8)
    count, found, sums[0] = 0, 0, 0
    for row in range(start.size):
        if start[row] >= 0:
            before = count
            count = _hash_joined(
                buffer, eights, start[row], end[row], classes, places, powers, inverse_powers, hashes, chars,
                sums, own_inverses, begins, sizes, count,
            )  # fmt: skip
            size = 64
            while size < _SEEN_PER_WORD * (count - before):
                size *= 2
            if size > seen.size:
                seen = np.zeros(size, np.uint8)
            _fill_heads(eights, begins, sizes, heads, count - before, every)
            found = _find_spots(heads, seen, size, before, count, own_inverses, spots, inverses, found)
        offsets[row + 1], spot_offsets[row + 1] = count, found


@inlined
def _fill_heads(eights: Any, begins: Any, sizes: Any, heads: Any, count: Any, every: Any) -> None:
    """For each word a number of the first 16 bytes of all words from it on, zeros behind the last.

    Its lowest bit says whether `FEWEST` words have fewer bytes, or `every` word is a spot.
    """
    low, high, some = np.uint64(0), np.uint64(0), np.int64(0)  # 8 bytes each; bytes of `FEWEST` words
    for place in range(count, count + FEWEST):
        sizes[place] = 0
    for word in range(count - 1, -1, -1):
        size = sizes[word]
        some += size - sizes[word + FEWEST]
        chunk = eights[begins[word]]
        if size < 8:
            bits = np.uint64(8 * size)
            high = (high << bits) | (low >> (np.uint64(64) - bits))
            low = (chunk & ((np.uint64(1) << bits) - np.uint64(1))) | (low << bits)
        else:
            second = eights[begins[word] + 8] if size > 8 else np.uint64(0)
            if size < 16:
                bits = np.uint64(8 * (size - 8))
                second = (second & ((np.uint64(1) << bits) - np.uint64(1))) | (low << bits)
            low, high = chunk, second
        mixed = (low ^ (high * np.uint64(0x9E3779B97F4A7C15))) * np.uint64(0xD6E8FEB86659FD93)
        mixed ^= mixed >> np.uint64(32)
        heads[word] = (mixed & ~np.uint64(1)) | np.uint64(every or some < 16)


@inlined
def _find_spots(
    heads: Any, seen: Any, size: Any, first: Any, last: Any, own_inverses: Any, spots: Any, inverses: Any, found: Any
) -> Any:
    """Add the words whose head is that of another one, or whose number only looks so; how many there are now."""
    mask = np.uint64(size - 1)
    for slot in range(size):
        seen[slot] = 0
    for word in range(last - first):
        slot = (heads[word] >> np.uint64(1)) & mask
        seen[slot] = (seen[slot] << 1) | 1  # 1, 3, 7 to 255: unlike a count it never comes back to 1
    for word in range(last - first):
        spots[found], inverses[found] = first + word, own_inverses[word]
        found += (seen[(heads[word] >> np.uint64(1)) & mask] > 1) | ((heads[word] & np.uint64(1)) != np.uint64(0))
    return found


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
def _first_bytes(chunk: Any, taken: Any) -> Any:
    """The chunk with only its first `taken` bytes."""
    return chunk if taken == 8 else chunk & ((np.uint64(1) << np.uint64(8 * taken)) - np.uint64(1))


@inlined
def _upper_marks(chunk: Any) -> Any:
    """Marks of the bytes A to Z, in a chunk whose other bytes may be anything."""
    low = chunk & np.uint64(0x7F7F7F7F7F7F7F7F)
    from_a = low + np.uint64(0x3F3F3F3F3F3F3F3F)
    above_z = low + np.uint64(0x2525252525252525)
    return from_a & ~above_z & ~chunk & np.uint64(0x8080808080808080)


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
def _stop_bits(eights: Any, at: Any, end: Any) -> Any:
    """Which of the 64 bytes from `at` on are stops of words, one bit each, and none from `end` on.

    That no bit depends on another is what makes it quick: a search from stop to stop waits for each.
    """
    bits = np.uint64(0)
    for place in range(8):
        if at + 8 * place < end:
            marks = _word_stops(eights[at + 8 * place]) >> np.uint64(7)
            bits |= ((marks * np.uint64(0x0102040810204080)) >> np.uint64(56)) << np.uint64(8 * place)
    return bits if end - at >= 64 else bits & ((np.uint64(1) << np.uint64(end - at)) - np.uint64(1))


@inlined
def _lowest_bit(bits: Any, places: Any) -> Any:
    """The place of the lowest bit, of which there is one. `places` tells it of a product that no two bits share."""
    return places[((bits & (~bits + np.uint64(1))) * np.uint64(_DE_BRUIJN)) >> np.uint64(58)]


@inlined
def _hash_words(
    buffer: Any, eights: Any, start: Any, end: Any, classes: Any, tags: Any, lower: Any, places: Any, hashes: Any,
    chars: Any, breaks: Any, count: Any,
) -> Any:  # fmt: skip
    """Hash every word of the window; how many units there are now, or -1 at a special character.

    In one piece, because every helper that is handed arrays for every word costs half of the speed.
    """
    word, broken, cased = start, np.int64(0), False  # where a word may begin; lines that ended before it
    for block in range(start, end + 1, 64):
        bits = _stop_bits(eights, block, end)
        if end - block < 64:
            bits |= np.uint64(1) << np.uint64(end - block)  # the end of the window ends a word
        while bits != np.uint64(0):
            at = block + _lowest_bit(bits, places)
            bits &= bits - np.uint64(1)
            byte, behind = buffer[at], at + 1
            if byte != 0x20 and byte != 0x0A and at < end:
                code, behind = _decode(buffer, at)
                kind = np.int64(classes[code]) if code < classes.size else np.int64(_INSIDE)
                if _TAGS <= code < _TAGS_END:
                    kind = tags
                if kind == _SPECIAL:
                    return -1
                if kind != _SPACE:
                    cased |= kind == _CASED
                    continue
            if at > word:
                if cased:
                    state, tails = _hash_lowered(buffer, word, at, lower)
                else:
                    state, tails = _hash_bytes(eights, word, at)
                hashes[count] = state
                if chars is not None:
                    chars[count], breaks[count] = at - word - tails, min(broken, 2)
                count += 1
                broken, cased = np.int64(0), False
            if chars is not None:  # the second half of a line's end of two characters ends no further line
                broken += byte == 0x0D or (byte == 0x0A and (at == start or buffer[at - 1] != 0x0D))
            word = behind
    return count


@inlined
def _first_state(size: Any) -> Any:
    """The hash of no bytes yet, of `size` that will come: `a` is not `a` and a zero."""
    return np.uint64(size) * np.uint64(0xD6E8FEB86659FD93)


@inlined
def _hash_bytes(eights: Any, start: Any, end: Any) -> Any:
    """The hash of some bytes, ASCII in lower case, and how many of them begin no character."""
    state, tails, at = _first_state(end - start), np.int64(0), start
    while at < end:
        chunk = eights[at]
        if end - at < 8:
            chunk &= (np.uint64(1) << np.uint64(8 * (end - at))) - np.uint64(1)
        chunk |= _upper_marks(chunk) >> np.uint64(2)
        state = _hashed(state, chunk)
        tails += _byte_sum(chunk & ~(chunk << np.uint64(1)) & np.uint64(0x8080808080808080))
        at += 8
    return state, tails


@inlined
def _hash_lowered(buffer: Any, start: Any, end: Any, lower: Any) -> Any:
    """The hash that the lower case of some characters has by `_hash_bytes`; and, of the bytes given, the tails."""
    size, at = np.int64(0), start
    while at < end:
        code, at = _decode(buffer, at)
        size += _utf8_size(lower[code] if code < lower.size else code)
    state, chunk, filled, characters = _first_state(size), np.uint64(0), np.int64(0), np.int64(0)
    at = start
    while at < end:
        code, at = _decode(buffer, at)
        code = np.uint64(lower[code] if code < lower.size else code)
        characters += 1
        size = _utf8_size(code)
        for place in range(size):
            shift = np.uint64(6 * (size - 1 - place))
            byte = code >> shift
            if place > 0:
                byte = np.uint64(0x80) | (byte & np.uint64(0x3F))
            elif size > 1:
                byte |= np.uint64(0xF00 >> size) & np.uint64(0xFF)
            chunk |= byte << np.uint64(8 * filled)
            filled += 1
            if filled == 8:
                state, chunk, filled = _hashed(state, chunk), np.uint64(0), np.int64(0)
    if filled > 0:
        state = _hashed(state, chunk)
    return state, end - start - characters


@inlined
def _utf8_size(code: Any) -> Any:
    return np.int64(1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4)


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
    buffer: Any, eights: Any, start: Any, end: Any, classes: Any, places: Any, powers: Any, inverse_powers: Any,
    hashes: Any, chars: Any, sums: Any, inverses: Any, begins: Any, sizes: Any, count: Any,
) -> Any:  # fmt: skip
    """What every word of the window adds to the number of all; how many units there are now. In one piece, too."""
    word, power, inverse, first = start, np.uint64(1), np.uint64(1), count
    for block in range(start, end + 1, 64):
        bits = _stop_bits(eights, block, end)
        if end - block < 64:
            bits |= np.uint64(1) << np.uint64(end - block)  # the end of the window ends a word
        while bits != np.uint64(0):
            at = block + _lowest_bit(bits, places)
            bits &= bits - np.uint64(1)
            byte, behind = buffer[at], at + 1
            if byte != 0x20 and byte != 0x0A and at < end:
                code, behind = _decode(buffer, at)
                if code >= classes.size or classes[code] != _SPACE:
                    continue
            if at > word:
                inverses[count - first] = inverse
                begins[count - first], sizes[count - first] = word, at - word
                own, shift, tails = np.uint64(0), np.uint64(1), np.int64(0)
                for place in range(word, at, 8):
                    size = min(np.int64(8), at - place)
                    chunk = _first_bytes(eights[place], size)
                    own += _digits(chunk, size) * shift
                    shift *= powers[size]
                    inverse *= inverse_powers[size]
                    tails += _byte_sum(chunk & ~(chunk << np.uint64(1)) & np.uint64(0x8080808080808080))
                hashes[count], chars[count] = own, at - word - tails
                sums[count + 1] = sums[count] + own * power
                power *= shift
                count += 1
            word = behind
    return count
