"""Worker processes that cannot start, hang, or are killed while a batch is on its way."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from fault_rows import ROWS, compiled, in_time, row

from rulereward.data import State
from rulereward.services import Services, ServiceSpec, Supervisor
from rulereward.services.math_service import math_service

RULESET = compiled("score: accuracy ?? 0.5")
TRUE_REWARDS = [1.0, 0.0] * 20
EASY = {"completion": "\\boxed{4}", "answer": "4"}
"""Needs no algebra: the texts decide."""

WORKER = """
import re, sys, time
from rulereward.services.worker import Worker, serve

def start():
    def handle(payload, turn):
        time.sleep({seconds})
        golds, answer = payload[0], payload[1]
        same = re.findall(r"[0-9]+", golds[0]) == re.findall(r"[0-9]+", answer)
        return {{"verdict": "equal" if same else "unequal"}}
    return handle

serve(Worker(start, 1 << 32, 1 << 31))
"""


def small_worker(seconds: float) -> list[str]:
    """A worker that starts fast and takes `seconds` for each job."""
    return [sys.executable, "-P", "-c", WORKER.format(seconds=seconds)]


def children() -> set[int]:
    """The processes this process has started and not reaped."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text(encoding="ascii").split()}


class Crew:
    """The workers started since, as the system sees them."""

    def __init__(self) -> None:
        self._others = children()

    def pids(self) -> set[int]:
        return children() - self._others

    def kill(self) -> None:
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@contextmanager
def served_by(command: Sequence[str], **limits: Any) -> Iterator[tuple[Services, Crew]]:
    """Services whose math is done by that command, and their workers, of which none may be left."""
    crew = Crew()
    spec = ServiceSpec(
        "math", command, lambda: "small 1", lambda phase: {"verdict": "unreasonable"}, workers=2, **limits
    )
    with Services({"math": lambda: Supervisor(spec)}) as services:
        yield services, crew
    assert not crew.pids(), "a worker is left"


pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds child processes through /proc")


@pytest.mark.parametrize(
    "command",
    [
        ["/nowhere/at/all"],
        ["/"],
        [sys.executable, "-S", "-c", "import sys; sys.exit('no such library')"],
        [sys.executable, "-S", "-c", "print('I am no worker')"],
        [sys.executable, "-S", "-c", "import os; os.kill(os.getpid(), 9)"],
    ],
    ids=["no such file", "no program", "exits", "talks nonsense", "is killed"],
)
def test_a_worker_that_cannot_start(command: list[str]) -> None:
    with served_by(command, pause_s=60.0) as (services, _):
        scores = in_time(lambda: RULESET.score_rows([EASY, *ROWS], services=services))
        assert scores.states.tolist() == [State.OK, *[State.ERROR] * 40]
        assert {reason.code for reason in scores.reasons if reason} == {"service_unavailable"}
        again = in_time(lambda: RULESET.score_rows([EASY, *ROWS], services=services))
        assert again.states.tolist() == scores.states.tolist()


def test_a_worker_that_never_gets_ready() -> None:
    command = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]
    with served_by(command, start_limit_s=0.2, starts=1, pause_s=60.0) as (services, _):
        scores = in_time(lambda: RULESET.score_rows(ROWS, services=services))
    assert {reason.code for reason in scores.reasons if reason} == {"service_unavailable"}


def test_a_slow_service_ends_at_the_deadline_and_is_left_idle() -> None:
    with served_by(small_worker(600.0)) as (services, crew):
        scores = in_time(lambda: RULESET.score_rows([EASY, *ROWS], services=services, deadline_s=1.5))
        assert scores.reward[0] == 1.0
        assert {reason.code for reason in scores.reasons if reason} == {"deadline"}
        assert soon(lambda: not crew.pids()), "a worker is still at a job that nobody waits for"


def soon(condition: Any) -> bool:
    """Does it come true? Waits up to half a minute."""
    until = time.monotonic() + 30.0
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def test_workers_that_are_killed_again_and_again() -> None:
    """What is lost is an error, what is there is true, and the service recovers."""
    over = threading.Event()

    def killer() -> None:
        while not over.wait(0.3):
            crew.kill()

    with served_by(small_worker(0.01), pause_s=0.05) as (services, crew):
        thread = threading.Thread(target=killer)
        thread.start()
        try:
            for first in (0, 40, 80, 120):
                rows = [row(number) for number in range(first, first + 40)]
                check(in_time(lambda rows=rows: RULESET.score_rows(rows, services=services)))
        finally:
            over.set()
            thread.join()
        assert soon(lambda: RULESET.score_rows(ROWS, services=services).reward.tolist() == TRUE_REWARDS)


def check(scores: Any) -> None:
    for number, (reward, state) in enumerate(zip(scores.reward, scores.states, strict=True)):
        if state == State.OK:
            assert reward == TRUE_REWARDS[number]
        else:
            assert state == State.ERROR
            assert math.isnan(reward)
            reason = scores.reasons[number]
            assert reason is not None
            assert reason.code in ("service_died", "service_unavailable")


def test_one_kill_in_the_middle_of_a_real_batch_loses_nothing() -> None:
    crew = Crew()
    with Services({"math": math_service}) as services:

        def kill_once() -> None:
            if soon(lambda: len(services.cache) >= 3):
                crew.kill()

        thread = threading.Thread(target=kill_once)
        thread.start()
        scores = in_time(lambda: RULESET.score_rows(ROWS, services=services))
        thread.join()
        assert scores.reward.tolist() == TRUE_REWARDS
        assert not scores.states.any()
    assert not crew.pids()
