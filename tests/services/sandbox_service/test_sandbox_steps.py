"""Tests in company, and tests in steps, with a back-end that does nothing but what a test tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from asking import ask
from sandbox_jobs import SUMS, job, verdicts, work
from test_sandbox_queue import KILLED, OURS, RIGHT, SLOW, Link, Scripted

from rulereward.kind import Job
from rulereward.services.sandbox.inside.many import RECORD
from rulereward.services.sandbox.jobs import JobRun
from rulereward.services.sandbox.queue import TestQueue, Trial
from rulereward.services.sandbox.shapes import FilesTest, Outcome, StdinBatch, StdinTest
from rulereward.text.code_tests import Policy
from rulereward.text.code_work import Comparison

Step = Callable[[int], Outcome]
"""What a test comes out as that was run so often before."""


class Stepped(Scripted):
    """`steps` has a script for each kind of test; without one it comes out right."""

    def __init__(self, steps: dict[type, Step], **settings: Any) -> None:
        super().__init__(lambda *_: OURS, **settings)
        self.steps = steps
        self.ran: Counter[type] = Counter()

    def run(self, link: Link, test: Any, company: int) -> Outcome:
        step = self.steps.get(type(test), lambda _: good(test))
        self.ran[type(test)] += 1
        return step(self.ran[type(test)] - 1)


def good(test: Any, done: int = 3) -> Outcome:
    """The sums of inputs, the first `done` of them where they are in company; of a checker 1 to what is expected."""
    if isinstance(test, FilesTest):
        return Outcome(said="SC", exit=0, stdout=b"1\n" if test.files[2][1] == test.files[1][1] else b"0\n")
    if isinstance(test, StdinTest):
        return Outcome(said="SC", exit=0, stdout=RIGHT[test.stdin])
    texts = [RIGHT[stdin] for stdin in test.stdins[:done]]
    ends = [sum(map(len, texts[: place + 1])) for place in range(len(texts))]
    report = b"".join(RECORD.pack(0, end) for end in ends)
    return Outcome(said="SC", exit=0, stdout=b"".join(texts), report=report, cpu_s=0.3, wall_s=0.6)


def in_company(**changes: Any) -> Outcome:
    """Two of three tests are done, and then it ends."""
    batch = work("x").suite
    stdins = tuple(test.stdin.encode() for test in batch.tests if hasattr(test, "stdin"))
    done = good(StdinBatch(None, stdins), done=2)  # type: ignore[arg-type] # no program is looked at
    return Outcome(**{**{name: getattr(done, name) for name in Outcome.__slots__}, **changes})


SHARED = job("print()", isolation="sample")


def test_all_pass_in_company(serve: Any) -> None:
    backend = Stepped({})
    answer: Any = ask(serve(backend), [SHARED])[SHARED]
    assert answer["tests"] == [{"verdict": "AC", "cpu_s": 0.1, "wall_s": 0.2, "together": 3}] * 3
    assert backend.ran == {StdinBatch: 1}


@pytest.mark.parametrize(
    ("outcome", "lone"),
    [
        (OURS, 3),
        (Outcome(stopped="cancelled"), 3),
        (in_company(), 1),
        (in_company(exit=-1, signal=11), 1),
        (in_company(exit=-1, stopped="cpu"), 2),
        (in_company(exit=-1, stopped="memory"), 2),
        (in_company(exit=-1, stopped="wall"), 2),
        (in_company(cpu_s=9.0), 2),
        (in_company(stdout_bytes=9_000_000), 2),
        (KILLED, 3),
        (SLOW, 3),
    ],
)
def test_who_does_not_pass_in_company_is_tried_alone(serve: Any, outcome: Outcome, lone: int) -> None:
    """Also, where a limit was passed, the last that was done: it may be what passed it."""
    backend = Stepped({StdinBatch: lambda _: outcome})
    assert verdicts(ask(serve(backend), [SHARED])[SHARED]) == "AC AC AC"
    assert backend.ran == {StdinBatch: 1, StdinTest: lone}


def test_a_link_lost_with_a_batch(serve: Any) -> None:
    backend = Stepped({}, loses=lambda link: link.number == 0)
    assert verdicts(ask(serve(backend), [SHARED])[SHARED]) == "AC AC AC"
    assert backend.ran == {StdinTest: 3}


def test_it_does_not_compile(serve: Any) -> None:
    backend = Stepped({StdinBatch: lambda _: Outcome(said="SE", exit=1)})
    assert verdicts(ask(serve(backend), [SHARED])[SHARED]) == "CE CE CE"
    assert backend.ran == {StdinBatch: 1}


def test_a_batch_is_stopped_when_none_of_it_is_wanted() -> None:
    """Of two groups in one fork the first no longer counts: the second still does."""
    shared = work("x", {**SUMS, "subtasks": ["a", "a", "b"]}, isolation="sample", policy=Policy("subtasks"))
    run = JobRun(b"", Job("sandbox", shared.to_plain()), shared, {})
    places = run.take()
    assert places == (0, 1, 2)
    trial = Trial(run, 0, together=places)
    run.flying -= {0, 1}
    assert not trial.is_for(run, 0)
    run.flying.clear()
    assert trial.is_for(run, 0)
    assert not Trial(run, 1).is_for(run, 0)


def test_a_job_that_nobody_waits_for_stops_its_batch(serve: Any) -> None:
    stopped: list[int] = []
    queue = TestQueue(lambda run, place: stopped.append(place) if trial.is_for(run, place) else None, lambda: False)
    shared = work("x", isolation="sample")
    run = JobRun(b"", Job("sandbox", shared.to_plain()), shared, {})
    trial = Trial(run, 0, together=run.take())
    queue._drop(run)
    assert stopped


CHECKED_TESTS = {**SUMS, "checker": "import sys\nsys.argv"}
CHECKED = job("print()", CHECKED_TESTS, comparison=Comparison("checker"))


@pytest.mark.parametrize(
    ("at", "outcome", "expected", "checks"),
    [
        ((0,), OURS, "AC AC AC", 7),
        ((0,), Outcome(stopped="cancelled"), "AC AC AC", 7),
        ((0,), SLOW, "AC AC AC", 7),
        ((0,), KILLED, "AC AC AC", 7),
        ((0,), Outcome(said="SC", stopped="cpu"), "AC AC AC", 7),
        ((0, 1), Outcome(said="SC", stopped="cpu"), "NR AC AC", 6),
        ((0,), Outcome(said="SC", exit=1), "AC AC AC", 7),
        ((0, 1), Outcome(said="SC", exit=1), "NR AC AC", 6),
        ((0,), Outcome(said="SC", exit=0, stdout=b"0"), "AC AC AC", 7),
        ((0, 1), Outcome(said="SC", exit=0, stdout=b"0"), "NR AC AC", 6),
        ((1,), OURS, "AC AC AC", 7),
        ((1,), SLOW, "AC AC AC", 7),
        ((1,), Outcome(said="SC", stopped="cpu"), "TLE AC AC", 6),
        ((1,), Outcome(said="SC", exit=1), "WA AC AC", 6),
        ((1,), Outcome(said="SC", exit=0, stdout=b"oh"), "WA AC AC", 6),
        ((1,), Outcome(said="SC", exit=0, stdout=b"0"), "WA AC AC", 6),
    ],
)
def test_steps(serve: Any, at: tuple[int, ...], outcome: Outcome, expected: str, checks: int) -> None:
    """Of the first test the checker sees the expected output (0) and then the program's (1). It, and not the program,
    is run again; that a test is unusable has to be found twice (0 and 1).
    """

    class Seeing(Stepped):
        def run(self, link: Link, test: Any, company: int) -> Outcome:
            self.steps = {FilesTest: lambda tries: outcome if tries in at else good(test)}
            return super().run(link, test, company)

    backend = Seeing({}, slots=1)
    service = serve(backend)
    assert verdicts(ask(service, [CHECKED])[CHECKED]) == expected
    assert (backend.ran[StdinTest], backend.ran[FilesTest]) == (3, checks)
    ask(service, [another := job("print()  # another", CHECKED_TESTS, comparison=Comparison("checker"))])
    assert backend.ran[FilesTest] == checks + (2 if "NR" in expected else 3), "what is usable is known by now"
    assert another != CHECKED


def test_our_trouble_with_a_checker_is_no_verdict(serve: Any) -> None:
    backend = Stepped({FilesTest: lambda _: OURS})
    assert verdicts(ask(serve(backend), [CHECKED])[CHECKED]) in ("sandbox_failed", "sandbox_unreliable")
