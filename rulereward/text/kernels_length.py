r"""Characters, words and lines of many texts at once, compiled with numba.

The texts are windows of one UTF-8 buffer; units are those of `rulereward.text.words.length_in`. Loops over a slice of
bytes, without a branch in them, become vector instructions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rulereward.data.arrays import I64, U8
from rulereward.text.jit import compiled, inlined

SPACE, ALONE = 1, 2
"""Bits of the classes that `word_counts` reads: white space; a word by itself."""

_BLOCK = 128
"""Bytes that are counted together: fewer than 256, so that a byte holds each count."""


def character_counts(buffer: U8, start: I64, end: I64) -> I64:
    """Of each window, how many code points it has. Missing windows (a negative start) have none, here and below."""
    return _counted(_count_characters, buffer, start, end)


def line_counts(buffer: U8, start: I64, end: I64) -> I64:
    r"""Of each window, how many lines it has: `\n`, `\r` and `\r\n` end one, and so does the end behind anything."""
    return _counted(_count_lines, buffer, start, end)


def word_counts(buffer: U8, start: I64, end: I64, classes: U8) -> I64:
    """Of each window, how many words it has.

    `classes` has a bit for characters that are words by themselves, all from U+4E00 to U+9FFF among them, and one for
    white space, which of ASCII is what `str.isspace` says.
    """
    rare = np.zeros(_BLOCK, np.uint8)
    return _counted(_count_words, buffer, start, end, classes, rare, rare.view(np.uint64))


def _counted(kernel: Any, buffer: U8, start: I64, end: I64, *rest: Any) -> I64:
    counts = np.zeros(len(start), np.int64)
    kernel(buffer, start, end, *rest, counts)
    return counts


@compiled
def _count_characters(buffer: Any, start: Any, end: Any, counts: Any) -> None:
    for row in range(start.size):
        if start[row] >= 0:
            text = buffer[start[row] : end[row]]
            for place in range(text.size):
                counts[row] += (text[place] & np.uint8(0xC0)) != np.uint8(0x80)


@compiled
def _count_lines(buffer: Any, start: Any, end: Any, counts: Any) -> None:
    newline, carriage = np.uint8(10), np.uint8(13)
    for row in range(start.size):
        if start[row] < 0 or start[row] == end[row]:
            continue
        text = buffer[start[row] : end[row]]
        breaks = np.int64(0)
        for place in range(text.size - 1):
            byte, behind = text[place], text[place + 1]
            breaks += (byte == newline) | ((byte == carriage) & (behind != newline))
        counts[row] = breaks + 1  # at the end ends a line that a break ends, or the text


@compiled
def _count_words(buffer: Any, start: Any, end: Any, classes: Any, rare: Any, eights: Any, counts: Any) -> None:
    inside = np.zeros(_BLOCK + 4, np.uint8)  # of each byte and the one before the block, is it inside of a word?
    for row in range(start.size):
        at, last = start[row], end[row]
        if at < 0:
            continue
        words, over = np.int64(0), np.int64(0)
        inside[0] = 0
        while at < last:
            size = min(_BLOCK, last - at)
            alone, others = _classify(buffer[at : at + size + 1], size, inside, rare)
            words += alone
            for place in range(1, over + 1):
                inside[place] = 1  # the rest of a character that begins in the block before
            over = np.int64(0)
            if others:
                more, over = _look_up(buffer, at, size, classes, rare, eights, inside)
                words += more
            words += _beginnings(inside, size)
            inside[0] = inside[size]
            at += size
        counts[row] = words


@inlined
def _look_up(buffer: Any, at: Any, size: Any, classes: Any, rare: Any, eights: Any, inside: Any) -> Any:
    """Mark the bytes of rare characters inside of words; how many are words alone, and bytes behind the block."""
    alone, over = np.int64(0), np.int64(0)
    for place in range(size, (size + 7) & ~7):
        rare[place] = 0
    for eight in range((size + 7) >> 3):
        marks = eights[eight]
        while marks != 0:
            place, marks = _next_mark(marks)
            place += 8 * eight
            first = buffer[at + place]
            kind = np.int64(classes[_decode(buffer, at + place)])
            alone += kind >> 1
            if kind == 0:
                behind = place + 2 + (first >= 0xE0) + (first >= 0xF0)
                for byte in range(place + 1, behind + 1):
                    inside[byte] = 1
                over = max(np.int64(0), behind - size)
    return alone, over


@inlined
def _classify(chunk: Any, size: Any, inside: Any, rare: Any) -> Any:
    """How many common ideographs there are, and whether there are characters that are neither that nor ASCII.

    `inside` marks what of ASCII is not white space, `rare` the first byte of what must be looked up. All numbers are
    bytes, so that the loop becomes one over vectors.
    """
    alone, others = np.uint8(0), np.uint8(0)
    for place in range(size):
        byte, behind = chunk[place], chunk[place + 1]
        blank = np.uint8(byte - np.uint8(9)) < np.uint8(5)
        blank |= np.uint8(byte - np.uint8(28)) < np.uint8(5)
        inside[place + 1] = np.uint8((byte < np.uint8(0x80)) & ~blank)
        high = np.uint8(byte - np.uint8(0xE4)) < np.uint8(6)
        ideograph = high & ((byte != np.uint8(0xE4)) | (behind >= np.uint8(0xB8)))
        alone = np.uint8(alone + np.uint8(ideograph))
        other = np.uint8((byte >= np.uint8(0xC0)) & ~ideograph)
        rare[place] = other
        others = np.uint8(others | other)
    return np.int64(alone), others


@inlined
def _beginnings(inside: Any, size: Any) -> Any:
    """How many bytes are inside of a word and the one before is not."""
    found = np.uint8(0)
    for place in range(size):
        found = np.uint8(found + np.uint8(inside[place + 1] & ~inside[place]))
    return np.int64(found)


@inlined
def _next_mark(marks: Any) -> Any:
    """The place of the first byte that is 1 and not 0, and the others."""
    one, ones = np.uint64(1), np.uint64(0x0101010101010101)
    lowest = marks & (~marks + one)
    return np.int64((((lowest - one) & ones) * ones) >> np.uint64(56)), marks ^ lowest


@inlined
def _decode(buffer: Any, at: Any) -> Any:
    """The code point that begins at byte `at` and is not ASCII. The buffer is valid UTF-8."""
    first, tail = np.uint32(buffer[at]), np.uint32(0x3F)
    second = np.uint32(buffer[at + 1]) & tail
    if first < 0xE0:
        return ((first & np.uint32(0x1F)) << np.uint32(6)) | second
    third = np.uint32(buffer[at + 2]) & tail
    if first < 0xF0:
        return ((first & np.uint32(0x0F)) << np.uint32(12)) | (second << np.uint32(6)) | third
    fourth = np.uint32(buffer[at + 3]) & tail
    return ((first & np.uint32(0x07)) << np.uint32(18)) | (second << np.uint32(12)) | (third << np.uint32(6)) | fourth
