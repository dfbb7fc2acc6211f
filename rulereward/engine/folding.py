"""Aggregates over groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from rulereward.data import (
    I64,
    U8,
    U16,
    Bools,
    Cells,
    Column,
    Groups,
    Level,
    Objects,
    Reason,
    ReasonTable,
    State,
    Texts,
)
from rulereward.engine.values import ERROR, NULL, OK, UNKNOWN
from rulereward.kind import Base
from rulereward.plan.nodes import Folding, Gathering, Node

INCOMPLETE = "incomplete_group"
TIE = Reason("tie", "several values are equally frequent")


class NotFiniteError(ArithmeticError):
    """An aggregate's result is too large for a number."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Results to be written: OK so far, without values. `values` are numbers, or a list of texts or JSON values."""

    values: Any
    states: U8
    reasons: U16

    @staticmethod
    def blank(base: Base, size: int) -> Sheet:
        plain = base in (Base.TEXT, Base.OBJECT)
        values: Any = [None] * size if plain else np.full(size, np.nan)
        return Sheet(values, np.zeros(size, dtype=np.uint8), np.zeros(size, dtype=np.uint16))

    def column(self, base: Base) -> Column:
        clean = not self.states.any() and not self.reasons.any()
        if base is Base.TEXT:
            return Texts(Texts.of(self.values).view, self.states, self.reasons, clean)
        if base is Base.OBJECT:
            return Objects(tuple(self.values), self.states, self.reasons, clean)
        return Cells(self.values, self.states, self.reasons, clean)


class Folder:
    """Folds values over the groups of one batch. `partial` marks rows whose group left out an errored member."""

    def __init__(self, groups: Groups, size: int, reasons: ReasonTable) -> None:
        self.groups = groups
        self.members = groups.members()
        self.partial: Bools = np.zeros(size, dtype=np.bool_)
        self._incomplete = groups.incomplete()
        self._reasons = reasons
        self._too_few = reasons.add(Reason("too_few_members", "too few members of the group have a value"))
        self._not_finite = reasons.add(Reason("not_finite", "the result is too large for a number"))
        self._left_out = reasons.add(Reason("left_out", "`where` leaves this row out"))

    def fold(self, node: Node, args: Sequence[Column]) -> Column:
        """A column of shape (groups,) at level GROUP, (rows,) at level ROW."""
        folding: Folding = node.payload
        by_row = node.level is Level.ROW
        out = Sheet.blank(node.base, len(args[0]) if by_row else self.groups.count)
        value = args[0]
        where = cast(Cells, args[1]) if len(args) > 1 else None
        for group, rows in enumerate(self.members):
            spots = rows if by_row else np.array([group])
            if self._incomplete[group]:
                out.states[spots] = ERROR
                out.reasons[spots] = self._reasons.add(self._incomplete_reason(group, len(rows)))
            elif folding.excluding_self:
                for place, row in enumerate(rows.tolist()):
                    self._summarise(folding, value, where, np.delete(rows, place), row, rows[place : place + 1], out)
            elif by_row:
                self._rank(folding, value, where, rows, out)
            else:
                self._summarise(folding, value, where, rows, group, rows, out)
        return out.column(node.base)

    def _incomplete_reason(self, group: int, size: int) -> Reason:
        if self.groups.keyless[group]:
            return Reason(INCOMPLETE, "the row has no group key")
        return Reason(INCOMPLETE, f"the group has {size} of {self.groups.expected_size} members")

    def _unknown(self, value: Column, where: Cells | None, rows: I64) -> bool:
        """Is a member that counts not known yet?"""
        wanted = value.states[rows] == UNKNOWN
        if where is None:
            return bool(wanted.any())
        selecting = where.states[rows]
        return bool((selecting == UNKNOWN).any() or (wanted & self._selected(where, rows)).any())

    @staticmethod
    def _selected(where: Cells | None, rows: I64) -> Bools:
        if where is None:
            return np.ones(len(rows), dtype=np.bool_)
        selected: Bools = (where.states[rows] == OK) & (where.values[rows] == 1.0)
        return selected

    def _present(self, value: Column, where: Cells | None, rows: I64, told: I64) -> Bools:
        """Members that are selected and have a value; an errored one makes the group partial for the rows `told`."""
        selected = self._selected(where, rows)
        broken = selected & (value.states[rows] == ERROR)
        if where is not None:
            broken |= where.states[rows] == ERROR
        if broken.any():
            self.partial[told] = True
        present: Bools = selected & (value.states[rows] == OK)
        return present

    def _lacking(self, value: Column, where: Cells | None, rows: I64) -> tuple[int, int]:
        """What too few members make of a group: an error if one of them is one, since it might have been enough."""
        for row in rows.tolist():
            if where is not None and where.states[row] == ERROR:
                return State.ERROR, int(where.reasons[row])
            selected = where is None or (where.states[row] == OK and where.values[row] == 1.0)
            if selected and value.states[row] == ERROR:
                return State.ERROR, int(value.reasons[row])
        return State.NULL, self._too_few

    def _summarise(
        self, folding: Folding, value: Column, where: Cells | None, rows: I64, spot: int, told: I64, out: Sheet
    ) -> None:
        """One result of some rows, written to `spot`."""
        if self._unknown(value, where, rows):
            out.states[spot] = UNKNOWN
            return
        present = rows[self._present(value, where, rows, told)]
        if len(present) < folding.aggregate.needs:
            out.states[spot], out.reasons[spot] = self._lacking(value, where, rows)
            return
        values = _values(value, present)
        if not isinstance(value, Objects):
            values = sorted(values)  # a sum may overflow in one order and not in another
        write_folded(folding, values, spot, out, self._reasons)

    def _rank(self, folding: Folding, value: Column, where: Cells | None, rows: I64, out: Sheet) -> None:
        if self._unknown(value, where, rows):
            out.states[rows] = UNKNOWN
            return
        present = self._present(value, where, rows, rows)
        counted, others = rows[present], rows[~present]
        for row in others.tolist():
            self._explain_absence(value, where, row, out)
        if len(counted) < folding.aggregate.needs:
            out.states[counted], out.reasons[counted] = self._lacking(value, where, rows)
        elif len(counted):
            try:
                out.values[counted] = folded(folding, _values(value, counted))
            except ArithmeticError:
                out.states[counted], out.reasons[counted] = ERROR, self._not_finite

    def _explain_absence(self, value: Column, where: Cells | None, row: int, out: Sheet) -> None:
        """Why a row has no place among its group: its own error or null, or it was not selected."""
        if where is not None and where.states[row] == ERROR:
            out.states[row], out.reasons[row] = ERROR, where.reasons[row]
        elif where is not None and not (where.states[row] == OK and where.values[row] == 1.0):
            out.states[row], out.reasons[row] = NULL, self._left_out
        else:
            out.states[row], out.reasons[row] = value.states[row], value.reasons[row]

    def spread(self, column: Column) -> Column:
        """Each group's cell to all its rows."""
        return column.take(self.groups.codes)


