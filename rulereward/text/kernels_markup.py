r"""What is no markup in many texts at once, compiled with numba: the meaning of `rulereward.text.markup`.

Given are the marks of each text (`rulereward.text.kernels_marks`). A formula that holds prose, or that stands between
two signs of money, is text; so are the words in the others, where there are enough of them. Texts with a word in a
formula whose lower case only Python gets right are special: they are left to the row form.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from rulereward.data.arrays import I64, U8, Bools
from rulereward.text.jit import compiled, inlined
from rulereward.text.kernels_marks import Marks
from rulereward.text.units import eights_of

SPACE, LETTER, SYLLABLE, DIGIT, BETWEEN, NAME = 1, 2, 4, 8, 16, 32
"""Bits of the classes: white space; a letter, and an ideograph, kana or Hangul syllable, as formulas have them; a
digit; what stands between words of prose; what beside a dollar makes it money.
"""

_URL, _FENCE, _CODE, _MONEY, _MATH, _ARGUMENT, _NONE = 1, 2, 3, 4, 5, 6, -1
"""Sorts of marks, and no mark, as in `kernels_marks`: numbers that are compiled in must stand in this file."""

_BACKSLASH, _BRACE, _END_BRACE, _STAR, _TILDE = 92, 123, 125, 42, 126
_LONGEST_NAME = 20
"""Letters of a name in the braces of `\\begin`."""

_WORD, _PROSE, _SHORTEST_PROSE = 2, 4, 11
"""Letters of a word of prose, words in a row that are prose, and bytes of these with something between them."""

_NAMED, _MOST_LETTERS = 3, 16
"""Letters of a word in a formula; letters of different ones that make all of them text."""

_QUAD, _QQUAD, _MBOX, _HBOX, _MATH_FONT = 0x64617571, 0x6461757171, 0x786F626D, 0x786F6268, 0x6874616D
_TEXT, _OPERATOR, _OPERATOR_NAME = 0x74786574, 0x726F74617265706F, 0x656D616E
_RM, _IT, _BF, _SF, _TT, _BEGIN, _END = 0x6D72, 0x7469, 0x6662, 0x6673, 0x7474, 0x7B6E69676562, 0x7B646E65
_FOUR_BYTES, _SIX_BYTES, _LOWER = 0xFFFFFFFF, 0xFFFFFFFFFFFF, 0x2020202020202020
"""Names of commands as numbers, their first letter lowest; makes letters lower."""


def pieces_outside(
    buffer: U8,
    start: I64,
    end: I64,
    marks: Marks,
    excluded: tuple[bool, bool, bool],
    classes: U8,
    functions: NDArray[np.uint64],
    special: Bools,
) -> tuple[I64, I64, I64]:
    """What each window has outside of code, formulas and addresses, as far as these are `excluded`.

    Of each piece the window, the start and the end: in order, without empty pieces, and no two touch. Windows marked
    `special` have none, and more are marked here. `functions` are names that are no words, as numbers.
    """
    eights = eights_of(buffer)
    longest = int((end - start)[start >= 0].max(initial=0)) + 1
    spans, words = np.empty((2, longest), np.int64), np.empty((3, longest), np.int64)
    sorts = np.zeros(8, np.bool_)
    sorts[[_CODE, _FENCE]], sorts[[_MONEY, _MATH]], sorts[_URL] = excluded
    return cast(
        tuple[I64, I64, I64],
        _find_all(
            buffer, eights, start, end, marks.offsets, marks.sort, marks.start, marks.end, marks.partner, sorts,
            classes, functions, spans, words, special,
        ),
    )  # fmt: skip


@compiled
def _find_all(
    buffer: Any, eights: Any, start: Any, end: Any, offsets: Any, sort: Any, mark_start: Any, mark_end: Any,
    partner: Any, sorts: Any, classes: Any, functions: Any, spans: Any, words: Any, special: Any,
) -> Any:  # fmt: skip
    different = np.empty((2, _MOST_LETTERS), np.int64)
    pieces = np.empty((3, start.size + 64), np.int64)
    found = np.int64(0)
    for row in range(start.size):
        if start[row] < 0 or special[row]:
            continue
        span_count, word_count, letters, different_count = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
        prose = np.int64(_NONE)  # where the prose begins that was found last
        mark, stop = offsets[row], offsets[row + 1]
        while mark < stop and word_count >= 0:
            closer, prose = _closing(
                buffer, eights, start[row], end[row], sort, mark_start, mark_end, partner, mark, classes, prose
            )
            if closer != _NONE and sorts[sort[mark]]:
                spans[0, span_count], spans[1, span_count] = mark_start[mark], mark_end[closer]
                span_count += 1
                if sort[mark] in (_MONEY, _MATH):
                    word_count, letters, different_count = _read_words(
                        buffer, eights, sort, mark_start, mark_end, partner, mark, closer, classes, functions, words,
                        word_count, letters, different, different_count,
                    )  # fmt: skip
            mark = max(mark, closer) + 1
        if word_count < 0:
            special[row] = True
            continue
        while found + span_count + word_count + 1 > pieces.shape[1]:
            pieces = _doubled(pieces)
        found = _cut(row, start[row], end[row], spans, span_count, words, word_count, letters, pieces, found)
    return pieces[0, :found].copy(), pieces[1, :found].copy(), pieces[2, :found].copy()


@inlined
def _closing(
    buffer: Any, eights: Any, text_start: Any, text_end: Any, sort: Any, mark_start: Any, mark_end: Any, partner: Any,
    mark: Any, classes: Any, prose: Any,
) -> Any:  # fmt: skip
    """The mark that ends the markup which begins with this one, else _NONE, and where the last prose found begins.

    The latter serves the marks before it: a text is read once, however many marks stand before prose.
    """
    if sort[mark] in (_URL, _FENCE):
        return mark, prose
    none, closer = np.int64(_NONE), partner[mark]
    if sort[mark] == _CODE or closer == _NONE:
        return closer, prose
    if sort[mark] == _ARGUMENT:
        return none, prose
    first, last = mark_start[mark], mark_end[closer]
    if sort[mark] == _MONEY and _is_money(buffer, text_start, text_end, first, last, classes):
        return none, prose
    if prose < first and last - first >= _SHORTEST_PROSE:
        prose = max(prose, _first_prose(buffer, eights, sort, mark_start, mark_end, mark, closer, classes))
    return none if first <= prose < last else closer, prose


@inlined
def _cut(
    row: Any, start: Any, end: Any, spans: Any, span_count: Any, words: Any, word_count: Any, letters: Any,
    pieces: Any, found: Any,
) -> Any:  # fmt: skip
    """Append what lies between the spans, and the words in them; how many pieces there are now."""
    first_piece = found
    at = start
    word = 0
    for span in range(span_count + 1):
        stop = spans[0, span] if span < span_count else end
        found = _append(pieces, first_piece, found, row, at, stop)
        if span < span_count:
            at = spans[1, span]
            while word < word_count and words[0, word] < at:
                if words[2, word] == 0 or letters >= _MOST_LETTERS:
                    found = _append(pieces, first_piece, found, row, words[0, word], words[1, word])
                word += 1
    return found


@inlined
def _append(pieces: Any, first_piece: Any, found: Any, row: Any, start: Any, end: Any) -> Any:
    if start == end:
        return found
    if found > first_piece and pieces[2, found - 1] == start:
        pieces[2, found - 1] = end
        return found
    pieces[0, found], pieces[1, found], pieces[2, found] = row, start, end
    return found + 1


@inlined
def _doubled(pieces: Any) -> Any:
    larger = np.empty((3, 2 * pieces.shape[1]), np.int64)
    for line in range(3):
        for place in range(pieces.shape[1]):
            larger[line, place] = pieces[line, place]
    return larger


@inlined
def _is_money(buffer: Any, text_start: Any, text_end: Any, start: Any, end: Any, classes: Any) -> Any:
    """Are the two dollars around the span signs of money, by what stands beside them?"""
    last = end - 2
    while (buffer[last] & 0xC0) == 0x80:
        last -= 1
    before = np.int64(classes[buffer[start - 1]]) if start > text_start and buffer[start - 1] < 0x80 else np.int64(0)
    after = _class(buffer, end, classes)[0] if end < text_end else np.int64(0)
    space, last_space = _class(buffer, start + 1, classes)[0] & SPACE, _class(buffer, last, classes)[0] & SPACE
    if space | last_space:
        return space != last_space or (before | after) & NAME != 0
    return after & DIGIT != 0


@inlined
def _next_argument(sort: Any, mark: Any, closer: Any) -> Any:
    r"""The first mark behind `mark` that is an argument of `\text`, or the closing mark."""
    mark += 1
    while mark < closer and sort[mark] != _ARGUMENT:
        mark += 1
    return mark


@inlined
def _first_prose(
    buffer: Any, eights: Any, sort: Any, mark_start: Any, mark_end: Any, mark: Any, closer: Any, classes: Any
) -> Any:
    """Where the first words of prose begin between two marks, _NONE where there are none."""
    at, end = mark_start[mark], mark_end[closer]
    argument = mark + 1  # the next mark that is one, or any that does not yet begin: prose is found before most marks
    words, begin = np.int64(0), at
    while at < end:
        byte, first = buffer[at], at
        while argument < closer and sort[argument] != _ARGUMENT and mark_start[argument] <= at:
            argument += 1
        if argument < closer and sort[argument] == _ARGUMENT and at >= mark_start[argument]:
            at = mark_end[argument]
            argument += 1
            words = np.int64(0)
        elif byte == _BACKSLASH:
            at, is_between = _behind_command(buffer, eights, at, end)
            if not is_between:
                words = np.int64(0)
                if at == first + 1:
                    at, _ = _behind_run(buffer, at, end, classes, np.int64(LETTER))  # its name
        else:
            kind, at = _class(buffer, at, classes)
            if kind & LETTER:
                at, length = _behind_run(buffer, first, end, classes, np.int64(LETTER))
                begin = first if words == 0 else begin
                words = words + 1 if length >= _WORD else np.int64(0)
                if words == _PROSE:
                    return begin
            elif not kind & BETWEEN and byte != _BRACE and byte != _END_BRACE and byte != _TILDE:
                words = np.int64(0)
    return np.int64(_NONE)


@inlined
def _behind_command(buffer: Any, eights: Any, at: Any, end: Any) -> Any:
    """The byte behind the command that begins with the backslash at `at`, and whether it only parts words.

    That is the byte behind the backslash where it neither parts words nor is the begin or end of an environment.
    """
    behind = _behind_environment(buffer, eights, at, end)
    if behind > at:
        return behind, False
    if _parts_words(buffer[at + 1]):
        return at + 2, True
    behind = _behind_letters(buffer, at + 1, end)
    length = behind - at - 1
    name = np.int64(_first_bytes(eights[at + 1], length))
    if name in (_QUAD, _QQUAD):
        return behind, True
    if _is_font(buffer, eights, at + 1, length):
        return behind + (behind < end and buffer[behind] == _STAR), True
    return at + 1, False


@inlined
def _parts_words(byte: Any) -> Any:
    r"""Is this one of `\\`, a blank, `,` `;` `:` and `!`, which behind a backslash are space of TeX?"""
    return byte in (92, 32, 44, 59, 58, 33)


@inlined
def _behind_letters(buffer: Any, at: Any, end: Any) -> Any:
    """The byte behind the letters of ASCII from `at` on."""
    while at < end and 97 <= (buffer[at] | 32) <= 122:
        at += 1
    return at


@inlined
def _is_font(buffer: Any, eights: Any, at: Any, length: Any) -> Any:
    """Is the name, of letters, that of a command which sets its argument in a font or as text?"""
    name = np.int64(_first_bytes(eights[at], length))
    if name in (_RM, _IT, _BF, _SF, _TT, _MBOX, _HBOX):
        return True
    if length == 12 and name == _OPERATOR:
        return np.int64(_first_bytes(eights[at + 8], length - 8)) == _OPERATOR_NAME
    first = name & _FOUR_BYTES
    is_math, is_text = first == _MATH_FONT and 6 <= length <= 12, first == _TEXT and 4 <= length <= 10
    lower = at + 4
    while lower < at + length and buffer[lower] >= 97:
        lower += 1
    return (is_math or is_text) and lower == at + length


@inlined
def _first_bytes(eight: Any, count: Any) -> Any:
    """The first `count` of eight bytes, zeros in place of the others."""
    return eight & ((np.uint64(1) << np.uint64(8 * count)) - np.uint64(1)) if count < 8 else eight


@inlined
def _behind_environment(buffer: Any, eights: Any, at: Any, end: Any) -> Any:
    r"""The byte behind `\\begin{name}` or `\\end{name}`, with the columns of a table; `at` where there is none."""
    word = np.int64(eights[at + 1] & np.uint64(_SIX_BYTES))
    is_begin = word == _BEGIN
    if not is_begin and (word & _FOUR_BYTES) != _END:
        return at
    first = at + (7 if is_begin else 5)
    place = first
    while place < end and (97 <= (buffer[place] | 32) <= 122 or buffer[place] == _STAR):
        place += 1
    if not 1 <= place - first <= _LONGEST_NAME or place >= end or buffer[place] != _END_BRACE:
        return at
    behind = place + 1
    if behind < end and buffer[behind] == _BRACE:
        place = behind + 1
        while place < end and buffer[place] in (108, 99, 114, 124, 32):  # l c r | and blanks
            place += 1
        if place < end and buffer[place] == _END_BRACE:
            return place + 1
    return behind


@inlined
def _read_words(
    buffer: Any, eights: Any, sort: Any, mark_start: Any, mark_end: Any, partner: Any, mark: Any, closer: Any,
    classes: Any, functions: Any, words: Any, count: Any, letters: Any, different: Any, different_count: Any,
) -> Any:  # fmt: skip
    """Append the words in a formula; how many there are now, -1 for a special one, and the letters of different ones.

    The last line of `words` is 1 for those that are words only where the formulas have many.
    """
    at, end = mark_start[mark], mark_end[closer]
    argument = _next_argument(sort, mark, closer)
    while at < end:
        first, certain = at, True
        if argument < closer and at >= partner[argument]:
            at = mark_end[argument] - 1
            argument = _next_argument(sort, argument, closer)
        elif buffer[at] == _BACKSLASH:
            at = _behind_name(buffer, eights, at, end, classes)
            continue
        else:
            kind, at = _class(buffer, at, classes)
            if kind & SYLLABLE:
                at, _ = _behind_run(buffer, first, end, classes, np.int64(SYLLABLE))
            elif kind & LETTER:
                at, length = _behind_run(buffer, first, end, classes, np.int64(LETTER))
                if length < _NAMED:
                    continue
                if at - first > length:
                    return np.int64(-1), letters, different_count  # not ASCII: its lower case is left to Python
                if _is_function(eights, first, length, functions):
                    continue
                certain = False
                if letters < _MOST_LETTERS and not _is_known(buffer, first, length, different, different_count):
                    different[0, different_count], different[1, different_count] = first, length
                    different_count += 1
                    letters += length
            else:
                continue
        words[0, count], words[1, count], words[2, count] = first, at, not certain
        count += 1
    return count, letters, different_count


@inlined
def _behind_name(buffer: Any, eights: Any, at: Any, end: Any, classes: Any) -> Any:
    """The byte behind the backslash at `at` and the name, or the one character, that belongs to it."""
    behind = _behind_environment(buffer, eights, at, end)
    if behind == at:
        behind = _behind_letters(buffer, at + 1, end)
        if behind == at + 1 and behind < end:
            _, behind = _class(buffer, behind, classes)
    return behind


@inlined
def _is_function(eights: Any, at: Any, length: Any, functions: Any) -> Any:
    name = _first_bytes(eights[at] | np.uint64(_LOWER), length)
    index = 0
    while index < functions.size and functions[index] != name:
        index += 1
    return length <= 8 and index < functions.size


@inlined
def _is_known(buffer: Any, at: Any, length: Any, different: Any, count: Any) -> Any:
    """Is the word, whatever its case, one of those that were seen before?"""
    known = False
    for index in range(count):
        other, place = different[0, index], 0
        if different[1, index] == length:
            while place < length and (buffer[at + place] | 32) == (buffer[other + place] | 32):
                place += 1
            known |= place == length
    return known


@inlined
def _class(buffer: Any, at: Any, classes: Any) -> Any:
    """The class of the character that begins at byte `at`, and the byte behind it. The buffer is valid UTF-8."""
    first, tail = np.uint32(buffer[at]), np.uint32(0x3F)
    if first < 0x80:
        return np.int64(classes[first]), at + 1
    second = np.uint32(buffer[at + 1]) & tail
    if first < 0xE0:
        return np.int64(classes[((first & np.uint32(0x1F)) << np.uint32(6)) | second]), at + 2
    third = (second << np.uint32(6)) | (np.uint32(buffer[at + 2]) & tail)
    if first < 0xF0:
        return np.int64(classes[((first & np.uint32(0x0F)) << np.uint32(12)) | third]), at + 3
    fourth = (third << np.uint32(6)) | (np.uint32(buffer[at + 3]) & tail)
    return np.int64(classes[((first & np.uint32(0x07)) << np.uint32(18)) | fourth]), at + 4


@inlined
def _behind_run(buffer: Any, at: Any, end: Any, classes: Any, bit: Any) -> Any:
    """The byte behind the characters from `at` on whose class has the bit, and how many these are."""
    length = np.int64(0)
    while at < end:
        kind, behind = _class(buffer, at, classes)
        if not kind & bit:
            break
        at = behind
        length += 1
    return at, length
