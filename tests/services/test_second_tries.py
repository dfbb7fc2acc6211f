"""When jobs get their second try, what is foreseen until then, and which worker gets which job."""

from __future__ import annotations

import time
from collections.abc import Hashable

import pytest
from asking import Answers, ask
from faking import fake_service, job
from test_supervisor import fields

from rulereward.kind import Job
from rulereward.services.board import JobBoard
from rulereward.services.entry import Entry, Waiter
from rulereward.services.lanes import LONGEST_RUN, Lanes
from rulereward.services.spec import ServiceSpec


def test_second_tries_come_after_all_first_ones() -> None:
    service = fake_service(workers=1)
    slow = [job("limit_once", str(number)) for number in range(3)]
    answers = Answers(33)
    service.submit([*slow, *(job("echo", number) for number in range(30))], answers.done)
    answers.wait()
    assert answers.order[-3:] == slow
    service.close()


def board(**settings: object) -> JobBoard:
    spec = ServiceSpec("fake", [], lambda: "", lambda phase: {"killed_in": phase}, **settings)  # type: ignore[arg-type]
    return JobBoard(spec)


def waiter(name: str) -> Waiter:
    return Waiter(job(name), lambda job, answer: None)


def next_job(jobs: JobBoard, *, idle: bool = True) -> str | None:
    entry = jobs.next_for(None, 0, (), idle=idle)
    return None if entry is None else str(entry.job.payload[0])  # type: ignore[index]


def test_second_tries_do_not_starve_where_there_are_always_first_ones() -> None:
    jobs = board(lone_every_s=0.05)
    jobs.take([waiter(name) for name in "abcdef"])
    first = jobs.next_for(None, 0, (), idle=True)
    second = jobs.next_for(None, 0, (), idle=True)
    assert first is not None
    assert second is not None
    jobs.after_limit(first, "p")
    jobs.after_limit(second, "p")
    assert next_job(jobs) == "c", "first tries go before"
    time.sleep(0.06)
    assert next_job(jobs, idle=False) is None, "the worker that is next has to be alone with it"
    assert next_job(jobs) == "a"
    assert next_job(jobs) == "d", "one second try in a while"
    time.sleep(0.06)
    assert next_job(jobs) == "b"
    assert [next_job(jobs) for _ in range(3)] == ["e", "f", None]


def test_second_tries_are_next_where_nothing_else_waits() -> None:
    jobs = board(lone_every_s=600.0)
    jobs.take([waiter("a")])
    entry = jobs.next_for(None, 0, (), idle=True)
    assert entry is not None
    jobs.after_limit(entry, "p")
    assert next_job(jobs) == "a"


# ---------------------------------------------------------------- what is foreseen


@pytest.mark.parametrize(("phase", "believed"), [("answer", True), ("gold", False)])
def test_what_is_foreseen_of_a_job_that_hit_one_limit(phase: str, believed: bool) -> None:
    service = fake_service(workers=1, believed=frozenset({"answer"}))
    answers = Answers(1)
    ticket = service.submit([job("limit_then_hang", phase), job("echo", 1)], answers.done)
    answers.wait()  # echo, whose first try comes before the second of the other
    until = time.monotonic() + 10.0
    while believed and not ticket.foreseen() and time.monotonic() < until:
        time.sleep(0.01)
    expected = [(job("limit_then_hang", phase), {"killed_in": phase})]
    assert list(ticket.foreseen()) == (expected if believed else [])
    ticket.cancel()
    assert list(ticket.foreseen()) == []
    service.close()


def test_nothing_is_foreseen_of_jobs_that_were_not_tried() -> None:
    service = fake_service(workers=1, believed=frozenset({"answer"}))
    ticket = service.submit([job("sleep", 600.0), job("echo", 1), job("die")], lambda job, answer: None)
    time.sleep(0.5)
    assert list(ticket.foreseen()) == []
    service.close()


# ---------------------------------------------------------------- affinity


def entry(affinity: Hashable, name: str = "") -> Entry:
    return Entry(name.encode(), Job("fake", name), affinity)


def taken(lanes: Lanes, count: int, held: Hashable = None, others: tuple[Hashable, ...] = ()) -> str:
    """The affinities of the next jobs of one worker."""
    found, run = "", 0
    for _ in range(count):
        item = lanes.take(held, run, others)
        run = run + 1 if item.affinity == held else 1
        held = item.affinity
        found += str(held)
    return found


def lanes_of(affinities: str) -> Lanes:
    lanes = Lanes()
    for affinity in affinities:
        lanes.append(entry(affinity))
    return lanes


@pytest.mark.parametrize(
    ("waiting", "held", "others", "order"),
    [
        ("abcabc", None, "", "aabbcc"),
        ("abcabc", "b", "", "bbaacc"),
        ("abcabc", None, "a", "bbccaa"),
        ("abcabc", "c", "a", "ccbbaa"),
        ("abab", None, "ab", "aabb"),
        ("ab", "z", "", "ab"),
    ],
)
def test_which_job_a_worker_gets(waiting: str, held: str | None, others: str, order: str) -> None:
    lanes = lanes_of(waiting)
    assert taken(lanes, len(waiting), held, tuple(others)) == order
    assert len(lanes) == 0


def test_jobs_of_one_affinity_keep_their_order() -> None:
    lanes = Lanes()
    for number in range(5):
        lanes.append(entry("a", str(number)))
    first = lanes.take(None, 0, ())
    lanes.put_back(first)
    assert [lanes.take("a", 0, ()).key for _ in range(5)] == [b"0", b"1", b"2", b"3", b"4"]


def test_nobody_waits_for_ever_behind_one_affinity() -> None:
    lanes = lanes_of("a" * (LONGEST_RUN + 5) + "b")
    assert taken(lanes, LONGEST_RUN + 6) == "a" * LONGEST_RUN + "b" + "a" * 5


def test_thousands_of_jobs_are_handed_out_quickly() -> None:
    """Each step looks at no more affinities than there are workers; quadratic would take minutes."""
    lanes = Lanes()
    for number in range(50_000):
        lanes.append(entry(number % 25_000))
    others = (0, 1, 2)
    while lanes:
        lanes.take(None, 0, others)


def test_two_workers_share_two_affinities() -> None:
    service = fake_service(workers=2, affinity=lambda job: job.payload[1] % 2)
    ask(service, [job("sleep", 0.3), job("sleep", 0.31)])  # both have started
    jobs = [job("echo", number) for number in range(200)]
    answers = ask(service, jobs)
    homes = {(fields(answers[item])["pid"], int(str(item.payload[1])) % 2) for item in jobs}  # type: ignore[index]
    assert len(homes) <= 3, "at the end one may help the other"
    service.close()
