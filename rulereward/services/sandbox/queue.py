"""All tests of all jobs, in one queue: which is next (`turns`), and what becomes of a job when one of them was run.

a doubtful verdict                      the test is tried again, alone; then it stands
the same, and it used no processor      it is tried again, beside others: no load of theirs has slowed it
tests that share a fork                 who passes has passed, the others are next, each by itself
our side fails a test                   again on another slot, then on a new link; then the job fails
a link is lost with tests in flight     they are next again; lost a second time they are tried alone, then they fail
our side fails more than one test in 20 of a batch    what is left of the batch fails
everyone who waited for it gave up      dropped
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from rulereward.kind import UNRELIABLE, Answer, Failure
from rulereward.services.sandbox.endings import ending
from rulereward.services.sandbox.jobs import JobRun, Seat
from rulereward.services.sandbox.shapes import Outcome, Test
from rulereward.services.sandbox.turns import Turns
from rulereward.services.sandbox.verdicts import Judged, told
from rulereward.text.code_tests import Suite
from rulereward.text.code_work import work_of

_MOST_TROUBLES = 3
"""Tries of one test that our side may fail."""
_FEW_TROUBLES = 5
_TROUBLED_SHARE = 0.05
"""More troubles than both end a batch."""
_IDLE_SHARE = 0.02
"""Who used less of the processor than this share of the time was waiting, and not kept waiting by others."""
_LONE_EVERY_S = 5.0
"""While first tries wait, they have so much time between two second tries."""

Cancel = Callable[[JobRun, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A test of a job that is to be run, or is being. `second`: again, because a verdict is in doubt; `alone`: with
    nothing else in flight; `together`: the places of all tests that share its fork, where several do.
    """

    run: JobRun
    place: int
    second: bool = False
    alone: bool = False
    together: tuple[int, ...] = ()

    def test(self) -> Test:
        """What a link is given. Raises ValueError where that cannot be made."""
        return self.run.batch(self.together) if self.together else self.run.test(self.place)

    def is_for(self, run: JobRun, place: int) -> bool:
        """Is it for this test, and none that it is also for still wanted?"""
        mine = self.together or (self.place,)
        return self.run is run and place in mine and not (self.together and run.flying.intersection(mine))


