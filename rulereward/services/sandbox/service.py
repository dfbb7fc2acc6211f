"""The service `sandbox`: programs that models wrote, run against tests.

A job's payload is `text.code_work.Work` in its plain form; its answer is

    {"compiled": bool, "tests": [{"verdict", "cpu_s", "wall_s", "why", "got", "stderr"}, ...]}

with an entry for each test of the suite, in its order. Verdicts are those of `text.code_tests.scoring`; `NR` is what
was not run, because the score was decided before or because the test itself cannot be run (then `why` says so). What
was not run has no times, and `why`, `got` and `stderr` stand only at the first few tests that failed, cut to size.
Trouble of our own, when trying again does not help, is a Failure and never a verdict.

One thread drives the links (`Slots`); other threads only leave commands for it. It is started by the first job.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence

from rulereward.kind import Answer, Failure, Job
from rulereward.services.crew import SPAWNING
from rulereward.services.entry import Done
from rulereward.services.sandbox.backends import Backend
from rulereward.services.sandbox.jobs import Batch, Seat
from rulereward.services.sandbox.slots import Slots

PROTOCOL = 1
"""Raised whenever our part of the work changes so that an answer could."""

_Command = Callable[[Slots], None]


class SandboxService:
    """A `Service` (see `rulereward.kind.served`). Thread-safe; a forked child begins with a fresh one."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._fresh()
        with SPAWNING:
            _ALL.add(self)

    def _fresh(self) -> None:
        self._lock = threading.Lock()
        self._commands: deque[_Command] = deque()
        self._slots: Slots | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def chosen(self) -> str:
        """The name of the back-end that runs the programs."""
        return self._backend.name

    @property
    def backend(self) -> Backend:
        """The back-end that runs the programs. Its links are this service's affair."""
        return self._backend

    @property
    def identity(self) -> str:
        """See `Service`."""
        return f"protocol {PROTOCOL}, {self._backend.identity}"

    def submit(self, jobs: Sequence[Job], done: Done) -> _Ticket:
        """See `Service`. After `close`, `done` is called at once, from the caller's thread."""
        batch = Batch()
        seats = [Seat(job, done, batch=batch) for job in jobs]
        with self._lock:
            accepted = not self._closed
            if accepted and seats:
                self._leave(lambda slots: slots.take(seats))
        if not accepted:
            for seat in seats:
                seat.call(_CLOSING)
        return _Ticket(self, seats)

    def give_up(self, seats: Sequence[Seat]) -> None:
        """What a ticket's `cancel` does."""
        for seat in seats:
            seat.given_up = True
        with self._lock:
            if self._slots is not None:
                self._leave(lambda slots: slots.give_up(seats))

    def close(self) -> None:
        """See `Service`. Returns when no process is left; may be called any number of times, from any thread."""
        with self._lock:
            self._closed = True
            thread = self._thread
            if self._slots is not None:
                self._slots.wake()
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _leave(self, command: _Command) -> None:
        """Leave a command for the service's thread, which is started if need be. The lock is held."""
        self._commands.append(command)
        if self._slots is None:
            self._slots = Slots(self._backend)
            self._thread = threading.Thread(
                target=self._run, args=(self._slots,), name="rulereward-sandbox", daemon=True
            )
            self._thread.start()
        self._slots.wake()

    def _run(self, slots: Slots) -> None:
        failure = Failure("service_failed", "the thread of the sandbox service broke down")
        try:
            while not self._closed:
                while self._commands:
                    self._commands.popleft()(slots)
                slots.step()
            failure = _CLOSING
        finally:  # whatever ends the thread, nobody waits for ever and no process stays
            with self._lock:
                self._slots = self._thread = None
                while self._commands:
                    self._commands.popleft()(slots)
            slots.stop(failure)

    def _let_go(self) -> None:
        """In a forked child: the runners and the jobs in flight are the parent's."""
        if self._slots is not None:
            self._slots.let_go()
        self._fresh()


class _Ticket:
    def __init__(self, service: SandboxService, seats: Sequence[Seat]) -> None:
        self._service = service
        self._seats = seats

    def cancel(self) -> None:
        """See `Ticket`. A `done` that is running at this moment runs to its end."""
        self._service.give_up(self._seats)

    def foreseen(self) -> list[tuple[Job, Answer]]:
        """See `ForesightfulTicket`. From any thread."""
        runs = [(seat.job, seat.run) for seat in self._seats if not seat.given_up]
        found = [(job, run.foreseen()) for job, run in runs if run is not None]
        return [(job, answer) for job, answer in found if answer is not None]


_CLOSING = Failure("closed", "the sandbox service was closed")

_ALL: weakref.WeakSet[SandboxService] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for service in list(_ALL):
        service._let_go()


os.register_at_fork(after_in_child=_after_fork_in_child)  # `supervisor` takes and gives back SPAWNING around a fork
