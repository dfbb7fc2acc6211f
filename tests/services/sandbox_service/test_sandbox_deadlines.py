"""What is told of a job when nobody can wait any longer: what is the program's doing, and nothing of what is ours."""

from __future__ import annotations

import pytest
from sandbox_desk import Desk
from sandbox_jobs import SUMS, all_or_nothing, job, verdicts

from rulereward.kind import Job
from rulereward.services.sandbox.shapes import Outcome
from rulereward.text.code_tests import Policy

SLOW = Outcome(said="SC", signal=9, stopped="cpu")
MAYBE_SLOW = Outcome(said="SC", signal=9, stopped="wall")
KILLED = Outcome(said="SC", signal=9)
OURS = Outcome(problem="no process to be had")
WRONG = Outcome(said="SC", exit=0)


def waited(seconds: float, stdout: bytes) -> Outcome:
    return Outcome(said="SC", exit=0, stdout=stdout, idle_s=seconds)


def foreseen(asked: Job, *outcomes: Outcome | None) -> str:
    """Where so many tests came out so, None being right, and the others are in flight."""
    desk = Desk(asked)
    for outcome in outcomes:
        desk.finish(desk.next(), outcome)
    desk.queue.next()
    answer = desk.run().foreseen()
    return "" if answer is None else verdicts(answer)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ((), ""),
        ((None,), ""),
        ((WRONG, WRONG), ""),
        ((SLOW,), "TLE TLE TLE"),
        ((None, SLOW), "AC TLE TLE"),
        ((None, MAYBE_SLOW), "AC TLE TLE"),
        ((KILLED, SLOW), "MLE TLE TLE"),
        ((KILLED,), ""),  # that the other two were not run is not its doing
        ((None, KILLED, WRONG), "AC MLE WA"),
        ((KILLED, KILLED, KILLED), "MLE MLE MLE"),
        ((None, None, OURS), ""),
        ((OURS, None, KILLED), ""),
    ],
)
def test_what_is_foreseen(outcomes: tuple[Outcome | None, ...], expected: str) -> None:
    assert foreseen(job("print()"), *outcomes) == expected


@pytest.mark.parametrize(("idle_s", "expected"), [(0.9, ""), (1.1, "AC AC TLE")])
def test_who_waited_for_longer_than_one_test_may_is_slow(idle_s: float, expected: str) -> None:
    """Which is 2 s, of two tests together."""
    assert foreseen(job("print()", time_s=1.0), waited(idle_s, b"3\n"), waited(idle_s, b"7\n")) == expected


def test_what_needs_not_run_is_not_waited_for() -> None:
    tests = {**SUMS, "weights": [0, 1, 1]}
    weighted = job("print()", tests, policy=Policy("weighted"))
    assert foreseen(weighted, None, KILLED) == "NR AC MLE"
    assert foreseen(all_or_nothing("print()"), WRONG) == "", "it is over, and was answered"


def test_a_test_that_cannot_run_has_no_verdict_here_either() -> None:
    desk = Desk(job("print()"))
    desk.queue.cannot_run(desk.next(), "it is too long")
    desk.finish(desk.next(), SLOW)
    answer = desk.run().foreseen()
    assert answer is not None
    assert verdicts(answer) == "NR TLE TLE"