class TestQueue:
    """Not thread-safe. `cancel` has a test in flight stopped; `is_loaded` says whether other work slows this host."""

    __test__ = False  # to pytest, whose tests are others

    def __init__(
        self, cancel: Cancel, is_loaded: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._cancel = cancel
        self._is_loaded = is_loaded
        self._clock = clock
        self._runs: dict[bytes, JobRun] = {}
        self._turns: Turns[JobRun] = Turns()
        self._usable: dict[bytes, bool] = {}
        self._lone: deque[Trial] = deque()
        self._lone_at = 0.0
        self._seconds: deque[Trial] = deque()
        """Second tries that need not be alone."""

    # ---------------------------------------------------------------- coming and going

    def take(self, seats: Sequence[Seat]) -> None:
        """Accept jobs. Equal ones already on their way are joined."""
        suites: dict[int, Suite] = {}
        for seat in seats:
            key = seat.job.key
            run = self._runs.get(key)
            if run is None:
                run = self._new_run(key, seat, suites)
            if run is not None:
                run.seats.append(seat)
                seat.run = run
                seat.batch.tests += len(run.verdicts)
        for run in [run for run in self._runs.values() if run.over]:  # no test of it counts
            self._answer(run, run.answer())

    def _new_run(self, key: bytes, seat: Seat, suites: dict[int, Suite]) -> JobRun | None:
        payload = seat.job.payload
        try:
            work = work_of(payload, suites)
        except ValueError as problem:
            seat.call(Failure("bad_job", str(problem)))
            return None
        if isinstance(payload, tuple):
            suites[id(payload[2])] = work.suite
        run = self._runs[key] = JobRun(key, seat.job, work, self._usable)
        self._turns.offer(run, self._clock())
        return run

    def give_up(self, seats: Sequence[Seat]) -> None:
        """Drop the jobs that nobody waits for any more."""
        for run in {id(seat.run): seat.run for seat in seats if seat.run is not None}.values():
            if not run.wanted:
                self._drop(run)

    def _drop(self, run: JobRun) -> None:
        """Forget a job, and stop what is in flight of it."""
        run.done = True
        if self._runs.get(run.key) is run:
            del self._runs[run.key]
        self._forget_doubts(run, set())
        at_links = [*run.flying, *run.doubts]  # one of the doubts may be having its second try
        run.flying.clear()
        for place in at_links:
            self._cancel(run, place)

    def _forget_doubts(self, run: JobRun, kept: Collection[int]) -> None:
        """Drop second tries of a job, apart from those of some places."""
        self._lone = deque(trial for trial in self._lone if trial.run is not run or trial.place in kept)
        self._seconds = deque(trial for trial in self._seconds if trial.run is not run or trial.place in kept)

    # ---------------------------------------------------------------- handing out

    @property
    def waiting(self) -> int:
        """How many tests are at no link and could be."""
        return len(self._lone) + len(self._seconds) + sum(len(run.open) for run in self._runs.values())

    @property
    def lone_due_at(self) -> float | None:
        """When the next second try is due though first tries wait; None where there is none."""
        return self._lone_at + _LONE_EVERY_S if self._lone else None

    def lone_is_due(self) -> bool:
        """Is it time for a second try, before which nothing else may be in flight?"""
        due_at = self.lone_due_at
        if due_at is None:
            return False
        now = self._clock()
        waits = bool(self._seconds) or self._turns.first(now) is not None
        return now >= due_at or not waits

    def take_lone(self) -> Trial:
        return self._begin(self._lone.popleft(), self._clock())

    def next(self) -> Trial | None:
        """The next test of the job whose turn it is; of its equals, one that has a second try comes first."""
        now = self._clock()
        run = self._turns.first(now)
        if self._seconds and (run is None or self._seconds[0].run.turn.step(now) <= run.turn.step(now)):
            return self._begin(self._seconds.popleft(), now)
        places = () if run is None else run.take()
        if run is None or not places:
            return None
        return self._begin(Trial(run, places[0], together=places if len(places) > 1 else ()), now)

    @staticmethod
    def _begin(trial: Trial, now: float) -> Trial:
        trial.run.turn.begin(trial, now)
        return trial

    def _end(self, trial: Trial) -> None:
        now = self._clock()
        trial.run.turn.end(trial, now)
        if trial.alone:
            self._lone_at = now

    def put_back(self, trial: Trial) -> None:
        """A trial that no link took."""
        self._end(trial)
        if trial.run.done or not (trial.second or trial.run.flying.intersection(trial.together or (trial.place,))):
            return
        if trial.together:
            for place in trial.run.flying.intersection(trial.together):
                trial.run.put_back(place)
        elif trial.second:
            (self._lone if trial.alone else self._seconds).appendleft(trial)
        else:
            trial.run.put_back(trial.place)
        self._turns.offer(trial.run, self._clock())

    def _try_alone(self, run: JobRun, place: int) -> None:
        if not self._lone:
            self._lone_at = self._clock()
        self._lone.append(Trial(run, place, second=True, alone=True))

    # ---------------------------------------------------------------- what became of a test

    def finish(self, trial: Trial, test: Test, outcome: Outcome) -> bool:
        """A test came back. Whether its link should be replaced: our side has failed the test on it again."""
        self._end(trial)
        failed_again = self._take_in(trial, test, outcome)
        self._turns.offer(trial.run, self._clock())
        return failed_again

    def _take_in(self, trial: Trial, test: Test, outcome: Outcome) -> bool:
        run, place = trial.run, trial.place
        if trial.together:
            self._finish_together(trial, test, outcome)
            return False
        if run.done or place not in (run.doubts if trial.second else run.flying):
            return False  # cancelled
        judged = run.judge(place, test, outcome)
        if judged is None:
            return False  # its next step is in the queue
        if judged.verdict == "NR":
            self._trouble(trial, "the sandbox stopped it unasked")
        elif judged.verdict == "IE" and judged.doubtful:
            return self._trouble(trial, judged.why)
        elif judged.doubtful and not trial.second and not run.stands(judged) and self._may_be_our_fault(judged):
            run.doubt(place, judged)
            if judged.verdict == "TLE" and judged.cpu_s < _IDLE_SHARE * judged.wall_s:
                self._seconds.append(Trial(run, place, second=True))
            else:
                self._try_alone(run, place)
        else:
            self._settle(run, place, judged)
        return False

    def _finish_together(self, trial: Trial, test: Test, outcome: Outcome) -> None:
        run = trial.run
        if run.done or not run.flying.intersection(trial.together):
            return  # cancelled
        over = ending(test, outcome)
        if over.verdict in ("IE", "NR"):
            self._trouble(trial, over.why or "the sandbox stopped it unasked")
        elif over.verdict == "CE":
            self._settle(run, trial.place, told(over, outcome))
        else:
            for other in run.settle_together(trial.together, test, outcome):
                self._cancel(run, other)
            if run.over:
                self._answer(run, run.answer())

    def cannot_run(self, trial: Trial, why: str) -> None:
        """A test that cannot cross to a sandbox: it counts as not run, whatever the program is.

        Several that cannot cross together are tried each by itself.
        """
        self._end(trial)
        if trial.together:
            trial.run.part(trial.together)
        else:
            self._settle(trial.run, trial.place, Judged("IE", why=why))
        self._turns.offer(trial.run, self._clock())

    def after_loss(self, trials: Sequence[Trial], why: str) -> None:
        """The link was lost on which these were in flight."""
        for trial in reversed(trials):
            self._end(trial)
            if not trial.run.done:
                self._again(trial, why, alone=trial.second or trial.run.troubles[trial.place] >= 1)
                self._turns.offer(trial.run, self._clock())

    def _may_be_our_fault(self, judged: Judged) -> bool:
        return judged.verdict != "TLE" or self._is_loaded()

    def _settle(self, run: JobRun, place: int, judged: Judged) -> None:
        doubted = set(run.doubts)
        pointless = run.settle(place, judged)
        for other in (*pointless, *(doubted - run.doubts.keys() - {place})):  # second tries may be in flight as well
            self._cancel(run, other)
        if doubted:
            self._forget_doubts(run, run.doubts.keys())
        if run.over:
            self._answer(run, run.answer())

    def _answer(self, run: JobRun, answer: Answer) -> None:
        self._drop(run)
        for seat in run.seats:
            seat.call(answer)

    # ---------------------------------------------------------------- trouble on our side

    def _trouble(self, trial: Trial, why: str) -> bool:
        """Our side failed a test. Whether that was the second time."""
        for seat in trial.run.seats:
            seat.batch.troubles += 1
        self._again(trial, why, alone=trial.second)
        for seat in trial.run.seats:
            if seat.batch.troubles > max(_FEW_TROUBLES, _TROUBLED_SHARE * seat.batch.tests):
                self._end_batch(seat, why)
        return not trial.run.done and trial.run.troubles[trial.place] == _MOST_TROUBLES - 1

    def _again(self, trial: Trial, why: str, *, alone: bool) -> None:
        run, place = trial.run, trial.place
        if trial.together:
            run.part(trial.together)
            return
        run.troubles[place] += 1
        if run.troubles[place] >= _MOST_TROUBLES:
            message = f"the sandbox failed test {place + 1} again and again: {why}"
            self._answer(run, Failure("sandbox_failed", message))
        elif alone:
            run.doubts.setdefault(place, Judged("IE", why=why))
            run.flying.discard(place)
            self._try_alone(run, place)
        elif place in run.flying:
            run.put_back(place)

    def _end_batch(self, seat: Seat, why: str) -> None:
        """Fail what is left of a batch; others who wait for the same jobs go on waiting."""
        message = f"the sandbox failed more than 1 in 20 of the tests of one batch, the last time because: {why}"
        for run in list(self._runs.values()):
            ours = [other for other in run.seats if other.batch is seat.batch]
            for other in ours:
                other.call(Failure(UNRELIABLE, message))
                other.given_up = True
            if ours and not run.wanted:
                self._drop(run)

    def fail(self, run: JobRun, failure: Failure) -> None:
        """Answer a job that cannot be done."""
        self._answer(run, failure)

    def fail_waiting(self, failure: Failure) -> None:
        """Answer every job that has no test in flight."""
        for run in list(self._runs.values()):
            if not run.flying:
                self._answer(run, failure)

    def fail_all(self, failure: Failure) -> None:
        """Answer every job there is."""
        for run in list(self._runs.values()):
            self._answer(run, failure)
