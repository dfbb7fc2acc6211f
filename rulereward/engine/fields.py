"""The fields of measurements: a column of values by name, lists from row functions, arrays and codes from kernels."""

from __future__ import annotations

import math

import numpy as np

from rulereward.data import I64, Bools
from rulereward.kind import FieldColumn, FieldValue


def field_value(column: FieldColumn, row: int) -> FieldValue:
    """One row's value; None where the row has none."""
    value = column[row]
    if isinstance(value, np.floating):
        return None if math.isnan(value) else float(value)
    return value


def listed(column: FieldColumn, rows: Bools) -> list[FieldValue]:
    """The values of the rows that are marked, and None for the others."""
    values: list[FieldValue] = list(column.tolist() if isinstance(column, np.ndarray) else column)
    if isinstance(column, np.ndarray):
        rows = rows & ~np.isnan(column)
    for row in np.flatnonzero(~rows).tolist():
        values[row] = None
    return values


def written(old: FieldColumn | None, rows: I64, new: FieldColumn, size: int) -> FieldColumn:
    """A column of `size` rows, `old` or empty, with the values of some rows, ascending, written."""
    if len(rows) == size:
        return new
    values: list[FieldValue] = [None] * size if old is None else [field_value(old, row) for row in range(size)]
    for place, row in enumerate(rows.tolist()):
        values[row] = field_value(new, place)
    return values
