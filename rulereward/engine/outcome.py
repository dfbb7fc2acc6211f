"""What a run leaves behind: a column per node, read as reward, rules, gates and contributions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from rulereward.data import F64, I64, Batch, Bools, Cells, Column, Reason, ReasonTable, State
from rulereward.data.cached import cached_property
from rulereward.engine.fields import field_value
from rulereward.engine.values import OK, UNKNOWN
from rulereward.kind import Answered, FieldColumn, FieldValue
from rulereward.plan.below import nodes_below
from rulereward.plan.nodes import Op, Plan, Term

PARTIAL = Reason("partial_group", "a member of the group could not be measured and was left out")


@dataclass(frozen=True, eq=False)
class RunResult:
    """One finished run over one block of rows. `partial` marks rows whose group left out an errored member."""

    plan: Plan
    batch: Batch
    values: Sequence[Column]
    reasons: ReasonTable
    answers: Mapping[tuple[int, int], Answered]
    seconds: Mapping[int, float]
    partial: Bools | None
    fields: Mapping[int, Mapping[str, FieldColumn]]
    """By measuring node: the fields its kind gave, a value for each row."""

    @cached_property
    def reward(self) -> Cells:
        """The reward of each row; OK rewards of partial groups carry the reason."""
        cells = cast(Cells, self.values[self.plan.reward])
        if self.partial is None or not self.partial.any():
            return cells
        marked = self.partial & (cells.states == OK)
        reasons = np.where(marked, np.uint16(self.reasons.add(PARTIAL)), cells.reasons)
        return Cells(cells.values, cells.states, reasons)

    @cached_property
    def branch(self) -> I64:
        """Which branch each row is in: its place in the plan; -1 where a route's condition is an error."""
        taken = np.full(self.batch.size, len(self.plan.branches) - 1, dtype=np.int64)
        undecided = np.ones(self.batch.size, dtype=np.bool_)
        for place, branch in enumerate(self.plan.branches):
            if branch.condition is not None:
                condition = cast(Cells, self.values[branch.condition])
                taken[undecided & (condition.states != OK)] = -1
                taken[undecided & (condition.states == OK) & (condition.values == 1.0)] = place
                undecided &= (condition.states == OK) & (condition.values == 0.0)
        return taken

    @cached_property
    def gate(self) -> I64:
        """Which gate gave each row's reward: its place in the row's branch, -1 for none."""
        taken = np.full(self.batch.size, -1, dtype=np.int64)
        for number, branch in enumerate(self.plan.branches):
            undecided = self.branch == number
            for place, gate in enumerate(branch.gates):
                condition = cast(Cells, self.values[gate.condition])
                taken[undecided & (condition.states == OK) & (condition.values == 1.0)] = place
                undecided = undecided & (condition.states == OK) & (condition.values == 0.0)
        return taken

    def gate_name(self, row: int) -> str | None:
        """The gate that gave a row's reward, None if none did."""
        gate = int(self.gate[row])
        return self.plan.branches[int(self.branch[row])].gates[gate].name if gate >= 0 else None

    def route_name(self, row: int) -> str | None:
        """The route that a row takes, None if it takes none."""
        branch = int(self.branch[row])
        return self.plan.branches[branch].name if branch >= 0 else None

    def rule(self, name: str) -> Cells:
        """The cells of a reported rule; what was not needed is SKIPPED, by the gate that closed the row."""
        return self._told(self.plan.reported[name])

    def values_of(self, node: int) -> F64:
        """The values of any node that gives numbers, NaN where a cell is not OK."""
        return values_or_nan(cast(Cells, self.values[node]))

    def term(self, term: Term) -> tuple[Cells, Cells | None, Cells | None]:
        """Value, weight and contribution of a part of the score. No contribution where a gate gave the reward."""
        weight = None if term.weight is None else self._told(term.weight)
        return self._told(term.value), weight, None if term.contribution is None else self._told(term.contribution)

    @cached_property
    def _told_so_far(self) -> dict[int, Cells]:
        """Cells as they are told, by node: a breakdown asks for the same ones row by row."""
        return {}

    def _told(self, node: int) -> Cells:
        known = self._told_so_far.get(node)
        if known is None:
            known = self._told_so_far[node] = self._with_skipped(cast(Cells, self.values[node]))
        return known

    def _with_skipped(self, cells: Cells) -> Cells:
        open_still = cells.states == UNKNOWN
        if not open_still.any():
            return cells
        reasons = cells.reasons.copy()
        for place in set(zip(self.branch[open_still].tolist(), self.gate[open_still].tolist(), strict=True)):
            alike = open_still & (self.branch == place[0]) & (self.gate == place[1])
            reasons[alike] = self.reasons.add(self._why_skipped(int(np.argmax(alike))))
        return Cells(cells.values, np.where(open_still, np.uint8(State.SKIPPED), cells.states), reasons)

    def _why_skipped(self, row: int) -> Reason:
        gate, route = self.gate_name(row), self.route_name(row)
        if gate is not None:
            return Reason("gate_closed", f"the gate `{gate}` gave the reward")
        if route is not None:
            return Reason("not_on_route", f"the route `{route}` does not need this")
        return Reason("not_needed", "nothing needed this")

    def field(self, node: int, name: str, row: int) -> FieldValue:
        """A further value that a measuring node gave for a row; None where it gave none."""
        column = self.fields.get(node, {}).get(name)
        return None if column is None else field_value(column, row)

    def rule_seconds(self) -> dict[str, float]:
        """Seconds spent on each rule's own measurements and texts, without those of rules it reads."""
        own = set(self.plan.reported.values())
        found: dict[str, float] = {}
        for name, root in self.plan.reported.items():
            found[name] = sum(self.seconds.get(node, 0.0) for node in _below(self.plan, root, own - {root}))
        return found


def _below(plan: Plan, root: int, stop: set[int]) -> set[int]:
    """The measuring nodes under `root`, not entering `stop`."""
    below = nodes_below(plan, root, stop=stop)
    return {node for node in below if plan.nodes[node].op in (Op.MEASURE, Op.TEXT)}


def values_or_none(cells: Cells) -> list[float | None]:
    """The values as a list, of which an element costs a tenth of one of an array; None where a cell is not OK."""
    values: list[float | None] = cells.values.tolist()
    for row in np.flatnonzero(cells.states != OK).tolist():
        values[row] = None
    return values


def values_or_nan(cells: Cells) -> F64:
    """The values, NaN where a cell is not OK."""
    return cells.values if cells.clean else np.where(cells.states == OK, cells.values, np.nan)
