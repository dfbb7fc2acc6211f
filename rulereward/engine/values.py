"""Putting columns together: unknown ones, picking between two, writing some rows of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np

from rulereward.data import (
    F64,
    I64,
    MISSING,
    U8,
    U16,
    Bools,
    Cells,
    Column,
    Objects,
    State,
    TextColumn,
    Texts,
    View,
    filled,
)
from rulereward.kind import Base

OK, NULL, ERROR, UNKNOWN = (np.uint8(state) for state in (State.OK, State.NULL, State.ERROR, State.UNKNOWN))


def unknown(base: Base, size: int) -> Column:
    """A column of which nothing is known yet."""
    return uniform(base, size, State.UNKNOWN, 0)


def uniform(base: Base, size: int, state: State, reason: int) -> Column:
    """A column without values: every cell in one state, for one reason."""
    states = np.full(size, state, dtype=np.uint8)
    reasons = np.full(size, reason, dtype=np.uint16)
    if base is Base.TEXT:
        nowhere = np.full(size, MISSING, dtype=np.int64)
        return Texts(View(_EMPTY, nowhere, nowhere, np.zeros(size, dtype=np.int64)), states, reasons)
    if base in (Base.OBJECT, Base.LIST):
        return Objects((None,) * size, states, reasons)
    return filled(size, state, reason)


_EMPTY = TextColumn.from_strings([""])


def is_known(column: Column) -> bool:
    """Is no cell unknown?"""
    return column.clean or not bool((column.states == UNKNOWN).any())


def pick(mask: Bools, then: Column, otherwise: Column) -> Column:
    """Row by row `then` where the mask holds, else `otherwise`; states and reasons come along."""
    if type(then) is not type(otherwise):
        then, otherwise = _alike(then, otherwise)
    clean = then.clean and otherwise.clean
    states = then.states if clean else np.where(mask, then.states, otherwise.states)
    reasons = then.reasons if clean else np.where(mask, then.reasons, otherwise.reasons)
    if isinstance(then, Cells):
        return Cells(np.where(mask, then.values, cast(Cells, otherwise).values), states, reasons, clean)
    if isinstance(then, Texts):
        return Texts(_pick_views(mask, then.view, cast(Texts, otherwise).view), states, reasons, clean)
    other = cast(Objects, otherwise).values
    values = tuple(a if chosen else b for chosen, a, b in zip(mask, then.values, other, strict=True))
    return Objects(values, states, reasons, clean)


def _alike(a: Column, b: Column) -> tuple[Column, Column]:
    """Two columns of different types: one of them is `null` throughout and takes on the other's type."""
    if isinstance(a, Cells):
        return _valueless_like(a, b), b
    return a, _valueless_like(cast(Cells, b), a)


def _valueless_like(cells: Cells, other: Column) -> Column:
    base = Base.TEXT if isinstance(other, Texts) else Base.OBJECT
    shell = uniform(base, len(cells), State.NULL, 0)
    if isinstance(shell, Texts):
        return Texts(shell.view, cells.states, cells.reasons)
    return Objects(cast(Objects, shell).values, cells.states, cells.reasons)


def _pick_views(mask: Bools, then: View, otherwise: View) -> View:
    if then.column is not otherwise.column:
        nothing_else = _empty_in(then, otherwise, ~mask)
        if nothing_else is not None:
            return _pick_views(mask, then, nothing_else)
        texts = [(then if chosen else otherwise).text(row) for row, chosen in enumerate(mask)]
        return TextColumn.from_strings(texts).view()
    start: I64 = np.where(mask, then.start, otherwise.start)
    end: I64 = np.where(mask, then.end, otherwise.end)
    source: I64 = np.where(mask, then.source, otherwise.source)
    return View(then.column, start, end, source)


def _empty_in(target: View, texts: View, rows: Bools) -> View | None:
    """Empty or missing `texts` as windows into another column, so that `?? ""` keeps where a text came from.

    None where one of `rows` has a text, or where there is no column to look into.
    """
    if not len(target.column) or ((texts.end > texts.start) & (texts.start >= 0) & rows).any():
        return None
    nowhere: I64 = np.zeros(len(texts), dtype=np.int64)
    return View(target.column, np.where(texts.start < 0, np.int64(MISSING), nowhere), nowhere, nowhere)


def write_cells(old: Cells, rows: I64, values: F64, states: U8, reasons: U16) -> Cells:
    """A copy of `old` with some rows, ascending, written."""
    if len(rows) == len(old):
        return Cells(values, states, reasons, clean=not states.any() and not reasons.any())
    new = Cells(old.values.copy(), old.states.copy(), old.reasons.copy())
    new.values[rows], new.states[rows], new.reasons[rows] = values, states, reasons
    return new


def write_column(old: Column, rows: I64, new: Column) -> Column:
    """A copy of `old` with some rows, ascending, taken from `new`, which has one row for each."""
    if len(rows) == len(old):
        return new
    size = len(old)
    spot = np.zeros(size, dtype=np.int64)
    spot[rows] = np.arange(len(rows))
    mask = np.zeros(size, dtype=np.bool_)
    mask[rows] = True
    return pick(mask, new.take(spot), old)


def python_values(column: Column, base: Base, rows: Sequence[int]) -> list[object]:
    """The cells of some rows as plain Python values; None where there is none."""
    if isinstance(column, Texts):
        text = column.view.text
        return [text(row) for row in rows]
    if isinstance(column, Objects):
        return [column.values[row] for row in rows]
    values, states = column.values, column.states
    if base is Base.BOOL:
        return [bool(values[row]) if states[row] == OK else None for row in rows]
    return [float(values[row]) if states[row] == OK else None for row in rows]


def merge_states(columns: Sequence[Column]) -> tuple[U8, U16] | None:
    """States and reasons of a strict operation, None if every argument is clean.

    The gravest state wins (unknown, error, null), with the reason of the first argument that is in it.
    """
    if all(column.clean for column in columns):
        return None
    states = columns[0].states
    reasons = columns[0].reasons
    for column in columns[1:]:
        graver = column.states > states
        reasons = np.where(graver, column.reasons, reasons)
        states = np.maximum(states, column.states)
    return states, np.where(states == OK, np.uint16(0), reasons)


def restated(column: Column, states: U8, reasons: U16) -> Column:
    """The column in other states; a text or object that is no longer OK is no longer there."""
    if isinstance(column, Cells):
        return Cells(column.values, states, reasons)
    if isinstance(column, Texts):
        view = column.view
        start = np.where(states == OK, view.start, np.int64(MISSING))
        return Texts(View(view.column, start, view.end, view.source), states, reasons)
    kept = tuple(item if state == OK else None for item, state in zip(column.values, states, strict=True))
    return Objects(kept, states, reasons)
