"""What a run that is stopped still says: whatever has landed, and what a service foresees of jobs it has tried once.

A slow answer must not be able to buy an error in place of the false it would come to.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from rulereward import Ruleset
from rulereward.data import State
from rulereward.kind import Answer, Job
from rulereward.services import Services

UNREASONABLE: Answer = {"verdict": "unreasonable"}


class HalfTried:
    """Answers jobs without a `z` at once; of those with a `z` it foresees a verdict, of those with a `w` nothing."""

    identity = "half tried 1"

    def __init__(self, answer_after_s: float = 0.0) -> None:
        self.asked: list[Job] = []
        self.cancelled = 0
        self._answer_after_s = answer_after_s

    def submit(self, jobs: Sequence[Job], done: Callable[[Job, Answer], None]) -> HalfTried:
        time.sleep(self._answer_after_s)
        self.asked += jobs
        for job in jobs:
            if "z" not in str(job.payload) and "w" not in str(job.payload):
                done(job, {"verdict": "equal"})
        return self

    def foreseen(self) -> list[tuple[Job, Answer]]:
        return [(job, UNREASONABLE) for job in self.asked if "z" in str(job.payload)]

    def cancel(self) -> None:
        self.cancelled += 1

    def close(self) -> None:
        return


class Sure(HalfTried):
    """Answers every job."""

    def submit(self, jobs: Sequence[Job], done: Callable[[Job, Answer], None]) -> Sure:
        self.asked += jobs
        for job in jobs:
            done(job, {"verdict": "equal"})
        return self


def rows(letters: str) -> list[dict[str, object]]:
    """Rows whose answers only algebra can tell from their golds."""
    return [
        {"completion": f"\\sqrt{{\\sin {letter}}}+{number}", "answer": f"{number}+\\sqrt{{\\sin {letter}}}"}
        for number, letter in enumerate(letters)
    ]


def compiled(score: str) -> Ruleset:
    text = f"rulereward: 1\nrules: {{same: 'math_equal(completion, answer)'}}\nscore: '{score}'\n"
    return Ruleset("deadlines.yaml", text)


def scored(ruleset: Ruleset, service: object, letters: str, **options: Any) -> Any:
    with Services({"math": lambda: service}) as services:  # type: ignore[dict-item, return-value]
        return ruleset.score_rows(rows(letters), services=services, **options)


def codes(scores: Any, name: str = "same") -> list[str | None]:
    return [None if reason is None else reason.code for reason in scores[name].reasons]


def test_tried_once_is_false_and_never_tried_is_an_error() -> None:
    service = HalfTried()
    scores = scored(compiled("same"), service, "xzwxz", deadline_s=0.3)
    assert scores.states.tolist() == [State.OK, State.OK, State.ERROR, State.OK, State.OK]
    assert scores.reward[[0, 1, 3, 4]].tolist() == [1.0, 0.0, 1.0, 0.0]
    assert codes(scores) == [None, "unreasonable", "deadline", None, "unreasonable"]
    assert service.cancelled == 1


def test_so_it_is_when_the_caller_cancels() -> None:
    cancelled = threading.Event()
    timer = threading.Timer(0.2, cancelled.set)
    timer.start()
    scores = scored(compiled("same"), HalfTried(), "xzw", cancelled=cancelled)
    timer.join()
    assert codes(scores) == [None, "unreasonable", "cancelled"]


@pytest.mark.parametrize("evaluate", ["all", "needed"])
@pytest.mark.parametrize(
    "score",
    [
        '1 if same else min(length(completion, unit="char"), 1char) / 2char',
        'case { same => 1, length(completion, unit="char") > 0 => 0.5, else => 0 }',
    ],
)
def test_what_is_wanted_because_of_a_late_answer_is_measured(score: str, evaluate: str) -> None:
    scores = scored(compiled(score), HalfTried(), "xzw", deadline_s=0.3, evaluate=evaluate)
    assert scores.states.tolist() == [State.OK, State.OK, State.ERROR]
    assert scores.reward[:2].tolist() == [1.0, 0.5]


def test_what_is_only_foreseen_is_not_remembered() -> None:
    hasty, patient = HalfTried(), Sure()
    services = iter([hasty, patient])
    with Services({"math": lambda: next(services)}) as pool:
        ruleset = compiled("same")
        first = ruleset.score_rows(rows("xz"), services=pool, deadline_s=0.3)
        pool.close()
        second = ruleset.score_rows(rows("xz"), services=pool)
    assert first.reward.tolist() == [1.0, 0.0]
    assert second.reward.tolist() == [1.0, 1.0]
    assert len(patient.asked) == 1, "what was answered is remembered"


def test_answers_that_came_before_the_deadline_was_noticed_count() -> None:
    scores = scored(compiled("same"), HalfTried(answer_after_s=0.3), "xx", deadline_s=0.2)
    assert scores.reward.tolist() == [1.0, 1.0]


def test_a_ticket_that_foresees_nothing() -> None:
    class Plain:
        identity = "plain 1"

        def submit(self, jobs: Sequence[Job], done: object) -> Plain:
            return self

        def cancel(self) -> None:
            return

        def close(self) -> None:
            return

    assert codes(scored(compiled("same"), Plain(), "xz", deadline_s=0.1)) == ["deadline", "deadline"]
