"""What becomes of tests, with a back-end that does nothing but what a test tells it."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asking import Answers, ask
from sandbox_jobs import SUMS, all_verdicts, job, numbered, verdicts

from rulereward.kind import Failure
from rulereward.services.sandbox.link import LinkLostError
from rulereward.services.sandbox.service import SandboxService
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
        self.tries: Counter[tuple[bytes, bytes]] = Counter()
        self.company: list[int] = []

    def connect(self) -> Link:
        self.made.append(Link(self, len(self.made)))
        return self.made[-1]

    def run(self, link: Link, test: Any, company: int) -> Outcome:
        key = (test.program.source, test.stdin)
        outcome = self.script(link, test, self.tries[key])
        self.tries[key] += 1
        self.company.append(company)
        return outcome


@pytest.fixture
def serve() -> Iterator[Callable[[Scripted], SandboxService]]:
    made: list[SandboxService] = []

    def start(backend: Scripted) -> SandboxService:
        made.append(SandboxService(backend))
        return made[-1]

    yield start
    for service in made:
        service.close()


def first(outcome: Outcome, times: int = 1) -> Script:
    """The first tries of the test with `3 4` come out so, then all is right."""

    def script(link: Link, test: Any, tries: int) -> Outcome:
        return outcome if test.stdin == b"3 4\n" and tries < times else right(link, test, tries)

    return script


SLOW_AND_IDLE = Outcome(said="SC", stopped="wall", cpu_s=0.01, wall_s=6.0)
SLOW = Outcome(said="SC", stopped="wall")
KILLED = Outcome(said="SC", signal=9)
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
