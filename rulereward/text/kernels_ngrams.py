"""N-grams of units of many texts at once, compiled with numba: how many are different, and how much they repeat.

An n-gram is known by a polynomial of the hashes of its units, in a table with open addresses; two different n-grams
of one text of 10,000 units are taken for the same with a chance of about 3e-12. The definitions are in
`rulereward.text.ngrams` and `rulereward.text.shares`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rulereward.data.arrays import I64
from rulereward.text.jit import compiled, inlined
from rulereward.text.units import Units

if TYPE_CHECKING:
    from rulereward.text.kernels_split import Joined

_FACTOR = 0x9E3779B97F4A7C15
_LEAST_SLOTS = 64
_SEEN_PER_SLOT = 4
"""When pairs that are said twice are looked for: places for each slot of a table."""

Spots = tuple[I64, I64]
"""Units of all rows, in order, and where those of each row begin."""


def distinct_ngrams(units: Units, n: int) -> tuple[I64, I64]:
    """Per row: different n-grams, and all n-grams."""
    total = np.maximum(np.diff(units.offsets) - n + 1, 0)
    distinct = np.zeros(len(total), np.int64)
    _count_all(units.hashes, units.offsets, n, distinct)
    return distinct, total


def top_chars(units: Units, n: int) -> tuple[I64, I64]:
    """Per row: characters of the n-gram said most often, each counted once, 0 where none is said twice; and all."""
    covered, chars = np.zeros(len(units.special), np.int64), np.zeros(len(units.special), np.int64)
    _top_all(units.hashes, units.chars, units.offsets, n, covered, chars)
    return covered, chars


def duplicate_chars(units: Units, n: int) -> tuple[I64, I64]:
    """Per row: characters in n-grams that repeat an earlier one, each counted once; and all."""
    covered, chars = np.zeros(len(units.special), np.int64), np.zeros(len(units.special), np.int64)
    _duplicates_all(units.hashes, units.chars, units.offsets, n, covered, chars)
    return covered, chars


def repeated_pairs(words: Units) -> Spots:
    """The words that begin a pair said twice, and a few others."""
    spots, offsets = np.empty(words.offsets[-1] + 1, np.int64), np.zeros(len(words.offsets), np.int64)
    _pairs_all(words.hashes, words.offsets, spots, offsets)
    return spots, offsets


def datatrove_top_chars(words: Units, n: int, pairs: Spots) -> I64:
    """Per row: characters of the n-gram said most often, with a space between words, times how often it is said.

    `pairs` are those of `repeated_pairs`: an n-gram said twice has no other ones in it.
    """
    spots, spot_offsets = pairs if n > 1 else (np.arange(words.offsets[-1]), words.offsets)
    found = np.zeros(len(words.special), np.int64)
    _datatrove_top_all(words.hashes, words.chars, words.offsets, spots, spot_offsets, n, found)
    return found


def datatrove_duplicate_chars(joined: Joined, n: int) -> I64:
    """Per row: characters of n-grams, told without the spaces in them, that repeat an earlier one; behind one that
    does the search goes on with the next word. Below `kernels_split.FEWEST` words every word must be a spot.
    """
    words = joined.words
    found = np.zeros(len(words.special), np.int64)
    spots = joined.spots, joined.inverses, joined.spot_offsets
    _datatrove_duplicates_all(joined.sums, words.chars, words.offsets, *spots, n, found)
    return found


@inlined
def _mixed(value: Any) -> Any:
    """A key for a table, never zero, which marks an empty slot."""
    value = (value ^ (value >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    value ^= value >> np.uint64(32)
    return value if value != np.uint64(0) else np.uint64(1)


@inlined
def _slots_for(count: Any) -> Any:
    size = _LEAST_SLOTS
    while size < 2 * count:
        size *= 2
    return size


@inlined
def _emptied(table: Any, size: Any) -> Any:
    """A table of at least `size` slots of which the first `size` are empty."""
    if size > table.size:
        return np.zeros(size, np.uint64)
    for slot in range(size):  # an assignment to a slice takes seconds to compile
        table[slot] = np.uint64(0)
    return table


@inlined
def _slot(table: Any, size: Any, key: Any) -> Any:
    """Where the key lies, or would."""
    mask = np.uint64(size - 1)
    slot = key & mask
    while table[slot] != key and table[slot] != np.uint64(0):
        slot = (slot + np.uint64(1)) & mask
    return slot


@inlined
def _leaving(n: Any) -> Any:
    """What the oldest unit of an n-gram is multiplied by when a further one comes in."""
    power = np.uint64(1)
    for _ in range(n):
        power *= np.uint64(_FACTOR)
    return power


@inlined
def _rolled(rolling: Any, hashes: Any, first: Any, index: Any, n: Any, leaving: Any) -> Any:
    """The polynomial of the n units up to `index`; of fewer, where fewer came since `first`."""
    rolling = rolling * np.uint64(_FACTOR) + hashes[index]
    if index - first >= n:
        rolling -= hashes[index - n] * leaving
    return rolling


@compiled
def _count_all(hashes: Any, offsets: Any, n: Any, distinct: Any) -> None:
    table = np.zeros(_LEAST_SLOTS, np.uint64)
    leaving = _leaving(n)
    for row in range(distinct.size):
        first, last = offsets[row], offsets[row + 1]
        if last - first < n:
            continue
        size = _slots_for(last - first)
        table = _emptied(table, size)
        rolling, found = np.uint64(0), 0
        for index in range(first, last):
            rolling = _rolled(rolling, hashes, first, index, n, leaving)
            if index - first >= n - 1:
                key = _mixed(rolling)
                slot = _slot(table, size, key)
                found += table[slot] == np.uint64(0)
                table[slot] = key
        distinct[row] = found


@compiled
def _duplicates_all(hashes: Any, chars: Any, offsets: Any, n: Any, covered: Any, total: Any) -> None:
    table = np.zeros(_LEAST_SLOTS, np.uint64)
    leaving = _leaving(n)
    for row in range(covered.size):
        first, last = offsets[row], offsets[row + 1]
        size = _slots_for(last - first)
        table = _emptied(table, size)
        rolling = np.uint64(0)
        end, width, until, inside = 0, 0, 0, 0  # in characters: where the n-gram ends and its length
        for index in range(first, last):
            rolling = _rolled(rolling, hashes, first, index, n, leaving)
            end += chars[index]
            width += chars[index]
            if index - first >= n:
                width -= chars[index - n]
            if index - first >= n - 1:
                key = _mixed(rolling)
                slot = _slot(table, size, key)
                if table[slot] == key:
                    inside += end - max(end - width, until)
                    until = end
                table[slot] = key
        covered[row], total[row] = inside, end


@compiled
def _top_all(hashes: Any, chars: Any, offsets: Any, n: Any, covered: Any, total: Any) -> None:
    table = np.zeros(_LEAST_SLOTS, np.uint64)
    counts, inside, until = np.zeros(_LEAST_SLOTS, np.int32), np.zeros(1, np.int64), np.zeros(1, np.int64)
    slots = np.zeros(1, np.int64)
    leaving = _leaving(n)
    for row in range(covered.size):
        first, last = offsets[row], offsets[row + 1]
        size = _slots_for(last - first)
        table = _emptied(table, size)
        if size > counts.size:
            counts = np.zeros(size, np.int32)
        if last - first > slots.size:
            slots = np.zeros(size, np.int64)
        rolling = np.uint64(0)
        most = 0
        for index in range(first, last):
            rolling = _rolled(rolling, hashes, first, index, n, leaving)
            if index - first >= n - 1:
                key = _mixed(rolling)
                slot = _slot(table, size, key)
                counts[slot] = counts[slot] + 1 if table[slot] == key else 1
                most = max(most, counts[slot])
                table[slot] = key
                slots[index - first] = slot
        if size > inside.size:
            inside, until = np.zeros(size, np.int64), np.zeros(size, np.int64)
        covered[row], total[row] = _most_covered(chars, first, last, n, most, counts, slots, inside, until)


@inlined
def _most_covered(
    chars: Any, first: Any, last: Any, n: Any, most: Any, counts: Any, slots: Any, inside: Any, until: Any
) -> Any:
    """Of the n-grams said most often, the most characters that one covers; and the characters of all units."""
    for index in range(first + n - 1, last):
        inside[slots[index - first]] = 0
        until[slots[index - first]] = 0
    end, width, best = 0, 0, 0
    for index in range(first, last):
        end += chars[index]
        width += chars[index]
        if index - first >= n:
            width -= chars[index - n]
        if index - first >= n - 1 and most > 1:
            slot = slots[index - first]
            if counts[slot] == most:
                inside[slot] += end - max(end - width, until[slot])
                until[slot] = end
                best = max(best, inside[slot])
    return best, end


@compiled
def _pairs_all(hashes: Any, offsets: Any, spots: Any, spot_offsets: Any) -> None:
    keys, seen = np.zeros(1, np.uint64), np.zeros(1, np.uint8)
    found = 0
    for row in range(offsets.size - 1):
        first, last = offsets[row], offsets[row + 1]
        size = _SEEN_PER_SLOT * _slots_for(last - first)
        if size > seen.size:
            keys, seen = np.zeros(size, np.uint64), np.zeros(size, np.uint8)
        for slot in range(size):
            seen[slot] = 0
        mask = np.uint64(size - 1)
        for index in range(first, last - 1):
            slot = _mixed(hashes[index] * np.uint64(_FACTOR) + hashes[index + 1]) & mask
            keys[index - first] = slot
            seen[slot] = (seen[slot] << 1) | 1  # 1, 3, 7 to 255: unlike a count it never comes back to 1
        for index in range(first, last - 1):
            spots[found] = index
            found += seen[keys[index - first]] > 1
        spot_offsets[row + 1] = found


@inlined
def _chars_of(chars: Any, first: Any, n: Any) -> Any:
    """Characters of the n units from `first` on."""
    width = np.int64(0)
    for index in range(first, first + n):
        width += chars[index]
    return width


@compiled
def _datatrove_top_all(
    hashes: Any, chars: Any, offsets: Any, spots: Any, spot_offsets: Any, n: Any, found: Any
) -> None:
    table, said = np.zeros(_LEAST_SLOTS, np.uint64), np.zeros(_LEAST_SLOTS, np.int64)
    pairs = max(n - 1, 1)
    for row in range(found.size):
        first, last = offsets[row], offsets[row + 1]
        if last - first < n:
            continue
        size = _slots_for(spot_offsets[row + 1] - spot_offsets[row])
        table = _emptied(table, size)
        if size > said.size:
            said = np.zeros(size, np.int64)
        top = first  # of n-grams said equally often the first counts, and one that is said once is none of `spots`
        most = (np.int64(1) << np.int64(32)) + last - top
        run, before = 0, np.int64(-1)
        for place in range(spot_offsets[row], spot_offsets[row + 1]):
            spot = spots[place]
            run = run + 1 if spot == before + 1 else 1
            before = spot
            if run < pairs:
                continue
            at = spot - pairs + 1
            key = np.uint64(0)
            for index in range(at, at + n):
                key = key * np.uint64(_FACTOR) + hashes[index]
            key = _mixed(key)
            slot = _slot(table, size, key)
            if table[slot] != key:
                table[slot] = key
                said[slot] = last - at  # in the upper half how often; below where first, counted from the end
            said[slot] += np.int64(1) << np.int64(32)
            if said[slot] > most:
                most, top = said[slot], at
        found[row] = (_chars_of(chars, top, n) + n - 1) * (most >> np.int64(32))


@compiled
def _datatrove_duplicates_all(
    sums: Any, chars: Any, offsets: Any, spots: Any, inverses: Any, spot_offsets: Any, n: Any, found: Any
) -> None:
    table = np.zeros(_LEAST_SLOTS, np.uint64)
    for row in range(found.size):
        first, last = spot_offsets[row], spot_offsets[row + 1]
        if last - first < 2:
            continue
        size = _slots_for(last - first)
        table = _emptied(table, size)
        at, inside = offsets[row], np.int64(0)
        for place in range(first, last):
            spot = spots[place]
            if spot < at or spot + n > offsets[row + 1]:
                continue
            key = _mixed((sums[spot + n] - sums[spot]) * inverses[place])
            slot = _slot(table, size, key)
            if table[slot] == key:
                inside += _chars_of(chars, spot, n)
                at = spot + n
            else:
                table[slot] = key
        found[row] = inside
