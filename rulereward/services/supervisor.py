"""A service done by child processes that may hang, crash or be killed at any time.

Processes are made with `subprocess`, never `multiprocessing`: that would run a caller's unguarded script again, and
daemonic processes may not use it.
"""

from __future__ import annotations

from collections.abc import Sequence

from rulereward.data.cached import cached_property
from rulereward.kind import Answer, Job
from rulereward.services.background import BackgroundService
from rulereward.services.crew import Crew
from rulereward.services.entry import Done, Waiter
from rulereward.services.spec import ServiceSpec


class Supervisor(BackgroundService[Waiter]):
    """See `BackgroundService`. `Crew` has the processes."""

    def __init__(self, spec: ServiceSpec) -> None:
        self._spec = spec
        super().__init__(spec.name)

    @cached_property
    def identity(self) -> str:
        """See `Service`."""
        return self._spec.identity()

    def _new_crew(self) -> Crew:
        return Crew(self._spec)

    def _seated(self, jobs: Sequence[Job], done: Done) -> list[Waiter]:
        return [Waiter(job, done) for job in jobs]

    def foreseen(self, waiter: Waiter) -> Answer | None:
        """See `BackgroundService`."""
        return None if waiter.entry is None else waiter.entry.foreseen
