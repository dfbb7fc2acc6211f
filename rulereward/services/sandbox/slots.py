"""The links of one back-end, and the tests between them, driven by one thread with a selector."""

from __future__ import annotations

import os
import selectors
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from rulereward.kind import UNAVAILABLE, Failure
from rulereward.services.sandbox.backends import Backend, BackendError, BackendLink
from rulereward.services.sandbox.jobs import JobRun, Seat
from rulereward.services.sandbox.link import LinkLostError
from rulereward.services.sandbox.pytest_modules import WHAT_HELPS
from rulereward.services.sandbox.queue import TestQueue, Trial
from rulereward.services.spec import processors
from rulereward.services.waking import Alarm

_START_LIMIT_S = 60.0
_STUCK_GRACE_S = 90.0
"""How long beyond a test's own limit on wall time its outcome may take: a compiler may run before it."""
_STARTS = 3
_PAUSE_S = 5.0
"""After so many failed starts in a row none is tried for this time, and jobs fail at once."""


@dataclass(slots=True, eq=False)
class _Held:
    """A link, and what it is at: trials by the number that the link gave each, and when each must be answered."""

    link: BackendLink
    since: float = field(default_factory=time.monotonic)
    trials: dict[int, Trial] = field(default_factory=dict)
    deadlines: dict[int, float] = field(default_factory=dict)
    watched: dict[int, int] = field(default_factory=dict)
    """The descriptors that the selector watches for it, and for what."""

    def next_deadline(self) -> float | None:
        if not self.link.slots:
            return self.since + _START_LIMIT_S
        return min(self.deadlines.values()) if self.deadlines else None


