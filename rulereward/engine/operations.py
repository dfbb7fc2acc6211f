"""The operations that run over whole blocks: arithmetic, comparison, logic, choice, conversion."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np

from rulereward.data import F64, U8, U16, Cells, Column, Reason, ReasonTable, Texts, all_ok
from rulereward.engine.listing import held
from rulereward.engine.values import ERROR, NULL, OK, UNKNOWN, merge_states, pick, python_values, restated
from rulereward.kind import Base
from rulereward.plan.convert import same_json
from rulereward.plan.nodes import Node

NOT_FINITE = Reason("not_finite", "the result is too large for a number")
NOT_APPLICABLE = Reason("not_applicable", "the rule's `when` is not true here")

Operation = Callable[[Node, Sequence[Column], ReasonTable], Column]


def _strict(values: F64, columns: Sequence[Column], reasons: ReasonTable) -> Cells:
    """Cells of a strict operation; a value that is not finite is an error."""
    merged = merge_states(columns)
    finite = np.isfinite(values)
    if merged is None:
        if finite.all():
            return all_ok(values)
        merged = columns[0].states, columns[0].reasons
    states, why = merged
    wild = ~finite & (states == OK)
    if wild.any():
        states = np.where(wild, ERROR, states)
        why = np.where(wild, np.uint16(reasons.add(NOT_FINITE)), why)
    return Cells(values, states, why)


def _numbers(column: Column) -> F64:
    assert isinstance(column, Cells)
    return column.values


def arithmetic(node: Node, args: Sequence[Column], reasons: ReasonTable) -> Column:
    left, right = _numbers(args[0]), _numbers(args[1])
    if node.payload == "**":
        return _strict(_powers(left, right), args, reasons)
    return _strict(_ARITHMETIC[node.payload](left, right), args, reasons)


_ARITHMETIC: dict[str, Callable[[F64, F64], F64]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def _powers(base: F64, exponent: F64) -> F64:
    """Through `math.pow`, as everywhere, so that one number has one implementation."""
    return np.array([power(x, y) for x, y in zip(base.tolist(), exponent.tolist(), strict=True)], dtype=np.float64)


def power(base: float, exponent: float) -> float:
    """`base ** exponent`, infinite where it is too large and NaN where it does not exist."""
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def negate(_: Node, args: Sequence[Column], reasons: ReasonTable) -> Column:
    return _strict(-_numbers(args[0]), args, reasons)


def clamp(node: Node, args: Sequence[Column], reasons: ReasonTable) -> Column:
    lo, hi = node.payload
    return _strict(np.minimum(np.maximum(_numbers(args[0]), lo), hi), args, reasons)


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def compare(node: Node, args: Sequence[Column], _: ReasonTable) -> Column:
    left, right = args
    if isinstance(left, Cells) and isinstance(right, Cells):
        values = _COMPARE[node.payload](left.values, right.values).astype(np.float64)
    else:
        rows = range(len(left))
        pairs = zip(python_values(left, Base.OBJECT, rows), python_values(right, Base.OBJECT, rows), strict=True)
        values = np.array([same_json(a, b) == (node.payload == "==") for a, b in pairs], dtype=np.float64)
    return _verdicts(values, args)


def _verdicts(values: F64, args: Sequence[Column]) -> Cells:
    merged = merge_states(args)
    return all_ok(values) if merged is None else Cells(values, *merged)


def contains(node: Node, args: Sequence[Column], reasons: ReasonTable) -> Column:
    needle, text = args
    if not isinstance(text, Texts):
        return held(node, args, reasons)
    assert isinstance(needle, Texts)
    pairs = zip(needle.view.texts(), text.view.texts(), strict=True)
    values = np.array([a is not None and b is not None and a in b for a, b in pairs], dtype=np.float64)
    return _verdicts(values, args)


def is_null(_: Node, args: Sequence[Column], __: ReasonTable) -> Column:
    (value,) = args
    absent = value.states == NULL
    states = np.where(absent, OK, value.states)
    why = np.where(states == OK, np.uint16(0), value.reasons)
    return Cells(absent.astype(np.float64), states, why, value.clean)


def is_true(_: Node, args: Sequence[Column], __: ReasonTable) -> Column:
    (value,) = args
    if value.clean:
        return value
    values = np.where(value.states == OK, _numbers(value), 0.0)
    states = np.where(value.states == NULL, OK, value.states)
    return Cells(values, states, np.where(states == OK, np.uint16(0), value.reasons))


def invert(_: Node, args: Sequence[Column], __: ReasonTable) -> Column:
    return _verdicts(1.0 - _numbers(args[0]), args)


def both(_: Node, args: Sequence[Column], __: ReasonTable) -> Column:
    return _junction(args, decisive=0.0)


def either(_: Node, args: Sequence[Column], __: ReasonTable) -> Column:
    return _junction(args, decisive=1.0)


def _junction(args: Sequence[Column], decisive: float) -> Cells:
    """Kleene: one decisive side decides, whatever the other is; but while the left is unknown, so is the whole."""
    left, right = cast(Cells, args[0]), cast(Cells, args[1])
    by_left = (left.states == OK) & (left.values == decisive)
    by_right = (right.states == OK) & (right.values == decisive) & (left.states != UNKNOWN)
    merged = merge_states(args)
    if merged is None:
        return all_ok(np.where(by_left | by_right, decisive, 1.0 - decisive))
    states, why = merged
    decided = by_left | by_right
    values = np.where(decided, decisive, 1.0 - decisive)
    return Cells(values, np.where(decided, OK, states), np.where(decided, np.uint16(0), why))


def choose(_: Node, args: Sequence[Column], __: ReasonTable) -> Column:
    condition, then, otherwise = args
    chosen = pick(_numbers(condition) == 1.0, then, otherwise)
    return chosen if condition.clean else _where_ok(condition, chosen)


def guard(_: Node, args: Sequence[Column], reasons: ReasonTable) -> Column:
    """The value where the condition is true; a null condition counts as not true."""
    condition, value = args
    applies = (condition.states == OK) & (_numbers(condition) == 1.0)
    if applies.all():
        return value
    refused = ~applies & (condition.states <= NULL)
    grave = ~applies & ~refused
    states: U8 = np.where(refused, NULL, value.states)
    why: U16 = np.where(refused, np.uint16(reasons.add(NOT_APPLICABLE)), value.reasons)
    states = np.where(grave, condition.states, states)
    why = np.where(condition.states != OK, condition.reasons, why)  # why it is null, or not known
    return restated(value, states, why)


def _where_ok(condition: Column, value: Column) -> Column:
    """`value` where the condition has one; elsewhere the condition's own state and reason."""
    fine = condition.states == OK
    states = np.where(fine, value.states, condition.states)
    return restated(value, states, np.where(fine, value.reasons, condition.reasons))


def default(_: Node, args: Sequence[Column], __: ReasonTable) -> Column:
    left, right = args
    return left if left.clean else pick(left.states != NULL, left, right)


def catch(node: Node, args: Sequence[Column], reasons: ReasonTable) -> Column:
    """An errored cell becomes null or a constant; its reason stays, so that the error is still seen."""
    value = cast(Cells, args[0])
    broken = value.states == ERROR
    if not broken.any():
        return value
    replacement = math.nan if node.payload is None else node.payload
    state = NULL if node.payload is None else OK
    return Cells(np.where(broken, replacement, value.values), np.where(broken, state, value.states), value.reasons)
