"""Units of many texts as numbers: what kernels count n-grams of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from rulereward.data.arrays import F64, I32, I64, U8, U64, Bools
from rulereward.text.jieba_dictionary import DictionaryFile

JiebaMode = Literal["cut", "words", "word", "auto"]
"""All that jieba cuts; that without white space; the units `word` and `auto` of `words.repetition_units`."""

HashedUnit = Literal["auto", "word", "char", "lower split", "jieba auto", "jieba word", "jieba split", "jieba cut"]
"""`words.RepetitionUnit`, also with the words of jieba; what stands between white space, in lower case; what jieba
cuts a text into, without white space and with it."""

_JIEBA: dict[HashedUnit, JiebaMode] = {
    "jieba auto": "auto", "jieba word": "word", "jieba split": "words", "jieba cut": "cut",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The units of row `i` lie from `offsets[i]` to `offsets[i + 1]`, end excluded.

    `hashes` are 64-bit: equal units have equal ones, and of 10,000 different units two are the same with a chance of
    about 3e-12. `chars` are lengths in code points, none where nobody asks for them. `special` marks rows that are
    left to the row form, for a character that only Python treats right; they have no units, and neither have missing
    texts.
    """

    hashes: U64
    chars: I32
    offsets: I64
    special: Bools


def hashed_units(
    buffer: U8, start: I64, end: I64, unit: HashedUnit, dictionary: DictionaryFile | None = None
) -> Units:
    """The units of the windows of a buffer; those of jieba perhaps with a user dictionary.

    Loads numba. Raises ImportError where it is not installed, ConfigurationError where jieba is wanted and is not.
    """
    from rulereward.text import kernels_split, kernels_words  # noqa: PLC0415  # loads numba

    match unit:
        case "auto" | "word" | "char":
            return kernels_words.repetition_hashes(buffer, start, end, unit)
        case "lower split":
            return kernels_split.split_hashes(buffer, start, end, unit)
    from rulereward.text.kernels_jieba import jieba_units  # noqa: PLC0415  # loads numba

    return jieba_units(buffer, start, end, _JIEBA[unit], dictionary)


def room_for(start: I64, end: I64, most_per_byte: float) -> Units:
    """Units to be filled in; an array's end that is never touched takes no memory."""
    size = len(start)
    room = int(np.ceil((end - start)[start >= 0].sum() * most_per_byte)) + size + 1
    special = np.zeros(size, np.bool_)
    return Units(np.empty(room, np.uint64), np.empty(room, np.int32), np.zeros(size + 1, np.int64), special)


def eights_of(buffer: U8) -> U64:
    """The 8 bytes from each byte of a padded buffer on, as one number."""
    return np.ndarray((len(buffer) - 7,), "<u8", buffer, strides=(1,))


def share_of(part: I64, whole: I64) -> F64:
    """Part over whole; 0 where there is none of the part."""
    shares = np.zeros(len(part))
    np.divide(part, whole, out=shares, where=part > 0)
    return shares
