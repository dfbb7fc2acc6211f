"""A job on its way: who waits for it, and what has happened to it so far."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from rulereward.kind import Answer, Job

Done = Callable[[Job, Answer], None]

_logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Waiter:
    """One job of one `submit` call. A given-up waiter is not called any more."""

    job: Job
    done: Done
    given_up: bool = False
    entry: Entry | None = None

    def call(self, answer: Answer) -> None:
        """Hand the answer over. What `done` raises is its owner's bug: logged, and nobody else's answer is lost."""
        if self.given_up:
            return
        try:
            self.done(self.job, answer)
        except Exception:
            _logger.exception("the callback for a %s job failed", self.job.service)


@dataclass(slots=True, eq=False)
class Entry:
    """Equal jobs in flight, done once. `key` is their payload as JSON: there 1, 1.0 and true are three things."""

    key: bytes
    job: Job
    affinity: Hashable
    waiters: list[Waiter] = field(default_factory=list)
    lone: bool = False
    """It is to be tried with nothing else at its worker, because the first try hit a limit or killed the worker."""
    deaths: int = 0
    foreseen: dict[str, object] | None = None
    """The answer that a second limit would bring about, once a first one was hit that is believed."""

    @property
    def wanted(self) -> bool:
        return any(not waiter.given_up for waiter in self.waiters)
