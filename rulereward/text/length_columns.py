"""Lengths of many texts at once, by kernels: `words.length_in`."""

from __future__ import annotations

from functools import cache

import numpy as np

from rulereward.data.arrays import F64, I64, U8
from rulereward.text.class_tables import class_table
from rulereward.text.words import IDEOGRAPH_CLASS, LengthUnit


def lengths_in(buffer: U8, start: I64, end: I64, unit: LengthUnit) -> F64:
    """How long each window is; a missing one (a negative start) is 0."""
    if unit == "byte":
        return np.where(start < 0, 0, end - start).astype(np.float64)
    from rulereward.text import kernels_length as kernels  # noqa: PLC0415  # loads numba

    if unit == "char":
        counts = kernels.character_counts(buffer, start, end)
    elif unit == "line":
        counts = kernels.line_counts(buffer, start, end)
    else:
        counts = kernels.word_counts(buffer, start, end, _word_classes())
    return counts.astype(np.float64)


@cache
def _word_classes() -> U8:
    from rulereward.text import kernels_length as bits  # noqa: PLC0415  # loads numba

    return class_table({bits.SPACE: r"\s+", bits.ALONE: f"[{IDEOGRAPH_CLASS}]+"})
