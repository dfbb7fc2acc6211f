"""The engine against the reference evaluator: values, states and jobs, however the work is cut and ordered."""

from __future__ import annotations

import math
import random

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.made_rulesets import batches, rulesets
from engine.oracle_kinds import FakeService, answer_to
from rulereward.api import Ruleset, Scores
from rulereward.api.batches import group_keys, groups_of, make_batch
from rulereward.data import Column, Objects, State, Texts
from rulereward.engine.reference import Cell, Inputs, Outcomes, reference
from rulereward.services.pool import Services

KINDS = ("engine.oracle_kinds",)
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def by_engine(ruleset: Ruleset, rows: list[dict[str, object]], evaluate: str) -> tuple[Scores, set[object]]:
    service = FakeService()
    with Services(factories={"fake": lambda: service}) as services:
        scores = ruleset.score_rows(rows, evaluate=evaluate, services=services)  # type: ignore[arg-type]
    assert len(service.asked) == len(set(service.asked)), "a job was asked twice"
    return scores, set(service.asked)


def by_reference(ruleset: Ruleset, rows: list[dict[str, object]], evaluate: str) -> Outcomes:
    keys, _ = group_keys(ruleset.plan.group, rows, None, ("prompt",))
    groups = groups_of(keys, range(len(rows)), ruleset.plan.group.size)
    batch = make_batch(ruleset.plan, rows, groups, None)
    inputs: list[Inputs] = [
        {name: _cell(column, row) for name, column in batch.columns.items()} for row in range(len(rows))
    ]
    members = [list(map(int, group)) for group in groups.members()]
    return reference(ruleset.checked, inputs, answer_to, groups=members, needed_only=evaluate == "needed")


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


@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
@given(text=rulesets(), rows=batches(), evaluate=st.sampled_from(["all", "needed"]))
def test_engine_and_reference_agree(text: str, rows: list[dict[str, object]], evaluate: str) -> None:
    ruleset = Ruleset("made.yaml", text, KINDS)
    scores, jobs = by_engine(ruleset, rows, evaluate)
    assert_agree(scores, jobs, by_reference(ruleset, rows, evaluate), by_reference(ruleset, rows, "all"))


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(text=rulesets(), rows=batches(), seed=st.integers(0, 2**16))
def test_rewards_do_not_depend_on_order_laziness_or_cuts(text: str, rows: list[dict[str, object]], seed: int) -> None:
    ruleset = Ruleset("made.yaml", text, KINDS)
    whole, _ = by_engine(ruleset, rows, "all")
    order = list(range(len(rows)))
    random.Random(seed).shuffle(order)
    shuffled, _ = by_engine(ruleset, [rows[row] for row in order], "needed")
    by_row = {row: place for place, row in enumerate(order)}
    if not ruleset.plan.uses_groups:
        single = [by_engine(ruleset, [row], "needed")[0] for row in rows]
        assert bits(whole.reward) == [bits(scores.reward)[0] for scores in single]
        assert whole.states.tolist() == [int(scores.states[0]) for scores in single]
    assert whole.states.tolist() == [int(shuffled.states[by_row[row]]) for row in range(len(rows))]
    # sums over groups run through math.fsum, so that the order of the members changes no bit either
    assert bits(whole.reward) == [bits(shuffled.reward)[by_row[row]] for row in range(len(rows))]

