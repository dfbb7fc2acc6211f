"""Services that break their promises: the rows they fail are errors, the others keep their rewards, nothing hangs."""

from __future__ import annotations

import math
import threading
from typing import Any

import pytest
from fault_rows import FAULTY, ROWS, Behaviour, Done, FakeMath, compiled, honest, in_time, number_of, score, verdict

from rulereward.data import State
from rulereward.errors import ConfigurationError
from rulereward.kind import Failure, Job
from rulereward.services import Services

RULESET = compiled("score: accuracy ?? 0.5")
TRUE_REWARDS = [1.0, 0.0] * 20


def answering(faulty: Any) -> Behaviour:
    """Honest, but for the rows in FAULTY, which get this answer (no answer for `...`)."""

    def behave(job: Job, done: Done) -> None:
        if number_of(job) not in FAULTY:
            honest(job, done)
        elif faulty is not ...:
            done(job, faulty)

    return behave


def check(rewards: Any, states: Any) -> None:
    for number, (reward, state) in enumerate(zip(rewards, states, strict=True)):
        if number in FAULTY:
            assert math.isnan(reward)
            assert state == State.ERROR
        else:
            assert (reward, state) == (TRUE_REWARDS[number], State.OK)


UNKNOWN_VERDICTS = [{"verdict": ["equal"]}, {"verdict": None}, {"verdict": "banana"}]
GARBAGE = [{}, {"answer": "equal"}, {1: {2}}, None, [], "equal", 1, Failure("", ""), *UNKNOWN_VERDICTS]


@pytest.mark.parametrize("garbage", GARBAGE, ids=repr)
def test_garbage_for_an_answer(garbage: object) -> None:
    scores = score(RULESET, FakeMath(answering(garbage)))
    check(scores.reward, scores.states)


def test_garbage_is_not_remembered() -> None:
    service = FakeMath(answering({}))
    with Services({"math": lambda: service}) as services:
        first = RULESET.score_rows(ROWS, services=services)
        check(first.reward, first.states)
        service.behave, service.asked = honest, []
        second = RULESET.score_rows(ROWS, services=services)
    assert second.reward.tolist() == TRUE_REWARDS
    assert {number_of(job) for job in service.asked} == FAULTY, "what was answered is known, the rest asked again"


def test_the_first_of_two_answers_counts() -> None:
    def twice(job: Job, done: Done) -> None:
        done(job, verdict(job))
        done(job, {"verdict": "unequal" if verdict(job)["verdict"] == "equal" else "equal"})
        done(job, Failure("late", "too late"))

    scores = score(RULESET, FakeMath(twice))
    assert scores.reward.tolist() == TRUE_REWARDS
    assert not scores.states.any()


def test_an_answer_to_a_question_nobody_asked() -> None:
    def babbling(job: Job, done: Done) -> None:
        done(Job("math", (("1",), "2", "strict", "loose")), {"verdict": "equal"})
        done(Job("nowhere", None), {})
        honest(job, done)

    assert score(RULESET, FakeMath(babbling)).reward.tolist() == TRUE_REWARDS


@pytest.mark.parametrize("faulty", [{}, Failure("service_died", "it died")], ids=["garbage", "failure"])
def test_answers_from_many_threads_at_once(faulty: object) -> None:
    rows = [ROWS[number % 40] for number in range(400)]
    scores = score(RULESET, FakeMath(answering(faulty), threads=8), rows)
    for start in range(0, 400, 40):
        check(scores.reward[start : start + 40], scores.states[start : start + 40])


def test_answers_before_the_jobs_are_all_taken() -> None:
    scores = score(RULESET, FakeMath(answering({}), threads=0))
    check(scores.reward, scores.states)


def test_what_is_never_answered_ends_at_the_deadline() -> None:
    service = FakeMath(answering(...))
    scores = score(RULESET, service, deadline_s=1.0)
    check(scores.reward, scores.states)
    assert {scores.reasons[number].code for number in FAULTY} == {"deadline"}  # type: ignore[union-attr]
    assert service.cancelled == 1


def test_what_is_never_answered_ends_when_the_caller_cancels() -> None:
    cancelled, waiting = threading.Event(), threading.Event()

    def silent(job: Job, done: Done) -> None:
        waiting.set()

    service = FakeMath(silent)
    canceller = threading.Thread(target=lambda: waiting.wait() and cancelled.set())
    canceller.start()
    scores = score(RULESET, service, cancelled=cancelled)
    canceller.join()
    assert set(scores.states) == {State.ERROR}
    assert {reason.code for reason in scores.reasons if reason} == {"cancelled"}
    assert service.cancelled == 1


def test_an_answer_after_the_deadline_changes_nothing() -> None:
    over = threading.Event()

    def slow(job: Job, done: Done) -> None:
        if number_of(job) in FAULTY:
            over.wait()
        honest(job, done)

    service = FakeMath(slow, threads=len(ROWS))
    with Services({"math": lambda: service}) as services:
        scores = in_time(lambda: RULESET.score_rows(ROWS, services=services, deadline_s=1.0))
        over.set()
        service.close()  # waits for the late answers
        check(scores.reward, scores.states)
        again = RULESET.score_rows(ROWS, services=services)
    assert again.reward.tolist() == TRUE_REWARDS


def test_a_deadline_that_has_passed() -> None:
    service = FakeMath()
    scores = score(RULESET, service, deadline_s=-1.0)
    assert set(scores.states) == {State.ERROR}
    assert not service.asked


class Refusing(FakeMath):
    """Will not take jobs, or not all of them."""

    def __init__(self, error: Exception, taken: int = 0) -> None:
        super().__init__()
        self.error = error
        self.taken = taken

    def submit(self, jobs: Any, done: Done) -> FakeMath:
        if self.taken:
            super().submit(jobs[: self.taken], done)
        raise self.error


@pytest.mark.parametrize("error", [OSError("too many open files"), RuntimeError("no more threads"), ValueError("x")])
def test_a_service_that_takes_no_jobs(error: Exception) -> None:
    scores = score(RULESET, Refusing(error))
    assert set(scores.states) == {State.ERROR}
    assert {reason.code for reason in scores.reasons if reason} == {"service_unavailable"}


def test_a_service_that_breaks_while_it_takes_jobs() -> None:
    scores = score(RULESET, Refusing(OSError("too many open files"), taken=5))
    for number, (reward, state) in enumerate(zip(scores.reward, scores.states, strict=True)):
        assert state == State.ERROR or reward == TRUE_REWARDS[number]
    assert set(scores.states[5:]) == {State.ERROR}


@pytest.mark.parametrize("error", [ConfigurationError("no math here"), OSError("no space")])
def test_a_service_that_cannot_be_made(error: Exception) -> None:
    def broken() -> Any:
        raise error

    ruleset = compiled("score: {terms: {accuracy: 1, one: {value: 1, weight: 1}}, on_null: zero}")
    rows = [{"completion": "\\boxed{4}", "answer": "4"}, *ROWS[:2], {"completion": "no answer", "answer": "4"}]
    with Services({"math": broken}) as services:
        scores = ruleset.score_rows(rows, services=services)
    assert scores.states.tolist() == [State.OK, State.ERROR, State.ERROR, State.OK], "two need no algebra"
    assert (scores.reward[0], scores.reward[3]) == (2.0, 1.0)
    reason = scores.reasons[1]
    assert reason is not None
    assert reason.code == "service_unavailable"
    assert str(error) in reason.message
    assert str(error) in scores.records(details=True)[0]["reward_details"]["environment"]["math"]  # type: ignore[index]
