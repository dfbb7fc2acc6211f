"""What the benchmarks of mathematical answers share: rows, made answers, services without a memory, and medians."""

from __future__ import annotations

import json
import math
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from rulereward.api.shared import shared_services
from rulereward.kind import Answer, Job
from rulereward.services.math_service import MATH
from rulereward.services.process import Stage
from rulereward.text.boxed import boxed_span

DATA = Path(__file__).parents[3] / "shared" / "data" / "math_rollouts.jsonl"
LIBRARIES = ("rulereward", "trl", "math-verify", "latex2sympy2_extended", "sympy", "antlr4-python3-runtime", "numpy")
_PATIENCE_S = 120.0

WRONG = (
    ("A", "-A", "A.B", "A,000"),
    (r"\frac{A}{B}", r"-\frac{A}{B}", "A/B"),
    ("Ax+B", "x^2-Ax+B", r"\frac{Ax}{B}", "x=A"),
    (r"A\sqrt{B}", r"\frac{A+\sqrt{B}}{C}", r"\sqrt[3]{A}"),
    (r"A\pi", r"\frac{A\pi}{B}", r"A+B\pi"),
    ("(A,B)", r"(A,-\frac{B}{C})", r"(A,\sqrt{B})"),
    ("[-A,B)", r"(-\infty,A]", r"(-\infty,A)\cup(B,\infty)"),
    ("A, B", r"\{A,B\}", "1, A, B"),
    (r"\log_2 A", r"A\sin x", r"e^{-Ax}", r"\sqrt{x+A}", "|x-A|"),
)
"""Forms in which models write answers, by sort: numbers, fractions, letters, roots, pi, tuples, intervals, lists, and
functions, which only algebra can judge."""

RIGHT = (
    ("A", "A"), ("A.5", "A.50"), (r"\frac{A}{B}", "A/B"), ("(A,B)", r"\left(A, B\right)"), ("[-A,B)", r"[-A,\,B)"),
    ("Ax+B", "B+Ax"), ("x^2+Ax+B", "B+x^2+Ax"), (r"A\sqrt{B}", r"\sqrt{B}\cdot A"), (r"A\pi", r"\pi \cdot A"),
    (r"\frac{A+\sqrt{B}}{C}", r"\frac{\sqrt{B}+A}{C}"), (r"[A,\infty)", r"x \ge A"), ("x=A", "A"),
)  # fmt: skip
"""Golds and equal answers in another form."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Completions, their gold answers, and the problem that each belongs to."""

    completions: list[str]
    golds: list[str]
    problems: list[str]

    def at(self, places: Sequence[int]) -> Rows:
        """Some of the rows, in this order."""
        return Rows(
            *([column[place] for place in places] for column in (self.completions, self.golds, self.problems))
        )

    @property
    def chats(self) -> list[list[dict[str, str]]]:
        return [[{"role": "assistant", "content": text}] for text in self.completions]

    @property
    def solutions(self) -> list[str]:
        """The golds as datasets for math-verify hold them: outside of formulas it reads `4a-2` as 4."""
        return [f"${gold}$" for gold in self.golds]


