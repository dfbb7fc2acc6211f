"""Kinds that ask a service against their cases, which say what the service answers; no service is needed."""

from __future__ import annotations

import pytest
from rule_case_files import ANSWERED_CASES, RuleCase, check_outcome_of
from told_service import ToldService

from rulereward import Ruleset, State
from rulereward.api.batches import groups_of, make_batch
from rulereward.cli.examples import literal
from rulereward.data import Column, Objects, Texts
from rulereward.engine.reference import Cell, reference
from rulereward.kind import Answer, Job, Outcome, jobs_of
from rulereward.services.pool import Services

each_case = pytest.mark.parametrize(
    "case", [case for cases in ANSWERED_CASES.values() for case in cases if case.answers is not None], ids=str
)


def asked_by(case: RuleCase) -> tuple[Outcome | None, dict[Job, Answer]]:
    """The outcome of a row that asks nothing, or the answers to its jobs."""
    assert case.kind.ask is not None
    assert case.answers is not None
    asked = case.kind.ask(*case.args, case.params)
    if not isinstance(asked, Job | tuple):
        assert not case.answers, "the row asks nothing"
        return asked, {}
    jobs = jobs_of(asked)
    assert all(job.service == case.kind.service for job in jobs)
    return None, dict(zip(jobs, case.answers, strict=True))


@each_case
def test_case(case: RuleCase) -> None:
    outcome, answers = asked_by(case)
    if outcome is None:
        assert case.kind.read is not None
        told = list(answers.values())
        outcome = case.kind.read(*case.args, case.params, told if len(told) > 1 else told[0])
    check_outcome_of(case, outcome)


def ruleset_of(case: RuleCase) -> Ruleset:
    """The call of a case, with its arguments as columns, and a score that needs it."""
    columns = [f"{name}=row.{name}" for name in case.written]
    constants = [f"{name}={literal(value)}" for name, value in case.constants.items()]
    call = f"{case.kind.name}({', '.join([*columns, *constants])})"
    return Ruleset("case.yaml", f"rulereward: 1\nrules:\n  it: |\n    {call}\nscore: (it ?? 0) * 2\n")


@each_case
def test_the_engine_and_the_reference_agree(case: RuleCase) -> None:
    """On the value and the state of the rule and of the reward, to the last bit, and on the jobs."""
    _, answers = asked_by(case)
    ruleset, service = ruleset_of(case), ToldService(answers.__getitem__)
    row = {"completion": "c", **case.written}
    with Services(factories={str(case.kind.service): lambda: service}) as services:
        scores = ruleset.score_rows([row], evaluate="all", services=services)
    batch = make_batch(ruleset.plan, [row], groups_of([0], range(1), None), None)
    told = reference(
        ruleset.checked, [{name: cell_of(column) for name, column in batch.columns.items()}], answers.__getitem__
    )
    assert told.jobs == set(service.asked) == set(answers)
    (expected,) = told.rows
    assert (State(int(scores.states[0])), bits(scores.reward[0])) == told_of(expected.reward)
    assert (State(int(scores["it"].states[0])), bits(scores["it"].values[0])) == told_of(expected.rules["it"])
    reason = scores["it"].reasons[0]
    assert (reason.code if reason else None) == case.reason


def told_of(cell: Cell) -> tuple[State, str]:
    return State(int(cell.state)), bits(cell.value if cell.state is State.OK else float("nan"))


def bits(value: object) -> str:
    assert isinstance(value, float)
    return float(value).hex()


def cell_of(column: Column) -> Cell:
    """The only row of a column."""
    state = State(int(column.states[0]))
    if state is not State.OK:
        return Cell(state)
    if isinstance(column, Texts):
        return Cell(state, column.view.text(0))
    return Cell(state, column.values[0] if isinstance(column, Objects) else float(column.values[0]))
