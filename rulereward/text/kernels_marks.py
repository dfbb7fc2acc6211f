r"""Marks of Markdown and TeX in many texts at once, compiled with numba, each with the mark that closes it.

They are the tokens of `rulereward.text.markup`, in windows of one UTF-8 buffer. All are ASCII. Bytes that may begin
one are found by a loop over vectors, and read one by one. Texts with a mark inside of `\text{...}`, or with a run of
more than 63 ticks or dollars, are special: they are left to the row form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulereward.data.arrays import I64, U8, Bools
from rulereward.text.jit import compiled, inlined
from rulereward.text.units import eights_of

SPACE, ADDRESS, ADDRESS_END = 1, 2, 4
"""Bits of the classes: white space; of ASCII, what may stand in an address, and what of it not at its end."""

NAME_BYTES = 16
"""Bytes that hold the longest name of an environment."""

URL, FENCE, CODE, MONEY, MATH, ARGUMENT, OTHER, SPECIAL = 1, 2, 3, 4, 5, 6, 7, 8
r"""Sorts of marks: an address; a closed fence; ticks; one dollar, which may be money; what else may begin a formula;
`\text{...}` and its like; what begins nothing; what only the row form reads.
"""

NONE = -1

_BLOCK = 128
"""Bytes that are looked at together; a multiple of 8."""

_NEWLINE, _BACKSLASH, _TICK, _DOLLAR, _COLON, _SLASH, _POINT = 10, 92, 96, 36, 58, 47, 46
_BRACE, _END_BRACE, _STAR = 123, 125, 42
_ROUND_BRACKET, _END_ROUND, _SQUARE_BRACKET, _END_SQUARE, _LETTER_S, _LETTER_W = 40, 41, 91, 93, 115, 119

_NO_KEY, _BLANK_LINE, _ROUND, _SQUARE, _TICKS, _DOLLARS, _NAMES, _KEYS = 0, 1, 2, 3, 4, 68, 132, 260
"""Keys by which a closing mark is found; of runs the length is added, of environments twice the index of the name."""

_LONGEST_RUN = 63
_MOST_SPACES, _MOST_LETTERS = 4, 6
r"""Behind `\text`, and behind that."""

_FOUR_BYTES, _SIX_BYTES = 0xFFFFFFFF, 0xFFFFFFFFFFFF
_TEXT, _MBOX, _HBOX, _BEGIN, _END = 0x74786574, 0x786F626D, 0x786F6268, 0x7B6E69676562, 0x7B646E65
_HTTP, _LOWER = 0x70747468, 0x20202020
"""`text`, `mbox`, `hbox`, `begin{`, `end{` and `http` as numbers, their first letter lowest; makes letters lower."""


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The marks of window `i` are those from `offsets[i]` to `offsets[i + 1]`, in order; `start` and `end` are bytes.

    `partner` is the index of the mark that closes it, NONE without one; of an ARGUMENT the byte behind its brace.
    `special` marks windows that are left to the row form; they have no marks.
    """

    offsets: I64
    sort: I64
    start: I64
    end: I64
    partner: I64
    special: Bools


def paired_marks(
    buffer: U8,
    start: I64,
    end: I64,
    fences: tuple[I64, I64, I64],
    classes: U8,
    environments: NDArray[np.uint64],
) -> Marks:
    """The marks of each window; missing windows (a negative start) have none.

    The fences of window `i` are those from `fences[0][i]` to `fences[0][i + 1]`, with their starts and ends; nothing
    is closed on the other side of one. `environments` has names in two columns, 8 bytes in each, zeros behind them.
    """
    offsets, special = np.zeros(len(start) + 1, np.int64), np.zeros(len(start), np.bool_)
    eights = eights_of(buffer)
    hits = np.zeros(_BLOCK, np.uint8)
    scratch = hits, hits.view(np.uint64), np.empty(int((end - start)[start >= 0].max(initial=0)) + 1, np.int64)
    marks = _find_all(buffer, eights, start, end, *fences, classes, environments, *scratch, offsets, special)
    return Marks(offsets, marks[0], marks[1], marks[2], marks[3], special)


