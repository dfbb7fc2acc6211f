"""Scoring in a running event loop, and ending it from there."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from host_scripts import children, soon
from slow_math import RULES, PatientMath, algebra

from rulereward.api import Ruleset, ruleset
from rulereward.data import State
from rulereward.errors import InputError
from rulereward.services import Services, ServiceSpec, Supervisor

SAME = Ruleset("same", RULES)
COMPLETIONS, ANSWERS = zip(*algebra(20), strict=True)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[PatientMath]:
    """The math service of the whole process, for once."""
    math = PatientMath()
    with Services({"math": lambda: math}) as services:
        monkeypatch.setattr(ruleset, "shared_services", lambda: services)
        yield math


def test_score_from_a_coroutine(patient: PatientMath) -> None:
    patient.go.set()

    async def main() -> list[float]:
        return SAME.score(COMPLETIONS, answer=ANSWERS).reward.tolist()

    assert asyncio.run(main()) == [1.0] * 20


def test_ascore_leaves_the_loop_free(patient: PatientMath) -> None:
    async def main() -> list[float]:
        task = asyncio.create_task(SAME.ascore(COMPLETIONS, answer=ANSWERS))
        while not patient.asked.is_set():
            await asyncio.sleep(0.01)
        assert not task.done()
        patient.go.set()  # nothing is answered before the loop comes here
        return (await task).reward.tolist()

    assert asyncio.run(main()) == [1.0] * 20


def test_many_at_once_from_a_loop(patient: PatientMath) -> None:
    patient.go.set()

    async def main() -> list[list[float]]:
        calls = (SAME.ascore(COMPLETIONS[:size], answer=ANSWERS[:size]) for size in range(20))
        return [scores.reward.tolist() for scores in await asyncio.gather(*calls)]

    assert asyncio.run(main()) == [[1.0] * size for size in range(20)]


def test_a_mistake_is_raised_in_the_coroutine(patient: PatientMath) -> None:
    async def main() -> None:
        await SAME.ascore(COMPLETIONS, answer=ANSWERS[1:])

    with pytest.raises(InputError, match="19 values for 20"):
        asyncio.run(main())


def test_a_cancelled_task_gives_its_jobs_up(patient: PatientMath) -> None:
    async def main() -> None:
        task = asyncio.create_task(SAME.ascore(COMPLETIONS, answer=ANSWERS))
        while not patient.asked.is_set():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert patient.cancelled.wait(60)


def test_a_task_that_times_out_gives_its_jobs_up(patient: PatientMath) -> None:
    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(SAME.ascore(COMPLETIONS, answer=ANSWERS), 0.5)

    asyncio.run(main())
    assert patient.cancelled.wait(60)


def test_the_time_before_a_thread_is_free_counts(patient: PatientMath) -> None:
    patient.go.set()
    free = threading.Event()

    async def main() -> set[int]:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as pool:
            loop.set_default_executor(pool)
            occupied = loop.run_in_executor(None, free.wait)
            task = asyncio.create_task(SAME.ascore(COMPLETIONS, answer=ANSWERS, deadline_s=0.2))
            await asyncio.sleep(0.3)
            free.set()
            await occupied
            return set((await task).states)

    assert asyncio.run(main()) == {State.ERROR}
    assert not patient.asked.is_set()


ENDLESS = """
import time
from rulereward.services.worker import Worker, serve

serve(Worker(lambda: lambda payload, turn: time.sleep(600), 1 << 32, 1 << 31))
"""


def test_a_cancelled_task_leaves_no_worker_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers at a job that nobody waits for are ended."""
    command = [sys.executable, "-P", "-c", ENDLESS]
    spec = ServiceSpec("math", command, lambda: "endless 1", lambda phase: {"verdict": "unequal"})
    others = children()
    with Services({"math": lambda: Supervisor(spec)}) as services:
        monkeypatch.setattr(ruleset, "shared_services", lambda: services)

        async def main() -> None:
            task = asyncio.create_task(SAME.ascore(COMPLETIONS, answer=ANSWERS))
            while not children() - others:
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.5)  # they are at it
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        asyncio.run(main())
        assert soon(lambda: not children() - others)
