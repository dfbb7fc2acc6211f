"""A service done by child processes that may hang, crash or be killed at any time.

One thread owns the processes (`Crew`); other threads only leave commands for it. It is started by the first job.
Processes are made with `subprocess`, never `multiprocessing`: that would run a caller's unguarded script again, and
daemonic processes may not use it.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence

from rulereward.data.cached import cached_property
from rulereward.kind import Answer, Failure, Job
from rulereward.services.crew import SPAWNING, Crew
from rulereward.services.entry import Done, Waiter
from rulereward.services.spec import ServiceSpec

_Command = Callable[[Crew], None]


class Supervisor:
    """A `Service` (see `rulereward.kind.served`). Thread-safe; a forked child begins with a fresh one."""

    def __init__(self, spec: ServiceSpec) -> None:
        self._spec = spec
        self._fresh()
        with SPAWNING:
            _ALL.add(self)

    def _fresh(self) -> None:
        self._lock = threading.Lock()
        self._commands: deque[_Command] = deque()
        self._crew: Crew | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    @cached_property
    def identity(self) -> str:
        """See `Service`."""
        return self._spec.identity()

    def submit(self, jobs: Sequence[Job], done: Done) -> _Ticket:
        """See `Service`. After `close`, `done` is called at once, from the caller's thread."""
        waiters = [Waiter(job, done) for job in jobs]
        with self._lock:
            accepted = not self._closed
            if accepted and waiters:
                self._leave(lambda crew: crew.take(waiters))
        if not accepted:
            for waiter in waiters:
                waiter.call(self._closing())
        return _Ticket(self, waiters)

    def give_up(self, waiters: Sequence[Waiter]) -> None:
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
        return Failure("closed", f"the {self._spec.name} service was closed")

    def _leave(self, command: _Command) -> None:
        """Leave a command for the service's thread, which is started if need be. The lock is held."""
        self._commands.append(command)
        if self._crew is None:
            self._crew = Crew(self._spec)
            name = f"rulereward-{self._spec.name}"
            self._thread = threading.Thread(target=self._run, args=(self._crew,), name=name, daemon=True)
            self._thread.start()
        self._crew.wake()

    def _run(self, crew: Crew) -> None:
        failure = Failure("service_failed", f"the thread of the {self._spec.name} service broke down")
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


class _Ticket:
    def __init__(self, supervisor: Supervisor, waiters: Sequence[Waiter]) -> None:
        self._supervisor = supervisor
        self._waiters = waiters

    def cancel(self) -> None:
        """See `Ticket`. A `done` that is running at this moment runs to its end."""
        self._supervisor.give_up(self._waiters)

    def foreseen(self) -> list[tuple[Job, Answer]]:
        """See `ForesightfulTicket`. From any thread."""
        entries = [(waiter.job, waiter.entry) for waiter in self._waiters if not waiter.given_up]
        return [(job, entry.foreseen) for job, entry in entries if entry is not None and entry.foreseen is not None]


_ALL: weakref.WeakSet[Supervisor] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    SPAWNING.release()
    for supervisor in list(_ALL):
        supervisor._let_go()


os.register_at_fork(before=SPAWNING.acquire, after_in_parent=SPAWNING.release, after_in_child=_after_fork_in_child)
