"""How fast tests of programs are run in warm containers, against the plain ways of running one.

    python tests/bench/sandbox_docker_speed.py [--tests 2000] [--plain 40] [--rounds 8]

Prints tests a second (the median of the rounds, and the best), the time of one test (median and 99th percentile of
all), and the processor time of one, in the sandbox and on this side of the link: for `docker run` and `docker exec`
for each test, a plain subprocess without any isolation, the embedded sandbox, and containers by both ways of talking
to them. The sides take turns, so that whatever else the machine does meets all alike. As many tests are done at once
as there are processors, and one at a time in the last line. An image is made of this host's files, if there is none
that will do. An engine must answer.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[2]
for folder in ("sandbox", "sandbox_docker"):
    sys.path.insert(0, str(ROOT / "tests" / "services" / folder))

from docker_links import DockerBox, engine, image  # noqa: E402 - found only now
from sandbox_links import Box  # noqa: E402 - as above
from sandbox_speed import LIMITS, READS, measure  # noqa: E402 - as above
from sandbox_speed import processor_s as embedded_processor_s  # noqa: E402 - as above

from rulereward.services.sandbox.bubblewrap import Embedded  # noqa: E402 - as above
from rulereward.services.sandbox.docker_image import PYTHON  # noqa: E402 - as above
from rulereward.services.sandbox.docker_settings import Docker, Way  # noqa: E402 - as above
from rulereward.services.sandbox.shapes import StdinTest  # noqa: E402 - as above

INPUT = b"5\n5 3 2 4 1\n"
TEST = StdinTest(READS, INPUT, LIMITS)
CPUS = os.cpu_count() or 1
INTERPRETER = ["-I", "-S", "-c", READS.source.decode()]


class Side:
    """A way of doing tests: `do` does so many, and gives seconds for all and for each."""

    def __init__(self, name: str, do: Callable[[int], tuple[float, list[float]]], box: Box | None = None) -> None:
        self.name = name
        self._do = do
        self._box = box
        self._rates: list[float] = []
        self._times: list[float] = []
        self._inside: list[float] = []
        self._own: list[float] = []
        do(8 if box is None else 100)

    def turn(self, count: int) -> None:
        before, own = self._processor_s(), time.process_time()
        seconds, times = self._do(count)
        self._own.append((time.process_time() - own) * 1000 / count)
        self._inside.append((self._processor_s() - before) * 1000 / count)
        self._rates.append(count / seconds)
        self._times += times

    def show(self) -> None:
        p50, p99 = statistics.median(self._times) * 1000, statistics.quantiles(self._times, n=100)[98] * 1000
        used = (
            f"   {statistics.median(self._inside):.2f} + {statistics.median(self._own):.2f} ms" if self._box else ""
        )
        print(
            f"{self.name:<36} {statistics.median(self._rates):6.0f} tests/s, best {max(self._rates):4.0f}"
            f"   p50 {p50:6.2f} ms   p99 {p99:6.2f} ms{used}",
            flush=True,
        )

    def _processor_s(self) -> float:
        """What the processes of the sandbox have used so far, ended ones among them."""
        if isinstance(self._box, DockerBox):
            with engine().asked("no figures") as api:
                found = api.stats(self._box.container, stream=False, one_shot=True)
            return float(found["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9)
        return sum(embedded_processor_s(self._box)) if self._box else 0.0


def run(command: Sequence[str]) -> float:
    """Seconds for a process that does the test."""
    started = time.perf_counter()
    done = subprocess.run(command, input=INPUT, capture_output=True, check=True)
    assert done.stdout == b"15\n"
    return time.perf_counter() - started


def plain(name: str, command: Sequence[str]) -> Side:
    def do(count: int) -> tuple[float, list[float]]:
        started = time.perf_counter()
        with ThreadPoolExecutor(CPUS) as pool:
            times = list(pool.map(run, [command] * count))
        return time.perf_counter() - started, times

    return Side(name, do)


def warm(name: str, box: Box, ahead: int = 0) -> Side:
    return Side(name, lambda count: measure([box], [TEST] * count, ahead), box)


def container(used: str, way: Way, slots: int = CPUS, parent: str = "") -> DockerBox:
    return DockerBox(Docker(image=used, slots=slots, way=way, cgroup_parent=parent))


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, default in (("tests", 2000), ("plain", 40), ("rounds", 8)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    used = image()
    embedded = Box("root", Embedded(slots=CPUS))
    stream, socket, lone = container(used, "attach"), container(used, "socket"), container(used, "socket", 1)
    free = container(used, "socket", parent="/")
    walls = ["--network", "none", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    commands = [
        plain("docker run", ["docker", "run", "--rm", "-i", *walls, used, PYTHON, *INTERPRETER]),
        plain("docker exec", ["docker", "exec", "-i", lone.container, PYTHON, *INTERPRETER]),
    ]
    others = [
        plain("subprocess, no isolation", [sys.executable, *INTERPRETER]),
        warm("embedded", embedded),
        warm("container, engine's stream", stream),
        warm("container, socket", socket),
        warm("container, socket, cgroup_parent /", free),
        warm("container, socket, 2 tests ahead", socket, 2),
        warm("container of 1 slot, socket", lone),
    ]
    print(f"{CPUS} processors, load {os.getloadavg()[0]:.1f}, {asked.rounds} rounds")
    for _ in range(asked.rounds):
        for sides, count in ((commands, asked.plain), (others, asked.tests)):
            for side in sides:
                side.turn(max(2, count // asked.rounds))
    for side in (*commands, *others):
        side.show()
    print(f"load {os.getloadavg()[0]:.1f}")
    for box in (embedded, stream, socket, lone, free):
        box.close()


if __name__ == "__main__":
    main()
