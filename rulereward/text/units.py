"""Units of many texts as numbers: what kernels count n-grams of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rulereward.data.arrays import F64, I64, U8, Bools

U64 = NDArray[np.uint64]
I32 = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The units of row `i` lie from `offsets[i]` to `offsets[i + 1]`, end excluded.

    `hashes` are 64-bit: equal units have equal ones, and of 10,000 different units two are the same with a chance of
    about 3e-12. `chars` are lengths in code points. `special` marks rows that are left to the row form, for a
    character that only Python treats right; they have no units, and neither have missing texts.
    """

    hashes: U64
    chars: I32
    offsets: I64
    special: Bools


HashedUnit = Literal[
    "auto", "word", "char", "split", "lower split", "jieba auto", "jieba word", "jieba split", "jieba cut"
]
"""`words.RepetitionUnit`, also with the words of jieba; what stands between white space, as written and in lower
case; what jieba cuts a text into, without white space and with it."""


def hashed_units(buffer: U8, start: I64, end: I64, unit: HashedUnit) -> Units:
    """The units of the windows of a buffer. Loads numba, and raises ImportError where it is not installed."""
    from rulereward.text import kernels_words  # noqa: PLC0415  # loads numba

    match unit:
        case "auto" | "word" | "char":
            return kernels_words.repetition_hashes(buffer, start, end, unit)
        case "split" | "lower split":
            return kernels_words.split_hashes(buffer, start, end, unit)
    raise ValueError(unit)


def share_of(part: I64, whole: I64) -> F64:
    """Part over whole; 0 where there is none of the part."""
    shares = np.zeros(len(part))
    np.divide(part, whole, out=shares, where=part > 0)
    return shares
