"""200,000 tests in one go: does the rate hold, and does anything pile up?

    python tests/bench/sandbox_soak.py [--tests 200000] [--sandbox docker] [--json FILE]

Jobs of 20 tests go through the sandbox service as a kind hands them over, in batches of 50. They are the same mix all
along: right and wrong programs, and in each batch one that writes files, one that leaves a process behind, one that
prints too much and one that takes too much memory. After every twentieth of the tests: the rate since the
last look, and what this process, the runners and the host hold.

A host becomes slower and faster in a quarter of an hour, by more than a service might. So at the beginning and at the
end the service runs by turns with one that was started just then: what wears out falls behind the fresh one. In the
end it is closed, and what is left is told; nothing should be.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench_tools import write_figures

from rulereward.data import Reason
from rulereward.kind import Answer, Failure, Job
from rulereward.services.sandbox.choosing import VARIABLE, sandbox_service
from rulereward.services.sandbox.service import SandboxService
from rulereward.text.code_tests import program_of, suite_of
from rulereward.text.code_work import Work

LOOKS = 20
BATCH = 50
TESTS = 20
WARM_UP = 4_000
"""Tests after which a service is as it stays: a runner keeps up to 128 programs, of 20 tests each."""
TURNS, TURN_TESTS = 12, 2_000
SUITE = suite_of({"inputs": [f"{n} {n}\n" for n in range(TESTS)], "outputs": [f"{2 * n}\n" for n in range(TESTS)]})
SUM = "a, b = map(int, input().split())\n"

PLAIN = (
    (f"{SUM}print(a + b)\n", "AC"),
    (f"{SUM}print(a * 2)\n", "AC"),
    (f"import sys\n{SUM}sys.stdout.write(str(a + b))\n", "AC"),
    (f"{SUM}print(-1)\n", "WA"),
    (f"{SUM}raise ValueError(a)\n", "RE"),
    (f"def f(n):\n    return n + n\n{SUM}print(f(a))\n", "AC"),
)
ODD = (
    (f"for n in range(20):\n    open(f'file{{n}}', 'w').write('x' * 1000)\n{SUM}print(a + b)\n", "AC"),
    (f"import os, time\n{SUM}print(a + b, flush=True)\nif os.fork() == 0:\n    time.sleep(100)\n", "AC"),
    ("print('x' * 3_000_000)\n", "OLE"),
    ("x = bytearray(10 ** 10)\n", "MLE"),
)
PROGRAMS = [PLAIN[place % len(PLAIN)] for place in range(BATCH - len(ODD))] + list(ODD)
"""Of a batch."""
_unused = itertools.count(1_000_000)
"""Numbers of batches that the soak itself does not come to."""


def jobs(start: int) -> Iterator[tuple[Job, str]]:
    """A batch, and the verdict that all tests of each job must have."""
    assert not isinstance(SUITE, Reason)
    for number in range(start, start + BATCH):
        code, verdict = PROGRAMS[number % len(PROGRAMS)]
        yield Job("sandbox", Work(program_of(SUITE, f"{code}# {number}\n"), SUITE).to_plain()), verdict


def run(service: SandboxService, start: int) -> None:
    """Do a batch. Raises where an answer is another than it must be."""
    wanted = dict(jobs(start))
    found: dict[Job, Answer] = {}
    finished = threading.Semaphore(0)

    def done(job: Job, answer: Answer) -> None:
        found[job] = answer
        finished.release()

    service.submit(list(wanted), done)
    for _ in wanted:
        finished.acquire()
    for job, verdict in wanted.items():
        answer = found[job]
        assert not isinstance(answer, Failure), answer
        tests: Any = answer["tests"]
        assert {test["verdict"] for test in tests} == {verdict}, (verdict, tests)


def look() -> dict[str, int]:
    """What is held now: by this process, by the runners, and by the host."""
    own, pids = os.getpid(), runners()
    return {
        "own_mb": resident_mb(own),
        "own_descriptors": descriptors(own),
        "runners": len(pids),
        "runners_mb": sum(map(resident_mb, pids)),
        "runners_descriptors": sum(map(descriptors, pids)),
        "processes": sum(entry.name.isdigit() for entry in Path("/proc").iterdir()),
        "shared_memory_mb": memory_mb("Shmem:"),
    }


def processor_s() -> float:
    """What the runners and the processes that they have waited for have used."""
    ticks = 0
    for pid in runners():
        with contextlib.suppress(OSError):
            ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def runners() -> list[int]:
    """The processes that have a runner's settings as an argument: the runners, and what walls them in."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and b'"base_uid"' in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return [pid for pid in found if parent(pid) not in found or parent(parent(pid)) not in found]


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def descriptors(pid: int) -> int:
    with contextlib.suppress(OSError):
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return 0


