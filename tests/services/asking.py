"""Run jobs on a service and wait, as an engine would."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from rulereward.kind import Answer, Job, Kind, Missing, Result, Service, result_of

PATIENCE_S = 60.0


class Answers:
    """Collects what a service calls back with; `calls` counts the calls a job had."""

    def __init__(self, expected: int) -> None:
        self.by_job: dict[Job, Answer] = {}
        self.calls: dict[Job, int] = {}
        self.order: list[Job] = []
        self._left = expected
        self._all = threading.Event()
        self._lock = threading.Lock()
        if not expected:
            self._all.set()

    def done(self, job: Job, answer: Answer) -> None:
        with self._lock:
            self.by_job[job] = answer
            self.calls[job] = self.calls.get(job, 0) + 1
            self.order.append(job)
            self._left -= 1
            if self._left == 0:
                self._all.set()

    def wait(self) -> dict[Job, Answer]:
        assert self._all.wait(PATIENCE_S), f"{self._left} answers are missing"
        return self.by_job


def ask(service: Service, jobs: Sequence[Job]) -> dict[Job, Answer]:
    answers = Answers(len(jobs))
    service.submit(jobs, answers.done)
    return answers.wait()


def measure(kind: Kind, service: Service, rows: Sequence[Sequence[Any]], params: Any) -> list[Result]:
    """Outcomes of a served kind for rows of arguments."""
    assert kind.ask is not None
    assert kind.read is not None
    asked = [kind.ask(*row, params) for row in rows]
    answers = ask(service, list({job for job in asked if isinstance(job, Job)}))
    results = []
    for row, outcome in zip(rows, asked, strict=True):
        if isinstance(outcome, Job):
            answer = answers[outcome]
            assert isinstance(answer, dict), answer
            outcome = kind.read(*row, params, answer)
        results.append(result_of(outcome))
    return results


def value_of(result: Result) -> Any:
    return None if isinstance(result.value, Missing) else result.value


def reason_of(result: Result) -> str | None:
    if isinstance(result.value, Missing):
        return result.value.code
    return result.reason.code if result.reason else None
