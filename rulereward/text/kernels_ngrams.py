"""N-gram counts of many texts at once, compiled with numba.

The texts are windows of one UTF-8 buffer. Units are those of `rulereward.text.words`, n-grams those of
`rulereward.text.ngrams`; here both are 64-bit hashes, and two different n-grams of one text of 10,000 units share one
with a chance of about 3e-12. The file is self-contained: compiled functions call compiled functions of this file
only, because numba's cache on disk does not notice a change in another one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from rulereward.data.arrays import I64, U8, Bools
from rulereward.text.words import IDEOGRAPHS, LONG_RUN, PIECE, SPECIAL_LOWER, RepetitionUnit

F = TypeVar("F", bound=Callable[..., Any])

_SPACE, _ALONE, _INSIDE, _SPECIAL = 0, 1, 2, 3
"""Classes of code points: white space; a unit by itself; part of a run; lower case that only Python gets right."""

_TABLE_SIZE = 0x20000
"""White space and letters with a case lie below; from here to `_IDEOGRAPHS_END` are the planes of ideographs."""

_IDEOGRAPHS_END = 0x40000

_MODES: dict[RepetitionUnit, int] = {"auto": 0, "word": 1, "char": 2}


def _compiled(function: F) -> F:
    """Compile, keeping the machine code on disk where there is a place for it."""
    try:
        return cast(F, numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:  # neither this folder nor the user's cache folder can be written
        return cast(F, numba.njit(nogil=True)(function))


def _inlined(function: F) -> F:
    """Compile into its callers: a call that hands over arrays counts their references, for every character."""
    return cast(F, numba.njit(nogil=True, forceinline=True)(function))


def _tables() -> tuple[U8, NDArray[np.uint32]]:
    """Class and lower case of the code points below `_TABLE_SIZE`, as this Python has them."""
    classes = np.full(_TABLE_SIZE, _INSIDE, dtype=np.uint8)
    lower = np.arange(_TABLE_SIZE, dtype=np.uint32)
    for code in range(_TABLE_SIZE):
        character = chr(code)
        if character.isspace():
            classes[code] = _SPACE
        elif character in SPECIAL_LOWER:
            classes[code] = _SPECIAL
        elif (lowered := character.lower()) != character:
            lower[code] = ord(lowered)
    for first, last in IDEOGRAPHS:
        classes[first : min(last + 1, _TABLE_SIZE)] = _ALONE
    return classes, lower


_CLASSES, _LOWER = _tables()


def ngram_counts(buffer: U8, start: I64, end: I64, n: int, unit: RepetitionUnit) -> tuple[I64, I64, Bools]:
    """Per window: distinct n-grams, all n-grams, and whether it holds a character of `SPECIAL_LOWER`.

    A window that does holds no counts. Missing windows (a negative start) count as empty.
    """
    size = len(start)
    distinct, total, special = np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.bool_)
    longest = int(np.max(end - start, initial=0))
    units = np.empty(longest + 1, np.uint64)
    _count_all(buffer, start, end, n, _MODES[unit], _CLASSES, _LOWER, units, distinct, total, special)
    return distinct, total, special


@_compiled
def _count_all(
    buffer: Any,
    start: Any,
    end: Any,
    n: Any,
    mode: Any,
    classes: Any,
    lower: Any,
    units: Any,
    distinct: Any,
    total: Any,
    special: Any,
) -> Any:
    table = np.zeros(1024, np.uint64)
    for row in range(start.size):
        if start[row] < 0:
            continue
        if mode == 2:
            count = _hash_characters(buffer, start[row], end[row], classes, lower, units)
        else:
            count = _hash_units(buffer, start[row], end[row], mode == 0, classes, lower, units)
        if count < 0:
            special[row] = True
            continue
        if count < n:
            continue
        size = 1024
        while size < 2 * count:
            size *= 2
        if size > table.size:
            table = np.zeros(size, np.uint64)
        total[row] = count - n + 1
        distinct[row] = _distinct(units, count, n, table, size)


@_inlined
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


@_inlined
def _mixed(value: Any) -> Any:
    value = (value ^ (value >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    return value ^ (value >> np.uint64(32))


@_inlined
def _hash_characters(buffer: Any, start: Any, end: Any, classes: Any, lower: Any, units: Any) -> Any:
    """Hash every lower-case character; how many there are, or -1 at a special one."""
    count = 0
    at = start
    while at < end:
        code, at = _decode(buffer, at)
        if code < classes.size:
            if classes[code] == _SPECIAL:
                return -1
            code = lower[code]
        units[count] = _mixed(np.uint64(code) + np.uint64(1))
        count += 1
    return count


@_inlined
def _hash_units(buffer: Any, start: Any, end: Any, cut: Any, classes: Any, lower: Any, units: Any) -> Any:
    """Hash every unit of the window; how many there are, or -1 at a special character. `cut` cuts long runs."""
    count = 0
    at = start
    run_start, run_class, run_hash, run_length = start, np.int64(_SPACE), np.uint64(0), 0
    while at < end:
        before = at
        code, at = _decode(buffer, at)
        if code < classes.size:
            kind = np.int64(classes[code])
            if kind == _SPECIAL:
                return -1
            code = lower[code]
        else:
            kind = np.int64(_ALONE) if code < _IDEOGRAPHS_END else np.int64(_INSIDE)
        if kind != run_class or kind == _ALONE:
            count = _end_run(buffer, run_start, before, run_class, run_hash, run_length, cut, lower, units, count)
            run_start, run_class, run_hash, run_length = before, kind, np.uint64(0), 0
        run_hash = (run_hash ^ np.uint64(code)) * np.uint64(0x9E3779B97F4A7C15)
        run_hash ^= run_hash >> np.uint64(29)
        run_length += 1
    return _end_run(buffer, run_start, end, run_class, run_hash, run_length, cut, lower, units, count)


@_inlined
def _end_run(
    buffer: Any,
    start: Any,
    end: Any,
    kind: Any,
    run_hash: Any,
    length: Any,
    cut: Any,
    lower: Any,
    units: Any,
    count: Any,
) -> Any:
    """Write the units of a finished run of `length` characters; how many units there are now."""
    if cut and length > LONG_RUN:
        at = start
        while at < end:
            piece = np.uint64(0)
            taken = 0
            while taken < PIECE and at < end:
                code, at = _decode(buffer, at)
                if code < lower.size:
                    code = lower[code]
                piece = (piece ^ np.uint64(code)) * np.uint64(0x9E3779B97F4A7C15)
                piece ^= piece >> np.uint64(29)
                taken += 1
            units[count] = piece
            count += 1
    elif kind != _SPACE and length > 0:
        units[count] = run_hash
        count += 1
    return count


@_inlined
def _distinct(units: Any, count: Any, n: Any, table: Any, size: Any) -> Any:
    """How many different n-grams the first `count` units have: polynomial hashes in an open-addressing table."""
    base, zero, one = np.uint64(0x9E3779B97F4A7C15), np.uint64(0), np.uint64(1)
    for slot in range(size):
        table[slot] = zero
    mask = np.uint64(size - 1)
    leaving = one
    for _ in range(n):
        leaving *= base
    rolling, found = zero, 0
    for index in range(count):
        rolling = rolling * base + units[index]
        if index >= n:
            rolling -= units[index - n] * leaving
        if index < n - 1:
            continue
        key = _mixed(rolling)
        if key == zero:
            key = one  # zero marks an empty slot
        slot_of_key = key & mask
        while table[slot_of_key] != zero and table[slot_of_key] != key:
            slot_of_key = (slot_of_key + one) & mask
        if table[slot_of_key] == zero:
            table[slot_of_key] = key
            found += 1
    return found
