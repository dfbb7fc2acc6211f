"""The formats of `format_styles` in many texts at once, compiled with numba, told by where the tags stand.

The texts are windows of one UTF-8 buffer. The tags are `<think> </think> <answer> </answer>`, which never overlap.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rulereward.data.arrays import F64, I64, U8
from rulereward.text.jit import compiled, inlined
from rulereward.text.tag_bytes import Events, character_classes

_OPEN, _CLOSE, _ANSWER_OPEN, _ANSWER_CLOSE = 0, 1, 2, 3
"""The four tags among the events."""

_OPEN_R1, _TRL = 0, 1
"""The numbers of the styles; ms-swift's is the third."""

_SPACE = 1
"""The class of white space."""

_LINE_BREAK = 10
_NOWHERE = -100


def judge_style(buffer: U8, start: I64, end: I64, events: Events, style: int) -> U8:
    """The first condition that keeps each text from a style, from 1; 0 where it has it, 4 where there is no text.

    `end` may lie before that of the text in which the events were found.
    """
    codes = np.empty(len(start), np.uint8)
    _judge_style(buffer, start, end, events.places, events.which, events.offsets, character_classes(), style, codes)
    return codes


def open_r1_shares(buffer: U8, start: I64, end: I64, events: Events) -> F64:
    """`format_styles.open_r1_tag_share`, and 0 for a missing text."""
    shares = np.zeros(len(start), np.float64)
    _count_open_r1(buffer, start, end, events.places, events.which, events.offsets, shares)
    return shares


@compiled
def _judge_style(
    buffer: Any, start: Any, end: Any, places: Any, which: Any, offsets: Any, classes: Any, style: Any, codes: Any
) -> None:
    for row in range(start.size):
        first, last, event, stop = start[row], end[row], offsets[row], offsets[row + 1]
        if first < 0:
            codes[row] = 4
            continue
        while event < stop and places[stop - 1] + _length(which[stop - 1]) > last:
            stop -= 1
        if event == stop or places[event] != first or which[event] != _OPEN:
            codes[row] = 1
        elif style == _OPEN_R1:
            codes[row] = _missed_open_r1(buffer, first, last, event, stop, places, which)
        elif style == _TRL:
            codes[row] = _missed_trl(event, stop, which)
        else:
            codes[row] = _missed_swift(buffer, last, event, stop, places, which, classes)


@inlined
def _length(tag: Any) -> Any:
    return 7 + (tag > _OPEN) + (tag > _ANSWER_OPEN)


@inlined
def _breaks(buffer: Any, at: Any, start: Any, end: Any) -> Any:
    """Does a line break stand at `at`, within the text?"""
    return start <= at < end and buffer[at] == _LINE_BREAK


@inlined
def _missed_open_r1(buffer: Any, start: Any, end: Any, event: Any, stop: Any, places: Any, which: Any) -> Any:
    if not _breaks(buffer, start + 7, start, end):
        return 1
    closed, rest = _NOWHERE, _NOWHERE  # the last `</think>` that begins a line, and what follows the middle
    while event < stop:
        place, tag = places[event], which[event]
        begins = _breaks(buffer, place - 1, start + 8, end)
        ends = _breaks(buffer, place + _length(tag), start, end)
        if tag == _CLOSE and begins:
            closed = place
        elif tag == _ANSWER_OPEN and rest < 0 and closed + 9 == place and begins and ends:
            rest = place + 9
        elif tag == _ANSWER_CLOSE and 0 <= rest < place and begins and (ends or place + 9 == end):
            return 0
        event += 1
    return 2 if rest < 0 else 3


@inlined
def _missed_trl(event: Any, stop: Any, which: Any) -> Any:
    closes = False
    event += 1
    while event < stop:
        if which[event] == _OPEN:
            return 2
        closes = closes or which[event] == _CLOSE
        event += 1
    return 0 if closes else 3


@inlined
def _missed_swift(buffer: Any, end: Any, event: Any, stop: Any, places: Any, which: Any, classes: Any) -> Any:
    closed, rest, final = _NOWHERE, _NOWHERE, _NOWHERE
    while event < stop:
        place, tag = places[event], which[event]
        if tag == _CLOSE:
            closed = place
        elif tag == _ANSWER_OPEN and rest < 0 and closed >= 0:
            if _blank(buffer, closed + 8, place, classes):
                rest = place + 8
            closed = _NOWHERE  # this `<answer>` stands between it and those that follow
        elif tag == _ANSWER_CLOSE:
            final = place
        event += 1
    if rest < 0:
        return 2
    return 0 if final >= rest and final + 9 == end else 3


@inlined
def _blank(buffer: Any, at: Any, stop: Any, classes: Any) -> Any:
    while at < stop:
        code = np.uint32(buffer[at])
        at += 1
        if code >= 0x80:
            more = 1 + (code >= 0xE0) + (code >= 0xF0)
            code &= np.uint32(0x3F) >> np.uint32(more)
            for _ in range(more):
                code = (code << np.uint32(6)) | (np.uint32(buffer[at]) & np.uint32(0x3F))
                at += 1
        if code >= classes.size or classes[code] != _SPACE:
            return False
    return True


@compiled
def _count_open_r1(buffer: Any, start: Any, end: Any, places: Any, which: Any, offsets: Any, shares: Any) -> None:
    counts, free = np.empty(4, np.int64), np.empty(4, np.int64)
    for row in range(start.size):
        first, last = start[row], end[row]
        if first < 0:
            continue
        counts[:] = 0
        free[:] = first  # a line break between two tags that are the same belongs to the first
        for event in range(offsets[row], offsets[row + 1]):
            place, tag = places[event], which[event]
            after = place + _length(tag)
            if tag != _OPEN and not _breaks(buffer, place - 1, free[tag], last):
                continue
            if tag != _ANSWER_CLOSE and not _breaks(buffer, after, first, last):
                continue
            counts[tag] += 1
            free[tag] = after + (tag != _ANSWER_CLOSE)
        shares[row] = ((counts[0] == 1) + (counts[1] == 1) + (counts[2] == 1) + (counts[3] == 1)) / 4
