"""What becomes of tests, with a back-end that does nothing but what a test tells it."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from asking import Answers, ask
from sandbox_jobs import SUMS, all_verdicts, job, numbered, verdicts

from rulereward.kind import Failure
from rulereward.services.sandbox.inside import call_frames
from rulereward.services.sandbox.link import LinkLostError
from rulereward.services.sandbox.shapes import Outcome, StdinTest, Test

RIGHT = {b"1 2\n": b"3\n", b"3 4\n": b"7\n", b"5 6\n": b"11\n"}
Script = Callable[["Link", Test, int], Outcome]
"""What a test comes out as, by the link, the test, and how often it was run before."""


def right(_: Link, test: Test, __: int) -> Outcome:
    assert isinstance(test, StdinTest)
    return Outcome(said="SC", exit=0, stdout=RIGHT[test.stdin], stdout_bytes=2)


class Link:
    """Answers at once."""

    def __init__(self, backend: Scripted, number: int) -> None:
        self.backend = backend
        self.number = number
        self.slots = backend.slots
        self.languages = ("python",)
        self.has_pytest = False
        self.closed = False
        self._count = 0
        self._given: list[tuple[int, Test]] = []
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)

    @property
    def reading(self) -> int:
        return self._reading

    @property
    def writing(self) -> int:
        return self._writing

    @property
    def has_output(self) -> bool:
        return False

    @property
    def in_flight(self) -> int:
        return len(self._given)

    def submit(self, test: Test) -> int:
        self.backend.takes(test)
        self._count += 1
        self._given.append((self._count, test))
        self.backend.most_at_once = max(self.backend.most_at_once, len(self._given))
        os.write(self._writing, b"!")
        return self._count

    def cancel(self, number: int) -> None:
        self.backend.cancelled.append(number)

    def send(self) -> None:
        """Nothing."""

    def receive(self) -> list[tuple[int, Test, Outcome]]:
        os.read(self._reading, 1000)
        if self.backend.loses(self):
            self.close()
            raise LinkLostError("it fell over", self._given)
        found, self._given = self._given, []
        return [(number, test, self.backend.run(self, test, len(found))) for number, test in found]

    def close(self) -> str:
        if not self.closed:
            self.closed = True
            os.close(self._reading)
            os.close(self._writing)
        return ""

    def let_go(self) -> None:
        """Nothing."""


class Scripted:
    name = "scripted"
    identity = "scripted 1"
    local = False  # so that a test that waited too long is always tried again
    links = 1

    def __init__(self, script: Script, slots: int = 2, loses: Callable[[Link], bool] = lambda _: False) -> None:
        self.script = script
        self.slots = slots
        self.loses = loses
        self.made: list[Link] = []
        self.cancelled: list[int] = []
        self.most_at_once = 0
        self.takes: Callable[[Any], object] = lambda _: None
        """Raises ValueError for a test that cannot cross."""
        self.tries: Counter[tuple[bytes, bytes]] = Counter()
        self.company: list[int] = []

    def connect(self) -> Link:
        self.made.append(Link(self, len(self.made)))
        return self.made[-1]

    def close(self) -> None:
        pass

    def run(self, link: Link, test: Any, company: int) -> Outcome:
        key = (test.program.source, getattr(test, "stdin", b""))
        outcome = self.script(link, test, self.tries[key])
        self.tries[key] += 1
        self.company.append(company)
        return outcome


def first(outcome: Outcome, times: int = 1) -> Script:
    """The first tries of the test with `3 4` come out so, then all is right."""

    def script(link: Link, test: Any, tries: int) -> Outcome:
        return outcome if test.stdin == b"3 4\n" and tries < times else right(link, test, tries)

    return script


SLOW_AND_IDLE = Outcome(said="SC", stopped="wall", cpu_s=0.01, wall_s=6.0)
SLOW = Outcome(said="SC", stopped="wall")
KILLED = Outcome(said="SC", signal=9)
WAITED = Outcome(said="SC", signal=9, stopped="idle", idle_s=6.01)
KILLED_ITSELF = Outcome(said="SC", signal=9, memory_was_short=False)
OURS = Outcome(problem="no process to be had")


def test_no_more_in_flight_than_slots(serve: Any) -> None:
    backend = Scripted(right, slots=3)
    assert all_verdicts(ask(serve(backend), numbered(50))) == {"AC AC AC"}
    assert backend.most_at_once == 3


@pytest.mark.parametrize(
    ("outcome", "times", "expected", "tries"),
    [
        (SLOW, 1, "AC AC AC", 2),
        (SLOW, 2, "AC TLE AC", 2),
        (KILLED, 1, "AC AC AC", 2),
        (KILLED, 2, "AC MLE AC", 2),
        (Outcome(said="SC", stopped="cpu"), 1, "AC TLE AC", 1),
        (WAITED, 1, "AC TLE AC", 1),
        (KILLED_ITSELF, 1, "AC RE AC", 1),
        (OURS, 1, "AC AC AC", 2),
        (OURS, 2, "AC AC AC", 3),
        (OURS, 3, "sandbox_failed", 3),
    ],
)
def test_second_tries(serve: Any, outcome: Outcome, times: int, expected: str, tries: int) -> None:
    backend = Scripted(first(outcome, times))
    asked = job("print()")
    assert verdicts(ask(serve(backend), [asked])[asked]) == expected
    assert [count for (_, stdin), count in backend.tries.items() if stdin == b"3 4\n"] == [tries]


def test_a_second_try_is_alone(serve: Any) -> None:
    backend = Scripted(first(SLOW), slots=4)
    ask(serve(backend), numbered(5))
    lone = [company for company in backend.company if company == 1]
    assert len(lone) >= 5


def test_who_only_waits_is_not_tried_alone(serve: Any) -> None:
    """It used no processor, so nobody has slowed it: its second try runs beside the others."""
    backend = Scripted(first(SLOW_AND_IDLE), slots=2)
    assert all_verdicts(ask(serve(backend), numbered(1))) == {"AC AC AC"}
    assert sum(backend.tries.values()) == 4
    assert all_verdicts(ask(serve(Scripted(first(SLOW_AND_IDLE, 2))), numbered(1))) == {"AC TLE AC"}


def waits(seconds: float) -> Script:
    """Every test passes, and its program waited for so long in it."""
    return lambda link, test, tries: replace(right(link, test, tries), idle_s=seconds)


@pytest.mark.parametrize(
    ("idle_s", "most_timeouts", "expected", "run"),
    [
        (0.0, 1, "AC AC AC", 3),  # 2 s are allowed
        (0.9, 1, "AC AC AC", 3),  # 0.9, 1.8, 2.7: too long only in the last
        (1.5, 1, "AC AC TLE", 2),  # 1.5, 3.0
        (1.9, 2, "AC AC AC", 3),  # 1.9, 3.8, 5.7 of 4 s
        (2.1, 1, "AC TLE TLE", 1),
        (1.9, 0, "AC AC AC", 3),  # no limit at all
    ],
)
def test_waiting_adds_up(serve: Any, idle_s: float, most_timeouts: int, expected: str, run: int) -> None:
    """With a second of processor time a test may wait for 2 s, and the job for as many times 2 s as tests may run out
    of time. The test in which that is passed counts as it came out, and those behind it count as slow.
    """
    backend = Scripted(waits(idle_s), slots=1)
    asked = job("print()", time_s=1.0, most_timeouts=most_timeouts)
    answer: Any = ask(serve(backend), [asked])[asked]
    assert verdicts(answer) == expected
    assert sum(backend.tries.values()) == run
    told = [record["why"] for record in answer["tests"] if "why" in record]
    assert told == ["not run: in the tests before, the program waited for more than 2 s in all"] * (run < 3)


def test_waiting_that_came_back_late_counts_as_if_run_in_order(serve: Any) -> None:
    """All three are in flight at once: what is behind the second counts as slow although it passed."""
    asked = job("print()", time_s=1.0, most_timeouts=1)
    backend = Scripted(waits(1.5), slots=3)
    assert verdicts(ask(serve(backend), [asked])[asked]) == "AC AC TLE"


def test_what_cannot_be_put_to_a_program_does_not_count_and_is_told(serve: Any) -> None:
    """The second argument is too long for any sandbox."""
    tests = {"fn_name": "f", "inputs": [[1], ["x" * (17 << 20)]], "outputs": [1, 1]}
    value = call_frames.pack(call_frames.VALUE, (1, None))
    backend = Scripted(lambda *_: Outcome(said="SC", exit=0, report=value))
    backend.takes = lambda test: call_frames.pack_call(test.entry, test.args, test.kwargs)
    asked = job("def f(x): return 1", tests)
    answer: Any = ask(serve(backend), [asked])[asked]
    assert verdicts(answer) == "AC NR"
    assert "16,777,216 bytes" in answer["tests"][1]["why"]
    assert "wall_s" not in answer["tests"][1], "it was not run"


def test_one_second_try_stands_for_the_others(serve: Any) -> None:
    """All three tests of a program wait for ever: one second try is enough to believe it."""
    backend = Scripted(lambda *_: SLOW)
    asked = job("print()")
    assert verdicts(ask(serve(backend), [asked])[asked]) == "TLE TLE TLE"
    assert sum(backend.tries.values()) == 4


def test_our_second_failure_takes_a_fresh_link(serve: Any) -> None:
    backend = Scripted(first(OURS, 2))
    asked = job("print()")
    assert verdicts(ask(serve(backend), [asked])[asked]) == "AC AC AC"
    assert len(backend.made) == 2
    assert backend.made[0].closed


def test_a_link_that_is_lost_is_replaced(serve: Any) -> None:
    backend = Scripted(right, loses=lambda link: link.number == 0)
    assert all_verdicts(ask(serve(backend), numbered(10))) == {"AC AC AC"}
    assert len(backend.made) == 2


def test_links_that_are_always_lost(serve: Any) -> None:
    backend = Scripted(right, loses=lambda _: True)
    assert all_verdicts(ask(serve(backend), numbered(3), patience_s=120)) == {"sandbox_failed"}


def test_too_much_of_our_trouble_ends_a_batch(serve: Any) -> None:
    """One test in three fails by our side: what is left of the batch fails, and says so. What was done is kept."""
    backend = Scripted(first(OURS, 1_000))
    good = job("print()", {"inputs": ["1 2\n"], "outputs": ["3\n"]})
    answers = ask(serve(backend), [good, *numbered(60)])
    assert verdicts(answers[good]) == "AC"
    found = Counter(verdicts(answer) for answer in answers.values())
    assert set(found) == {"AC", "sandbox_failed", "sandbox_unreliable"}
    told = next(answer for answer in answers.values() if verdicts(answer) == "sandbox_unreliable")
    assert isinstance(told, Failure)
    assert "1 in 20" in told.message
    assert "no process to be had" in told.message


def test_a_little_of_our_trouble_does_not(serve: Any) -> None:
    """Three of 300 tests fail once by our side."""

    def script(link: Link, test: Any, tries: int) -> Outcome:
        number = test.program.source.rpartition(b"# ")[2].strip()
        if number in (b"1", b"2", b"3") and test.stdin == b"3 4\n" and not tries:
            return OURS
        return right(link, test, tries)

    assert all_verdicts(ask(serve(Scripted(script)), numbered(100))) == {"AC AC AC"}


def test_another_language_than_there_is(serve: Any) -> None:
    asked = job("int main() {}", {**SUMS, "language": "cpp"})
    answer = ask(serve(Scripted(right)), [asked])[asked]
    assert isinstance(answer, Failure)
    assert (answer.code, "cpp" in answer.message) == ("language_missing", True)


def test_a_test_file_where_there_is_no_pytest(serve: Any) -> None:
    asked = job("def f(): return 1", "from solution import f\ndef test_f():\n    assert f() == 1\n")
    answer = ask(serve(Scripted(right)), [asked])[asked]
    assert isinstance(answer, Failure)
    assert (answer.code, "no pytest" in answer.message) == ("pytest_missing", True)


def test_nobody_is_called_who_gave_up(serve: Any) -> None:
    backend = Scripted(lambda *_: SLOW)
    service = serve(backend)
    answers = Answers(1)
    ticket = service.submit(numbered(1), answers.done)
    ticket.cancel()
    time.sleep(0.2)
    assert len(answers.calls) <= 1
