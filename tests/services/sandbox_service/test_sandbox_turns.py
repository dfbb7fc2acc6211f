"""Whose turn it is, by a clock that the tests set: who has used little of the slots goes before who has used much."""

from __future__ import annotations

from itertools import pairwise

import pytest
from sandbox_desk import Desk
from sandbox_jobs import SUMS, job, numbered

from rulereward.services.sandbox.jobs import Seat
from rulereward.services.sandbox.shapes import Outcome
from rulereward.services.sandbox.turns import Turn, Turns

MANY = {"inputs": [f"{number} 0\n" for number in range(40)], "outputs": [f"{number}\n" for number in range(40)]}


@pytest.mark.parametrize(
    ("ended", "in_flight", "step"),
    [
        ([], 0, 0),
        ([1.9], 0, 0),
        ([2.0], 0, 1),
        ([1.0, 1.0, 1.9], 0, 1),
        ([4.0], 0, 2),
        ([8.0], 0, 3),
        ([13.0], 0, 3),
        ([100.0], 0, 6),
        ([], 1, 0),
        ([], 2, 1),
        ([0.01], 50, 0),
        ([1.0], 3, 2),
    ],
)
def test_steps(ended: list[float], in_flight: int, step: int) -> None:
    """Up to 2, 4, 8, 16, 32, 64, 128 s. A test in flight is thought to take as long as others did, or 1 s."""
    turn, now = Turn(), 0.0
    for seconds in ended:
        turn.begin("a test", now)
        now += seconds
        turn.end("a test", now)
    for number in range(in_flight):
        turn.begin(number, now)
    assert turn.step(now) == step


def test_what_is_in_flight_for_long_counts() -> None:
    turn = Turn()
    turn.begin("first", 0.0)
    turn.end("first", 0.0)
    turn.begin("second", 0.0)
    assert [turn.step(now) for now in (0.0, 1.0, 2.0, 5.0, 16.0)] == [0, 0, 1, 2, 4]
    turn.end("nobody", 16.0)
    turn.end("second", 16.0)
    assert turn.step(100.0) == 4


def test_quick_jobs_are_served_as_they_came() -> None:
    desk = Desk(*numbered(200))
    assert list(desk.served(0.1, 600)) == [(number, place) for number in range(200) for place in range(3)]
    assert desk.queue.next() is None


def test_a_slow_job_sinks_behind_the_others() -> None:
    """Each of its tests takes 10 s: after the first one the three others are served before it, to their ends."""
    desk = Desk(job("sleeps", MANY), *numbered(3))
    assert list(desk.served(10.0, 1)) == [(0, 0)]
    assert list(desk.served(0.1, 9)) == [(number, place) for number in (1, 2, 3) for place in range(3)]
    assert list(desk.served(10.0, 2)) == [(0, 1), (0, 2)]


def test_who_comes_later_goes_before_who_was_slow() -> None:
    desk = Desk(job("sleeps", MANY))
    assert list(desk.served(10.0, 2)) == [(0, 0), (0, 1)]
    late = [Seat(asked, lambda *_: None) for asked in numbered(2)]
    desk.seats += late
    desk.queue.take(late)
    assert [number for number, _ in desk.served(0.1, 7)] == [1, 1, 1, 2, 2, 2, 0]


def test_slow_jobs_take_turns_ever_more_seldom() -> None:
    """Three jobs of 40 tests of 1 s. Each is left when it has used 2, 4, 8, 16 and 32 s; so its program goes to a
    runner at most six times, and not 40.
    """
    desk = Desk(*(job(f"slow {number}", MANY) for number in range(3)))
    whose = [number for number, _ in desk.served(1.0, 120)]
    turns = [whose[0], *(later for former, later in pairwise(whose) if former != later)]
    assert turns == [0, 1, 2] * 6
    assert sorted(whose) == [0] * 40 + [1] * 40 + [2] * 40


def test_a_job_of_which_nothing_is_known_does_not_take_every_slot() -> None:
    """With 8 slots two tests of each, until the first has come back."""
    desk = Desk(*(job(f"unknown {number}", MANY) for number in range(4)))
    trials = [desk.next() for _ in range(8)]
    assert [desk.whose(trial) for trial in trials] == [0, 0, 1, 1, 2, 2, 3, 3]
    desk.now += 0.01
    for trial in trials:
        desk.finish(trial)
    assert [desk.whose(desk.next()) for _ in range(8)] == [0] * 8, "it is quick, and the eldest"


def test_a_job_alone_may_have_every_slot() -> None:
    desk = Desk(job("alone", MANY))
    assert [desk.whose(desk.next()) for _ in range(40)] == [0] * 40


def test_second_tries_beside_others_wait_their_turn() -> None:
    """A test that waited until the end of its time is tried again, and a job that has used less goes first."""
    desk = Desk(job("waits", SUMS), *numbered(1))
    trial = desk.next()
    desk.now += 14.0
    desk.finish(trial, Outcome(said="SC", stopped="wall", wall_s=14.0, cpu_s=0.01))
    order = [desk.next() for _ in range(4)]
    assert [(desk.whose(trial), trial.second) for trial in order] == [(1, False)] * 3 + [(0, True)]


def test_between_second_tries_alone_there_is_time_for_others() -> None:
    """However long one took: they begin 5 s after the last came to its end, or where nothing else waits."""
    desk = Desk(job("killed", MANY))
    first, second, third = (desk.next() for _ in range(3))
    for trial in (first, second):
        desk.finish(trial, Outcome(said="SC", signal=9))
    desk.now = 4.9
    assert not desk.queue.lone_is_due()
    desk.now = 5.0
    assert desk.queue.lone_is_due()
    lone = desk.queue.take_lone()
    assert lone.alone
    desk.now = 25.0
    desk.finish(lone)
    assert not desk.queue.lone_is_due()
    assert desk.queue.lone_due_at == 30.0
    desk.finish(third)


def test_what_no_link_took_is_first_again() -> None:
    desk = Desk(*numbered(2))
    first, second = desk.next(), desk.next()
    desk.queue.put_back(first)
    assert [(desk.whose(trial), trial.place) for trial in (desk.next(), desk.next())] == [(0, 0), (0, 2)]
    desk.queue.after_loss([second], "the runner ended")
    trial = desk.next()
    assert (desk.whose(trial), trial.place) == (0, 1)


def test_jobs_that_nobody_wants_leave_no_trace() -> None:
    desk = Desk(job("sleeps", MANY), *numbered(3000))
    list(desk.served(10.0, 1))
    for seat in desk.seats:
        seat.given_up = True
    desk.queue.give_up(desk.seats)
    assert desk.queue.next() is None
    assert desk.queue.waiting == 0
    assert desk.queue._turns._heap == []


class _Waits:
    done = False

    def __init__(self) -> None:
        self.turn = Turn()
        self.has_next = True


def test_void_entries_are_let_go_of() -> None:
    """A thousand times a job is thought to be slow and turns out quick: its old entries do not pile up."""
    turns: Turns[_Waits] = Turns()
    run, other = _Waits(), _Waits()
    turns.offer(other, 0.0)
    turns.offer(run, 0.0)
    other.turn.begin("long", 0.0)
    now = 100.0
    for number in range(5000):
        run.turn = Turn()
        run.turn.age = 1
        turns.offer(run, now)
        assert turns.first(now) is run
        assert len(turns._heap) <= 1001, number
