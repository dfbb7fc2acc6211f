"""The longest loop of each of many texts, compiled with numba. The definition is in `rulereward.text.loops`.

A loop of period p and three rounds is an echo of 2p items, each of which stands again p items later, and the p items
behind it. What echoes is said again, so only stretches are searched whose looks (8 items in a row, a byte of each)
have all been seen before: few of a sound text. There, for each p that would fit, looks are compared in places so far
apart that no echo lies between two of them, n / 2p of n items, which for all p are n log n. Where two looks are the
same, sums tell in log n steps how far the echo goes: polynomials of items, equal for equal stretches.

Sums of different stretches can be equal too, so that an echo seems longer than it is, but never shorter. Therefore
the items of a loop are compared themselves before it is taken for the longest so far, and a text in which they differ
is left to the row form: this costs time, and changes no value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulereward.data.arrays import I64, U8, Bools
from rulereward.text.jit import compiled, inlined
from rulereward.text.loops import ROUNDS, folded
from rulereward.text.unseen import UNSEEN

_LOOK = 8
_SPARE = 4
"""Slots at least for each look that is remembered. Two looks in one slot only make more to be searched."""

_FACTOR = 0x9E3779B97F4A7C15

_SIGMA = 0x03A3
"""Its lower case depends on what stands around it: texts with it are left to the row form."""

_TABLE_SIZE = 0x20000
_TAGS, _TAGS_END = 0xE0000, 0xE1000
"""What is unseen above the table. Nothing else there changes when it is folded."""

_UNSEEN = ord(folded(UNSEEN[0], ignore_digits=False))

_INSIDE, _PERIOD, _SCALE, _PLACE, _SUMMED, _FALSE = range(6)
"""What is kept of a text: characters of the longest loop so far and of its first round, the power of two that its
period does not exceed, and the item behind the first round; whether there are sums, and whether they deceived."""


@dataclass(frozen=True, slots=True, eq=False)
class Loops:
    """Per row: characters of the text, of its longest loop and of that loop's first round, 0 where there is none.

    Of the texts in `left` only the row form knows.
    """

    chars: I64
    inside: I64
    period: I64
    left: Bools


def _fold_table(ignore_digits: bool) -> NDArray[np.uint32]:
    """What the code points below `_TABLE_SIZE` become."""
    text = str(np.arange(_TABLE_SIZE, dtype="<u4").tobytes(), "utf-32-le", "surrogatepass")
    table = np.frombuffer(folded(text, ignore_digits).encode("utf-32-le", "surrogatepass"), "<u4")
    return table.astype(np.uint32)


_FOLD = {ignore_digits: _fold_table(ignore_digits) for ignore_digits in (False, True)}


def longest_loops(buffer: U8, start: I64, end: I64, min_chars: int, ignore_digits: bool) -> Loops:
    """The loops that `loops.longest_loop` finds in the windows of the buffer."""
    size = len(start)
    chars, inside, period = (np.zeros(size, np.int64) for _ in range(3))
    found = Loops(chars, inside, period, np.zeros(size, np.bool_))
    room = int((end - start)[start >= 0].max(initial=0)) + _LOOK + 1
    looks = np.zeros(room, np.uint8)
    eights = np.ndarray((room - _LOOK + 1,), "<u8", looks, strides=(1,))  # the 8 bytes from each byte on
    items = np.empty(room, np.uint32), np.empty(room, np.int64), looks
    scratch = eights, np.empty(2 * _SPARE * room, np.uint8), np.empty(room, np.uint64), np.empty(6, np.int64)
    least = min(min_chars, len(buffer))  # however large the number is
    rules = least, ROUNDS, 0 if ignore_digits else 10, _UNSEEN, _FOLD[ignore_digits]
    _all_loops(buffer, start, end, *rules, *items, *scratch, chars, inside, period, found.left)
    return found


@compiled
def _all_loops(
    buffer: Any, start: Any, end: Any, min_chars: Any, rounds: Any, digits: Any, unseen: Any, fold: Any, codes: Any,
    bounds: Any, looks: Any, eights: Any, known: Any, sums: Any, best: Any, chars: Any, inside: Any, period: Any,
    left: Any,
) -> None:  # fmt: skip
    for row in range(chars.size):
        if start[row] < 0:
            continue
        count, chars[row] = _fold(buffer, start[row], end[row], digits, unseen, fold, codes, bounds, looks)
        if count < 0:
            left[row] = True
        elif chars[row] >= min_chars:
            _longest(codes, bounds, eights, known, sums, count, min_chars, rounds, best)
            left[row] = best[_FALSE] > 0
            if best[_PERIOD] > 0:
                inside[row], period[row] = best[_INSIDE], best[_PERIOD]


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
def _fold(
    buffer: Any, at: Any, end: Any, digits: Any, unseen: Any, fold: Any, codes: Any, bounds: Any, looks: Any
) -> Any:
    """Write the items: their code points, the characters before each, a byte of each; how many items and characters.

    Of the digits the first `digits` are items by themselves. -1 items where the text is left to the row form.
    """
    count, chars = 0, 0
    before = np.uint32(0xFFFFFFFF)
    while at < end:
        code, at = _decode(buffer, at)
        if code == _SIGMA:
            return -1, 0
        if code < fold.size:
            code = fold[code]
        elif _TAGS <= code < _TAGS_END:
            code = np.uint32(unseen)
        codes[count], bounds[count] = code, chars  # written over by the next where it begins no item
        looks[count] = np.uint8(code ^ (code >> np.uint32(8)))
        chars += 1
        if code != unseen:
            count += (code != before) | ((code >= 0x30) & (code < 0x30 + digits))
            before = code
    bounds[0] = 0  # with what is unseen before it
    if count == 0 and chars > 0:
        count = 1
    bounds[count] = chars
    return count, chars


@inlined
def _longest(
    codes: Any, bounds: Any, eights: Any, known: Any, sums: Any, count: Any, min_chars: Any, rounds: Any, best: Any
) -> None:
    """Find the longest loop of a text that has `min_chars` characters."""
    best[:] = 0
    widest = _widest(bounds, count)
    best[_INSIDE], best[_PERIOD] = (widest, 1) if widest >= max(rounds, min_chars) else (min_chars - 1, 0)
    least = max(min_chars, widest)
    fewest = _fewest(bounds, count, least)
    short = (_LOOK - 1) // (rounds - 1)  # periods up to this have echoes shorter than a look
    _search(1, short, 0, count, fewest, codes, bounds, eights, sums, count, rounds, best)
    bits = 6
    while (1 << bits) < _SPARE * count:
        bits += 1
    known[: 1 << bits] = 0
    run = np.int64(0)  # how many looks have been seen before, up to this one
    for at in range(count - _LOOK + 2):
        slot = (eights[at] * np.uint64(_FACTOR)) >> np.uint64(64 - bits)
        again = known[slot] if at <= count - _LOOK else np.uint8(0)
        known[slot] = 1
        reach = run + _LOOK - 1
        if again == 0 and run > 0 and reach >= (rounds - 1) * fewest // rounds:
            if best[_INSIDE] >= 2 * least:  # not each time: a hostile text has many loops, each a little longer
                least = best[_INSIDE]
                fewest = _fewest(bounds, count, least)
            longest = reach // (rounds - 1)
            _search(short + 1, longest, at - run, at - 1, fewest, codes, bounds, eights, sums, count, rounds, best)
        run = (run + 1) * np.int64(again)


@inlined
def _widest(bounds: Any, count: Any) -> Any:
    """Characters of the longest run of one character."""
    widest = 0
    for at in range(count):
        widest = max(widest, bounds[at + 1] - bounds[at])
    return widest


@inlined
def _fewest(bounds: Any, count: Any, chars: Any) -> Any:
    """How many items in a row at least have so many characters together."""
    fewest = min(count, chars)
    at = 0
    while at + fewest <= count + 1:
        while bounds[at + fewest - 1] - bounds[at] >= chars:
            fewest -= 1
        at += 1
    return fewest


@compiled
def _search(
    least: Any, most: Any, first: Any, last: Any, fewest: Any, codes: Any, bounds: Any, eights: Any, sums: Any,
    count: Any, rounds: Any, best: Any,
) -> None:  # fmt: skip
    """Look for loops of `fewest` items or more whose period has `least` to `most`.

    The looks at all items of the loop behind its first round lie from `first` to `last`.
    """
    least = max(least, fewest - (last - first + _LOOK))
    for period in range(least, min(most, count // rounds) + 1):
        enough = max((rounds - 1) * period, fewest - period)  # items of an echo
        width = min(_LOOK, enough)
        mask = ~np.uint64(0) >> np.uint64(8 * (_LOOK - width))
        spare = enough - width
        at = max(first - period, 0) + spare
        end = min(last, count - width) - period
        while at <= end:
            if (eights[at] ^ eights[at + period]) & mask == np.uint64(0):
                at = _take(at, period, width, spare, codes, bounds, sums, count, rounds, best)
            at += spare + 1


@inlined
def _take(
    at: Any, period: Any, width: Any, spare: Any, codes: Any, bounds: Any, sums: Any, count: Any, rounds: Any,
    best: Any,
) -> Any:  # fmt: skip
    """Keep the loop around `at` if it is the longest so far; where its echo ends, or `at` if that is too short."""
    if best[_SUMMED] == 0:
        _sum_up(codes, count, sums)
        best[_SUMMED] = 1
    power = _power(period)
    value = sums[at] * power - sums[at + period]
    half = (spare + 1) // 2  # of what an echo needs beside the look, either side has a half
    before, behind = at - half, at + width + half
    if not (
        (before >= 0 and sums[before] * power - sums[before + period] == value)
        or (behind + period <= count and sums[behind] * power - sums[behind + period] == value)
    ):
        return at
    start = at - _steps(sums, power, period, at, -1, at)
    end = at + _steps(sums, power, period, at, 1, count - period - at)
    chars = bounds[end + period] - bounds[start]
    if end - start < (rounds - 1) * period or chars < best[_INSIDE]:
        return end
    scale = 1
    while scale < period:
        scale *= 2
    place = start + period
    if chars > best[_INSIDE] or scale < best[_SCALE] or (scale == best[_SCALE] and place < best[_PLACE]):
        best[_INSIDE], best[_PERIOD] = chars, bounds[place] - bounds[start]
        best[_SCALE], best[_PLACE] = scale, place
        best[_FALSE] |= not _is_echo(codes, start, end, period)
    return end


@inlined
def _sum_up(codes: Any, count: Any, sums: Any) -> None:
    """Sums of all items before each: item i counts its code point times the i-th power of the factor.

    A stretch is the same `period` items later if the sum before it, times the factor to the power of the period,
    less the sum before the later one, is the same at its start and at its end.
    """
    power, total = np.uint64(1), np.uint64(0)
    for at in range(count):
        sums[at] = total
        total += np.uint64(codes[at]) * power
        power *= np.uint64(_FACTOR)
    sums[count] = total


@inlined
def _power(exponent: Any) -> Any:
    """The factor to the power of the exponent."""
    power, square = np.uint64(1), np.uint64(_FACTOR)
    while exponent > 0:
        if exponent & 1:
            power *= square
        square *= square
        exponent >>= 1
    return power


@inlined
def _steps(sums: Any, power: Any, period: Any, at: Any, sign: Any, most: Any) -> Any:
    """How many items from `at` on, or before it, stand again `period` later: steps are doubled, then halved."""
    value = sums[at] * power - sums[at + period]
    steps, step, grows = 0, 1, True
    while step > 0:
        place = at + sign * (steps + step)
        if steps + step <= most and sums[place] * power - sums[place + period] == value:
            steps += step
        else:
            grows = False
        step = step * 2 if grows else step // 2
    return steps


@inlined
def _is_echo(codes: Any, start: Any, end: Any, period: Any) -> Any:
    """Are the items the same `period` items later?"""
    different = 0
    for at in range(start, end):
        different += codes[at] != codes[at + period]
    return different == 0
