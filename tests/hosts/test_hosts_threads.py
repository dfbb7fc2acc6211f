"""One ruleset, compiled once or many times, used from many threads."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from slow_math import RULES, PatientMath, algebra

import rulereward as rr
from rulereward.api import Ruleset
from rulereward.data import State
from rulereward.services import Services

THREADS = 8
ROWS = [
    {
        "completion": f"{'word ' * (number % 50)}</think> so \\boxed{{\\ln x+{number % 13}}}",
        "answer": f"{number % 7}+\\ln x",
        "prompt_id": number // 4,
    }
    for number in range(400)
]
GROUPED = """
rulereward: 1
rules:
  accuracy: math_equal(boxed(completion), answer)
  repeat: ngram_repetition(completion, n=2)
score: (accuracy - mean(accuracy) over group) - 0.1 * normalize_linear(length(completion, unit="char")) over group
"""


def at_once(work: Callable[[int], object]) -> list[object]:
    """What `work` gives in 8 threads that begin together."""
    barrier = threading.Barrier(THREADS)

    def begin(place: int) -> object:
        barrier.wait()
        return work(place)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


@pytest.mark.parametrize("ruleset", [rr.load("math"), Ruleset("grouped", GROUPED)], ids=["math", "grouped"])
def test_one_ruleset_in_eight_threads(ruleset: Ruleset) -> None:
    with Services() as services:

        def rewards(place: int) -> list[str]:
            rows = [ROWS[(place * 48 + row) % 400] for row in range(400)]
            scores = ruleset.score_rows(rows, services=services)
            told = [reward.hex() for reward in scores.reward.tolist()]
            assert not scores.states.any()
            return [told[(row - place * 48) % 400] for row in range(400)]

        first, *others = at_once(rewards)
        assert all(other == first for other in others)
    with Services() as services:
        assert [reward.hex() for reward in ruleset.score_rows(ROWS, services=services).reward.tolist()] == first


def test_compiling_in_eight_threads() -> None:
    names = ["math", "r1"]
    loaded = at_once(lambda place: rr.load(names[place % 2]).fingerprint)
    assert loaded == [rr.load(names[place % 2]).fingerprint for place in range(THREADS)]


def test_equal_jobs_of_two_runs_at_once() -> None:
    """One run giving up must not take the other's answers with it."""
    ruleset = Ruleset("same", RULES)
    completions, answers = zip(*algebra(10), strict=True)
    rows = [{"completion": c, "answer": a} for c, a in zip(completions, answers, strict=True)]
    with Services() as services:
        cancelled = threading.Event()
        cancelled.set()

        def rewards(place: int) -> list[float]:
            stop = cancelled if place % 2 else None
            return ruleset.score_rows(rows, services=services, cancelled=stop).reward.tolist()

        for place, found in enumerate(at_once(rewards)):
            if place % 2 == 0:
                assert found == [1.0] * 10


def test_closing_while_others_wait() -> None:
    """What has not been answered is an error, at once."""
    ruleset = Ruleset("same", RULES)
    rows = [{"completion": c, "answer": a} for c, a in algebra(4_000)]
    services = Services()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ruleset.score_rows, rows, services=services)
        while not len(services.cache):
            time.sleep(0.01)
        services.close()
        scores = waiting.result(60)
    for reward, state, reason in zip(scores.reward, scores.states, scores.reasons, strict=True):
        if state == State.ERROR:
            assert reason is not None
            assert reason.code == "closed"
        else:
            assert (reward, state) == (1.0, State.OK)
    assert State.ERROR in scores.states


def test_services_that_nobody_holds_any_more_are_closed() -> None:
    math = PatientMath()
    services = Services({"math": lambda: math})
    services.get("math")
    del services
    gc.collect()
    assert math.go.is_set()
