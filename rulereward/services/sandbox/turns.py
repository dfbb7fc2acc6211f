"""Whose turn it is: of the jobs that have used the slots least, the eldest.

Programs that sleep or compute until shortly before their limits would else keep the slots from all that came later.
What a job has used counts in steps that double: jobs that are soon done are served as they came, and one that is long
at work is passed over a few times, and not at every test, so that its program is seldom sent to a runner anew.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar

_STEP_S = 2.0
"""Seconds of slots up to which jobs are served as they came. The next steps are at 4, 8, 16 and so on."""
_FEW = 1000
"""Entries that nobody looks through for void ones."""
_UNKNOWN_S = 1.0
"""What a test in flight counts for while no test of its job has come back."""


class Turn:
    """What one job has used of the slots: tests that ended or are in flight. Times are seconds of one clock."""

    def __init__(self) -> None:
        self.age = -1
        """The number of the job among all that ever waited for their turn, which `Turns` gives it."""
        self.entry = (-1, -1)
        """The step at which it waits, and the number of its entry there. For `Turns`."""
        self._began: dict[Hashable, float] = {}
        self._ended = 0
        self._ended_s = 0.0

    def begin(self, trial: Hashable, now: float) -> None:
        """A test is given to a link."""
        self._began[trial] = now

    def end(self, trial: Hashable, now: float) -> None:
        """It came back, or never will. Nothing happens for one that did not begin."""
        began = self._began.pop(trial, None)
        if began is not None:
            self._ended += 1
            self._ended_s += now - began

    def step(self, now: float) -> int:
        """How many steps what was used is long. A test in flight counts at least as much as those that ended did on
        average.
        """
        least_s = self._ended_s / self._ended if self._ended else _UNKNOWN_S
        used_s = self._ended_s + sum(max(now - began, least_s) for began in self._began.values())
        return int(used_s / _STEP_S).bit_length()


class Waiting(Protocol):
    """A job with tests to run."""

    turn: Turn
    done: bool

    @property
    def has_next(self) -> bool:
        """Is there a test to hand out now?"""
        ...


R = TypeVar("R", bound=Waiting)


class Turns(Generic[R]):
    """Jobs that wait for their turn. Not thread-safe. Each call takes time logarithmic in their number."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, int, R]] = []
        """By step and age, with the number of the entry. One that is not its job's last is void."""
        self._ages = 0
        self._entries = 0
        self._swept_at = _FEW

    def offer(self, run: R, now: float) -> None:
        """Have a job wait for its turn that has a test to hand out now, or that used less than was thought."""
        if not run.has_next:
            return
        if run.turn.age < 0:
            run.turn.age = self._ages
            self._ages += 1
        step = run.turn.step(now)
        if run.turn.entry[1] < 0 or step < run.turn.entry[0]:
            heapq.heappush(self._heap, self._entry(run, step))
            if len(self._heap) > self._swept_at:
                self._sweep()

    def first(self, now: float) -> R | None:
        """Whose turn it is; None where nobody waits. It goes on waiting until it has nothing to hand out."""
        while self._heap:
            step, _, number, run = self._heap[0]
            if number != run.turn.entry[1]:
                heapq.heappop(self._heap)
            elif not run.has_next:
                heapq.heappop(self._heap)
                run.turn.entry = (-1, -1)
            elif (used := run.turn.step(now)) > step:
                heapq.heapreplace(self._heap, self._entry(run, used))
            else:
                return run
        return None

    def _sweep(self) -> None:
        """Let go of the jobs that are done, and of void entries."""
        self._heap = [entry for entry in self._heap if entry[2] == entry[3].turn.entry[1] and not entry[3].done]
        heapq.heapify(self._heap)
        self._swept_at = max(_FEW, 2 * len(self._heap))

    def _entry(self, run: R, step: int) -> tuple[int, int, int, R]:
        self._entries += 1
        run.turn.entry = (step, self._entries)
        return step, run.turn.age, self._entries, run
