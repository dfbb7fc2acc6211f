"""What the reference evaluator makes of the members of a group, or of the items of a list."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rulereward.data.cells import Reason, State
from rulereward.engine.reference_cells import Cell
from rulereward.kind import Aggregate, Base

_NOT_FINITE = Cell(State.ERROR, None, Reason("not_finite", "the result is too large for a number"))


def plain(cell: Cell, base: Base) -> Any:
    """The value of a member as an aggregate gets it: of numbers and truth values a number."""
    return cell.value if base in (Base.TEXT, Base.OBJECT) else float(cell.value)


def lacking(cells: Sequence[Cell]) -> Cell:
    """What too few values are: an error if a member is one, since it might have been enough."""
    broken = [cell for cell in cells if cell.state is State.ERROR]
    few = Cell(State.NULL, None, Reason("too_few_members", "too few members of the group have a value"))
    return broken[0] if broken else few


def summary(aggregate: Aggregate, params: Any, cells: Sequence[Cell], base: Base) -> Cell:
    """The one value of an aggregate over those of the cells that have one."""
    values = [plain(cell, base) for cell in cells if cell.state is State.OK]
    if len(values) < aggregate.needs:
        return lacking(cells)
    return folded(aggregate, params, values if base is Base.OBJECT else sorted(values))


def folded(aggregate: Aggregate, params: Any, values: Sequence[Any]) -> Cell:
    """The value of an aggregate over values of which there are enough."""
    try:
        found = aggregate.of(values, params)
    except ArithmeticError:
        return _NOT_FINITE
    if found is None:
        return Cell(State.NULL, None, Reason("tie", "several values are equally frequent"))
    if not isinstance(found, float):
        return Cell(State.OK, found)
    return Cell(State.OK, found + 0.0) if math.isfinite(found) else _NOT_FINITE  # no zero keeps a sign


def places(aggregate: Aggregate, params: Any, cells: Mapping[int, Cell], base: Base) -> dict[int, Cell]:
    """Each member's own value of an aggregate; one that has none keeps its state."""
    present = {row: plain(cell, base) for row, cell in cells.items() if cell.state is State.OK}
    told = dict(cells)
    if len(present) < aggregate.needs:
        told.update(dict.fromkeys(present, lacking(list(cells.values()))))
    elif present:
        try:
            numbers = aggregate.of(list(present.values()), params)
        except ArithmeticError:
            numbers = [math.inf]
        finite = all(map(math.isfinite, numbers))
        if finite:
            told.update({row: Cell(State.OK, number + 0.0) for row, number in zip(present, numbers, strict=True)})
        else:
            told.update(dict.fromkeys(present, _NOT_FINITE))
    return told
