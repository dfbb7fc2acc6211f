"""Words of many texts as jieba cuts them, compiled with numba.

The texts are windows of one UTF-8 buffer. `rulereward.text.jieba_words` is the readable form of what is done here,
and `rulereward.text.jieba_tables` says what the tables hold. Weights are summed in the same order here and there, so
that both choose the same words to the last bit.

A text is worked on in stretches of a thousand characters, each in several plain passes: a pass has few branches that
depend on the text, and what it touches stays near the processor. Scores go backwards, as in jieba.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np

from rulereward.data.arrays import F64, I32, I64, U8, U16, U32, U64, Bools
from rulereward.text.jieba_dictionary import DictionaryFile, read_dictionary
from rulereward.text.jieba_tables import ASCII_LETTERS, FIRST, LAST, jieba_tables
from rulereward.text.jieba_words import characters
from rulereward.text.jit import compiled, inlined
from rulereward.text.units import JiebaMode, Units, eights_of
from rulereward.text.unseen import UNSEEN
from rulereward.text.words import IDEOGRAPHS, LONG_RUN, PIECE, SPECIAL_LOWER

_ENDS, _SPACE, _IDEOGRAPH, _ALPHANUMERIC, _CASED, _SPECIAL, _UNSEEN = 1, 2, 4, 8, 16, 32, 64
"""What a code point is: no letter, so that a unit ends behind it; white space; a word by itself; an ASCII letter or
digit; upper case; one of two strings that are left to Python."""

_KINDS = 16
"""By how much these are shifted in `about`; the letter stands below."""

_FIRST_LETTER = 128
"""The letter of the first ideograph."""

_COMMON, _RARE, _RARE_SHIFT, _SPREAD = 1 << 12, 1 << 24, 45, 0x9E3779B97F4A7C15
"""How pairs of letters are looked up, as in the tables."""

_STRETCH = 1024
_NEVER = 2**30


class _Tables(NamedTuple):
    """Those of `JiebaTables`; the letter and the kinds of each code point; the lower case of those below 0x20000."""

    bits: U64
    ranks: U32
    pairs: U64
    edges: U64
    single: F64
    weights: F64
    signs: U64
    forced: Bools
    emit: F64
    model: F64
    unknown: float
    about: U32
    lower: U32


class _Way(NamedTuple):
    """How a text is made units."""

    by_runs: bool  # only words with an ideograph are cut
    folded: int  # kinds of characters whose lower case is taken
    refused: int  # kinds of characters that make a text special
    kept: int  # kinds that are written to `cuts`
    longest: int  # characters of the longest unit that is not made pieces
    piece: int


class _Scratch(NamedTuple):
    """Three are per character: its letter, or 0; its code point; before it `_ENDS` where a unit ends, and its kinds.

    Others are per letter of a stretch: weights of the two and the three letters from there; the node of these, if
    more may go on; the score; the length of the best word. `starts` and `stops` are where letters in a row lie.
    """

    letters: U16
    codes: U32
    cuts: U8
    pair: F64
    triple: F64
    more: U32
    score: F64
    length: U8
    starts: I64
    stops: I64
    choices: U8


_WAYS: dict[JiebaMode, _Way] = {
    "cut": _Way(False, 0, 0, _ENDS, _NEVER, 1),
    "words": _Way(False, 0, 0, _ENDS | _SPACE, _NEVER, 1),
    "word": _Way(True, _CASED, _SPECIAL, _ENDS | _SPACE | _IDEOGRAPH, _NEVER, 1),
    "auto": _Way(True, _CASED, _SPECIAL | _UNSEEN, _ENDS | _SPACE | _IDEOGRAPH, LONG_RUN, PIECE),
}


def jieba_units(buffer: U8, start: I64, end: I64, mode: JiebaMode, dictionary: DictionaryFile | None = None) -> Units:
    """The units of every window, cut with jieba's dictionary and a user's file on top of it.

    In `word` and `auto` texts with a character of `SPECIAL_LOWER` are special, in `auto` those with one of `UNSEEN`
    too. The first call takes about a second. Raises ConfigurationError as `jieba_words` does.
    """
    tables = _tables(dictionary)
    start, end = np.array(start, np.int64), np.array(end, np.int64)  # contiguous and writable: one type to compile
    sizes = np.where(start < 0, 0, end - start)
    room = int(np.max(sizes, initial=0)) + 4
    scratch = _scratch(room)
    eights = eights_of(buffer)
    offsets, special = np.zeros(len(start) + 1, np.int64), np.zeros(len(start), np.bool_)
    hashes: list[U64] = [np.empty(0, np.uint64)]
    chars: list[I32] = [np.empty(0, np.int32)]
    row = 0
    while row < len(start):
        most = int(np.sum(sizes[row:])) // 4 + room
        windows, found = (buffer, eights, start, end, row), (np.empty(most, np.uint64), np.empty(most, np.int32))
        row, count = _units(*windows, _WAYS[mode], tables, scratch, *found, offsets, special)
        hashes.append(found[0][:count])
        chars.append(found[1][:count])
    return Units(np.concatenate(hashes), np.concatenate(chars), np.cumsum(offsets), special)


def _scratch(room: int) -> _Scratch:
    return _Scratch(
        letters=np.zeros(room, np.uint16),
        codes=np.zeros(room, np.uint32),
        cuts=np.zeros(room, np.uint8),
        pair=np.zeros(room),
        triple=np.zeros(room),
        more=np.zeros(room, np.uint32),
        score=np.zeros(room),
        length=np.zeros(room, np.uint8),
        starts=np.zeros(room, np.int64),
        stops=np.zeros(room, np.int64),
        choices=np.zeros(room, np.uint8),
    )


@lru_cache(maxsize=4)
def _tables(dictionary: DictionaryFile | None) -> _Tables:
    read = jieba_tables(read_dictionary(dictionary), characters())
    kinds, lower = _characters()
    about = kinds.astype(np.uint32) << np.uint32(_KINDS)
    about[FIRST : LAST + 1] |= read.letters
    ascii = [ord(letter) for letter in ASCII_LETTERS]
    about[ascii] |= np.array(ascii, np.uint32)
    shared: dict[str, Any] = {name: getattr(read, name) for name in _Tables._fields if name not in ("about", "lower")}
    return _Tables(**shared, about=about, lower=lower)


@cache
def _characters() -> tuple[U8, U32]:
    """What each code point is, and the lower case of those below 0x20000, as this Python has them."""
    kinds = np.full(0x110000, _ENDS, np.uint8)
    below = "".join(map(chr, range(0x20000)))
    for special in SPECIAL_LOWER:
        below = below.replace(special, "x")
    lower = np.frombuffer(below.lower().encode("utf-32-le", "surrogatepass"), np.dtype("<u4")).astype(np.uint32)
    kinds[:0x20000][lower != np.arange(0x20000)] |= _CASED
    kinds[[code for code in range(0x20000) if below[code].isspace()]] |= _SPACE
    kinds[[ord(special) for special in SPECIAL_LOWER]] |= _SPECIAL
    kinds[[ord(unseen) for unseen in UNSEEN]] |= _UNSEEN
    for first, last in IDEOGRAPHS:
        kinds[first : last + 1] |= _IDEOGRAPH
    kinds[[ord(letter) for letter in ASCII_LETTERS if letter.isalnum()]] |= _ALPHANUMERIC
    kinds[[ord(letter) for letter in ASCII_LETTERS]] &= ~np.uint8(_ENDS)
    kinds[FIRST : LAST + 1] &= ~np.uint8(_ENDS)
    return kinds, lower


@compiled
def _units(
    buffer: Any, eights: Any, start: Any, end: Any, row: Any, way: Any, tables: Any, scratch: Any, hashes: Any,
    chars: Any, offsets: Any, special: Any,
) -> Any:  # fmt: skip
    """Write the units of the texts from a row on, as far as there is room: the next row, and how many units."""
    letters, codes, cuts = scratch.letters, scratch.codes, scratch.cuts
    count = np.int64(0)
    while row < start.size and (start[row] < 0 or count + end[row] - start[row] < hashes.size):
        if start[row] >= 0:
            size = _read(buffer, eights, start[row], end[row], way, tables.about, tables.lower, letters, codes, cuts)
            special[row] = size < 0
            if way.by_runs:
                _leave_whole(size, letters, cuts)
            first = np.int64(0)
            while first < size:
                stop, some = first, np.uint16(0)
                while stop < size and (stop < first + _STRETCH or letters[stop] != 0):
                    some |= letters[stop]
                    stop += 1
                if some != 0:
                    pairs = _weigh(first, stop, tables, scratch)
                    _choose(first, stop, pairs, tables, scratch)
                    rows = _mark(first, stop, scratch)
                    _cut_rows(first, rows, tables, scratch)
                    if tables.forced[0]:
                        _force(rows, tables, scratch)
                first = stop
            written = _write(size, way, codes, cuts, hashes, chars, count)
            offsets[row + 1] = written - count
            count = written
        row += 1
    return row, count


@compiled
def _read(
    buffer: Any, eights: Any, start: Any, end: Any, way: Any, about: Any, lower: Any, letters: Any, codes: Any,
    cuts: Any,
) -> Any:  # fmt: skip
    """Write letters, code points and what ends behind them; how many there are, or -1 at a character refused."""
    folded, refused, kept = way.folded << _KINDS, way.refused << _KINDS, np.uint32(way.kept)
    count = np.int64(0)
    at = start
    cuts[0] = _ENDS
    while at < end:
        code, at = _decode(buffer, eights, at)
        known = about[code]
        if known & refused:
            return np.int64(-1)
        letters[count] = known
        if code == 10 and count > 0 and codes[count - 1] == 13 and not way.by_runs:
            cuts[count] = 0  # for jieba both together are one
        codes[count] = lower[code] if known & folded else code
        count += 1
        cuts[count] = (known >> np.uint32(_KINDS)) & kept
    letters[count] = 0
    return count


@inlined
def _decode(buffer: Any, eights: Any, at: Any) -> Any:
    """The code point that begins at byte `at`, and the byte behind it. The buffer is valid UTF-8."""
    first = np.uint32(buffer[at])
    if first < 0x80:
        return first, at + 1
    word, tail = np.uint32(eights[at]), np.uint32(0x3F)
    second, third = (word >> np.uint32(8)) & tail, (word >> np.uint32(16)) & tail
    if first & np.uint32(0xF0) == 0xE0:
        return ((first & np.uint32(0x0F)) << np.uint32(12)) | (second << np.uint32(6)) | third, at + 3
    if first < 0xE0:
        return ((first & np.uint32(0x1F)) << np.uint32(6)) | second, at + 2
    high = ((first & np.uint32(0x07)) << np.uint32(18)) | (second << np.uint32(12)) | (third << np.uint32(6))
    return high | ((word >> np.uint32(24)) & tail), at + 4


@compiled
def _leave_whole(size: Any, letters: Any, cuts: Any) -> None:
    """Make units of the runs of white space and of the words without an ideograph: they have no letters then."""
    at = start = np.int64(0)
    while start < size:
        while at < size and not cuts[at + 1] & _IDEOGRAPH:
            at += 1
        end = at
        if at < size:  # the word with this ideograph is cut
            while end > start and not cuts[end] & _SPACE:
                end -= 1
            while at < size and not cuts[at + 1] & _SPACE:
                at += 1
        for before in range(start, end):
            letters[before] = 0
            space = cuts[before + 1] & _SPACE
            ends = before + 1 == size or cuts[before + 2] & _SPACE != space
            cuts[before + 1] = (_ENDS | space) if ends else 0
        start = at


@inlined
def _may_begin(first: Any, second: Any, bits: Any) -> Any:
    """1 where a word may begin with these two letters, 0 where none does."""
    first, second = np.uint64(first), np.uint64(second)
    bit = (first << np.uint64(12)) | second
    if first | second >= np.uint64(_COMMON):
        spread = ((first << np.uint64(15)) | second) * np.uint64(_SPREAD)
        bit = np.uint64(_RARE) + (spread >> np.uint64(_RARE_SHIFT))
    return (bits[bit >> np.uint64(6)] >> (bit & np.uint64(63))) & np.uint64(1)


@inlined
def _pair(first: Any, second: Any, bits: Any, ranks: Any, pairs: Any) -> Any:
    """The node to which two letters lead for which `_may_begin` is 1; 0 if no word begins with them for all that."""
    first, second = np.uint64(first), np.uint64(second)
    if first | second >= np.uint64(_COMMON):
        return _next((first << np.uint64(15)) | second, pairs)
    bit = (first << np.uint64(12)) | second
    ones = bits[bit >> np.uint64(6)] & ((np.uint64(1) << (bit & np.uint64(63))) - np.uint64(1))
    ones -= (ones >> np.uint64(1)) & np.uint64(0x5555555555555555)  # how many bits are set: in twos, fours, eights
    ones = (ones & np.uint64(0x3333333333333333)) + ((ones >> np.uint64(2)) & np.uint64(0x3333333333333333))
    ones = (ones + (ones >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.uint64(ranks[bit >> np.uint64(6)]) + ((ones * np.uint64(0x0101010101010101)) >> np.uint64(56))


@inlined
def _next(key: Any, slots: Any) -> Any:
    """The node to which the edge of this key leads, 0 where there is none."""
    last = np.uint64(slots.size - 1)
    at = ((key * np.uint64(_SPREAD)) >> np.uint64(32)) & last
    while slots[at] >> np.uint64(24) != key and slots[at] != np.uint64(0):
        at = (at + np.uint64(1)) & last
    return slots[at] & np.uint64(0xFFFFFF)


@compiled
def _weigh(first: Any, end: Any, tables: Any, scratch: Any) -> Any:
    """Write `pair`, `triple` and `more` of each letter; with how many pairs a word may begin."""
    letters, pair, triple, more = scratch.letters, scratch.pair, scratch.triple, scratch.more
    found, nodes, bits, weights, signs = scratch.starts, scratch.stops, tables.bits, tables.weights, tables.signs
    count = np.int64(0)
    for at in range(end - first):
        pair[at], triple[at], more[at] = -np.inf, -np.inf, 0
        found[count] = at
        count += np.int64(_may_begin(letters[first + at], letters[first + at + 1], bits))
    longer = np.int64(0)
    for index in range(count):
        at = found[index]
        node = _pair(letters[first + at], letters[first + at + 1], bits, tables.ranks, tables.pairs)
        pair[at] = weights[node]
        found[longer] = at
        nodes[longer] = node
        longer += np.int64((signs[node] >> (np.uint64(letters[first + at + 2]) & np.uint64(63))) & np.uint64(1))
    for index in range(longer):
        at = found[index]
        node = _next((np.uint64(nodes[index]) << np.uint64(15)) | np.uint64(letters[first + at + 2]), tables.edges)
        triple[at] = weights[node]
        more[at] = node * ((signs[node] >> (np.uint64(letters[first + at + 3]) & np.uint64(63))) & np.uint64(1))
    return count


@compiled
def _choose(first: Any, end: Any, pairs: Any, tables: Any, scratch: Any) -> None:
    """Write the length of the word that begins at each letter, on the most probable way to the end of the block.

    A letter that is no word has the weight minus infinity; what is no letter has infinity, and the score 0 by that.
    """
    letters, pair, triple, more = scratch.letters, scratch.pair, scratch.triple, scratch.more
    score, lengths, single, weights = scratch.score, scratch.length, tables.single, tables.weights
    size = end - first
    if pairs == 0:  # English, mostly
        for at in range(size):
            lengths[at] = 1
        return
    after_1 = after_2 = after_3 = 0.0
    score[size] = 0.0
    for at in range(size - 1, -1, -1):
        way_3, way_2 = triple[at] + after_3, pair[at] + after_2
        longer = way_3 if way_3 > way_2 else way_2
        length = 2 + int(way_3 >= way_2)  # of equals the longer word
        node = np.uint64(more[at])
        stop = at + 3
        while node != 0:
            node = _next((node << np.uint64(15)) | np.uint64(letters[first + stop]), tables.edges)
            stop += 1
            way = weights[node] + score[stop]
            if way >= longer and node != 0:
                longer, length = way, stop - at
        least = tables.unknown if longer == -np.inf else -np.inf
        alone = single[letters[first + at]]
        way_1 = (alone if alone > least else least) + after_1
        best = longer if longer > way_1 else way_1
        after_3, after_2, after_1 = after_2, after_1, (best if best < 0.0 else 0.0)
        score[at] = after_1
        lengths[at] = 1 + (length - 1) * int(longer >= way_1)


@compiled
def _mark(first: Any, end: Any, scratch: Any) -> Any:
    """Write the ends of the words, and where two or more single letters in a row begin; how often they do."""
    letters, lengths, cuts, starts = scratch.letters, scratch.length, scratch.cuts, scratch.starts
    at = first
    while at < end:
        letter = letters[at]
        at += np.int64(lengths[at - first])
        cuts[at] |= np.uint8(letter != 0)
    count = np.int64(0)
    before = np.uint8(0)
    here = cuts[first + 1] & np.uint8(letters[first] != 0)
    for at in range(first, end):
        after = cuts[at + 1] & cuts[at + 2] & np.uint8(letters[at + 1] != 0)
        starts[count] = at
        count += np.int64(here & after & ~before & np.uint8(1))
        before, here = here, after
    return count


@compiled
def _cut_rows(first: Any, rows: Any, tables: Any, scratch: Any) -> None:
    """Cut single letters in a row, unless they are a word that was not worth taking."""
    letters, cuts, starts, choices = scratch.letters, scratch.cuts, scratch.starts, scratch.choices
    pair, triple, more = scratch.pair, scratch.triple, scratch.more
    edges, weights, emit, model, about = tables.edges, tables.weights, tables.emit, tables.model, tables.about
    for row in range(rows):
        at = starts[row]
        here = at - first
        whole = False
        if pair[here] > -np.inf or triple[here] > -np.inf or more[here] != 0:
            weight = pair[here]
            node = np.uint64(more[here])
            stop = at + 2
            while letters[stop] != 0 and cuts[stop + 1] & _ENDS:
                weight = triple[here]
                if stop > at + 2:
                    node = _next((node << np.uint64(15)) | np.uint64(letters[stop]), edges)
                    weight = weights[node]
                stop += 1
            whole = weight > -np.inf
        while not whole and letters[at] != 0 and cuts[at + 1] & _ENDS:
            if letters[at] >= _FIRST_LETTER:
                at = _cut_unknown(at, letters, cuts, choices, emit, model)
            else:
                at = _cut_ascii(at, letters, cuts, about)
        scratch.stops[row] = at


@inlined
def _cut_unknown(start: Any, letters: Any, cuts: Any, choices: Any, emit: Any, model: Any) -> Any:
    """Cut ideographs in a row by the most probable places of each (begin, middle, end, single); where they end."""
    row = 4 * np.int64(letters[start])
    b, m, e, s = model[0] + emit[row], model[1] + emit[row + 1], model[2] + emit[row + 2], model[3] + emit[row + 3]
    at = start + 1
    while letters[at] >= _FIRST_LETTER and cuts[at + 1] & _ENDS:
        row = 4 * np.int64(letters[at])
        m_b, e_b = b + model[4] + emit[row + 1], b + model[5] + emit[row + 2]
        m_m, e_m = m + model[6] + emit[row + 1], m + model[7] + emit[row + 2]
        b_e, s_e = e + model[8] + emit[row], e + model[9] + emit[row + 3]
        b_s, s_s = s + model[10] + emit[row], s + model[11] + emit[row + 3]
        choices[at - start] = np.int64(b_s >= b_e) + 2 * (m_m >= m_b) + 4 * (e_m >= e_b) + 8 * (s_s >= s_e)
        b, m = (b_s if b_s >= b_e else b_e), (m_m if m_m >= m_b else m_b)
        e, s = (e_m if e_m >= e_b else e_b), (s_s if s_s >= s_e else s_e)
        at += 1
    place = np.int64(3 if s >= e else 2)
    for back in range(at - 1, start, -1):
        came = (np.int64(choices[back - start]) >> place) & 1  # the second of the two places that it can follow
        place = came + 2 - ((place + 1) & 2)
        cuts[back] = place >> 1
    return at


@inlined
def _cut_ascii(at: Any, letters: Any, cuts: Any, about: Any) -> Any:
    """Take what stands together of ASCII, a word of letters and digits (`3.14%`) or marks; where it ends."""
    alphanumeric = np.uint32(_ALPHANUMERIC << _KINDS)
    wanted = about[letters[at]] & alphanumeric
    at += 1
    while 0 < letters[at] < _FIRST_LETTER and cuts[at + 1] & _ENDS and about[letters[at]] & alphanumeric == wanted:
        cuts[at] = 0
        at += 1
    if wanted and letters[at] == 46 and 48 <= letters[at + 1] <= 57 and cuts[at + 1] & cuts[at + 2] & _ENDS:
        cuts[at] = 0
        at += 1
        while 48 <= letters[at] <= 57 and cuts[at + 1] & _ENDS:
            cuts[at] = 0
            at += 1
    if wanted and letters[at] == 37 and cuts[at + 1] & _ENDS:
        cuts[at] = 0
        at += 1
    return at


@compiled
def _force(rows: Any, tables: Any, scratch: Any) -> None:
    """Cut forbidden words apart."""
    letters, cuts, bits = scratch.letters, scratch.cuts, tables.bits
    for row in range(rows):
        at = scratch.starts[row]
        while at < scratch.stops[row]:
            node = np.uint64(0)
            stop = at + 1
            while not cuts[stop] & _ENDS:
                if stop > at + 1:
                    node = _next((node << np.uint64(15)) | np.uint64(letters[stop]), tables.edges)
                elif _may_begin(letters[at], letters[stop], bits):
                    node = _pair(letters[at], letters[stop], bits, tables.ranks, tables.pairs)
                stop += 1
            if node != 0 and tables.forced[node] and letters[at] >= _FIRST_LETTER:
                for between in range(at + 1, stop):
                    cuts[between] = _ENDS
            at = stop


@compiled
def _write(size: Any, way: Any, codes: Any, cuts: Any, hashes: Any, chars: Any, start: Any) -> Any:
    """Hash the units that count; how many are written now."""
    count = start
    again = True
    while again:
        again = False
        count = start
        state, length = np.uint64(0), np.int32(0)
        for at in range(size):
            state = (state ^ np.uint64(codes[at] + np.uint32(1))) * np.uint64(_SPREAD)
            length += np.int32(1)
            again |= length > way.longest
            hashes[count] = state ^ (state >> np.uint64(32))
            chars[count] = length
            cut = cuts[at + 1]
            count += np.int64(cut & (_ENDS | _SPACE) == _ENDS)
            state = np.uint64(0) if cut & _ENDS else state
            length = np.int32(0) if cut & _ENDS else length
        if again:
            _cut_long(size, way.longest, way.piece, cuts)
    return count


@compiled
def _cut_long(size: Any, longest: Any, piece: Any, cuts: Any) -> None:
    """Make pieces of the units that are too long; those of white space count."""
    start = 0
    for end in range(1, size + 1):
        if cuts[end] & _ENDS:
            if end - start > longest:
                for at in range(start + piece, end, piece):
                    cuts[at] = _ENDS
                cuts[end] = _ENDS
            start = end
