"""The reference evaluator: what a ruleset means, one row at a time, as plainly as it can be said.

It walks the checked tree lazily and shares with the engine only the syntax, the types and the row functions: no
plan, no masks, no arrays, no cache. The engine must agree with it on every value, every state and every job asked.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rulereward.data.cells import State
from rulereward.engine.reference_cells import (
    Cell,
    compute,
)
from rulereward.engine.reference_walk import Answers, Inputs, Walker
from rulereward.kind import Job
from rulereward.plan.typed import (
    Checked,
    CheckedScore,
)


@dataclass(frozen=True, slots=True)
class RowResult:
    """The reward of a row, the cell of each rule, the gate that gave the reward, and the route the row takes."""

    reward: Cell
    rules: Mapping[str, Cell]
    gate: str | None
    route: str | None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """One result per row, and every job that had to be asked."""

    rows: Sequence[RowResult]
    jobs: frozenset[Job]


def reference(
    checked: Checked,
    rows: Sequence[Inputs],
    answers: Answers,
    *,
    groups: Sequence[Sequence[int]] = (),
    step: int | None = None,
    needed_only: bool = False,
    stubs: frozenset[str] = frozenset(),
) -> Outcomes:
    """Evaluate every row. `groups` lists the rows of each group; `answers` stands for the services.

    The rules in `stubs` are not measured: the rows give their values, as `stub.<rule>`.
    """
    walker = Walker(checked, rows, answers, groups, step, stubs)
    results = [_row(walker, row, needed_only) for row in range(len(rows))]
    return Outcomes(results, frozenset(walker.jobs))


def _row(walker: Walker, row: int, needed_only: bool) -> RowResult:
    place, failed = _branch(walker, row)
    score = walker.checked.scores[place]
    reward, gate = (failed, None) if failed is not None else _reward(walker, score, row)
    closed = needed_only and gate is not None
    if failed is None:
        for term in score.terms:
            if not (closed and walker.is_expensive(term.value)):
                walker.cell(term.value, row)
    rules: dict[str, Cell] = {}
    for rule in walker.checked.rules:
        left_out = closed or (needed_only and failed is None and walker.is_left_out(rule.name, place))
        skipped = left_out and walker.is_costly_rule(rule.name) and not walker.is_known(rule.value, row)
        rules[rule.name] = Cell(State.SKIPPED) if skipped else walker.named(rule.name, row)
    routes = walker.checked.routes
    route = routes[place].name if failed is None and place < len(routes) else None
    return RowResult(reward, rules, gate, route)


def _branch(walker: Walker, row: int) -> tuple[int, Cell | None]:
    """The place of the score that a row has, and the condition of its route where that is an error."""
    for place, route in enumerate(walker.checked.routes):
        condition = walker.cell(route.when, row)
        if condition.state is State.ERROR:
            return place, condition
        if condition.true:
            return place, None
    return len(walker.checked.routes), None


def _reward(walker: Walker, score: CheckedScore, row: int) -> tuple[Cell, str | None]:
    for gate in score.gates:
        condition = walker.cell(gate.when, row)
        if condition.state is State.ERROR:
            return condition, None
        if condition.true:
            return walker.cell(gate.value, row), gate.name
    return _score(walker, score, row), None


def _score(walker: Walker, score: CheckedScore, row: int) -> Cell:
    total = walker.cell(score.expression, row) if score.expression is not None else _terms(walker, score, row)
    if total.state is State.OK and score.clamp is not None:
        lo, hi = score.clamp
        total = Cell(State.OK, min(max(float(total.value), lo), hi))
    if total.state is State.NULL and score.final_null is not None:
        return Cell(State.OK, score.final_null)
    return total


def _terms(walker: Walker, score: CheckedScore, row: int) -> Cell:
    total: Cell | None = None
    for term in score.terms:
        if term.metric:
            continue
        value = walker.cell(term.value, row)
        if value.state is State.NULL and score.on_null == "zero":
            value = Cell(State.OK, 0.0)
        part = compute(operator.mul, walker.cell(term.weight, row), value)
        total = part if total is None else compute(operator.add, total, part)
    return Cell(State.OK, 0.0) if total is None else total