@compiled
def _find_all(
    buffer: Any, eights: Any, start: Any, end: Any, fences: Any, fence_start: Any, fence_end: Any, classes: Any,
    environments: Any, hits: Any, hits_eights: Any, places: Any, offsets: Any, special: Any,
) -> Any:  # fmt: skip
    nearest = np.empty(_KEYS, np.int64)
    marks = np.empty((5, 256), np.int64)  # sort, start, end, partner, the key by which it closes
    found = np.int64(0)
    for row in range(start.size):
        offsets[row] = found
        at = start[row]
        if at < 0:
            continue
        for fence in range(fences[row], fences[row + 1] + 1):
            is_last = fence == fences[row + 1]
            stop = end[row] if is_last else fence_start[fence]
            first = found
            hit_count = _possible_marks(buffer, at, stop, hits, hits_eights, places)
            while found + 2 * hit_count + 1 > marks.shape[1]:
                marks = _doubled(marks)
            found = _read_marks(buffer, eights, at, stop, classes, environments, places[:hit_count], marks, found)
            if found < 0:
                special[row] = True
                found = offsets[row]
                break
            _pair(marks, first, found, nearest)
            if not is_last:
                _append(marks, found, np.int64(FENCE), stop, fence_end[fence], np.int64(NONE), np.int64(_NO_KEY))
                found += 1
                at = fence_end[fence]
    offsets[start.size] = found
    return marks[:, :found].copy()


@inlined
def _possible_marks(buffer: Any, at: Any, stop: Any, hits: Any, hits_eights: Any, places: Any) -> Any:
    """Write where a mark may stand: of an address, its `://` or the `w` before its point."""
    count = 0
    for block in range(at, stop, _BLOCK):
        size = min(_BLOCK, stop - block)
        if not _look_at(buffer[block : block + size + 2], size, hits):
            continue
        for place in range(size, (size + 7) & ~7):
            hits[place] = 0
        for eight in range((size + 7) >> 3):
            left = hits_eights[eight]
            while left != 0:
                place, left = _next_hit(left)
                places[count] = block + 8 * eight + place
                count += 1
    return count


@inlined
def _look_at(chunk: Any, size: Any, hits: Any) -> Any:
    """Mark in `hits` the bytes that may begin a mark; are there any? All bytes: it becomes a loop over vectors."""
    some = np.uint8(0)
    for place in range(size):
        byte, second, third = chunk[place], chunk[place + 1], chunk[place + 2]
        hit = (byte == np.uint8(_BACKSLASH)) | (byte == np.uint8(_TICK)) | (byte == np.uint8(_DOLLAR))
        blank = (second == np.uint8(32)) | (np.uint8(second - np.uint8(9)) < np.uint8(5))
        hit |= (byte == np.uint8(_NEWLINE)) & blank
        hit |= (byte == np.uint8(_COLON)) & (second == np.uint8(_SLASH)) & (third == np.uint8(_SLASH))
        hit |= ((byte | np.uint8(32)) == np.uint8(119)) & (second == np.uint8(_POINT))
        hits[place] = np.uint8(hit)
        some = np.uint8(some | np.uint8(hit))
    return some != 0


@inlined
def _next_hit(hits: Any) -> Any:
    """The place of the first byte that is 1 and not 0, and the others."""
    one, ones = np.uint64(1), np.uint64(0x0101010101010101)
    lowest = hits & (~hits + one)
    return np.int64((((lowest - one) & ones) * ones) >> np.uint64(56)), hits ^ lowest


@inlined
def _read_marks(
    buffer: Any, eights: Any, at: Any, stop: Any, classes: Any, environments: Any, places: Any, marks: Any, found: Any
) -> Any:
    """Append the marks between `at` and `stop`; how many there are now, or -1 for a text that is special."""
    argument_end = at
    for place in places:
        if place < at:
            continue  # inside of the mark before
        if buffer[place] == _BACKSLASH:
            first = place + (buffer[place + 1] == _BACKSLASH)  # of two, the second may stand before `text`
            brace, behind = _argument(buffer, eights, first, stop, classes)
            if brace > 0 and first >= argument_end:
                _append(marks, found, np.int64(ARGUMENT), first, behind, brace, np.int64(_NO_KEY))
                found += 1
                argument_end = behind
        sort, begin, behind, opens, closes = _read(buffer, eights, at, place, stop, classes, environments)
        if behind <= place:
            continue
        at = behind
        if sort == URL:
            while classes[buffer[behind - 1]] & ADDRESS_END:
                behind -= 1
        elif opens == _NO_KEY and closes == _NO_KEY:
            continue  # a backslash and what it escapes
        elif place < argument_end or sort == SPECIAL:
            return np.int64(-1)
        _append(marks, found, sort, begin, behind, opens, closes)
        found += 1
    return found


