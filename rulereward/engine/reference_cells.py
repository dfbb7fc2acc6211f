"""The cells of the reference evaluator, and what a strict operation makes of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rulereward.data.cells import Reason, State
from rulereward.kind import FieldValue, Kind, Missing, Outcome, result_of


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one row, or its state and reason; a measurement's cell carries its fields."""

    state: State
    value: Any = None
    reason: Reason | None = None
    fields: Mapping[str, FieldValue] = field(default_factory=dict)

    @property
    def true(self) -> bool:
        return self.state is State.OK and bool(self.value)


NULL_CONST = Cell(State.NULL, None, Reason("null", "the ruleset says null"))


def strictly(*cells: Cell) -> Cell | None:
    """The first error, else the first null, among arguments that must all be there; None if they are."""
    for state in (State.ERROR, State.NULL):
        for cell in cells:
            if cell.state is state:
                return Cell(cell.state, None, cell.reason)
    return None


def compute(function: Callable[..., float], *cells: Cell) -> Cell:
    absent = strictly(*cells)
    if absent is not None:
        return absent
    try:
        value = float(function(*(float(cell.value) for cell in cells)))
    except OverflowError:
        value = math.inf
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        return Cell(State.ERROR, None, Reason("not_finite", "the result is too large for a number"))
    return Cell(State.OK, value)


def lacking(cells: Sequence[Cell], nullable: Sequence[bool]) -> Cell | None:
    """What an argument makes of a call: any error, or a null where the parameter takes none."""
    blocking = [
        cell
        for cell, takes_null in zip(cells, nullable, strict=True)
        if cell.state is State.ERROR or (cell.state is State.NULL and not takes_null)
    ]
    return strictly(*blocking) if blocking else None


def measured(kind: Kind, outcome: Outcome) -> Cell:
    result = result_of(outcome)
    if isinstance(result.value, Missing):
        return Cell(State.NULL, None, result.value.reason, result.fields)
    value = float(result.value)
    if not math.isfinite(value) or value not in kind.range:
        return Cell(State.ERROR, None, Reason("bad_value", f"the kind gave {value!r}"))
    return Cell(State.OK, value, result.reason, result.fields)


def compute_plain(scalar: Callable[..., Any], values: Sequence[object], name: str) -> Cell:
    try:
        value = scalar(*values)
    except (ArithmeticError, ValueError) as error:
        return Cell(State.ERROR, None, Reason("kind_failed", str(error)))
    if value is None:
        return Cell(State.NULL, None, Reason("undecided", "what is missing would decide this"))
    if not math.isfinite(value):
        return Cell(State.ERROR, None, Reason("not_finite", f"`{name}` gave a value that is not finite"))
    return Cell(State.OK, float(value))


def told(found: object) -> Cell:
    """The cell of a value that may be missing."""
    return Cell(State.NULL, None, found.reason) if isinstance(found, Missing) else Cell(State.OK, found)
