"""How fast tests of programs are run in the embedded sandbox, by root and by an ordinary user.

    python tests/bench/sandbox_speed.py [--tests 2000]

Prints tests a second and the time from handing a test over to having its outcome (median and 99th percentile), in
turns: tests by standard input, by calls and by assertions, and many in one fork; processor time per test is that of
the runner, of the tests and of this side of the link. An ordinary user's runner has one slot, so several of them are
driven at once. What a machine's two processors make of it depends on nothing else running there.
"""

from __future__ import annotations

import argparse
import os
import select
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "services" / "sandbox"))

from sandbox_links import Box, children  # noqa: E402  found only now

from rulereward.services.sandbox.bubblewrap import Embedded  # noqa: E402  after the path is set
from rulereward.services.sandbox.shapes import (  # noqa: E402  as above
    AssertTest,
    CallTest,
    Limits,
    Program,
    StdinBatch,
    StdinTest,
    Test,
)

LIMITS = Limits(cpu_s=5, wall_s=60)
IN_A_BATCH = 20
READS = Program("python", b"n = int(input())\nprint(sum(map(int, input().split())))\n")
ADDS = Program("python", b"def add(a, b):\n    return a + b\n")
KINDS: dict[str, Callable[[], Test]] = {
    "stdin": lambda: StdinTest(READS, b"5\n5 3 2 4 1\n", LIMITS),
    "call": lambda: CallTest(ADDS, "add", (2, 3), {}, LIMITS),
    "assert": lambda: AssertTest(ADDS, "add", "", "assert add(2, 3) == 5", LIMITS),
    f"stdin, {IN_A_BATCH} in one fork": lambda: StdinBatch(READS, (b"5\n5 3 2 4 1\n",) * IN_A_BATCH, LIMITS),
}


def measure(boxes: Sequence[Box], tests: Sequence[Test], ahead: int) -> tuple[float, list[float]]:
    """Seconds for all, and of each from submission to outcome. A link holds `ahead` more tests than it has slots."""
    waiting = list(tests)
    began: dict[tuple[int, int], float] = {}
    times: list[float] = []
    started = time.perf_counter()
    while len(times) < len(tests):
        for box in boxes:
            while waiting and box.link.in_flight < box.link.slots + ahead:
                began[id(box), box.link.submit(waiting.pop())] = time.perf_counter()
            if box.link.has_output:
                box.link.send()
        by_descriptor = {box.link.reading: box for box in boxes}
        for descriptor in select.select(list(by_descriptor), [], [], 60)[0]:
            box = by_descriptor[descriptor]
            for number, _, outcome in box.link.receive():
                assert outcome.said == "SC", outcome
                times.append(time.perf_counter() - began.pop((id(box), number)))
    return time.perf_counter() - started, times


def processor_s(box: Box) -> tuple[float, float]:
    """What the runner has used so far, and what the tests that it has waited for."""
    (runner,) = children(box.process.process.pid)
    fields = Path(f"/proc/{runner}/stat").read_text().rpartition(")")[2].split()
    user, system, its_user, its_system = (int(field) / os.sysconf("SC_CLK_TCK") for field in fields[11:15])
    return user + system, its_user + its_system


def report(name: str, boxes: Sequence[Box], count: int, ahead: int) -> None:
    for kind, make in KINDS.items():
        each = IN_A_BATCH if "fork" in kind else 1
        measure(boxes, [make() for _ in range(50)], ahead)
        before = [processor_s(box) for box in boxes]
        own = time.process_time()
        seconds, times = measure(boxes, [make() for _ in range(count // each)], ahead)
        own = time.process_time() - own
        used = [
            [b - a for a, b in zip(x, processor_s(box), strict=True)] for x, box in zip(before, boxes, strict=True)
        ]
        runner, tests = (sum(part) * 1000 / count for part in zip(*used, strict=True))
        p50, p99 = statistics.median(times) * 1000, statistics.quantiles(times, n=100)[98] * 1000
        print(
            f"{name:<24} {kind:<22} {count / seconds:7.0f} tests/s   p50 {p50:6.2f} ms   p99 {p99:6.2f} ms   "
            f"processor time per test: runner {runner:.2f}, test {tests:.2f}, host {own * 1000 / count:.2f} ms"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tests", type=int, default=2000)
    count = parser.parse_args().tests
    cpus = os.cpu_count() or 1
    print(f"{cpus} processors, {count} tests of each kind")
    if os.geteuid() == 0:
        box = Box("root", Embedded(slots=cpus))
        report(f"root, {cpus} slots", [box], count, 0)
        report(f"root, {cpus} slots, 2 ahead", [box], count, 2)
        box.close()
    boxes = [Box("nobody") for _ in range(cpus)]
    report(f"user, {cpus} runners", boxes, count, 0)
    for box in boxes:
        box.close()


if __name__ == "__main__":
    main()
