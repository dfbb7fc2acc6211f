"""Texts that a plan takes out of other values: text functions, and JSON values read as texts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rulereward.data import (
    I64,
    MISSING,
    U8,
    U16,
    Cells,
    Column,
    Objects,
    Reason,
    ReasonTable,
    Texts,
    View,
    span_view,
)
from rulereward.engine.leaves import failure_reason, row_arguments, strict_states
from rulereward.engine.values import ERROR, NULL, OK, python_values
from rulereward.kind import LEFT_TO_SCALAR, Base, ByteSpans, Features, Function, Missing
from rulereward.plan.convert import convert
from rulereward.plan.nodes import Node


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """A text function, its arguments, and the states and reasons of the rows, which are written as they are read."""

    function: Function
    args: Sequence[Column]
    bases: Sequence[Base]
    reasons: ReasonTable
    states: U8
    why: U16
    nothing: int
    """The reason of a row in which the function finds nothing."""

    def by_row(self, rows: I64) -> list[Any]:
        """What `scalar` gives on these rows; None where it finds nothing or fails."""
        found: list[Any] = []
        for place, values in zip(rows.tolist(), row_arguments(self.args, self.bases, rows), strict=True):
            try:
                item = self.function.scalar(*values)
            except Exception as error:  # noqa: BLE001  (the one door from exceptions to error cells)
                item = None
                self.states[place], self.why[place] = ERROR, self.reasons.add(failure_reason(error))
            else:
                if item is None:
                    self.states[place], self.why[place] = NULL, self.nothing
            found.append(item)
        return found

    def by_windows(self, rows: I64, features: Features) -> ByteSpans | None:
        """What `windows` gives for these rows, None where it gives nothing."""
        if self.function.windows is None or not len(rows):
            return None
        picked = self.args if len(rows) == len(self.states) else [column.take(rows) for column in self.args]
        try:
            return self.function.windows(picked, features)
        except Exception:  # noqa: BLE001  (row by row instead, so that only the rows at fault become errors)
            return None


def read_text(
    node: Node, args: Sequence[Column], bases: Sequence[Base], reasons: ReasonTable, features: Features
) -> Texts | Objects:
    """A text function on every row of `args`, all of them known. Lists of texts are plain JSON values."""
    function: Function = node.payload
    states, why = strict_states(function, args)
    nothing = reasons.add(Reason("nothing_found", f"`{function.name}` found nothing"))
    reading = _Reading(function, args, bases, reasons, states, why, nothing)
    rows: I64 = np.flatnonzero(states == OK)
    if function.gives == "span":
        view = _spans(reading, rows, features)
        return Texts(view, states, why, clean=not states.any())
    found: list[Any] = [None] * len(states)
    for place, item in zip(rows.tolist(), reading.by_row(rows), strict=True):
        found[place] = item
    clean = not states.any()
    if function.gives == "texts":
        return Objects(tuple(found), states, why, clean)
    return Texts(Texts.of(found).view, states, why, clean)


def _spans(reading: _Reading, rows: I64, features: Features) -> View:
    """The first argument's windows, narrowed to what the function finds in them."""
    whole = reading.args[0]
    assert isinstance(whole, Texts), "a span is one of a text"
    start = np.full(len(whole), MISSING, dtype=np.int64)
    end = start.copy()
    left = rows
    windows = reading.by_windows(rows, features)
    if windows is not None:
        start[rows], end[rows] = windows
        left = rows[windows[0] == LEFT_TO_SCALAR]
        nothing = rows[windows[0] == MISSING]
        reading.states[nothing], reading.why[nothing] = NULL, reading.nothing
    if len(left):
        narrowed = span_view(whole.view.take(left), reading.by_row(left))
        start[left], end[left] = narrowed.start, narrowed.end
    return View(whole.view.column, start, end, whole.view.source)


def convert_values(column: Column, to: Base, reasons: ReasonTable, name: str) -> Column:
    """A JSON column called `name` read as texts, numbers, bools or lists of texts."""
    converted: list[Any] = [None] * len(column)
    states, why = np.array(column.states), np.array(column.reasons)
    rows = np.flatnonzero(states == OK).tolist()
    for row, value in zip(rows, python_values(column, Base.OBJECT, rows), strict=True):
        result = convert(value, to)
        if isinstance(result, Missing):
            states[row], why[row] = NULL, reasons.add(Reason(result.code, f"`{name}`: {result.message}"))
        else:
            converted[row] = result
    clean = not states.any()
    if to is Base.TEXT:
        return Texts(Texts.of(converted).view, states, why, clean)
    if to is Base.LIST:
        return Objects(tuple(converted), states, why, clean)
    values = np.array([math.nan if value is None else float(value) for value in converted], dtype=np.float64)
    return Cells(values, states, why, clean)
