r"""Lines of JSON read into columns, compiled with numba: `json_lines.read_lines` says what for.

Only what is certain is read: a line with anything out of the ordinary in it, broken or not, is left to others. So
nothing here says what is wrong with a line, and each rule may be stricter than JSON is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rulereward.data.arrays import I64, U8
from rulereward.text.jit import compiled, inlined
from rulereward.text.units import eights_of

BLANK, READ, LEFT = 0, 1, 2
ABSENT, TEXT, OTHER = 0, 1, 2
"""As in `json_lines`."""

_DEEPEST = 60
"""One bit of a number for each level; callers promise no more than `io.decode.MAX_DEPTH`."""

_VALUE, _VALUE_OR_END, _NAME, _NAME_OR_END, _COMMA, _DONE, _ODD = range(7)
"""What may come next in an object: `_COMMA` stands for the end as well; `_ODD` is what is left to others."""

_MOST_DIGITS = 18
_MOST_DECIMALS = 25
"""Characters of numbers that every reader takes, and takes for the same."""


def read_lines(
    data: U8, size: int, names: U8, bounds: I64, lines: I64, status: U8, kinds: U8, spans: I64, texts: U8
) -> tuple[int, int]:
    """Read the lines of `data[:size]`, of which all but the last end with a newline.

    `names[bounds[k]:bounds[k + 1]]` is the name of column k. Of each line are written: its beginning and its end
    without the line end to `lines[line]`; to `status[line]` what became of it; where it was read, to
    `kinds[line, k]` what column k holds, and to `spans[line, k]` from where to where: a text lies unescaped in
    `texts`, another value in `data`. Of a line that was read `kinds[line, -1]` says whether a name begins with
    `reward`. There must be 16 spare bytes behind `data[:size]`, and room for as many in `texts`. How many lines
    there are, and how much of `texts` is used.
    """
    held = texts, eights_of(texts)
    count, used = _read(data, eights_of(data), size, names, bounds, lines, status, kinds, spans, *held)
    return int(count), int(used)


@compiled
def count_newlines(data: Any) -> Any:
    """How many newlines there are, which Python would count with its lock in hand."""
    count = np.int64(0)
    for place in range(data.size):
        count += data[place] == 10
    return count


@compiled
def _read(
    data: Any, eights: Any, size: Any, names: Any, bounds: Any,
    lines: Any, status: Any, kinds: Any, spans: Any, texts: Any, eights_out: Any,
) -> Any:  # fmt: skip
    at, line, used = np.int64(0), np.int64(0), np.int64(0)
    while at < size:
        begin = at
        kinds[line, :] = ABSENT
        at = _behind_spaces(data, at)
        status[line] = BLANK
        if at < size and data[at] != 10:
            status[line] = LEFT
            if data[at] == 123:
                held = kinds[line], spans[line], texts, eights_out
                at, out = _object(data, eights, at, names, bounds, *held, used)
                at = _behind_spaces(data, at)
                if out >= 0 and (at >= size or data[at] == 10):
                    status[line], used = READ, out
        if status[line] == LEFT:
            kinds[line, :] = ABSENT
            at = begin  # what looked like an escape may have gone over the end of the line
            while at < size and data[at] != 10:
                at += 1
        end = min(at, size)
        while end > begin and data[end - 1] == 13:
            end -= 1
        lines[line, 0], lines[line, 1] = begin, end
        line += 1
        at += 1
    return line, used


@compiled
def _object(  # noqa: C901  the states are as many as those of the grammar
    data: Any, eights: Any, at: Any, names: Any, bounds: Any, kinds: Any, spans: Any, texts: Any, eights_out: Any,
    used: Any,
) -> Any:  # fmt: skip
    """Read the object that begins here: where it ends, and how much of the texts is used; -1 where it is left."""
    depth, objects = np.int64(0), np.uint64(0)  # of each level a bit: is it an object?
    column, value = np.int64(-1), at  # the column whose value is read, and where that begins
    state = _VALUE
    while state < _DONE:
        at = _behind_spaces(data, at)
        byte = data[at]
        if byte == 34 and state < _COMMA:
            is_name, begin = state >= _NAME, at + 1
            at, out = _string(data, eights, at + 1, texts, eights_out, used)
            state = _COMMA
            if out < 0:
                state = _ODD
            elif is_name:
                is_plain = at - 1 - begin == out - used
                at = _behind_spaces(data, at)
                state = _VALUE if data[at] == 58 and (is_plain or depth > 1) else _ODD
                at += 1
                if depth == 1:
                    kinds[-1] |= _begins_with_reward(eights_out[used], out - used)
                    column = _column_of(names, bounds, texts, used, out)
                    value = _behind_spaces(data, at)
                    if column >= 0 and kinds[column] != ABSENT:
                        state = _ODD  # a name that comes twice
            elif depth == 1 and column >= 0:
                kinds[column] = TEXT
                spans[column, 0], spans[column, 1] = used, out
                used = out
        elif byte == 44 and state == _COMMA:
            at += 1
            state = _NAME if objects & np.uint64(1) else _VALUE
        elif byte == 125 or byte == 93:
            may_end = state == _COMMA or state == (_NAME_OR_END if byte == 125 else _VALUE_OR_END)
            if not may_end or (byte == 125) != (objects & np.uint64(1) == np.uint64(1)):
                state = _ODD
            else:
                at += 1
                depth, objects = depth - 1, objects >> np.uint64(1)
                state = _COMMA if depth else _DONE
        elif state > _VALUE_OR_END:
            state = _ODD
        elif byte == 123 or byte == 91:
            at += 1
            depth, objects = depth + 1, (objects << np.uint64(1)) | np.uint64(byte == 123)
            state = _ODD if depth > _DEEPEST else _NAME_OR_END if byte == 123 else _VALUE_OR_END
        else:
            length = _word_length(eights[at], data[at + 4])
            if length == 0:
                length = _number_length(data, at)
            at += length
            state = _COMMA if length else _ODD
        if state == _COMMA and depth == 1 and column >= 0 and kinds[column] == ABSENT:
            kinds[column] = OTHER
            spans[column, 0], spans[column, 1] = value, at
    return at, used if state == _DONE else np.int64(-1)


@inlined
def _behind_spaces(data: Any, at: Any) -> Any:
    while data[at] == 32 or data[at] == 9 or data[at] == 13:
        at += 1
    return at


@inlined
def _string(data: Any, eights: Any, at: Any, texts: Any, eights_out: Any, out: Any) -> Any:
    """Copy the string that begins here to `out`: what is behind both; -1 where it is left."""
    ones, tops = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
    quotes, slashes, spaces = ones * np.uint64(34), ones * np.uint64(92), ones * np.uint64(32)
    while True:
        word = eights[at]
        eights_out[out] = word
        quote, slash = word ^ quotes, word ^ slashes
        odd = (((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((word - spaces) & ~word) | word) & tops
        if odd == np.uint64(0):
            at += 8
            out += 8
            continue
        # The lowest byte that is marked is odd; those above it may be marked by what was borrowed.
        lowest = odd & (~odd + np.uint64(1))
        skip = np.int64(((((lowest >> np.uint64(7)) - np.uint64(1)) & ones) * ones) >> np.uint64(56))
        at += skip
        out += skip
        byte = data[at]
        if byte == 34:
            return at + 1, out
        if byte == 92:
            written, length, taken = _escape(eights[at], eights[at + 6])
            if length == 0:
                return at, np.int64(-1)
            eights_out[out] = written
            at += taken
            out += length
            continue
        if byte < 0x80:  # a control character, the end of the line among them
            return at, np.int64(-1)
        while byte >= 0x80:
            length = _utf8_length(eights[at])
            if length == 0:
                return at, np.int64(-1)
            eights_out[out] = eights[at]
            at += length
            out += length
            byte = data[at]


@inlined
def _escape(word: Any, behind: Any) -> Any:  # noqa: C901  a turn for each letter and each length
    """What the escape that begins `word` writes, in how many bytes, 0 where it is left, and how many it has itself.

    `behind` are the bytes from the seventh of them on.
    """
    code = (word >> np.uint64(8)) & np.uint64(0xFF)
    if code != np.uint64(117):
        plain = np.uint64(0)
        if code == np.uint64(110):
            plain = np.uint64(10)
        elif code == np.uint64(34) or code == np.uint64(92) or code == np.uint64(47):
            plain = code
        elif code == np.uint64(116):
            plain = np.uint64(9)
        elif code == np.uint64(114):
            plain = np.uint64(13)
        elif code == np.uint64(98):
            plain = np.uint64(8)
        elif code == np.uint64(102):
            plain = np.uint64(12)
        return plain, np.int64(plain != np.uint64(0)), np.int64(2)
    point, taken = _hexadecimal(word >> np.uint64(16)), np.int64(6)
    if 0xD800 <= point < 0xDC00 and behind & np.uint64(0xFFFF) == np.uint64(0x755C):
        second = _hexadecimal(behind >> np.uint64(16))
        if 0xDC00 <= second < 0xE000:
            point, taken = 0x10000 + ((point - 0xD800) << 10) + (second - 0xDC00), np.int64(12)
    if point < 0 or 0xD800 <= point < 0xE000:
        return np.uint64(0), np.int64(0), taken
    if point < 0x80:
        return np.uint64(point), np.int64(1), taken
    last = (0x80 | (point & 63)) << 8
    if point < 0x800:
        return np.uint64(last | 0xC0 | (point >> 6)), np.int64(2), taken
    last = (last | 0x80 | ((point >> 6) & 63)) << 8
    if point < 0x10000:
        return np.uint64(last | 0xE0 | (point >> 12)), np.int64(3), taken
    last = (last | 0x80 | ((point >> 12) & 63)) << 8
    return np.uint64(last | 0xF0 | (point >> 18)), np.int64(4), taken


@inlined
def _hexadecimal(word: Any) -> Any:
    """The number that four digits write, -1 where one of them is none."""
    point = np.int64(0)
    for place in range(4):
        digit = np.int64((word >> np.uint64(8 * place)) & np.uint64(0xFF))
        if 48 <= digit <= 57:
            point = point * 16 + digit - 48
        elif 65 <= digit <= 70 or 97 <= digit <= 102:
            point = point * 16 + (digit & 7) + 9
        else:
            return np.int64(-1)
    return point


@inlined
def _utf8_length(word: Any) -> Any:
    """How many bytes the character has that begins the word, which is not of ASCII; 0 where it is none."""
    if word & np.uint64(0xC0C0F0) == np.uint64(0x8080E0):
        first = word & np.uint64(0x200F)
        # not one that two bytes could write, and no surrogate
        return np.int64(0) if first == np.uint64(0) or first == np.uint64(0x200D) else np.int64(3)
    if word & np.uint64(0xC0E0) == np.uint64(0x80C0):
        return np.int64(2) if word & np.uint64(0x1E) else np.int64(0)
    if word & np.uint64(0xC0C0C0F8) == np.uint64(0x808080F0):
        plane = ((word & np.uint64(7)) << np.uint64(2)) | ((word >> np.uint64(12)) & np.uint64(3))
        return np.int64(4) if np.uint64(1) <= plane <= np.uint64(16) else np.int64(0)
    return np.int64(0)


@inlined
def _begins_with_reward(word: Any, length: Any) -> Any:
    return np.uint8(length >= 6 and word & np.uint64(0xFFFFFFFFFFFF) == np.uint64(0x647261776572))


@inlined
def _column_of(names: Any, bounds: Any, texts: Any, start: Any, end: Any) -> Any:
    """Which column has the name that stands there; -1 where none has."""
    for column in range(bounds.size - 1):
        first, length = bounds[column], bounds[column + 1] - bounds[column]
        place = np.int64(0) if length == end - start else length + 1
        while place < length and names[first + place] == texts[start + place]:
            place += 1
        if place == length:
            return np.int64(column)
    return np.int64(-1)


@inlined
def _word_length(word: Any, fifth: Any) -> Any:
    """How long the `true`, `false` or `null` is that begins the word; 0 where it is none."""
    four = word & np.uint64(0xFFFFFFFF)
    if four == np.uint64(0x65757274) or four == np.uint64(0x6C6C756E):
        return np.int64(4)
    return np.int64(5) if four == np.uint64(0x736C6166) and fifth == 101 else np.int64(0)


@inlined
def _number_length(data: Any, at: Any) -> Any:  # noqa: C901  numbers have that many turns
    """How many characters the number has that begins here; 0 where it is none, or one of many digits."""
    place = at
    if data[place] == 45:
        place += 1
    if data[place] == 48:
        place += 1
    elif 49 <= data[place] <= 57:
        while 48 <= data[place] <= 57 and place - at <= _MOST_DIGITS:
            place += 1
    else:
        return np.int64(0)
    if place - at > _MOST_DIGITS or 48 <= data[place] <= 57:
        return np.int64(0)
    if data[place] == 46:
        place += 1
        first = place
        while 48 <= data[place] <= 57 and place - at <= _MOST_DECIMALS:
            place += 1
        if place == first or 48 <= data[place] <= 57:
            return np.int64(0)
    if data[place] == 101 or data[place] == 69:
        place += 1
        if data[place] == 43 or data[place] == 45:
            place += 1
        first = place
        while 48 <= data[place] <= 57 and place - first <= 2:
            place += 1
        if not 1 <= place - first <= 2:
            return np.int64(0)
    return place - at