@inlined
def _read(buffer: Any, eights: Any, at: Any, place: Any, stop: Any, classes: Any, environments: Any) -> Any:
    """The sort, beginning and end of the mark at `place`, and the keys by which it opens and closes.

    It ends where it begins where there is none. `at` is the end of the mark before.
    """
    byte = buffer[place]
    none = np.int64(_NO_KEY)
    if byte == _BACKSLASH:
        opens, closes, behind = _command(buffer, eights, place, stop, environments)
        return np.int64(MATH), place, behind, opens, closes
    if byte in (_TICK, _DOLLAR):
        behind = _behind_run(buffer, place, stop)
        key = (_TICKS if byte == _TICK else _DOLLARS) + min(behind - place, _LONGEST_RUN)
        sort = CODE if byte == _TICK else (MONEY if behind == place + 1 else MATH)
        return np.int64(sort if behind - place <= _LONGEST_RUN else SPECIAL), place, behind, key, key
    if byte == _NEWLINE:
        return np.int64(OTHER), place, _behind_blank_lines(buffer, place, stop), none, np.int64(_BLANK_LINE)
    begin, first = _address_start(buffer, eights, place)
    if begin < at:  # the rest is not looked at: `://` again and again would have it read for each
        return np.int64(URL), begin, place, none, none
    behind = first
    while behind < stop and classes[buffer[behind]] & ADDRESS:
        behind += 1
    return np.int64(URL), begin, behind if behind > first else place, none, none


@inlined
def _append(marks: Any, at: Any, sort: Any, start: Any, end: Any, opens: Any, closes: Any) -> None:
    marks[0, at], marks[1, at], marks[2, at], marks[3, at], marks[4, at] = sort, start, end, opens, closes


@inlined
def _doubled(marks: Any) -> Any:
    larger = np.empty((5, 2 * marks.shape[1]), np.int64)
    for line in range(5):
        for place in range(marks.shape[1]):
            larger[line, place] = marks[line, place]
    return larger


@inlined
def _argument(buffer: Any, eights: Any, at: Any, stop: Any, classes: Any) -> Any:
    r"""The byte behind the brace that begins the argument of a `\text` at `at`, and the one behind the argument."""
    none = np.int64(NONE)
    name = np.int64(eights[at + 1] & np.uint64(_FOUR_BYTES))
    if buffer[at] != _BACKSLASH or name not in (_TEXT, _MBOX, _HBOX):
        return none, none
    place = at + 5
    while name == _TEXT and place < at + 5 + _MOST_LETTERS and 97 <= buffer[place] <= 122:
        place += 1
    for _ in range(_MOST_SPACES):
        code, size = _decode(buffer, place)
        if place < stop and classes[code] & SPACE:
            place += size
    brace = place + 1
    if place >= stop or buffer[place] != _BRACE:
        return none, none
    place = brace
    while place < stop and buffer[place] != _BRACE and buffer[place] != _END_BRACE:
        place += 1
    return (none, none) if place == stop or buffer[place] == _BRACE else (brace, place + 1)


@inlined
def _command(buffer: Any, eights: Any, at: Any, stop: Any, environments: Any) -> Any:
    r"""The keys by which `\(`, `\)`, `\[`, `\]`, `\begin{...}` or `\end{...}` at `at` opens and closes, and its end.

    A backslash escapes any other character but a tick: that has an end, and no keys.
    """
    none, behind = np.int64(_NO_KEY), at + 2
    if behind > stop or buffer[at + 1] == _TICK:
        return none, none, at
    second = buffer[at + 1]
    if second in (_ROUND_BRACKET, _SQUARE_BRACKET):
        return np.int64(_ROUND if second == _ROUND_BRACKET else _SQUARE), none, behind
    if second in (_END_ROUND, _END_SQUARE):
        return none, np.int64(_ROUND if second == _END_ROUND else _SQUARE), behind
    word = np.int64(eights[at + 1] & np.uint64(_SIX_BYTES))
    is_begin = word == _BEGIN
    if is_begin or (word & _FOUR_BYTES) == _END:
        key, end = _environment(buffer, eights, at + (7 if is_begin else 5), stop, environments)
        if key != _NO_KEY:
            return (key if is_begin else none), (none if is_begin else key), end
    return none, none, behind


