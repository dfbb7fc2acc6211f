"""`rulereward score` of 1,000 programs against 20 tests each, end to end.

    python tests/bench/sandbox_score.py [--samples 1000] [--tests 20] [--turns 3] [--json FILE]

The rows are made here: tasks with 20 tests by standard input, and for each task a group of 20 different programs, of
which some are right, some fail on part of the tests, crash or do not compile; none runs out of time. The ruleset is
`code` as shipped, and the same with `isolation="sample"`. The command runs as a process, start of the interpreter and
of the sandbox included, in each sandbox by turns; the medians count. Every reward is compared with what the program
is known to earn.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench_tools import arguments, write_figures

ROOT = Path(__file__).parents[2]
GROUP = 20
SANDBOXES = ("docker", "embedded")
ISOLATIONS = ("test", "sample")

PROGRAMS = (
    ("n = int(input())\nprint(sum(map(int, input().split())) * {k})\n", 1.0),
    ("import sys\ndata = sys.stdin.read().split()\nprint(sum(int(x) for x in data[1:]) * {k})\n", 1.0),
    ("def main():\n    input()\n    print({k} * sum(int(x) for x in input().split()))\nmain()\n", 1.0),
    ("n = int(input())\nx = list(map(int, input().split()))\nprint(sum(x) * {k} if n % 2 else -1)\n", 0.5),
    ("print(0 - 1)\n", 0.0),
    ("n = int(input())\nprint(undefined)\n", 0.0),
    ("n = int(input(\n", -0.1),
)
"""Programs for the task "print {{k}} times the sum", and the reward of each: half of the tests have an odd count."""
SHARES = (6, 4, 4, 3, 1, 1, 1)
"""How many of a group each is."""


def rows(samples: int, tests: int) -> Iterator[dict[str, Any]]:
    """Rows with the reward that each must get, under `known`."""
    draw = random.Random(20261128)
    for place in range(samples):
        task = place // GROUP
        k = task + 2
        numbers = random.Random(task)
        counts = [1 + test % 2 + 2 * numbers.randrange(4) for test in range(tests)]
        inputs = [[numbers.randrange(1, 1000) for _ in range(count)] for count in counts]
        code, known = draw.choices(PROGRAMS, SHARES)[0]
        yield {
            "completion": f"```python\n{code.format(k=k)}# {place}\n```",
            "tests": {
                "inputs": [f"{len(x)}\n{' '.join(map(str, x))}\n" for x in inputs],
                "outputs": [f"{k * sum(x)}\n" for x in inputs],
            },
            "known": known,
        }


def score(folder: Path, sandbox: str, isolation: str) -> float:
    """Seconds of the command. Raises where it fails, or a reward is another than it must be."""
    out = folder / "out.jsonl"
    command = [sys.executable, "-m", "rulereward", "score", "-r", str(folder / f"{isolation}.yaml")]
    command += [str(folder / "in.jsonl"), "-o", str(out), "--overwrite", "--quiet", "--sandbox", sandbox]
    started = time.perf_counter()
    subprocess.run(command, check=True)
    seconds = time.perf_counter() - started
    for line in out.read_text("utf-8").splitlines():
        row = json.loads(line)
        assert abs(row["reward"] - row["known"]) < 1e-9, row
    return seconds


def write_rulesets(folder: Path) -> None:
    shipped = (ROOT / "rulesets" / "code.yaml").read_text("utf-8")
    (folder / "test.yaml").write_text(shipped, "utf-8")
    changed = shipped.replace("memory_mb=memory_mb)", 'memory_mb=memory_mb, isolation="sample")')
    assert changed != shipped
    (folder / "sample.yaml").write_text(changed, "utf-8")


def main() -> None:
    asked = arguments(__doc__ or "", samples=1000, tests=20, turns=3).parse_args()
    total = asked.samples * asked.tests
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_rulesets(folder)
        text = "".join(f"{json.dumps(row)}\n" for row in rows(asked.samples, asked.tests))
        (folder / "in.jsonl").write_text(text, "utf-8")
        times: dict[tuple[str, str], list[float]] = {}
        load = os.getloadavg()[0]
        for _ in range(asked.turns):
            for isolation in ISOLATIONS:
                for sandbox in SANDBOXES:
                    times.setdefault((isolation, sandbox), []).append(score(folder, sandbox, isolation))
    runs = [
        {"isolation": isolation, "sandbox": sandbox, "seconds": statistics.median(spent)}
        for (isolation, sandbox), spent in times.items()
    ]
    for run in runs:
        speed = total / run["seconds"]
        print(f"{run['sandbox']:<9} isolation={run['isolation']:<7} {run['seconds']:6.1f} s, {speed:5.0f} tests/s")
    write_figures(
        asked.json, {"samples": asked.samples, "tests": asked.tests, "turns": asked.turns, "load": load, "runs": runs}
    )


if __name__ == "__main__":
    main()
