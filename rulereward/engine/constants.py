"""Columns of constants, kept between runs where they are small."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from rulereward.data import Cells, Column, Objects, Reason, ReasonTable, State, Texts, all_ok
from rulereward.engine.values import uniform
from rulereward.kind import Base

NULL_REASON = Reason("null", "the ruleset says null")

SMALL = 256
"""Up to this many rows, as in a trainer's batch, the cells of a constant are kept between runs."""


def _repeated(value: float, size: int) -> Cells:
    return all_ok(np.full(size, float(value)))


@lru_cache(maxsize=1024)
def _constant_cells(value: str, size: int) -> Cells:
    """Read-only cells of one number, given in hex so that 0.0 and -0.0 are two."""
    cells = _repeated(float.fromhex(value), size)
    cells.values.flags.writeable = False
    return cells


def constant_column(value: object, size: int, reasons: ReasonTable) -> Column:
    """`size` equal cells of a constant of the plan: a number, a bool, a text, a tuple (a JSON list), None (null)."""
    if value is None:
        return uniform(Base.NULL, size, State.NULL, reasons.add(NULL_REASON))
    if isinstance(value, tuple):
        return Objects.of([list(value)] * size)
    if isinstance(value, str):
        return Texts.of([value]).take(np.zeros(size, dtype=np.int64))
    assert isinstance(value, bool | int | float)
    return _constant_cells(float(value).hex(), size) if size <= SMALL else _repeated(value, size)
