"""Characters of several classes in many texts at once, compiled with numba: letters of scripts, what prints.

The texts are windows of one UTF-8 buffer. A block of bytes is first counted without a branch, by a loop that
becomes one over vectors: ASCII, the common ideographs, and their commas and stops, which have known classes. What is
rarer is marked, and then looked up one by one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rulereward.data.arrays import I64, U8
from rulereward.text.jit import compiled, inlined

CLASSES = 3
"""Bits of a class that are counted."""

_BLOCK = 128
"""Bytes that are counted together: fewer than 256, so that a byte holds each count."""

_LETTER_A, _SIGN, _IDEOGRAPH = 97, 33, 0x4E00
"""Characters whose class many have."""

LETTER, SCRIPT, SPACE, ALONE = 1, 4, 8, 16
"""Bits of the classes that `word_class_counts` reads."""


def class_counts(buffer: U8, start: I64, end: I64, classes: U8) -> I64:
    """Of each window, how many characters have the bits 1, 2 and 4 in their class: an array of shape (3, windows).

    One class is that of all letters of ASCII, one that of U+4E00 to U+9FFF, and one that of all else of ASCII that
    prints, of U+3001, U+3002, and U+FF01 to U+FF20; what of ASCII does not print has none. Missing windows (a
    negative start) count as empty.
    """
    counts = np.zeros((CLASSES, len(start)), np.int64)
    rare = np.zeros(_BLOCK, np.uint8)
    _count_all(buffer, start, end, classes, rare, rare.view(np.uint64), counts)
    return counts


def word_class_counts(buffer: U8, start: I64, end: I64, classes: U8) -> tuple[I64, I64]:
    """Of each window, how many words have a letter, and how many of these have letters of the script alone.

    `classes` has bits for letters, letters of the script, white space, and characters that are words by themselves.
    """
    total, hits = np.zeros(len(start), np.int64), np.zeros(len(start), np.int64)
    _count_words(buffer, start, end, classes, total, hits)
    return total, hits


@compiled
def _count_all(buffer: Any, start: Any, end: Any, classes: Any, rare: Any, eights: Any, counts: Any) -> None:
    common = np.int64(classes[_LETTER_A]), np.int64(classes[_SIGN]), np.int64(classes[_IDEOGRAPH])
    for row in range(start.size):
        at, last = start[row], end[row]
        if at < 0:
            continue
        letters, signs, ideographs = np.int64(0), np.int64(0), np.int64(0)
        while at < last:
            size = min(_BLOCK, last - at)
            # two bytes more, which loops look at; what they are behind the text changes nothing
            more_letters, more_signs, more_ideographs, others = _count_block(buffer[at : at + size + 2], size, rare)
            letters += more_letters
            signs += more_signs
            ideographs += more_ideographs
            if others:
                _count_rare(buffer, at, size, classes, rare, eights, counts, row)
            at += size
        for bit in range(CLASSES):
            has = (common[0] >> bit) & 1, (common[1] >> bit) & 1, (common[2] >> bit) & 1
            counts[bit, row] += has[0] * letters + has[1] * signs + has[2] * ideographs


@inlined
def _count_block(chunk: Any, size: Any, rare: Any) -> Any:
    """Letters of ASCII, common signs and ideographs, and whether there is anything else that is not ASCII.

    `rare` marks the first byte of that. All numbers are bytes, so that the loop becomes one over vectors.
    """
    letters, printing, ideographs, others = np.uint8(0), np.uint8(0), np.uint8(0), np.uint8(0)
    for place in range(size):
        first, second, third = chunk[place], chunk[place + 1], chunk[place + 2]
        letters = np.uint8(letters + np.uint8(np.uint8((first | np.uint8(0x20)) - np.uint8(97)) < np.uint8(26)))
        high = np.uint8(first - np.uint8(0xE4)) < np.uint8(6)
        ideograph = high & ((first != np.uint8(0xE4)) | (second >= np.uint8(0xB8)))
        ideographs = np.uint8(ideographs + np.uint8(ideograph))
        behind = np.uint8(third - np.uint8(0x81))  # U+FF01 is EF BC 81, U+3001 is E3 80 81
        wide = (first == np.uint8(0xEF)) & (second == np.uint8(0xBC)) & (behind < np.uint8(32))
        wide |= (first == np.uint8(0xE3)) & (second == np.uint8(0x80)) & (behind < np.uint8(2))
        prints = (np.uint8(first - np.uint8(0x21)) < np.uint8(94)) | wide
        printing = np.uint8(printing + np.uint8(prints))
        other = np.uint8((first >= np.uint8(0xC0)) & ~ideograph & ~wide)
        rare[place] = other
        others = np.uint8(others | other)
    return np.int64(letters), np.int64(printing) - np.int64(letters), np.int64(ideographs), others


@inlined
def _count_rare(buffer: Any, at: Any, size: Any, classes: Any, rare: Any, eights: Any, counts: Any, row: Any) -> None:
    """Look up the characters of a block that `rare` marks."""
    for place in range(size, (size + 7) & ~7):
        rare[place] = 0
    first, second, third = np.int64(0), np.int64(0), np.int64(0)
    for eight in range((size + 7) >> 3):
        marks = eights[eight]
        while marks != 0:
            place, marks = _next_mark(marks)
            kind = np.int64(classes[_decode(buffer, at + 8 * eight + place)])
            first += kind & 1
            second += (kind >> 1) & 1
            third += (kind >> 2) & 1
    counts[0, row] += first
    counts[1, row] += second
    counts[2, row] += third


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


@compiled
def _count_words(buffer: Any, start: Any, end: Any, classes: Any, total: Any, hits: Any) -> None:
    for row in range(start.size):
        at, last = start[row], end[row]
        if at < 0:
            continue
        words, of_script = np.int64(0), np.int64(0)
        letters, others = (
            np.int64(0),
            np.int64(0),
        )  # whether the word that is being read has letters, and letters of another script
        while at < last:
            kind = np.int64(classes[buffer[at]])
            size = 1
            if buffer[at] >= 0x80:
                kind = np.int64(classes[_decode(buffer, at)])
                size = 2 + (buffer[at] >= 0xE0) + (buffer[at] >= 0xF0)
            letter = kind & LETTER
            other = letter & ~(kind // SCRIPT)
            if kind & (SPACE | ALONE):
                words += letters
                of_script += letters & ~others
                letters, others = np.int64(0), np.int64(0)
                if kind & ALONE:
                    words += letter
                    of_script += letter & ~other
            else:
                letters |= letter
                others |= other
            at += size
        total[row] = words + letters
        hits[row] = of_script + (letters & ~others)
