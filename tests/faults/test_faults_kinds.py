"""Rule kinds with bugs: the rows they fail on are errors, and no other row notices."""

from __future__ import annotations

import pytest
from broken_kinds import ERRORS, JOBS, OUTCOMES
from fault_rows import Done, FakeMath, score

from rulereward.api import Ruleset
from rulereward.data import State
from rulereward.kind import Job

CODES = {
    **dict.fromkeys((*OUTCOMES, *ERRORS, "recursion"), "kind_failed"),
    "huge": "not_finite",
    "nan": "not_finite",
    "infinite": "not_finite",
    "range": "out_of_range",
    "null": "undeclared_null",
}


def compiled(formula: str) -> Ruleset:
    return Ruleset("broken", f"rulereward: 1\nrules: {{value: '{formula}'}}\nscore: value", ("broken_kinds",))


def answer(job: Job, done: Done) -> None:
    done(job, {"verdict": "equal"})


@pytest.mark.parametrize("kind", ["local", "reading"])
def test_what_a_kind_may_not_give(kind: str) -> None:
    texts = [text for bad in CODES if bad != "fine" for text in ("fine", bad)]
    scores = score(compiled(f"{kind}(completion)"), FakeMath(answer), [{"completion": text} for text in texts])
    for text, reward, state, reason in zip(texts, scores.reward, scores.states, scores.reasons, strict=True):
        if text == "fine":
            assert (reward, state, reason) == (5.0, State.OK, None)
        else:
            assert state == State.ERROR, text
            assert reason is not None
            assert reason.code == CODES[text]


def test_a_bool_is_true_or_false() -> None:
    scores = score(compiled("flag(completion)"), FakeMath(), [{"completion": text} for text in ("half", "whole")])
    assert scores.states.tolist() == [State.ERROR, State.OK]


def test_what_a_kind_may_not_ask() -> None:
    """One job that cannot be sent does not keep the others from being sent."""
    texts = [*JOBS, *ERRORS]
    scores = score(compiled("asking(completion)"), FakeMath(answer), [{"completion": text} for text in texts])
    states = dict(zip(texts, scores.states, strict=True))
    assert {text for text, state in states.items() if state == State.OK} == {"list", "fine"}
    assert set(states.values()) == {State.OK, State.ERROR}


def test_jobs_that_are_equal_only_to_python() -> None:
    """1, 1.0 and true are equal and have equal hashes; a service is asked about each."""
    numbers = {bool: 1.0, int: 2.0, float: 3.0, str: 4.0}

    def by_type(job: Job, done: Done) -> None:
        done(job, {"value": numbers[type(job.payload)]})

    rows = [{"completion": "", "value": value} for value in (True, 1, 1.0, "1", 0, False, 0.0, -0.0, True)]
    service = FakeMath(by_type)
    scores = score(compiled("telling(row.value)"), service, rows)
    assert scores.reward.tolist() == [1.0, 2.0, 3.0, 4.0, 2.0, 1.0, 3.0, 3.0, 1.0]
    assert len(service.asked) == 8, "true is asked once"
