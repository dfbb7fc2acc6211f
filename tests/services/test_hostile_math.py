"""A hundred answers that were written to do harm: each comes to false, and nobody else notices."""

from __future__ import annotations

import dataclasses
import math
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from asking import measure, reason_of, value_of
from faking import descendants, wait_until_gone

from rulereward import Ruleset
from rulereward.data import State
from rulereward.kind import Job
from rulereward.rules.math_equal import MathEqualParams, math_equal
from rulereward.services import Services, ServiceSpec, Supervisor
from rulereward.services.math_service import MATH

HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE.parent / "cases" / "hostile" / "math.yaml").read_text(encoding="utf-8"))["cases"]
MOST_BYTES = 2 << 30
"""What one worker process may take; see `math_worker`."""
REASONS = {None, "unreasonable", "unparsable"}
HASTY = [sys.executable, "-P", str(HERE / "hasty_math_worker.py")]
LIMITING = [sys.executable, "-P", str(HERE / "limiting_math_worker.py")]

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds child processes through /proc")


def spelled(case: dict[str, Any]) -> str:
    pieces = [case["text"]] if "text" in case else case["pieces"]
    return "".join(piece if isinstance(piece, str) else piece["repeat"] * piece["times"] for piece in pieces)


def honest(number: int) -> tuple[str, str, bool]:
    """An answer that only algebra can tell from its gold, the gold, and whether they are equal."""
    right = number % 3 != 0
    return f"\\sin(x)+{number}", f"{number if right else number + 1}+\\sin(x)", right


class Memory:
    """The most memory that worker processes held, all together and each, in bytes. What they share is divided."""

    def __init__(self) -> None:
        self._before = descendants(os.getpid())
        self._over = threading.Event()
        self.all = self.one = 0
        self.pids: set[int] = set()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            pids = descendants(os.getpid()) - self._before
            self.pids |= pids
            held = [_own_bytes(pid) for pid in pids]
            self.all = max(self.all, sum(held))
            self.one = max(self.one, *held, 0)

    def stop(self) -> None:
        self._over.set()
        self._thread.join()


def _own_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:  # it has ended meanwhile
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


@contextmanager
def watched(service: Supervisor) -> Iterator[Memory]:
    """A service whose processes are bounded in memory and gone in the end."""
    memory = Memory()
    try:
        yield memory
    finally:
        service.close()
        memory.stop()
    assert memory.one <= MOST_BYTES
    assert memory.all <= MATH.workers * MOST_BYTES
    assert wait_until_gone(*memory.pids)


def check_batch(service: Supervisor, cases: Sequence[dict[str, Any]], patience_s: float) -> Memory:
    hostile = [(spelled(case), case.get("gold", "5\\pi")) for case in cases]
    rows: list[tuple[str, str]] = []
    for number, row in enumerate(hostile):
        rows += [row, honest(number)[:2]]
    with watched(service) as memory:
        results = measure(math_equal, service, rows, MathEqualParams(), patience_s)
        later = honest(len(rows))
        assert value_of(measure(math_equal, service, [later[:2]], MathEqualParams())[0]) is later[2], "the pool lives"
    for number, case in enumerate(cases):
        bad, good = results[2 * number : 2 * number + 2]
        assert value_of(bad) is False, case["name"]
        assert reason_of(bad) in REASONS, case["name"]
        assert value_of(good) is honest(number)[2], f"the row behind {case['name']}"
        assert reason_of(good) is None
    return memory


def test_the_cases_are_a_hundred_and_all_different() -> None:
    assert len(CASES) >= 100
    assert len({case["name"] for case in CASES}) == len({spelled(case) for case in CASES}) == len(CASES)
    assert all(case["why"] for case in CASES)


def test_what_text_alone_refuses_costs_nothing() -> None:
    """Half of the answers never reach a worker."""
    started = time.process_time()
    asked = [math_equal.ask(spelled(case), case.get("gold", "5\\pi"), MathEqualParams()) for case in CASES]  # type: ignore[misc]
    assert time.process_time() - started < 2.0
    assert sum(isinstance(outcome, Job) for outcome in asked) < 0.6 * len(CASES)


def test_hostile_answers_between_honest_ones() -> None:
    check_batch(Supervisor(dataclasses.replace(MATH, command=HASTY)), CASES, patience_s=100.0)


@pytest.mark.slow
def test_hostile_answers_with_the_real_limits() -> None:
    service = Supervisor(MATH)
    started = time.monotonic()
    memory = check_batch(service, CASES, patience_s=600.0)
    print(f"{time.monotonic() - started:.1f} s, {memory.all >> 20} MiB in all, {memory.one >> 20} MiB in one process")


@pytest.mark.parametrize("case", [case for case in CASES if "reason" in case], ids=lambda case: case["name"])
def test_the_reason(case: dict[str, Any], hasty: Supervisor) -> None:
    (result,) = measure(math_equal, hasty, [(spelled(case), case.get("gold", "5\\pi"))], MathEqualParams())
    expected = None if case["reason"] == "none" else case["reason"]
    assert (value_of(result), reason_of(result)) == (False, expected)


# ---------------------------------------------------------------- no missing rewards for sale


RULESET = Ruleset("hostile.yaml", "rulereward: 1\nrules: {same: 'math_equal(completion, answer)'}\nscore: same\n")


def slow(number: int) -> tuple[str, str]:
    return f"(w+x+y+z)^{{{60 + number}}}", "5\\pi"


def check_scores(spec: ServiceSpec, count: int, deadline_s: float) -> None:
    """One honest row behind every few hostile ones, and not nearly the time to try those twice."""
    rows, expected = [], []
    every = count // 50
    for number in range(count):
        rows.append(slow(number))
        expected.append(0.0)
        if number % every == 0:
            answer, gold, right = honest(number)
            rows.append((answer, gold))
            expected.append(float(right))
    with Services({"math": lambda: Supervisor(spec)}) as services:
        scores = RULESET.score_rows(
            [{"completion": answer, "answer": gold} for answer, gold in rows],
            services=services,
            deadline_s=deadline_s,
        )
    assert [state for state in scores.states if state != State.OK] == []
    assert scores.reward.tolist() == expected
    assert not any(map(math.isnan, scores.reward))
    codes = [reason and reason.code for reason in scores["same"].reasons]
    assert codes.count("unreasonable") == count


@pytest.mark.slow
def test_three_hundred_slow_answers_buy_no_missing_reward() -> None:
    """The worker hits a limit at the first try of each slow answer, and its second tries never end."""
    check_scores(dataclasses.replace(MATH, command=LIMITING), count=300, deadline_s=40.0)


@pytest.mark.slow
def test_slow_answers_buy_no_missing_reward_with_the_real_limits() -> None:
    """Once, each takes a second of a worker; tried twice, 2.5 s, for which there is not the time."""
    check_scores(dataclasses.replace(MATH, workers=2), count=100, deadline_s=110.0)
