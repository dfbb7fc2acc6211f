"""What many texts have outside of markup, as windows of bytes: `markup.without` by kernels."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from rulereward.data.arrays import F64, I64, U8, Bools
from rulereward.text.class_tables import all_characters_that, class_table
from rulereward.text.fences import MAX_INDENT
from rulereward.text.markup import (
    ADDRESS,
    ADDRESS_END,
    BETWEEN,
    ENVIRONMENTS,
    FUNCTIONS,
    LETTER,
    NAME,
    SYLLABLES,
    Markup,
)


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Windows of bytes, each a piece of the text `row`; in order, without empty ones, and no two touch.

    `special` marks texts that are left to the row form; they have no pieces, and neither have missing texts.
    """

    row: I64
    start: I64
    end: I64
    special: Bools

    def by_row(self, counts: I64) -> F64:
        """What was counted in each piece, summed up by text: whole numbers, and exact."""
        return np.bincount(self.row, counts, len(self.special)).astype(np.float64)


def pieces_outside(buffer: U8, start: I64, end: I64, exclude: Collection[Markup]) -> Pieces:
    """What each window has outside of the markup that is named."""
    if not exclude:
        rows = np.flatnonzero((start >= 0) & (start < end))
        return Pieces(rows, start[rows], end[rows], np.zeros(len(start), np.bool_))
    from rulereward.text import kernels_fences, kernels_marks, kernels_markup  # noqa: PLC0415  # loads numba

    fences = kernels_fences.closed_fences(buffer, start, end, MAX_INDENT)
    outlines = fences.offsets, fences.start, fences.end
    marks = kernels_marks.paired_marks(buffer, start, end, outlines, _mark_classes(), _environments())
    excluded = "code" in exclude, "math" in exclude, "url" in exclude
    special = fences.special | marks.special
    found = kernels_markup.pieces_outside(
        buffer, start, end, marks, excluded, _markup_classes(), _functions(), special
    )
    return Pieces(*found, special)


@cache
def _mark_classes() -> U8:
    from rulereward.text import kernels_marks as bits  # noqa: PLC0415  # loads numba

    return class_table(
        {bits.SPACE: r"\s+", bits.ADDRESS: f"{ADDRESS}+", bits.ADDRESS_END: f"[{re.escape(ADDRESS_END)}]+"}
    )


@cache
def _markup_classes() -> U8:
    from rulereward.text import kernels_markup as bits  # noqa: PLC0415  # loads numba

    patterns = {
        bits.SPACE: r"\s+",
        bits.LETTER: f"{LETTER}+",
        bits.SYLLABLE: f"{SYLLABLES}+",
        bits.BETWEEN: f"{BETWEEN}+",
        bits.NAME: f"{NAME}+",
    }
    return class_table(patterns) | np.where(all_characters_that(str.isdigit), np.uint8(bits.DIGIT), np.uint8(0))


@cache
def _environments() -> NDArray[np.uint64]:
    from rulereward.text.kernels_marks import NAME_BYTES  # noqa: PLC0415  # loads numba

    names = b"".join(name.encode().ljust(NAME_BYTES, b"\0") for name in ENVIRONMENTS)
    return np.frombuffer(names, "<u8").reshape(len(ENVIRONMENTS), 2)


@cache
def _functions() -> NDArray[np.uint64]:
    return np.array([int.from_bytes(name.encode(), "little") for name in sorted(FUNCTIONS)], dtype=np.uint64)
