"""Lists: the items of one, and its aggregates, row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rulereward.data import U8, U16, Column, Reason, ReasonTable, no_reasons, ok_states
from rulereward.engine.folding import Sheet, write_folded
from rulereward.engine.values import NULL, OK, merge_states, python_values
from rulereward.kind import Base, Missing
from rulereward.plan.convert import holds, item_of, items_of
from rulereward.plan.nodes import Gathering, Node

TOO_FEW = Reason("too_few_items", "too few items of the list have a value")


def item(node: Node, args: Sequence[Column], reasons: ReasonTable) -> Column:
    """The item of a list at a place, or of an object under a key."""
    return _each_row(node, args, reasons, item_of)


def held(node: Node, args: Sequence[Column], reasons: ReasonTable) -> Column:
    """Is a value in a list, or in what the row says is one?"""
    return _each_row(node, args, reasons, lambda value, container: holds(container, value))


def _each_row(
    node: Node, args: Sequence[Column], reasons: ReasonTable, found: Callable[[Any, Any], Any | Missing]
) -> Column:
    """What a function of two values finds in each row that has both."""
    out = _started(node.base, args)
    rows = np.flatnonzero(out.states == OK).tolist()
    for row, *pair in zip(rows, *(python_values(column, Base.OBJECT, rows) for column in args), strict=True):
        value = found(*pair)
        if isinstance(value, Missing):
            out.states[row], out.reasons[row] = NULL, reasons.add(value.reason)
        else:
            out.values[row] = value
    return out.column(node.base)


def gather(node: Node, args: Sequence[Column], reasons: ReasonTable) -> Column:
    """An aggregate of a list. Items that are null are left out; errors are contagious."""
    gathering: Gathering = node.payload
    return _whole_list(node, gathering, args, reasons) if gathering.each else _items(node, gathering, args, reasons)


def _items(node: Node, gathering: Gathering, args: Sequence[Column], reasons: ReasonTable) -> Column:
    """Of the values of several columns."""
    out = _started(node.base, args)
    nulls = out.states == NULL
    out.states[nulls], out.reasons[nulls] = OK, 0
    rows = np.flatnonzero(out.states == OK).tolist()
    columns = [python_values(column, Base.NUMBER, rows) for column in args]
    for row, values in zip(rows, zip(*columns, strict=True), strict=True):
        _write(gathering, [value for value in values if value is not None], row, out, reasons)
    return out.column(node.base)


def _whole_list(node: Node, gathering: Gathering, args: Sequence[Column], reasons: ReasonTable) -> Column:
    """Of what a column of lists holds."""
    assert gathering.each is not None
    out = _started(node.base, args)
    rows = np.flatnonzero(out.states == OK).tolist()
    for row, value in zip(rows, python_values(args[0], Base.LIST, rows), strict=True):
        values = items_of(value, gathering.each)
        if isinstance(values, Missing):
            out.states[row], out.reasons[row] = NULL, reasons.add(values.reason)
        else:
            _write(gathering, values, row, out, reasons)
    return out.column(node.base)


def _started(base: Base, args: Sequence[Column]) -> Sheet:
    """A sheet with the gravest state of each row's arguments."""
    size = len(args[0])
    merged: tuple[U8, U16] = merge_states(args) or (ok_states(size), no_reasons(size))
    return Sheet(Sheet.blank(base, size).values, np.array(merged[0]), np.array(merged[1]))


def _write(gathering: Gathering, values: list[Any], row: int, out: Sheet, reasons: ReasonTable) -> None:
    if len(values) < gathering.aggregate.needs:
        out.states[row], out.reasons[row] = NULL, reasons.add(TOO_FEW)
    else:
        write_folded(gathering, values, row, out, reasons)