def read_rows(path: Path) -> Rows:
    """The shared rollouts, in the order of the file."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return Rows(*([row[name] for row in rows] for name in ("completion", "answer", "prompt_id")))


def box_of(completion: str) -> str | None:
    span = boxed_span(completion)
    return None if span is None else completion[slice(*span)]


def with_box(completion: str, answer: str) -> str:
    """The completion with another answer in its last box; with a box at its end where it had none."""
    span = boxed_span(completion)
    if span is None:
        return f"{completion}\n\\boxed{{{answer}}}"
    return completion[: span[0]] + answer + completion[span[1] :]


def filled(form: str, chance: random.Random) -> str:
    """A form with numbers for its capital letters."""
    return put_in({letter: str(chance.randrange(2, 1000)) for letter in "ABC"}, form)


def put_in(numbers: Mapping[str, str], form: str) -> str:
    return re.sub("[A-C]", lambda found: numbers[found[0]], form)


def shuffled(rows: Rows) -> Rows:
    """The rows in an order in which those of a problem do not stand together."""
    return rows.at(random.Random(0).sample(range(len(rows.golds)), len(rows.golds)))


def step_rows(rows: Rows, size: int, seed: int, wrong_share: float = 0.25) -> Rows:
    """A trainer's step: the rows again and again in new orders, a share of them with fresh wrong answers."""
    chance = random.Random(seed)
    number = len(rows.golds)
    rounds = [place for _ in range(math.ceil(size / number)) for place in chance.sample(range(number), number)]
    taken = rows.at(rounds[:size])
    for at, completion in enumerate(taken.completions):
        if chance.random() < wrong_share:
            taken.completions[at] = with_box(completion, filled(chance.choice(chance.choice(WRONG)), chance))
    return taken


def single_rows(rows: Rows, size: int, seed: int) -> tuple[Rows, list[bool]]:
    """Rows that have no gold and no answer in common, every other one right; and which ones are right."""
    chance = random.Random(seed)
    completions, golds = [], []
    for at in range(size):
        numbers = {letter: str(chance.randrange(1001, 10_000_000) * 2 + 1) for letter in "ABC"}
        gold, answer = (put_in(numbers, form) for form in chance.choice(RIGHT))
        said = answer if at % 2 == 0 else filled(chance.choice(chance.choice(WRONG)), chance)
        completions.append(with_box(chance.choice(rows.completions), said))
        golds.append(gold)
    return Rows(completions, golds, [str(at) for at in range(size)]), [at % 2 == 0 for at in range(size)]


def fresh_services(*, up: bool) -> None:
    """Give this process services that know nothing; `up`: with all worker processes started and idle."""
    shared_services().close()
    shared_services.cache_clear()
    for memo in _memos():
        memo()
    if up:
        _bring_up()


def _memos() -> Iterator[Callable[[], None]]:
    """What forgets the results that our own reading of mathematics keeps, if it keeps any."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("rulereward.text.", "rulereward.rules.math")):
            for value in list(vars(module).values()):
                if getattr(value, "__module__", "") == name and hasattr(value, "cache_clear"):
                    yield value.cache_clear


def _bring_up() -> None:
    """Jobs without algebra, which teach the workers nothing; then wait until no process is starting any more."""
    service: Any = shared_services().get("math")
    jobs = [Job("math", ((f"{number}",), f"{number}", "strict", "loose")) for number in range(64)]
    left, done = [len(jobs)], threading.Event()

    def count(job: Job, answer: Answer) -> None:
        left[0] -= 1
        if not left[0]:
            done.set()

    service.submit(jobs, count)
    until = time.monotonic() + _PATIENCE_S
    while not done.wait(0.01) or not _all_ready(service):
        if time.monotonic() > until:
            raise TimeoutError("the worker processes of `math` do not start")


def _all_ready(service: Any) -> bool:
    """No public word says this: nobody but a benchmark needs to know."""
    workers = list(service._crew._workers)
    return len(workers) >= MATH.workers and all(worker.stage is Stage.READY for worker in workers)


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what the call gave."""
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


def import_seconds(code: str) -> float:
    """Median seconds that a fresh interpreter, once started, takes for these imports."""
    program = f"import time; started = time.perf_counter()\n{code}\nprint(time.perf_counter() - started)"
    found = [
        float(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    ]
    return statistics.median(found)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def machine() -> str:
    """Processor, load and versions, as the tables need beside them."""
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text()) if sys.platform == "linux" else None
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    versions = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    processor = found[1] if found else platform.processor()
    return f"{processor}, {cores} cores, load {load}\nCPython {platform.python_version()}, {versions}"


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "absent"
