"""Where tags stand in many texts at once, and whether sections stand as they should, compiled with numba.

The texts are windows of one UTF-8 buffer. Where the bytes of whole characters stand, the characters stand, so tags
are found as bytes. Nothing is decoded but white space and the first characters of sections.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rulereward.data.arrays import F64, I64, U8, Bools
from rulereward.text.jit import compiled, inlined
from rulereward.text.tag_bytes import Events, character_classes, packed
from rulereward.text.units import eights_of

_SPACE, _SHOWN = 1, 2
"""Classes of code points that `tag_bytes` tells apart; 0 is what prints nothing by itself."""

_BLOCK = 64
"""Bytes that are looked over together for the first byte of a tag."""

_NOWHERE = -2
_MOST_CHARS = 2**62


def find_tags(buffer: U8, start: I64, end: I64, tags: tuple[str, ...]) -> Events:
    """Each place where `str.count` would find one of the tags, from left to right; none of them is empty."""
    wanted = packed(tags)
    offsets, free = np.zeros(len(start) + 1, np.int64), np.empty(len(tags), np.int64)
    eights = eights_of(buffer)
    looked_for = wanted.firsts, wanted.heads, wanted.masks, wanted.data, wanted.bounds
    room = 16 * len(start)
    while True:  # a second time only where the texts are full of tags
        places, which = np.empty(room, np.int64), np.empty(room, np.uint8)
        count = int(_find(buffer, eights, start, end, *looked_for, free, offsets, places, which))
        if count <= room:
            return Events(places, which, offsets, wanted.lengths)
        room = count


def ends_before(buffer: U8, start: I64, end: I64, tokens: tuple[str, ...]) -> I64:
    """Where each text ends without the tokens at its end: `sections.end_before_special_tokens`. None is empty."""
    wanted = packed(tokens)
    cut = np.array(end)
    _cut(buffer, start, end, character_classes(), wanted.data, wanted.bounds, cut)
    return cut


def end_with(buffer: U8, start: I64, end: I64, tag: str) -> Bools:
    """Does the text end with the tag, white space aside? Missing texts do not."""
    found = np.zeros(len(start), np.bool_)
    _end_with(buffer, start, end, character_classes(), packed((tag,)).data, found)
    return found


def judge_sections(
    buffer: U8, start: I64, end: I64, given: Bools, events: Events, tags: I64, inside: tuple[bool, int] | None
) -> tuple[U8, F64]:
    """What is wrong first with the sections whose tags are `tags` (of those of the events), and the share in order.

    `end` may lie before that of the text in which the events were found. `given` marks texts whose first tag stands
    in the prompt. `inside` is whether text may follow the sections, and how many characters each must show; where it
    is None only the tags are looked at. With n tags a code says:

        0           nothing is wrong            1 + 2n      out of order
        1 + 2j      tag j is missing            2 + 2n + j  text in front of the section that tag j opens
        2 + 2j      tag j is repeated           3 + 2n + j  that section is blank
        2 + 3n      text behind the last section
        3 + 3n      there is no text
        4 + 3n      a section is blank but for characters that the table does not hold
    """
    codes, shares = np.empty(len(start), np.uint8), np.empty(len(start), np.float64)
    trailing, least = inside or (True, 0)
    found = events.places, events.which, events.offsets, events.lengths
    how = inside is not None, trailing, min(least, _MOST_CHARS)
    _judge(buffer, start, end, given, *found, tags, character_classes(), *how, codes, shares)
    return codes, shares


@compiled
def _find(
    buffer: Any, eights: Any, start: Any, end: Any, firsts: Any, heads: Any, masks: Any, data: Any, bounds: Any,
    free: Any, offsets: Any, places: Any, which: Any,
) -> Any:  # fmt: skip
    """Write the events as far as there is room; how many there are."""
    count = 0
    for row in range(start.size):
        at, last = start[row], end[row]
        free[:] = 0
        while 0 <= at < last:
            at = _first_block(buffer, at, last, firsts)
            stop = min(at + _BLOCK, last)
            while at < stop:
                marks = _marked(eights[at], firsts)
                while marks != np.uint64(0):
                    place = at + _lowest(marks)
                    marks &= marks - np.uint64(1)
                    for tag in range(heads.size):
                        if eights[place] & masks[tag] != heads[tag] or place < free[tag]:
                            continue
                        after = place + bounds[tag + 1] - bounds[tag]
                        if after > last or not _stands(buffer, place + 8, data, bounds[tag] + 8, bounds[tag + 1]):
                            continue
                        free[tag] = after
                        if count < places.size:
                            places[count], which[count] = place, tag
                        count += 1
                at += 8
        offsets[row + 1] = count
    return count


@inlined
def _first_block(buffer: Any, at: Any, last: Any, firsts: Any) -> Any:
    """Where the first whole block begins that holds one of the bytes, or what is left behind the blocks."""
    while last - at >= _BLOCK:
        found = np.uint8(0)
        for index in range(firsts.size):
            first = firsts[index]
            for step in range(_BLOCK):
                found |= np.uint8(buffer[np.uint64(at + step)] == first)
        if found:
            return at
        at += _BLOCK
    return at


@inlined
def _marked(eight: Any, firsts: Any) -> Any:
    """The top bit of each byte that is one of `firsts`, and of a few bytes that are not."""
    ones, tops = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
    marks = np.uint64(0)
    for index in range(firsts.size):
        other = eight ^ (np.uint64(firsts[index]) * ones)
        marks |= (other - ones) & ~other & tops
    return marks


@inlined
def _lowest(marks: Any) -> Any:
    """The index of the lowest byte whose top bit is set."""
    ones = np.uint64(0x0101010101010101)
    lowest = marks & (~marks + np.uint64(1))
    return np.int64(((((lowest >> np.uint64(7)) - np.uint64(1)) & ones) * ones) >> np.uint64(56))


@inlined
def _stands(buffer: Any, at: Any, data: Any, first: Any, last: Any) -> Any:
    """Do the bytes `data[first:last]`, none where `first` lies behind, stand at `at`?"""
    index = first
    while index < last and buffer[at + index - first] == data[index]:
        index += 1
    return index >= last


@inlined
def _read(buffer: Any, at: Any, classes: Any) -> Any:
    """The class of the character that begins at byte `at` (-1 above the table), and the byte behind it."""
    code, after = np.uint32(buffer[at]), at + 1
    if code >= 0x80:
        tail = np.uint32(0x3F)
        more = 1 + (code >= 0xE0) + (code >= 0xF0)
        code &= np.uint32(0x3F) >> np.uint32(more)
        for _ in range(more):
            code = (code << np.uint32(6)) | (np.uint32(buffer[after]) & tail)
            after += 1
    return (np.int64(classes[code]) if code < classes.size else np.int64(-1)), after


@inlined
def _blank(buffer: Any, at: Any, stop: Any, classes: Any) -> Any:
    while at < stop:
        kind, at = _read(buffer, at, classes)
        if kind != _SPACE:
            return False
    return True


@inlined
def _stripped(buffer: Any, start: Any, end: Any, classes: Any) -> Any:
    """The end without white space there."""
    while end > start:
        at = end - 1
        while buffer[at] & 0xC0 == 0x80:
            at -= 1
        kind, _ = _read(buffer, at, classes)
        if kind != _SPACE:
            break
        end = at
    return end


@inlined
def _shows(buffer: Any, at: Any, stop: Any, least: Any, classes: Any) -> Any:
    """1 where `least` characters show by themselves, 0 where they do not, -1 where the table does not tell."""
    shown, doubtful = 0, 0
    while at < stop and shown < least:
        kind, at = _read(buffer, at, classes)
        shown += kind == _SHOWN
        doubtful -= kind < 0
    return 1 if shown >= least else max(doubtful, -1)


@compiled
def _cut(buffer: Any, start: Any, end: Any, classes: Any, data: Any, bounds: Any, cut: Any) -> None:
    for row in range(start.size):
        at = end[row]
        while start[row] >= 0:
            at = _stripped(buffer, start[row], at, classes)
            length = 0
            for token in range(bounds.size - 1):
                length = bounds[token + 1] - bounds[token]
                if length <= at - start[row] and _stands(buffer, at - length, data, bounds[token], bounds[token + 1]):
                    break
                length = 0
            if length == 0:
                break
            at -= length
            cut[row] = at


@compiled
def _end_with(buffer: Any, start: Any, end: Any, classes: Any, data: Any, found: Any) -> None:
    for row in range(start.size):
        if start[row] >= 0:
            at = _stripped(buffer, start[row], end[row], classes) - data.size
            found[row] = at >= start[row] and _stands(buffer, at, data, 0, data.size)


@compiled
def _judge(
    buffer: Any, start: Any, end: Any, given: Any, places: Any, which: Any, offsets: Any, lengths: Any, tags: Any,
    classes: Any, looks: Any, trailing: Any, least: Any, codes: Any, shares: Any,
) -> None:  # fmt: skip
    size = tags.size
    counts, found = np.empty(lengths.size, np.int64), np.empty(lengths.size, np.int64)
    positions, best = np.empty(size, np.int64), np.empty(size, np.int64)
    for row in range(start.size):
        first, last = start[row], end[row]
        if first < 0:
            codes[row], shares[row] = 3 + 3 * size, 0.0
            continue
        _tally(last, offsets[row], offsets[row + 1], places, which, lengths, counts, found)
        wrong = 0
        for index in range(size):
            count, position = counts[tags[index]], found[tags[index]]
            if index == 0 and given[row]:
                count, position = count + 1, first - 1
            if count != 1:
                position = _NOWHERE
                wrong = wrong or 1 + 2 * index + (count > 1)
            positions[index] = position
        in_order = _in_order(positions, best)
        shares[row] = in_order / size if size else 1.0
        if wrong == 0 and in_order < size:
            wrong = 1 + 2 * size
        if wrong == 0 and looks:
            wrong = _text_around(buffer, first, last, positions, lengths, tags, classes, trailing, least)
        codes[row] = wrong


@inlined
def _tally(
    last: Any, event: Any, events_end: Any, places: Any, which: Any, lengths: Any, counts: Any, found: Any
) -> None:
    """How often each tag stands in the text up to `last`, and where first."""
    counts[:] = 0
    while event < events_end:
        tag = which[event]
        if places[event] + lengths[tag] <= last:
            if counts[tag] == 0:
                found[tag] = places[event]
            counts[tag] += 1
        event += 1


@inlined
def _in_order(positions: Any, best: Any) -> Any:
    """`sections.longest_in_order`."""
    most = 0
    for index in range(positions.size):
        best[index] = 0
        if positions[index] == _NOWHERE:
            continue
        for before in range(index):
            if positions[before] != _NOWHERE and positions[before] < positions[index]:
                best[index] = max(best[index], best[before])
        best[index] += 1
        most = max(most, best[index])
    return most


@inlined
def _text_around(
    buffer: Any, start: Any, end: Any, positions: Any, lengths: Any, tags: Any, classes: Any, trailing: Any,
    least: Any,
) -> Any:  # fmt: skip
    """What is wrong outside or inside of the sections, whose tags stand in order."""
    outside = start
    size = tags.size
    for index in range(0, size, 2):
        opened, closed = positions[index], positions[index + 1]
        inner = opened + lengths[tags[index]]
        if opened < start:  # the prompt wrote it
            opened = inner = start
        if not _blank(buffer, outside, opened, classes):
            return 2 + 2 * size + index
        shows = _shows(buffer, inner, closed, least, classes)
        if shows < 1:
            return 3 + 2 * size + index if shows == 0 else 4 + 3 * size
        outside = closed + lengths[tags[index + 1]]
    return 0 if trailing or _blank(buffer, outside, end, classes) else 2 + 3 * size
