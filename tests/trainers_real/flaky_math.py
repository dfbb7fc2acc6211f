"""Rows that only algebra can judge, and a service for it of which one call in ten fails."""

from __future__ import annotations

import re

from rulereward.kind import Failure, Job
from rulereward.services import Services

RULES = """\
rulereward: 1
name: algebra
rules:
  right: math_equal(boxed(completion), answer)
  size: length(completion, unit="char")
score: right + size / 1000char
"""


def completion(number: int) -> str:
    return f"{'so ' * (number % 5)}\\boxed{{\\ln x+{number}}}"


class FlakyMath:
    """Judges `x+a` against `b+x`: equal where a is b. Calls about a number in `faulty` fail."""

    identity = "flaky 1"

    def __init__(self, faulty=()):
        self.faulty = frozenset(faulty)
        self.failed = 0

    def submit(self, jobs, done):
        for job in jobs:
            done(job, self._answer(job))
        return self

    def _answer(self, job: Job):
        golds, answer, _, _ = job.payload
        ours, theirs = (re.findall(r"\d+", text) for text in (answer, golds[0]))
        if int(ours[0]) in self.faulty:
            self.failed += 1
            return Failure("worker_died", "the worker died")
        return {"verdict": "equal" if ours == theirs else "unequal"}

    def cancel(self):
        pass

    def close(self):
        pass


def services(faulty=()) -> tuple[Services, FlakyMath]:
    math = FlakyMath(faulty)
    return Services({"math": lambda: math}), math