@inlined
def _environment(buffer: Any, eights: Any, at: Any, stop: Any, environments: Any) -> Any:
    """The key of the environment whose name begins at `at`, and the byte behind its brace."""
    length = 0
    while length < NAME_BYTES and at + length < stop and _is_letter(buffer[at + length]):
        length += 1
    behind = at + length
    star = np.int64(behind < stop and buffer[behind] == _STAR)
    behind += star
    if behind < stop and buffer[behind] == _END_BRACE:
        low, high = _first_bytes(eights[at], length), _first_bytes(eights[at + 8], length - 8)
        for index in range(environments.shape[0]):
            if environments[index, 0] == low and environments[index, 1] == high:
                return _NAMES + 2 * index + star, behind + 1
    return _NO_KEY, at


@inlined
def _first_bytes(eight: Any, count: Any) -> Any:
    if count <= 0:
        return np.uint64(0)
    if count >= 8:
        return eight
    return eight & ((np.uint64(1) << np.uint64(8 * count)) - np.uint64(1))


@inlined
def _is_letter(byte: Any) -> Any:
    return 97 <= (byte | 32) <= 122


@inlined
def _behind_run(buffer: Any, at: Any, stop: Any) -> Any:
    place = at + 1
    while place < stop and buffer[place] == buffer[at]:
        place += 1
    return place


@inlined
def _behind_blank_lines(buffer: Any, at: Any, stop: Any) -> Any:
    """The byte behind the blank lines that follow the newline at `at`; `at` where none does."""
    behind = at
    place = at + 1
    while place < stop and (buffer[place] == 32 or 9 <= buffer[place] <= 13):
        if buffer[place] == _NEWLINE:
            behind = place + 1
        place += 1
    return behind


@inlined
def _address_start(buffer: Any, eights: Any, place: Any) -> Any:
    """Where the address begins of which `://`, or the `w` before the point, is at `place`; -1 where none does.

    And the byte behind that, where more of it must follow.
    """
    if buffer[place] != _COLON:
        is_www = place >= 2 and (buffer[place - 1] | 32) == _LETTER_W and (buffer[place - 2] | 32) == _LETTER_W
        return place - 2 if is_www else np.int64(-1), place + 2
    begin = place - 5 if place >= 5 and (buffer[place - 1] | 32) == _LETTER_S else place - 4
    is_http = begin >= 0 and np.int64((eights[begin] | np.uint64(_LOWER)) & np.uint64(_FOUR_BYTES)) == _HTTP
    return begin if is_http else np.int64(-1), place + 3


@inlined
def _pair(marks: Any, first: Any, found: Any, nearest: Any) -> None:
    """For the marks from `first` to `found` replace the key of what closes it by the index of that mark, or NONE."""
    for key in range(_KEYS):
        nearest[key] = found
    for mark in range(found - 1, first - 1, -1):
        if marks[0, mark] == ARGUMENT:
            continue
        opens, closes = marks[3, mark], marks[4, mark]
        closer = nearest[opens]
        marks[3, mark] = closer if opens != _NO_KEY and closer < nearest[_BLANK_LINE] else NONE
        if closes != _NO_KEY:
            nearest[closes] = mark


@inlined
def _decode(buffer: Any, at: Any) -> Any:
    """The code point that begins at byte `at`, and how many bytes it has. The buffer is valid UTF-8."""
    first, tail = np.uint32(buffer[at]), np.uint32(0x3F)
    if first < 0x80:
        return first, 1
    second = np.uint32(buffer[at + 1]) & tail
    if first < 0xE0:
        return ((first & np.uint32(0x1F)) << np.uint32(6)) | second, 2
    third = np.uint32(buffer[at + 2]) & tail
    if first < 0xF0:
        return ((first & np.uint32(0x0F)) << np.uint32(12)) | (second << np.uint32(6)) | third, 3
    fourth = np.uint32(buffer[at + 3]) & tail
    high = ((first & np.uint32(0x07)) << np.uint32(18)) | (second << np.uint32(12))
    return high | (third << np.uint32(6)) | fourth, 4
