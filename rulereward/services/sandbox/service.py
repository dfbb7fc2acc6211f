"""The service `sandbox`: programs that models wrote, run against tests.

A job's payload is `text.code_work.Work` in its plain form; its answer is

    {"compiled": bool, "tests": [{"verdict", "cpu_s", "wall_s", "why", "got", "stderr"}, ...]}

with an entry for each test of the suite, in its order. Verdicts are those of `text.code_tests.scoring`; `NR` is what
was not run, because the score was decided before or because the test itself cannot be run (then `why` says so). What
was not run has no times, and `why`, `got` and `stderr` stand only at the first few tests that failed, cut to size.
`TLE` is also what was not run behind too many tests that ran out of time, or too much waiting (`why` says that).
Trouble of our own, when trying again does not help, is a Failure and never a verdict.
"""

from __future__ import annotations

from collections.abc import Sequence

from rulereward.kind import Answer, Job
from rulereward.services.background import BackgroundService
from rulereward.services.entry import Done
from rulereward.services.sandbox.backends import Backend
from rulereward.services.sandbox.jobs import Batch, Seat
from rulereward.services.sandbox.slots import Slots

PROTOCOL = 2
"""Raised whenever our part of the work changes so that an answer could."""


class SandboxService(BackgroundService[Seat]):
    """See `BackgroundService`. `Slots` has the links to runners."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        """Where the programs run. Its links are this service's affair."""
        super().__init__("sandbox")

    @property
    def identity(self) -> str:
        """See `Service`."""
        return f"protocol {PROTOCOL}, {self.backend.identity}"

    def close(self) -> None:
        """See `Service`."""
        super().close()
        self.backend.close()

    def _new_crew(self) -> Slots:
        return Slots(self.backend)

    def _seated(self, jobs: Sequence[Job], done: Done) -> list[Seat]:
        batch = Batch()
        return [Seat(job, done, batch=batch) for job in jobs]

    def foreseen(self, waiter: Seat) -> Answer | None:
        """See `BackgroundService`."""
        return None if waiter.run is None else waiter.run.foreseen()
