"""Tables of code points for kernels of words: white space, lower case and classes, as this Python has them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from rulereward.data.arrays import U8, U32

TABLE_SIZE = 0x20000
"""White space and letters with a case lie below."""

_CHARACTERS = [chr(code) for code in range(TABLE_SIZE)]

SPACES = [code for code, character in enumerate(_CHARACTERS) if character.isspace()]

SAME: U32 = np.arange(TABLE_SIZE, dtype=np.uint32)
"""The case as it is written."""


def lower_table() -> U32:
    """The lower case of each character; of one whose lower case is longer the first of it."""
    lower = SAME.copy()
    for code, character in enumerate(_CHARACTERS):
        lowered = character.lower()
        if lowered != character:
            lower[code] = ord(lowered[0])
    return lower


def class_of_each(otherwise: int, *marks: tuple[int, Iterable[int]]) -> U8:
    """The class of each code point: that of the last mark whose codes hold it."""
    classes = np.full(TABLE_SIZE, otherwise, dtype=np.uint8)
    for mark, codes in marks:
        classes[[code for code in codes if code < TABLE_SIZE]] = mark
    return classes


LOWER = lower_table()
