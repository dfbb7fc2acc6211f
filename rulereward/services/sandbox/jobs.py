"""One job on its way: a program and its suite, which tests were run, and which are still to be.

The tests are handed out in their order. A verdict that the host may be to blame for (`doubtful`) is put to the test
again, alone; comes the same again, it stands, and so do the job's other doubts of the kind.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rulereward.kind import Answer, Job
from rulereward.services.entry import Waiter
from rulereward.services.sandbox.checks import Checks
from rulereward.services.sandbox.samples import batch_of, fitting, judged_together, share_forks
from rulereward.services.sandbox.shapes import (
    AssertTest,
    CallBatch,
    CallTest,
    Limits,
    Outcome,
    Program,
    PytestTest,
    StdinBatch,
    StdinTest,
    Test,
)
from rulereward.services.sandbox.turns import Turn
from rulereward.services.sandbox.verdicts import Judged, judge
from rulereward.text import code_tests
from rulereward.text.code_tests import pointless, worth_running
from rulereward.text.code_work import Work

_MOST_OUTPUT_BYTES = 16 << 20
_SPARE_BYTES = 1 << 16
"""For what comparisons pass by: blanks at the ends of lines, and the like."""
_MOST_SHOWN = 8
"""Failing tests of a job whose output is kept."""


@dataclass(slots=True, eq=False)
class Batch:
    """What one call of `submit` brought: how many tests, and how many of them our side failed so far."""

    tests: int = 0
    troubles: int = 0


@dataclass(slots=True, eq=False)
class Seat(Waiter):
    """One job of one `submit`. `run` is what is done for it."""

    batch: Batch = field(default_factory=Batch)
    run: JobRun | None = None


def room_for(expected: str, limits: Limits) -> Limits:
    """The limits with an output that is large enough for a right one. Raises ValueError for one that is too large."""
    least = len(expected.encode("utf-8", "surrogatepass")) + _SPARE_BYTES
    if least > _MOST_OUTPUT_BYTES:
        raise ValueError(f"it expects more than the {_MOST_OUTPUT_BYTES >> 20} MiB that a program may print")
    return limits if least <= limits.output_bytes else replace(limits, output_bytes=least)


class JobRun:
    """Equal jobs in flight, done once. Not thread-safe, apart from `foreseen`."""

    def __init__(self, key: bytes, job: Job, work: Work, usable: dict[bytes, bool]) -> None:
        """`usable`: what is known of tests with checkers, and will be."""
        self.key = key
        self.job = job
        self.work = work
        self.seats: list[Seat] = []
        self.turn = Turn()
        self.verdicts: list[code_tests.Verdict] = ["NR"] * len(work.suite.tests)
        self.open = deque(range(len(work.suite.tests)))
        """The places of tests that are at no link and have no verdict, first to last."""
        self.flying: set[int] = set()
        self.doubts: dict[int, Judged] = {}
        """Verdicts that wait for a second try, or are having it."""
        self.troubles: Counter[int] = Counter()
        """How often our side failed each test."""
        self.done = False
        self._judged: dict[int, Judged] = {}
        self._timeouts: set[int] = set()
        self._idle_s: dict[int, float] = {}
        """For how long the program waited, by the places of the tests in which it did."""
        self._confirmed: set[str] = set()
        language, source = work.program.language, work.program.source
        self._program = Program(language, source.encode("utf-8", "surrogatepass"))
        self._limits = Limits(cpu_s=work.time_s, memory_mb=work.memory_mb)
        self._checks = Checks(work.suite, usable) if work.comparison.mode == "checker" else None
        self._may_share = share_forks(work)
        self._by_itself: set[int] = set()
        """Tests that were run in a fork with others and got no answer there."""
        self._most_idle_s = work.most_timeouts * self._limits.most_idle_s
        """For how long it may wait in all: as long as it could in the tests that may run out of time. 0: for ever."""
        self._counted = set(worth_running(work.policy, work.suite, self.verdicts))
        self._prune()

    @property
    def wanted(self) -> bool:
        """Whether anybody still waits for it."""
        return not self.done and any(not seat.given_up for seat in self.seats)

    @property
    def over(self) -> bool:
        """Whether the score is decided, and nothing of it is at a link."""
        return not self.open and not self.flying and not self.doubts

    @property
    def has_next(self) -> bool:
        """Is there a test to run now? Behind too many that seem to be out of time none is, until that is sure."""
        return not self.done and bool(self.open) and self.open[0] <= self._last_place(doubted=True)

    def take(self) -> tuple[int, ...]:
        """The place of the next test to run, or of several that share a fork; none where there is none for now."""
        if not self.has_next:
            return ()
        places = self._company() or (self.open[0],)
        self.flying.update(places)
        self.open = deque(place for place in self.open if place not in self.flying)
        return places

    def _company(self) -> tuple[int, ...]:
        if not self._may_share or self.open[0] in self._by_itself:
            return ()
        last = self._last_place(doubted=True)
        places = [place for place in self.open if place <= last and place not in self._by_itself]
        return fitting(self.work.suite, places)

    def put_back(self, place: int) -> None:
        """A test that was not run after all is the next one again."""
        self.flying.discard(place)
        insort(self.open, place)

    def part(self, places: Sequence[int]) -> None:
        """Tests that were to be run in one fork are to be run each by itself."""
        self._by_itself.update(places)
        for place in self.flying.intersection(places):
            self.put_back(place)

    def batch(self, places: Sequence[int]) -> Test:
        """Tests as a link takes them into one fork. Raises ValueError."""
        return batch_of(self._program, self.work.suite, places, self._limits)

    def test(self, place: int) -> Test:
        """The test as a link takes it, or the next step of it. Raises ValueError."""
        suite, wanted = self.work.suite, self.work.suite.tests[place]
        if self._checks is not None and (check := self._checks.next_step(place)) is not None:
            return check
        match wanted:
            case code_tests.StdinTest():
                stdin = wanted.stdin.encode("utf-8", "surrogatepass")
                return StdinTest(self._program, stdin, room_for(wanted.expected, self._limits))
            case code_tests.CallTest():
                args, kwargs = wanted.arguments()
                entry = wanted.function or suite.entry
                return CallTest(self._program, entry, tuple(args), kwargs, self._limits)
            case code_tests.AssertTest():
                return AssertTest(self._program, suite.entry, suite.setup, wanted.source, self._limits)
            case code_tests.PytestTest():
                test_id, count = wanted.test_id, wanted.count
                return PytestTest(self._program, suite.module, suite.test_file, test_id, count, self._limits)

    def judge(self, place: int, test: Test, outcome: Outcome) -> Judged | None:
        """The verdict on an outcome of the test at `place`; None where it has a further step, which is next then."""
        if self._checks is not None:
            judged = self._checks.judge(place, test, outcome)
            if judged is None:
                self.doubts.pop(place, None)
                self._timeouts.discard(place)
                self.put_back(place)
            return judged
        return judge(self.work.suite, place, self.work.comparison, test, outcome)

    def stands(self, judged: Judged) -> bool:
        """Is a doubtful verdict one that a second try of another test of this job has confirmed?"""
        return judged.verdict in self._confirmed

    def doubt(self, place: int, judged: Judged) -> None:
        """Keep a verdict until its test was tried again."""
        self.flying.discard(place)
        self.doubts[place] = judged
        self._note_idle(place, judged)
        if judged.verdict == "TLE":
            self._timeouts.add(place)

    def settle(self, place: int, judged: Judged) -> list[int]:
        """A verdict that stands. The places of tests in flight that it makes pointless."""
        self.flying.discard(place)
        doubted = self.doubts.pop(place, None)
        self._note(place, judged)
        if doubted is not None and doubted.verdict == judged.verdict:
            self._confirmed.add(judged.verdict)
            alike = [other for other, doubt in self.doubts.items() if doubt.verdict == judged.verdict]
            for other in alike:
                self._note(other, self.doubts.pop(other))
        return self._prune()

    def settle_together(self, places: Sequence[int], batch: Test, outcome: Outcome) -> list[int]:
        """Of tests that ran in one fork those that came to a good end have their verdicts, and the others are next,
        each by itself. The places of tests in flight that it makes pointless.
        """
        assert isinstance(batch, StdinBatch | CallBatch), "a batch came back"
        for place, judged in judged_together(self.work.suite, places, self.work.comparison, batch, outcome).items():
            if place in self.flying:
                self.flying.discard(place)
                self._note(place, judged)
        self.part(places)
        return self._prune()

    def _note(self, place: int, judged: Judged) -> None:
        self._judged[place] = judged
        self._note_idle(place, judged)
        self.verdicts[place] = "NR" if judged.verdict == "IE" else judged.verdict
        self._timeouts.discard(place)
        if judged.verdict == "TLE":
            self._timeouts.add(place)
        if judged.verdict == "CE":
            self.verdicts[:] = ["CE"] * len(self.verdicts)

    def _note_idle(self, place: int, judged: Judged) -> None:
        self._idle_s.pop(place, None)
        if judged.idle_s:
            self._idle_s[place] = judged.idle_s

    def _prune(self) -> list[int]:
        """Drop the tests that no longer matter; those of them that are in flight."""
        if "CE" in self.verdicts:
            worth: set[int] = set()
        else:
            worth = {*self.open, *self.flying, *self.doubts} & self._counted - self._pointless()
        last = self._last_place(doubted=False)
        worth = {place for place in worth if place <= last}
        if len(worth) < len(self.open) + len(self.flying) + len(self.doubts):
            self.open = deque(place for place in self.open if place in worth)
            self.doubts = {place: doubt for place, doubt in self.doubts.items() if place in worth}
        dropped = [place for place in self.flying if place not in worth]
        self.flying.difference_update(dropped)
        return dropped

    def _pointless(self) -> set[int]:
        return pointless(self.work.policy, self.work.suite, self.verdicts)

    def _last_place(self, *, doubted: bool) -> int:
        """The place of the test behind which none is run: too many up to there ran out of time, or the program waited
        for too long in them together.
        """
        if not self.work.most_timeouts:
            return len(self.verdicts)
        last = self._last_to_wait(doubted=doubted)
        places = self._timeouts if doubted else self._timeouts - self.doubts.keys()
        if len(places) < self.work.most_timeouts:
            return last
        return min(last, sorted(places)[self.work.most_timeouts - 1])

    def _last_to_wait(self, *, doubted: bool) -> int:
        """The place of the test in which the program had waited for too long."""
        left_s = self._most_idle_s
        for place in sorted(self._idle_s):
            if doubted or place not in self.doubts:
                left_s -= self._idle_s[place]
            if left_s < 0:
                return place
        return len(self.verdicts)

    def answer(self) -> dict[str, object]:
        """See `service`."""
        last = self._last_place(doubted=False)
        return {"compiled": "CE" not in self.verdicts, "tests": list(self._records(last))}

    def foreseen(self) -> Answer | None:
        """The answer if nobody can wait any longer, and why is the program's doing.

        Once a test ran out of time, or the program waited for longer in all than it may in one, tests without a
        verdict count as slow too. Where second tries alone are left, what they were to confirm counts.
        """
        doubts = {place: doubt for place, doubt in dict(self.doubts).items() if doubt.verdict != "IE"}
        found = {**doubts, **self._judged}
        slow = bool(self._timeouts) or sum(dict(self._idle_s).values()) > self._limits.most_idle_s
        if self.done or not (slow or self._counted - self._pointless() <= found.keys()):
            return None
        records = [
            found[place].record(shown=False) if place in found else _unrun("TLE" if slow else verdict)
            for place, verdict in enumerate(self.verdicts)
        ]
        return {"compiled": True, "tests": records}

    def _records(self, last: int) -> Iterator[dict[str, object]]:
        shown = 0
        unneeded = self._pointless()
        for place, verdict in enumerate(self.verdicts):
            judged = self._judged.get(place)
            if place > last:
                yield {**_unrun("TLE"), **(self._why_unrun(last) if place == last + 1 else {})}
            elif place in unneeded and verdict != "CE":
                yield _unrun("NR")
            elif judged is None:
                yield _unrun(verdict)
            else:
                failed = judged.verdict != "AC"
                record = judged.record(shown=failed and shown < _MOST_SHOWN)
                shown += failed
                yield {**record, "verdict": verdict}

    def _why_unrun(self, last: int) -> dict[str, object]:
        """What the first test behind `last` is told, where it is not plain from the verdicts up to there."""
        if self._last_to_wait(doubted=False) > last:
            return {}
        return {
            "why": f"not run: in the tests before, the program waited for more than {self._most_idle_s:g} s in all"
        }


def _unrun(verdict: str) -> dict[str, object]:
    return {"verdict": verdict}
