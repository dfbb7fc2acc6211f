"""The worker processes of one service, and the jobs between them, driven by one thread."""

from __future__ import annotations

import os
import selectors
import time
from collections.abc import Sequence

from rulereward.kind import UNAVAILABLE, Failure
from rulereward.services.board import JobBoard
from rulereward.services.entry import Entry, Waiter
from rulereward.services.frames import BrokenFrameError, pack
from rulereward.services.process import Stage, WorkerProcess
from rulereward.services.spec import ServiceSpec
from rulereward.services.waking import SPAWNING, Alarm

_CHUNK = 1 << 18
_PIPELINED = 2
"""Jobs at a worker at once: one being done and one waiting there, which hides the way through the pipes."""
_JOBS_PER_START = 16
"""One more worker is started for so many waiting jobs."""


class Crew:
    """Not thread-safe, except for `wake`."""

    def __init__(self, spec: ServiceSpec) -> None:
        self._spec = spec
        self._board = JobBoard(spec)
        self._workers: list[WorkerProcess[Entry]] = []
        self._failed_starts = 0
        self._paused_until = 0.0
        self._trouble = ""
        self._alarm = Alarm()
        self._selector = self._alarm.selector

    def wake(self) -> None:
        """End the wait in `step`, from any thread."""
        self._alarm.wake()

    def take(self, waiters: Sequence[Waiter]) -> None:
        """Accept jobs."""
        self._board.take(waiters)

    def give_up(self, waiters: Sequence[Waiter]) -> None:
        """Drop the jobs that nobody waits for any more, and kill the workers that are at one."""
        self._board.give_up(waiters)
        for worker in list(self._workers):
            if worker.in_flight and not worker.in_flight[0].wanted:
                self._part_with(worker)

    def step(self) -> None:
        """Hand out what waits, then wait for the next thing to happen and deal with it."""
        self._hand_out()
        self._staff()
        for key, events in self._selector.select(self._time_left()):
            worker = key.data
            if worker is None:
                self._alarm.heard()
            elif worker in self._workers:
                self._serve(worker, key.fd, events)
        self._watch_clock()

    def stop(self, failure: Failure) -> None:
        """Kill every process, close every pipe, answer every job with `failure`."""
        for worker in self._workers:
            worker.ask_to_end()
        for worker in self._workers:
            worker.end()
        self._workers.clear()
        self._alarm.close()
        self._board.fail_all(failure)

    def let_go(self) -> None:
        """In a forked child: close our copies of everything and touch nothing that the parent uses."""
        for worker in self._workers:
            worker.let_go()
        self._alarm.close()

    # ---------------------------------------------------------------- handing out

    def _hand_out(self) -> None:
        for worker in list(self._workers):
            while worker.stage is Stage.READY and len(worker.in_flight) < _PIPELINED:
                if any(entry.lone for entry in worker.in_flight):
                    break
                others = [other.affinity for other in self._workers if other is not worker and other.in_flight]
                entry = self._board.next_for(worker.affinity, worker.run, others, idle=not worker.in_flight)
                if entry is None:
                    break
                if entry.deaths and worker.run:  # whoever killed the other one may have killed this one too
                    self._board.put_back([entry])
                    self._part_with(worker)
                    break
                self._send(worker, entry)

    def _send(self, worker: WorkerProcess[Entry], entry: Entry) -> None:
        if not worker.in_flight:
            worker.enter("")
        worker.run = worker.run + 1 if worker.affinity == entry.affinity else 1
        worker.affinity = entry.affinity
        worker.in_flight.append(entry)
        if entry.lone:
            worker.outgoing += pack(None)  # it meets a fresh child
        worker.outgoing += pack([entry.job.payload, entry.lone])
        self._write(worker)

    def _write(self, worker: WorkerProcess[Entry]) -> None:
        worker.write()
        watched = worker.stdin in self._selector.get_map()
        if worker.outgoing and not watched:
            self._selector.register(worker.stdin, selectors.EVENT_WRITE, worker)
        elif watched and not worker.outgoing:
            self._selector.unregister(worker.stdin)

    # ---------------------------------------------------------------- starting

    def _staff(self) -> None:
        """Start processes for what still waits; where that is impossible, fail it."""
        while waiting := self._board.waiting:
            live = len(self._workers)
            if time.monotonic() < self._paused_until:
                if not live:
                    message = f"the {self._spec.name} worker cannot be started: {self._trouble}"
                    self._board.fail_waiting(Failure(UNAVAILABLE, message))
                return
            starting = sum(worker.stage is Stage.STARTING for worker in self._workers)
            if live >= self._spec.workers or starting * _JOBS_PER_START >= waiting:
                return
            self._start()

    def _start(self) -> None:
        try:
            with SPAWNING:
                worker: WorkerProcess[Entry] = WorkerProcess(self._spec.command)
        except OSError as problem:
            self._start_failed(str(problem))
            return
        self._workers.append(worker)
        self._selector.register(worker.stdout, selectors.EVENT_READ, worker)
        self._selector.register(worker.stderr, selectors.EVENT_READ, worker)

    def _start_failed(self, trouble: str) -> None:
        self._trouble = trouble
        self._failed_starts += 1
        if self._failed_starts >= self._spec.starts:
            self._failed_starts = 0
            self._paused_until = time.monotonic() + self._spec.pause_s

    # ---------------------------------------------------------------- listening

    def _serve(self, worker: WorkerProcess[Entry], fd: int, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._write(worker)
            return
        data = os.read(fd, _CHUNK)
        if fd == worker.stderr:
            if data:
                worker.note_stderr(data)
            else:
                self._selector.unregister(fd)
        elif data:
            self._hear(worker, data)
        else:
            self._lost(worker)

    def _hear(self, worker: WorkerProcess[Entry], data: bytes) -> None:
        try:
            for message in worker.frames.feed(data):
                self._obey(worker, message)
        except BrokenFrameError as problem:
            worker.note_stderr(f"\nit wrote something that is no message: {problem}".encode())
            self._lost(worker)

    def _obey(self, worker: WorkerProcess[Entry], message: object) -> None:
        match message:
            case ["ready"] if worker.stage is Stage.STARTING:
                worker.stage = Stage.READY
                self._failed_starts = 0
            case ["phase", str(name)] if worker.in_flight:
                worker.enter(name)
            case ["answer", dict(answer)] if worker.in_flight:
                worker.enter("")
                self._board.finish(worker.in_flight.popleft(), answer)
            case ["limit", str(phase)] if worker.in_flight:
                worker.enter("")
                self._board.after_limit(worker.in_flight.popleft(), phase)
            case ["stopped"] if worker.in_flight:
                phase = worker.phase
                worker.enter("")
                self._board.after_limit(worker.in_flight.popleft(), phase)
            case _:
                raise BrokenFrameError("an unexpected message")

    # ---------------------------------------------------------------- ending

    def _lost(self, worker: WorkerProcess[Entry], *, limit: bool = False) -> None:
        """A worker ended, or must: blame the job it was at, and put the others back."""
        stage, phase = worker.stage, worker.phase
        entry = worker.in_flight.popleft() if worker.in_flight and stage is Stage.READY else None
        self._part_with(worker)
        if stage is Stage.STARTING:
            self._start_failed(worker.last_words())
        if entry is None:
            return
        if limit:
            self._board.after_limit(entry, phase)
        else:
            self._board.after_death(entry, worker.last_words())

    def _part_with(self, worker: WorkerProcess[Entry]) -> None:
        """End a worker; the jobs it had not begun wait at the front again."""
        for fd in (worker.stdin, worker.stdout, worker.stderr):
            if fd in self._selector.get_map():
                self._selector.unregister(fd)
        self._workers.remove(worker)
        worker.end()
        self._board.put_back(worker.in_flight)

    def _deadline(self, worker: WorkerProcess[Entry]) -> float | None:
        if worker.stage is Stage.STARTING:
            return worker.since + self._spec.start_limit_s
        if worker.in_flight:
            return worker.since + self._spec.stuck_limit_s
        return None

    def _time_left(self) -> float | None:
        deadlines = [d for worker in self._workers if (d := self._deadline(worker)) is not None]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None

    def _watch_clock(self) -> None:
        now = time.monotonic()
        for worker in list(self._workers):
            deadline = self._deadline(worker)
            if deadline is not None and now >= deadline:
                if worker.stage is Stage.STARTING:
                    worker.note_stderr(f"\nit was not ready after {self._spec.start_limit_s:g} s".encode())
                self._lost(worker, limit=True)