class Slots:
    """Not thread-safe, except for `wake`. The calls are those of `services.crew.Crew`."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._queue = TestQueue(self._cancel, self._is_loaded)
        self._held: list[_Held] = []
        self._alone = False
        """Whether a test is in flight that must be the only one."""
        self._failed_starts = 0
        self._paused_until = 0.0
        self._trouble = ""
        self._alarm = Alarm()
        self._selector = self._alarm.selector

    def wake(self) -> None:
        """End the wait in `step`, from any thread."""
        self._alarm.wake()

    def take(self, seats: Sequence[Seat]) -> None:
        """Accept jobs."""
        self._queue.take(seats)

    def give_up(self, seats: Sequence[Seat]) -> None:
        """Drop the jobs that nobody waits for any more, and stop their tests."""
        self._queue.give_up(seats)

    def step(self) -> None:
        """Hand out what waits, then wait for the next thing to happen and deal with it."""
        self._staff()
        self._hand_out()
        for held in self._held:
            self._watch(held)
        for key, events in self._selector.select(self._time_left()):
            if key.data is None:
                self._alarm.heard()
            elif key.data in self._held:
                self._serve(key.data, key.fd, events)
        self._watch_clock()

    def stop(self, failure: Failure) -> None:
        """End every link, answer every job with `failure`."""
        for held in self._held:
            held.link.close()
        self._held.clear()
        self._alarm.close()
        self._queue.fail_all(failure)

    def let_go(self) -> None:
        """In a forked child: close our copies of everything and touch nothing that the parent uses."""
        for held in self._held:
            held.link.let_go()
        self._alarm.close()

    # ---------------------------------------------------------------- handing out

    def _hand_out(self) -> None:
        if self._alone:
            return
        ready = [held for held in self._held if held.link.slots]
        if self._queue.lone_is_due() and ready:
            if any(held.trials for held in ready):
                return
            self._alone = self._give(ready[0], self._queue.take_lone())
            if self._alone:
                return
        for held in ready:
            while len(held.trials) < held.link.slots and held in self._held:
                trial = self._queue.next()
                if trial is None:
                    return
                self._give(held, trial)

    def _give(self, held: _Held, trial: Trial) -> bool:
        """Whether the link took it."""
        missing = self._missing(held.link, trial.run)
        if missing is not None:
            self._queue.fail(trial.run, missing)
            return False
        try:
            test = trial.test()
            number = held.link.submit(test)
        except ValueError as problem:  # no plain data, or too long for one frame
            self._queue.cannot_run(trial, f"the test cannot be given to a program: {problem}")
            return False
        held.trials[number] = trial
        held.deadlines[number] = time.monotonic() + test.limits.most_wall_s + _STUCK_GRACE_S
        return True

    def _missing(self, link: BackendLink, run: JobRun) -> Failure | None:
        """Whether a job needs what the link does not have."""
        language, name = run.work.program.language, self._backend.name
        if link.languages and language not in link.languages:
            message = f"the sandbox has no {language}: it has {', '.join(link.languages)}"
            return Failure("language_missing", message)
        if run.work.suite.mode == "pytest" and not link.has_pytest:
            helps = WHAT_HELPS.get(name, "install it there")
            message = f"the {name} sandbox has no pytest, which test files need: {helps}"
            return Failure("pytest_missing", message)
        return None

    def _cancel(self, run: JobRun, place: int) -> None:
        for held in self._held:
            for number, trial in held.trials.items():
                if trial.is_for(run, place):
                    held.link.cancel(number)

    def _is_loaded(self) -> bool:
        """Is there more to do on this host than it has processors? Of another host nobody knows."""
        return not self._backend.local or os.getloadavg()[0] > processors()

    # ---------------------------------------------------------------- starting

    def _staff(self) -> None:
        """Make links for what still waits; where that is impossible, fail it."""
        waiting = self._queue.waiting if len(self._held) < self._backend.links else 0
        while waiting > 0 and len(self._held) < self._backend.links:
            if time.monotonic() < self._paused_until:
                if not self._held:
                    message = f"the {self._backend.name} sandbox cannot be started: {self._trouble}"
                    self._queue.fail_waiting(Failure(UNAVAILABLE, message))
                return
            if any(not held.link.slots for held in self._held):
                return  # how much one does is known when the first is ready
            self._start()

    def _start(self) -> None:
        try:
            link = self._backend.connect()
        except (BackendError, OSError) as problem:
            self._start_failed(str(problem))
            return
        self._held.append(_Held(link))

    def _start_failed(self, trouble: str) -> None:
        self._trouble = trouble
        self._failed_starts += 1
        if self._failed_starts >= _STARTS:
            self._failed_starts = 0
            self._paused_until = time.monotonic() + _PAUSE_S

    # ---------------------------------------------------------------- listening

    def _watch(self, held: _Held) -> None:
        """Have the selector watch what the link waits for."""
        wanted = {held.link.reading: selectors.EVENT_READ}
        if held.link.has_output:
            writing = held.link.writing
            wanted[writing] = wanted.get(writing, 0) | selectors.EVENT_WRITE
        if wanted == held.watched:
            return
        for fd, events in wanted.items():
            if fd not in held.watched:
                self._selector.register(fd, events, held)
            elif held.watched[fd] != events:
                self._selector.modify(fd, events, held)
        for fd in held.watched.keys() - wanted.keys():
            self._selector.unregister(fd)
        held.watched = wanted

    def _serve(self, held: _Held, fd: int, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            held.link.send()
        if not events & selectors.EVENT_READ or fd != held.link.reading:
            return
        starting = not held.link.slots
        try:
            outcomes = held.link.receive()
        except LinkLostError as problem:
            self._lost(held, str(problem), starting=starting)
            return
        if starting and held.link.slots:
            self._failed_starts = 0
        failed_again = False
        for number, test, outcome in outcomes:
            held.deadlines.pop(number, None)
            trial = held.trials.pop(number)
            self._alone = self._alone and not trial.alone
            failed_again = self._queue.finish(trial, test, outcome) or failed_again
        if failed_again:
            self._replace(held)

    # ---------------------------------------------------------------- ending

    def _lost(self, held: _Held, why: str, *, starting: bool) -> None:
        """A link is gone: its tests are next again."""
        trials = self._part_with(held)
        if starting:
            self._start_failed(why)
        self._queue.after_loss(trials, f"the runner ended: {why}")

    def _replace(self, held: _Held) -> None:
        """End a link that our side failed on again; the other tests that it has are not to blame."""
        trials = self._part_with(held)
        held.link.close()
        for trial in trials:
            self._queue.put_back(trial)

    def _part_with(self, held: _Held) -> list[Trial]:
        """Forget a link; the trials that it had, in their order."""
        for fd in held.watched:
            self._selector.unregister(fd)
        held.watched = {}
        self._held.remove(held)
        trials = list(held.trials.values())
        if any(trial.alone for trial in trials):
            self._alone = False
        held.trials.clear()
        return trials

    def _time_left(self) -> float | None:
        deadlines = [deadline for held in self._held if (deadline := held.next_deadline()) is not None]
        if not self._alone and (lone_at := self._queue.lone_due_at) is not None:
            deadlines.append(lone_at)
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None

    def _watch_clock(self) -> None:
        now = time.monotonic()
        for held in list(self._held):
            deadline = held.next_deadline()
            if deadline is not None and now >= deadline:
                starting = not held.link.slots
                words = held.link.close()
                why = "it was not ready in time" if starting else "it did not answer in time"
                self._lost(held, f"{why}: {words}", starting=starting)
