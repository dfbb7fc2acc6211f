"""Run jobs on a service and wait, as an engine would."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from rulereward.kind import Answer, Job, Kind, Missing, Result, Service, jobs_of, result_of

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

    def wait(self, patience_s: float = PATIENCE_S) -> dict[Job, Answer]:
        assert self._all.wait(patience_s), f"{self._left} answers are missing"
        return self.by_job


def ask(service: Service, jobs: Sequence[Job], patience_s: float = PATIENCE_S) -> dict[Job, Answer]:
    answers = Answers(len(jobs))
    service.submit(jobs, answers.done)
    return answers.wait(patience_s)


def measure(
    kind: Kind, service: Service, rows: Sequence[Sequence[Any]], params: Any, patience_s: float = PATIENCE_S
) -> list[Result]:
    """Outcomes of a served kind for rows of arguments."""
    assert kind.ask is not None
    assert kind.read is not None
    asked = [kind.ask(*row, params) for row in rows]
    wanted = [jobs_of(outcome) if isinstance(outcome, Job | tuple) else () for outcome in asked]
    answers = ask(service, list({job for jobs in wanted for job in jobs}), patience_s)
    results = []
    for row, outcome, jobs in zip(rows, asked, wanted, strict=True):
        found = [answers[job] for job in jobs]
        assert all(isinstance(answer, dict) for answer in found), found
        if found:
            outcome = kind.read(*row, params, found if isinstance(outcome, tuple) else found[0])
        results.append(result_of(outcome))
    return results


def value_of(result: Result) -> Any:
    return None if isinstance(result.value, Missing) else result.value


def reason_of(result: Result) -> str | None:
    if isinstance(result.value, Missing):
        return result.value.code
    return result.reason.code if result.reason else None