def _values(members: Column, rows: I64) -> list[Any]:
    """The numbers, texts or JSON values of some rows."""
    if isinstance(members, Texts):
        return [members.view.text(row) for row in rows.tolist()]
    if isinstance(members, Objects):
        return [members.values[row] for row in rows.tolist()]
    numbers: list[float] = members.values[rows].tolist()
    return numbers


def write_folded(
    folding: Folding | Gathering, values: Sequence[Any], spot: int, out: Sheet, reasons: ReasonTable
) -> None:
    """Put what the aggregate makes of the values into row `spot`."""
    try:
        found = folded(folding, values)
    except ArithmeticError:
        out.states[spot] = ERROR
        out.reasons[spot] = reasons.add(Reason("not_finite", "the result is too large for a number"))
        return
    if found is None:
        out.states[spot], out.reasons[spot] = NULL, reasons.add(TIE)
    else:
        out.values[spot] = found


def folded(folding: Folding | Gathering, values: Sequence[Any]) -> Any:
    """What the function gives: one value, one number for each value, or None where the values decide nothing.

    Zeros lose their sign, which would tell in what order the members came. Raises ArithmeticError where a number is
    too large.
    """
    found = folding.aggregate.of(values, folding.params)
    if found is None or (folding.aggregate.gives is None and not isinstance(found, float)):
        return found
    numbers = np.asarray(found, dtype=np.float64) + 0.0
    if not np.isfinite(numbers).all():
        raise NotFiniteError
    return float(numbers) if numbers.ndim == 0 else numbers
