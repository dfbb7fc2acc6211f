"""The link to a runner: many tests at once, cancelling, and what becomes of tests when a runner dies."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox_links import CANARY, HONEST, Box, children

from rulereward.services.sandbox.bubblewrap import BubblewrapProcess
from rulereward.services.sandbox.endings import ending
from rulereward.services.sandbox.inside.plain_data import NotPlainDataError
from rulereward.services.sandbox.link import Link, LinkLostError
from rulereward.services.sandbox.shapes import CallTest, Limits, Outcome, Program, StdinTest

SLOW_FOR_NOBODY = {"test_an_input_of_20_megabytes", "test_arguments_of_many_megabytes"}
SLEEPER = StdinTest(Program("python", b"import time\ntime.sleep(60)"), b"", Limits(cpu_s=1, wall_s=60, idle_s=60))


@pytest.fixture(params=["root", "nobody"])
def own_box(request: pytest.FixtureRequest) -> Iterator[Box]:
    made = Box(request.param)
    yield made
    made.close()


@pytest.mark.slow
def test_a_thousand_at_once(box: Box) -> None:
    tests = [StdinTest(HONEST, b"1\n%d\n" % number) for number in range(1000)]
    outcomes = box.run(tests, window=1000)
    assert [outcome.stdout for outcome in outcomes] == [b"%d\n" % number for number in range(1000)]
    box.assert_well()


@pytest.mark.slow
def test_a_thousand_programs(box: Box) -> None:
    """More than a runner is left holding."""
    tests = [StdinTest(Program("python", b"print(%d)" % number), b"") for number in range(1000)]
    assert [o.stdout for o in box.run(tests, window=20)] == [b"%d\n" % number for number in range(1000)]


def test_many_at_once(box: Box) -> None:
    tests = [StdinTest(HONEST, b"1\n%d\n" % number) for number in range(100)]
    assert [outcome.stdout for outcome in box.run(tests, window=100)] == [b"%d\n" % number for number in range(100)]


def test_long_sources_and_inputs(box: Box) -> None:
    source = b"import sys\nprint(len(sys.stdin.read()))\n#" + b"x" * 2_000_000
    tests = [StdinTest(Program("python", source), b"y" * 3_000_000)] * 4
    assert {outcome.stdout for outcome in box.run(tests, window=4)} == {b"3000000\n"}


def test_an_input_of_20_megabytes(box: Box) -> None:
    """As contests have them. The sum of the numbers below n is n (n - 1) / 2."""
    lines = b"\n".join(b"%d" % number for number in range(2_800_000))
    assert len(lines) > 20 << 20
    test = StdinTest(Program("python", b"import sys\nprint(sum(map(int, sys.stdin)))"), lines, Limits(20, 120))
    assert {outcome.stdout for outcome in box.run([test] * 3)} == {b"%d\n" % (1_400_000 * 2_799_999)}


def test_arguments_of_many_megabytes(box: Box) -> None:
    """15 MiB of text, and a million numbers that are sorted in place; 16 MiB are too many."""
    program = Program("python", b"def size(x):\n    type(x) is list and x.sort()\n    return len(x)\n")
    for argument, size in (("x" * (15 << 20), b"if00000"), (list(range(1_000_000)), b"if4240")):
        test = CallTest(program, "size", (argument,), {}, Limits(20, 120))
        outcome = box.one(test)
        assert ending(test, outcome).verdict is None, outcome
        assert size in outcome.report
    with pytest.raises(NotPlainDataError, match="16,777,216 bytes"):
        box.link.submit(CallTest(program, "size", ("x" * (16 << 20),)))


def test_cancel(box: Box) -> None:
    numbers = [box.link.submit(SLEEPER) for _ in range(box.link.slots + 2)]
    found: dict[int, Outcome] = {}
    while box.link.has_output:
        box.link.send()
    time.sleep(0.2)
    for number in numbers:
        box.link.cancel(number)
        box.link.cancel(number)
    box.link.cancel(10**9)
    since = time.monotonic()
    while box.link.in_flight:
        box.pump(found)
    assert time.monotonic() - since < 20
    assert {found[number].stopped for number in numbers} == {"cancelled"}
    assert {ending(SLEEPER, found[number]).verdict for number in numbers} == {"NR"}
    box.assert_well()


def test_what_is_no_plain_data_is_not_sent(box: Box) -> None:
    with pytest.raises(NotPlainDataError):
        box.link.submit(CallTest(HONEST, "f", (object(),)))
    assert box.link.in_flight == 0
    box.assert_well()


def test_a_killed_runner_gives_its_tests_back(own_box: Box) -> None:
    link = own_box.link
    numbers = [link.submit(SLEEPER) for _ in range(5)]
    while link.has_output:
        link.send()
    time.sleep(0.2)
    os.kill(own_box.process.process.pid, signal.SIGKILL)
    with pytest.raises(LinkLostError) as lost:
        _receive_for_ever(link)
    assert [number for number, _ in lost.value.left] == numbers
    assert link.in_flight == 0


@pytest.mark.slow
def test_time_in_which_the_runner_stands_still_does_not_count(own_box: Box) -> None:
    """As when the whole host is paused. The program, which is not stopped here, takes longer than it may."""
    (runner,) = children(own_box.process.process.pid)
    test = StdinTest(
        Program("python", b"import time\ntime.sleep(3)\nprint('done')"), b"", Limits(cpu_s=1, wall_s=2.5, idle_s=60)
    )
    assert own_box.one(test).stopped == "wall"
    own_box.link.submit(test)
    while own_box.link.has_output:
        own_box.link.send()
    time.sleep(0.3)
    os.kill(runner, signal.SIGSTOP)
    time.sleep(1.5)
    os.kill(runner, signal.SIGCONT)
    found: dict[int, Outcome] = {}
    while own_box.link.in_flight:
        own_box.pump(found)
    (outcome,) = found.values()
    assert (outcome.stdout, outcome.stopped) == (b"done\n", "")


def test_nothing_outlives_the_link(own_box: Box) -> None:
    link = own_box.link
    for _ in range(link.slots):
        link.submit(SLEEPER)
    while link.has_output:
        link.send()
    time.sleep(0.3)
    parent = own_box.process.process.pid
    family = _family(parent)
    assert len(family) >= 2 + link.slots
    own_box.close()
    own_box.close()
    deadline = time.monotonic() + 10
    while any(_lives(pid) for pid in family) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [pid for pid in family if _lives(pid)] == []


def test_a_runner_ends_with_its_stream(own_box: Box) -> None:
    """As when the process that holds the link is killed: its end of the pipe is closed."""
    family = _family(own_box.process.process.pid)
    own_box.process.process.stdin.close()  # type: ignore[union-attr]
    own_box.process.process.wait(20)
    deadline = time.monotonic() + 10
    while any(_lives(pid) for pid in family[1:]) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [pid for pid in family[1:] if _lives(pid)] == []


def test_a_runner_that_does_not_start_says_why() -> None:
    link = Link(BubblewrapProcess(["/bin/sh", "-c", "echo it cannot >&2; exit 3"]))
    with pytest.raises(LinkLostError, match="it cannot"):
        _receive_for_ever(link)


def test_nonsense_from_a_runner_is_a_lost_link() -> None:
    for sent in (r"\377\377\377\377", r"\000\000\000\002[]", r"\000\000\000\015{\"sizes\":[-1]}"):
        link = Link(BubblewrapProcess(["/bin/sh", "-c", f"printf '{sent}'; sleep 20"]))
        with pytest.raises(LinkLostError, match="no sense"):
            _receive_for_ever(link)


def test_honest_work_after_all_this(box: Box) -> None:
    assert box.one(CANARY).stdout == b"6\n"


def _receive_for_ever(link: Link) -> None:
    while select.select([link.reading], [], [], 20)[0]:
        link.receive()


def _family(parent: int) -> list[int]:
    found = [parent]
    for pid in found:
        found += children(pid)
    return found


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
