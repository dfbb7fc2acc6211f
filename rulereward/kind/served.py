"""Jobs and answers: how a kind uses a service without ever calling it.

A served kind is two pure halves. `ask` looks at one row and either decides it or states a job, or a tuple of jobs;
`read` turns the answer to that job, or the list of answers in the order of the tuple, into the row's outcome. Neither
waits, calls or catches, so a dictionary of answers stands in for the service in tests.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

Plain = str | int | float | bool | None | tuple["Plain", ...]
"""Hashable JSON-like data; a tuple stands for an array."""


@dataclass(frozen=True)
class Job:
    """One piece of work. Equal jobs are done once. `service` names the need (`math`, `sandbox`, ...)."""

    service: str
    payload: Plain

    @cached_property
    def key(self) -> bytes:
        """What the job is known by: to Python 1, 1.0 and True are equal, to a service they are not.

        Made once, for a payload may be megabytes. Raises TypeError and ValueError for one that is no plain data.
        """
        content = json.dumps([self.service, self.payload], sort_keys=True)
        return hashlib.blake2b(content.encode("ascii"), digest_size=16).digest()


UNAVAILABLE = "service_unavailable"
"""The code of the failure of a job whose service cannot be had now."""

UNRELIABLE = "sandbox_unreliable"
"""The same of a service that fails too much of its work, so that going on makes no sense."""

Asked = Job | tuple[Job, ...]
"""What a row asks for: one job, or several that are done, cached and shared with other rows each by itself."""


def jobs_of(asked: Asked) -> tuple[Job, ...]:
    """The jobs of what a row asks for. Raises TypeError for what is neither a job nor a tuple of at least one."""
    jobs = asked if isinstance(asked, tuple) else (asked,)
    if not jobs or not all(isinstance(job, Job) for job in jobs):
        raise TypeError("a row asks for a Job, or for a tuple of at least one Job")
    return jobs


@dataclass(frozen=True, slots=True)
class Failure:
    """A job that was not done, by our fault: the cell becomes an error with this reason."""

    code: str
    message: str


Answer = dict[str, object] | Failure
"""Plain JSON from the service, or why there is none. What a completion brought about is an answer, not a failure."""

Answered = dict[str, object] | list[dict[str, object]]
"""What `read` is given: the answer to the one job, or those to a tuple of jobs, in its order."""


class Ticket(Protocol):
    """The jobs of one `submit` that are in flight."""

    def cancel(self) -> None:
        """Give the jobs up. Jobs nobody else waits for stop; `done` is not called for them any more."""
        ...


@runtime_checkable
class ForesightfulTicket(Ticket, Protocol):
    """A ticket that also knows how jobs would be answered which the service has tried and means to try again."""

    def foreseen(self) -> Sequence[tuple[Job, Answer]]:
        """For where nobody can wait any longer. What a completion brought about only: it must not pay to be slow."""
        ...


class Service(Protocol):
    """Does jobs in the background. Thread-safe. Restarts what dies; `done` is called exactly once per job."""

    @property
    def identity(self) -> str:
        """Names and versions of all that could change an answer; part of cache keys and of `environment`."""
        ...

    def submit(self, jobs: Sequence[Job], done: Callable[[Job, Answer], None]) -> Ticket:
        """Start `jobs`. `done(job, answer)` comes from the service's own thread, in any order."""
        ...

    def close(self) -> None:
        """Stop, leaving no process behind. Jobs in flight answer with a Failure `closed`."""
        ...


@dataclass(frozen=True, slots=True)
class Resource:
    """Something heavy that a service needs before it can do a kind's jobs, such as a model: its `name` as a person
    knows it, and `what` it is, as the service is told.
    """

    service: str
    name: str
    what: Plain


@runtime_checkable
class HasResources(Protocol):
    """Constants with which a kind needs such things."""

    def resources(self) -> Sequence[Resource]: ...


@runtime_checkable
class Provisioned(Protocol):
    """A service that needs resources."""

    def identity_of(self, what: Plain) -> str:
        """All that could change an answer by this resource; part of `environment`. Waits for it, up to minutes.

        Raises ConfigurationError where it cannot be had.
        """
        ...


class AnswerCache(Protocol):
    """A bounded memory of answers, thread-safe."""

    def get(self, key: bytes) -> dict[str, object] | None: ...

    def put(self, key: bytes, answer: Answer) -> None: ...


class Services(Protocol):
    """The services of this process, each made on first use."""

    @property
    def cache(self) -> AnswerCache: ...

    def get(self, name: str) -> Service:
        """The service for a need; raises ConfigurationError for a name nothing serves."""
        ...