def resident_mb(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
    return 0


def memory_mb(name: str) -> int:
    lines = Path("/proc/meminfo").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) // 1024


def soak(service: SandboxService, tests: int) -> list[dict[str, float]]:
    """Runs so many tests, and looks now and then: rates in tests a second, and what `look` sees."""
    found: list[dict[str, float]] = []
    every, done, last, since = tests // LOOKS, 0, 0, time.perf_counter()
    own_s, runners_s = time.process_time(), processor_s()
    for start in range(0, tests // TESTS, BATCH):
        run(service, start)
        done += BATCH * TESTS
        if done - last >= every:
            rate = (done - last) / (time.perf_counter() - since)
            used = {
                "own_ms": 1000 * (time.process_time() - own_s) / (done - last),
                "runners_ms": 1000 * (processor_s() - runners_s) / (done - last),
            }
            found.append({"tests": done, "rate": rate, **used, **look()})
            print("  ".join(f"{name} {value:,.2f}" for name, value in found[-1].items()), flush=True)
            last, since = done, time.perf_counter()
            own_s, runners_s = time.process_time(), processor_s()
    return found


def rate_over(service: SandboxService, tests: int) -> float:
    """Tests a second over so many that nobody has run before."""
    started = time.perf_counter()
    for _ in range(0, tests // TESTS, BATCH):
        run(service, next(_unused) * BATCH)
    return tests / (time.perf_counter() - started)


def by_turns(service: SandboxService) -> dict[str, float]:
    """Rates of the service and of a fresh one, each turn beside the other's: means, the mean of the turns' ratios,
    and the standard error of that.
    """
    fresh = sandbox_service()
    for one in (fresh, service):
        rate_over(one, WARM_UP)
    pairs = []
    for turn in range(TURNS):
        order = (service, fresh) if turn % 2 else (fresh, service)
        rates = {one: rate_over(one, TURN_TESTS) for one in order}
        pairs.append((rates[service], rates[fresh]))
    fresh.close()
    ratios = [own / other for own, other in pairs]
    own, other = (statistics.mean(column) for column in zip(*pairs, strict=True))
    error = statistics.stdev(ratios) / TURNS**0.5
    found = {"rate": own, "fresh": other, "ratio": statistics.mean(ratios), "error": error}
    print(
        "by turns with a fresh service:  ",
        "  ".join(f"{name} {value:,.3f}" for name, value in found.items()),
        flush=True,
    )
    return found


def share_kept(rates: Sequence[float]) -> float:
    """The median rate of the last quarter, as a share of that of the first: single ones hang on what else goes on."""
    quarter = max(1, len(rates) // 4)
    return statistics.median(rates[-quarter:]) / statistics.median(rates[:quarter])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--tests", type=int, default=200_000)
    parser.add_argument("--sandbox", default="docker")
    asked = parser.parse_args()
    os.environ[VARIABLE] = asked.sandbox
    before, load = look(), os.getloadavg()[0]
    service = sandbox_service()
    begin = by_turns(service)
    looks = soak(service, asked.tests)
    end = by_turns(service)
    service.close()
    time.sleep(2)
    after = look()
    kept = share_kept([look["rate"] for look in looks])
    print(f"the last quarter runs at {kept:.1%} of the first")
    print(f"before {before}, after {after}")
    figures = {"sandbox": asked.sandbox, "tests": asked.tests, "load": load, "before": before, "after": after}
    write_figures(asked.json, {**figures, "kept": kept, "begin": begin, "end": end, "looks": looks})


if __name__ == "__main__":
    main()
