"""A queue of tests by a clock that a test sets, and what a link would do."""

from __future__ import annotations

from collections.abc import Iterator

from rulereward.kind import Job
from rulereward.services.sandbox.jobs import JobRun, Seat
from rulereward.services.sandbox.queue import TestQueue, Trial
from rulereward.services.sandbox.shapes import Outcome, StdinTest


class Desk:
    """A queue, and links in front of it that do nothing."""

    def __init__(self, *jobs: Job) -> None:
        self.now = 0.0
        self.cancelled: list[int] = []
        self.queue = TestQueue(lambda _, place: self.cancelled.append(place), lambda: True, lambda: self.now)
        self.seats = [Seat(asked, lambda *_: None) for asked in jobs]
        self.queue.take(self.seats)

    def next(self) -> Trial:
        trial = self.queue.next()
        assert trial is not None
        return trial

    def run(self, number: int = 0) -> JobRun:
        run = self.seats[number].run
        assert run is not None
        return run

    def whose(self, trial: Trial) -> int:
        return next(number for number, seat in enumerate(self.seats) if seat.run is trial.run)

    def finish(self, trial: Trial, outcome: Outcome | None = None) -> None:
        test = trial.run.test(trial.place)
        assert isinstance(test, StdinTest)
        first, second = map(int, test.stdin.split())
        right = Outcome(said="SC", exit=0, stdout=b"%d\n" % (first + second))
        self.queue.finish(trial, test, right if outcome is None else outcome)

    def served(self, seconds: float, count: int) -> Iterator[tuple[int, int]]:
        """One test after the other, each of which takes so long: whose it was, and which."""
        for _ in range(count):
            trial = self.next()
            self.now += seconds
            self.finish(trial)
            yield self.whose(trial), trial.place
