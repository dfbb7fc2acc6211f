"""The service `lm`: log-probabilities of texts by language models, in a process for each device.

A job's payload is `text.lm_work.LmWork` in its plain form; `answers` says what its answer is. Texts of all rules that
want one model with the same settings are computed together, and settings that differ only in how texts are laid out
share the weights. A job `(settings,)` asks who a model is: `{"identity": ...}`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence

from rulereward.data.cached import cached_property
from rulereward.errors import ConfigurationError
from rulereward.kind import Answer, Failure, Job, Plain
from rulereward.services.background import BackgroundService
from rulereward.services.entry import Done, Waiter
from rulereward.services.lm.crew import Command, Crew
from rulereward.services.lm.loading import software


def worker_command(device: str | None) -> list[str]:
    """How a process for a device is started. `-P`: the working folder's modules are not ours."""
    return [sys.executable, "-P", "-m", "rulereward.services.lm.worker", *([] if device is None else [device])]


class LmService(BackgroundService[Waiter]):
    """See `BackgroundService`. `Crew` has the processes, which start with the first job."""

    def __init__(self, command: Command = worker_command) -> None:
        self._command = command
        self._identities: dict[Plain, str] = {}
        super().__init__("lm")

    @cached_property
    def identity(self) -> str:
        """See `Service`. Which model it is, the job says; `identity_of` tells who that is."""
        return software()

    def identity_of(self, what: Plain) -> str:
        """See `Provisioned`: of the model with these settings (`LmSettings.to_plain`), which is loaded for it."""
        if what not in self._identities:
            self._identities[what] = self._ask_identity(what)
        return self._identities[what]

    def _ask_identity(self, what: Plain) -> str:
        found: list[Answer] = []
        there = threading.Event()

        def done(_: Job, answer: Answer) -> None:
            found.append(answer)
            there.set()

        self.submit([Job("lm", (what,))], done)
        there.wait()
        (answer,) = found
        if isinstance(answer, Failure):
            raise ConfigurationError(answer.message)
        return str(answer["identity"])

    def _new_crew(self) -> Crew:
        return Crew(self._command)

    def _seated(self, jobs: Sequence[Job], done: Done) -> list[Waiter]:
        return [Waiter(job, done) for job in jobs]

    def foreseen(self, waiter: Waiter) -> Answer | None:  # what `BackgroundService` asks for
        """See `BackgroundService`. Nothing that a text brings about is known before its turn."""
        return None


def lm_service() -> LmService:
    """A new `lm` service."""
    return LmService()
