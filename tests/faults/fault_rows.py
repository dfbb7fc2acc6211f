"""Rows that only algebra can judge, and services that judge them or fail to."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from typing import Any

from rulereward.api import Ruleset, Scores
from rulereward.kind import Job
from rulereward.services import Services

ACCURACY = "rules:\n  accuracy: math_equal(boxed(completion), answer)\n"
PATIENCE_S = 60.0
"""When a call that should long have returned counts as hanging."""

Done = Callable[[Job, Any], None]
Behaviour = Callable[[Job, Done], None]


def row(number: int) -> dict[str, object]:
    """ln x + n against n + ln x where n is even, n + 1 + ln x where it is odd; `sure` from the 20th row on."""
    gold = f"{number}+\\ln x" if number % 2 == 0 else f"{number + 1}+\\ln x"
    completion = f"so it is \\boxed{{\\ln x+{number}}}"
    return {"completion": completion, "answer": gold, "sure": number >= 20, "n": number}


ROWS = [row(number) for number in range(40)]
FAULTY = frozenset({3, 14, 23, 34})
"""One row in ten: a wrong and a right one, of those that are sure and those that are not."""


def number_of(job: Job) -> int:
    """The row a job came from."""
    return int(re.findall(r"\d+", str(job.payload[1]))[0])  # type: ignore[index]


def verdict(job: Job) -> dict[str, object]:
    """The true answer: ln x + a equals b + ln x exactly if a equals b."""
    golds, answer, _, _ = job.payload  # type: ignore[misc]
    return {"verdict": "equal" if re.findall(r"\d+", answer) == re.findall(r"\d+", golds[0]) else "unequal"}


def honest(job: Job, done: Done) -> None:
    done(job, verdict(job))


class FakeMath:
    """Answers as `behave` says, from `threads` threads of its own, or, with 0, from the caller's."""

    identity = "fake 1"

    def __init__(self, behave: Behaviour = honest, threads: int = 1) -> None:
        self.behave = behave
        self.asked: list[Job] = []
        self.cancelled = 0
        self._count = threads
        self._threads: list[threading.Thread] = []

    def submit(self, jobs: Sequence[Job], done: Done) -> FakeMath:
        self.asked += jobs
        if not self._count:
            self._work(jobs, done)
        for first in range(self._count):
            share = jobs[first :: self._count]
            thread = threading.Thread(target=self._work, args=(share, done), daemon=True)
            self._threads.append(thread)
            thread.start()
        return self

    def _work(self, jobs: Sequence[Job], done: Done) -> None:
        for job in jobs:
            self.behave(job, done)

    def cancel(self) -> None:
        self.cancelled += 1

    def close(self) -> None:
        for thread in self._threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


def compiled(text: str) -> Ruleset:
    """A ruleset with the rule `accuracy`, unless it has rules of its own."""
    own = text if text.startswith("rules:") or "\nrules:" in text else ACCURACY + text
    return Ruleset("faults", f"rulereward: 1\n{own}")


def score(ruleset: Ruleset, service: Any, rows: Sequence[Any] = ROWS, **options: Any) -> Scores:
    """Scores with `service` as the math service. A call that hangs is a failure."""
    with Services({"math": lambda: service}) as services:
        return in_time(lambda: ruleset.score_rows(rows, services=services, **options))


def in_time(work: Callable[[], Any]) -> Any:
    """What `work` gives, from a thread that is given up when it hangs."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append((work(), None))
        except BaseException as error:  # noqa: BLE001  (raised again below)
            outcome.append((None, error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    assert outcome, "the call hangs"
    value, error = outcome[0]
    if error is not None:
        raise error
    return value
