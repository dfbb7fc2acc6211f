"""A math service for tests: answers when it is told to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rulereward.kind import Job

RULES = "rulereward: 1\nrules: {same: 'math_equal(completion, answer)'}\nscore: same\n"


class PatientMath:
    """Says `equal` to everything, once `go` is set; remembers what was given up."""

    identity = "patient 1"

    def __init__(self) -> None:
        self.go = threading.Event()
        self.asked = threading.Event()
        self.cancelled = threading.Event()

    def submit(self, jobs: Sequence[Job], done: Callable[[Job, Any], None]) -> PatientMath:
        def work() -> None:
            self.go.wait()
            for job in jobs:
                done(job, {"verdict": "equal"})

        threading.Thread(target=work, daemon=True).start()
        self.asked.set()
        return self

    def cancel(self) -> None:
        self.cancelled.set()

    def close(self) -> None:
        self.go.set()


def algebra(count: int, first: int = 0) -> Iterator[tuple[str, str]]:
    """Completions and answers that are equal, which only algebra can tell."""
    return ((f"\\ln x+{number}", f"{number}+\\ln x") for number in range(first, first + count))
