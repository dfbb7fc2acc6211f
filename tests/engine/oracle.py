"""Running one ruleset over one batch in the engine and in the reference evaluator, and comparing them."""

from __future__ import annotations

import math

import numpy as np
from oracle_kinds import FakeService, answer_to

from rulereward.api import Ruleset, Scores
from rulereward.api.batches import group_keys, groups_of, make_batch
from rulereward.data import Column, Objects, State, Texts
from rulereward.engine.reference import Cell, Inputs, Outcomes, reference
from rulereward.services.pool import Services

KINDS = ("oracle_kinds",)


def by_engine(
    ruleset: Ruleset, rows: list[dict[str, object]], evaluate: str, step: int | None = None
) -> tuple[Scores, set[object]]:
    service = FakeService()
    with Services(factories={"fake": lambda: service}) as services:
        scores = ruleset.score_rows(rows, evaluate=evaluate, services=services, step=step)  # type: ignore[arg-type]
    assert len(service.asked) == len(set(service.asked)), "a job was asked twice"
    return scores, set(service.asked)


def by_reference(
    ruleset: Ruleset,
    rows: list[dict[str, object]],
    evaluate: str,
    step: int | None = None,
    stubs: frozenset[str] = frozenset(),
) -> Outcomes:
    keys, _ = group_keys(ruleset.plan.group, rows, None, ("prompt",))
    groups = groups_of(keys, range(len(rows)), ruleset.plan.group.size)
    batch = make_batch(ruleset.plan, rows, groups, None)
    inputs: list[Inputs] = [
        {name: _cell(column, row) for name, column in batch.columns.items()} for row in range(len(rows))
    ]
    members = [list(map(int, group)) for group in groups.members()]
    return reference(
        ruleset.checked,
        inputs,
        answer_to,
        groups=members,
        step=step,
        needed_only=evaluate == "needed",
        stubs=stubs,
    )


def _cell(column: Column, row: int) -> Cell:
    state = State(int(column.states[row]))
    if state is not State.OK:
        return Cell(state)
    if isinstance(column, Texts):
        return Cell(state, column.view.text(row))
    return Cell(state, column.values[row] if isinstance(column, Objects) else float(column.values[row]))


def bits(values: np.ndarray) -> list[str]:
    return [float(value).hex() for value in values]


def assert_agree(scores: Scores, jobs: set[object], expected: Outcomes, full: Outcomes) -> None:
    """`full` says what a rule is worth that `expected` skips: equal work may have made it known all the same."""
    for row, told in enumerate(expected.rows):
        _assert_cell("reward", row, scores.reward[row], scores.states[row], told.reward)
        for name, cell in told.rules.items():
            cells = scores[name]
            if cell.state is State.SKIPPED and cells.states[row] != State.SKIPPED:
                cell = full.rows[row].rules[name]
            _assert_cell(name, row, cells.values[row], cells.states[row], cell)
    assert jobs == expected.jobs


def _assert_cell(name: str, row: int, value: float, state: int, cell: Cell) -> None:
    assert State(int(state)) is cell.state, (name, row, State(int(state)), cell)
    if cell.state is State.OK:
        assert float(value).hex() == float(cell.value).hex(), (name, row, value, cell)
    else:
        assert math.isnan(value), (name, row, value)
