"""A service whose work one thread drives; other threads only leave commands for it. The first job starts it."""

from __future__ import annotations

import os
import threading
import weakref
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from rulereward.kind import Answer, Failure, Job
from rulereward.services.entry import Done, Waiter
from rulereward.services.waking import SPAWNING

W = TypeVar("W", bound=Waiter)
Taken_contra = TypeVar("Taken_contra", bound=Waiter, contravariant=True)


class Driven(Protocol[Taken_contra]):
    """What does the jobs, in one thread. Not thread-safe, except for `wake`."""

    def wake(self) -> None:
        """End the wait in `step`, from any thread."""

    def take(self, waiters: Sequence[Taken_contra], /) -> None:
        """Accept jobs."""

    def give_up(self, waiters: Sequence[Taken_contra], /) -> None:
        """Drop the jobs that nobody waits for any more, and stop what is at one."""

    def step(self) -> None:
        """Hand out what waits, then wait for the next thing to happen and deal with it."""

    def stop(self, failure: Failure, /) -> None:
        """End everything, answer every job with `failure`."""

    def let_go(self) -> None:
        """In a forked child: close our copies of everything and touch nothing that the parent uses."""


class BackgroundService(ABC, Generic[W]):
    """A `Service` (see `rulereward.kind.served`). Thread-safe; a forked child begins with a fresh one."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._fresh()
        with SPAWNING:
            _ALL.add(self)

    def _fresh(self) -> None:
        self._lock = threading.Lock()
        self._commands: deque[Callable[[Driven[W]], None]] = deque()
        self._crew: Driven[W] | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    @abstractmethod
    def identity(self) -> str:
        """See `Service`."""

    @abstractmethod
    def _new_crew(self) -> Driven[W]:
        """Who is to do the jobs. Nothing is started before the first one."""

    @abstractmethod
    def _seated(self, jobs: Sequence[Job], done: Done) -> Sequence[W]:
        """The waiters for the jobs of one `submit`."""

    @abstractmethod
    def foreseen(self, waiter: W) -> Answer | None:
        """How a waiter's job would be answered if nobody could wait any longer; None where that cannot be told."""

    def submit(self, jobs: Sequence[Job], done: Done) -> Ticket[W]:
        """See `Service`. After `close`, `done` is called at once, from the caller's thread."""
        waiters = self._seated(jobs, done)
        with self._lock:
            accepted = not self._closed
            if accepted and waiters:
                self._leave(lambda crew: crew.take(waiters))
        if not accepted:
            for waiter in waiters:
                waiter.call(self._closing())
        return Ticket(self, waiters)

    def give_up(self, waiters: Sequence[W]) -> None:
        """What a ticket's `cancel` does."""
        for waiter in waiters:
            waiter.given_up = True
        with self._lock:
            if self._crew is not None:
                self._leave(lambda crew: crew.give_up(waiters))

    def close(self) -> None:
        """See `Service`. Returns when no process is left; may be called any number of times, from any thread."""
        with self._lock:
            self._closed = True
            thread = self._thread
            if self._crew is not None:
                self._crew.wake()
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _closing(self) -> Failure:
        return Failure("closed", f"the {self._name} service was closed")

    def _leave(self, command: Callable[[Driven[W]], None]) -> None:
        """Leave a command for the service's thread, which is started if need be. The lock is held."""
        self._commands.append(command)
        if self._crew is None:
            self._crew = self._new_crew()
            name = f"rulereward-{self._name}"
            self._thread = threading.Thread(target=self._run, args=(self._crew,), name=name, daemon=True)
            self._thread.start()
        self._crew.wake()

    def _run(self, crew: Driven[W]) -> None:
        failure = Failure("service_failed", f"the thread of the {self._name} service broke down")
        try:
            while not self._closed:
                while self._commands:
                    self._commands.popleft()(crew)
                crew.step()
            failure = self._closing()
        finally:  # whatever ends the thread, nobody waits for ever and no process stays
            with self._lock:
                self._crew = self._thread = None
                while self._commands:
                    self._commands.popleft()(crew)
            crew.stop(failure)

    def _let_go(self) -> None:
        """In a forked child: the processes and the jobs in flight are the parent's."""
        if self._crew is not None:
            self._crew.let_go()
        self._fresh()


class Ticket(Generic[W]):
    """See `ForesightfulTicket`."""

    def __init__(self, service: BackgroundService[W], waiters: Sequence[W]) -> None:
        self._service = service
        self._waiters = waiters

    def cancel(self) -> None:
        """See `Ticket`. A `done` that is running at this moment runs to its end."""
        self._service.give_up(self._waiters)

    def foreseen(self) -> list[tuple[Job, Answer]]:
        """See `ForesightfulTicket`. From any thread."""
        found = [(one.job, self._service.foreseen(one)) for one in self._waiters if not one.given_up]
        return [(job, answer) for job, answer in found if answer is not None]


_ALL: weakref.WeakSet[BackgroundService[Any]] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for service in list(_ALL):
        service._let_go()


os.register_at_fork(after_in_child=_after_fork_in_child)  # `waking` has let go of SPAWNING by then
