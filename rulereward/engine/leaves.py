"""Local leaves: rule kinds and numeric functions, computed on the rows that need them.

This is the one place where an exception of a kind becomes an error cell; `texts` is that of text functions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rulereward.data import (
    F64,
    I64,
    U8,
    U16,
    Cells,
    Column,
    Reason,
    ReasonTable,
    State,
)
from rulereward.engine.fields import field_value, written
from rulereward.engine.values import NULL, OK, python_values
from rulereward.errors import ConfigurationError
from rulereward.kind import (
    Base,
    Features,
    FieldColumn,
    Function,
    Interval,
    Kind,
    Measured,
    Missing,
    Outcome,
    Result,
    result_of,
)
from rulereward.plan.nodes import Measurement, Node

UNDECIDED = Reason("undecided", "what is missing would decide this")


@dataclass(slots=True, eq=False)
class Block:
    """Cells for a few rows, with their fields: what evaluating a leaf gives."""

    values: F64
    states: U8
    reasons: U16
    fields: dict[str, FieldColumn] = field(default_factory=dict)


def blank(size: int) -> Block:
    """Cells to be written: OK so far, without values."""
    return Block(np.full(size, math.nan), np.zeros(size, dtype=np.uint8), np.zeros(size, dtype=np.uint16))


def failure_reason(error: Exception) -> Reason:
    """How an exception of a kind is told: it is a fault of the kind or of its surroundings, never of the row."""
    if isinstance(error, ConfigurationError):
        return Reason("not_configured", str(error)[:300])
    return Reason("kind_failed", f"{type(error).__name__}: {str(error)[:200]}")


def write_outcome(block: Block, place: int, outcome: Outcome, kind: Kind, reasons: ReasonTable) -> None:
    """Put what a row function returned into row `place`; an outcome the kind did not declare is our fault."""
    number = outcome if type(outcome) is float and kind.returns.base is Base.NUMBER and not kind.fields else None
    if number is not None and kind.range.lo <= number <= kind.range.hi and math.isfinite(number):
        block.values[place], block.states[place] = number, OK  # by far the most common, so it is told first
        return
    result = result_of(outcome)
    wrong = _outcome_fault(result, kind)
    for name in kind.fields:
        found = None if wrong is not None else result.fields.get(name)
        column = block.fields.setdefault(name, [None] * len(block.values))
        assert isinstance(column, list), "rows are written into lists"
        column[place] = found
    if wrong is not None:
        write_error(block, place, wrong, reasons)
    elif isinstance(result.value, Missing):
        block.states[place] = NULL
        block.reasons[place] = reasons.add(result.value.reason)
    else:
        block.values[place], block.states[place] = float(result.value), OK
        block.reasons[place] = reasons.add(result.reason)


def _outcome_fault(result: Result, kind: Kind) -> Reason | None:
    """Why a kind may not give this, None if it may."""
    for name, declared in kind.fields.items():
        found = result.fields.get(name)
        if found is not None and isinstance(found, str) != (declared.base is Base.TEXT):
            return Reason("kind_failed", f"the kind gave its field `{name}` a {type(found).__name__}")
        if found is not None and not isinstance(found, str) and found not in kind.field_ranges[name]:
            return Reason("out_of_range", f"the kind gave its field `{name}` the value {found!r}")
    value: object = result.value
    if isinstance(value, Missing):
        return None if kind.returns.null else Reason("undeclared_null", "the kind gave a null it does not declare")
    if not isinstance(value, int | float | np.generic):
        return Reason("kind_failed", f"the kind gave a value of type {type(value).__name__}")
    if kind.returns.base is Base.BOOL and value not in (0, 1):
        return Reason("out_of_range", f"the kind gave {value!r}, which is neither true nor false")
    try:
        return value_fault(float(value), kind.range)
    except OverflowError:
        return Reason("not_finite", "the kind gave a value too large for a number")


def value_fault(value: float, allowed: Interval) -> Reason | None:
    """Why a kind may not give this value, None if it may."""
    if not math.isfinite(value):
        return Reason("not_finite", "the kind gave a value that is not finite")
    if value not in allowed:
        return Reason("out_of_range", f"the kind gave {value!r}, outside its range {allowed}")
    return None


def write_error(block: Block, place: int, reason: Reason, reasons: ReasonTable) -> None:
    block.values[place] = math.nan
    block.states[place] = State.ERROR
    block.reasons[place] = reasons.add(reason)


def measure(
    node: Node, args: Sequence[Column], bases: Sequence[Base], size: int, reasons: ReasonTable, features: Features
) -> Block:
    """A local kind on every row of `args`, all of them known."""
    measurement: Measurement = node.payload
    kind = measurement.kind
    block, rows = inherit(measurement, args, size)
    if not len(rows):
        return block
    left = rows
    if kind.columns is not None:
        picked = args if len(rows) == size else [column.take(rows) for column in args]
        try:
            left = _by_columns(kind, kind.columns(picked, measurement.params, features), rows, block, reasons)
        except Exception:  # noqa: BLE001  (row by row instead, so that only the rows at fault become errors)
            block, left = inherit(measurement, args, size)
    if len(left):
        _by_row(kind, measurement.params, args, bases, left, block, reasons)
    return block


def inherit(measurement: Measurement, args: Sequence[Column], size: int) -> tuple[Block, I64]:
    """Rows that an argument decides already (its error, or a null where the kind takes none), and the others."""
    block = blank(size)
    for takes_null, column in zip(measurement.takes_null, args, strict=True):
        if column.clean:
            continue
        bad = column.states == np.uint8(State.ERROR)
        if not takes_null:
            bad |= column.states == NULL
        take = bad & ((block.states == OK) | ((block.states == NULL) & (column.states == np.uint8(State.ERROR))))
        block.states[take] = column.states[take]
        block.reasons[take] = column.reasons[take]
    rows: I64 = (block.states == OK).nonzero()[0]
    return block, rows


def _by_row(
    kind: Kind,
    params: Any,
    args: Sequence[Column],
    bases: Sequence[Base],
    rows: I64,
    block: Block,
    reasons: ReasonTable,
) -> None:
    assert kind.row is not None
    extra = () if kind.params is None else (params,)
    for place, values in zip(rows.tolist(), row_arguments(args, bases, rows), strict=True):
        try:
            outcome = kind.row(*values, *extra)
        except Exception as error:  # noqa: BLE001  (the one door from exceptions to error cells)
            write_error(block, place, failure_reason(error), reasons)
        else:
            write_outcome(block, place, outcome, kind, reasons)


def row_arguments(args: Sequence[Column], bases: Sequence[Base], rows: I64) -> list[tuple[object, ...]]:
    """The arguments of each row as Python values."""
    listed = rows.tolist()
    if not args:
        return [()] * len(listed)
    columns = [python_values(column, base, listed) for column, base in zip(args, bases, strict=True)]
    return list(zip(*columns, strict=True))


def _by_columns(kind: Kind, measured: Measured | None, rows: I64, block: Block, reasons: ReasonTable) -> I64:
    """Put what the columns form gave into the rows, and tell which are left to the row function."""
    if measured is None:
        return rows
    _write_measured(kind, measured, rows, block, reasons)
    if measured.left is None or not measured.left.any():
        return rows[:0]
    for name, column in block.fields.items():
        block.fields[name] = [field_value(column, row) for row in range(len(block.values))]
    return rows[measured.left]


def _write_measured(kind: Kind, measured: Measured, rows: I64, block: Block, reasons: ReasonTable) -> None:
    lo, hi = kind.range.lo, kind.range.hi
    fine = measured.states != OK
    if measured.left is not None:
        fine |= measured.left
    fine |= np.isfinite(measured.values) & (measured.values >= lo) & (measured.values <= hi)
    block.values[rows] = measured.values
    block.states[rows] = measured.states
    if measured.reasons is not None:
        indices = np.array([reasons.add(reason) for reason in measured.reasons.palette], dtype=np.uint16)
        block.reasons[rows] = indices[measured.reasons.codes]
    for name, values in measured.fields.items():
        block.fields[name] = written(None, rows, values, len(block.values))
    for place in rows[~fine].tolist():
        reason = value_fault(float(block.values[place]), kind.range)
        assert reason is not None
        write_error(block, place, reason, reasons)


def numeric(node: Node, args: Sequence[Column], bases: Sequence[Base], reasons: ReasonTable) -> Cells:
    """A numeric function over a whole block; unknown arguments give unknown cells."""
    function: Function = node.payload
    states, why = strict_states(function, args)
    if function.vector is not None and all(isinstance(column, Cells) for column in args):
        values = function.vector(*(column.values for column in args if isinstance(column, Cells)))
    else:
        values = np.full(len(args[0]), math.nan)
        states, why = np.array(states), np.array(why)
        rows: I64 = np.flatnonzero(states == OK)
        for place, arguments in zip(rows.tolist(), row_arguments(args, bases, rows), strict=True):
            try:
                found = function.scalar(*arguments)
            except (ArithmeticError, ValueError) as error:
                states[place], why[place] = State.ERROR, reasons.add(failure_reason(error))
                continue
            if found is None:
                states[place], why[place] = State.NULL, reasons.add(UNDECIDED)
            else:
                values[place] = found
    wild = (states == OK) & ~np.isfinite(values)
    if wild.any():
        states, why = np.array(states), np.array(why)
        states[wild] = State.ERROR
        why[wild] = reasons.add(Reason("not_finite", f"`{function.name}` gave a value that is not finite"))
    return Cells(values, states, why, clean=not states.any())


def strict_states(function: Function, args: Sequence[Column]) -> tuple[U8, U16]:
    """Of each row the gravest state of the arguments that the function cannot do without, and the reason of that."""
    size = len(args[0])
    states: U8 = np.zeros(size, dtype=np.uint8)
    why: U16 = np.zeros(size, dtype=np.uint16)
    declared = list(function.signature.args)
    for index, column in enumerate(args):
        if column.clean:
            continue
        nullable = declared[min(index, len(declared) - 1)].nullable
        graver = (column.states > states) & (column.states > (NULL if nullable else OK))
        states, why = np.where(graver, column.states, states), np.where(graver, column.reasons, why)
    return states, why
