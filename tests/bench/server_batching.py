"""What micro-batching brings a server whose clients send one completion at a time, as trainers do.

    python tests/bench/server_batching.py

Prints requests a second of `rulereward serve` with the ruleset `math` for 16 and for 256 clients, each with one
request under way: with micro-batching as it is by default, and with every row scored by itself (no window, batches of
one row). Both servers run at the same time and are asked in turns; the clients are one process beside them. uvicorn
reads requests by httptools where that is installed, else by h11, which takes longer.
"""

from __future__ import annotations

import json
import statistics
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "server"))

from serving import Process, run_load  # noqa: E402  found only now

RULESET, REQUESTS, TURNS = "math", 2048, 5
CLIENTS = (16, 256)
ALONE = ("--window-ms", 0, "--batch-rows", 1)


def bodies() -> list[bytes]:
    """One row of the shipped sample each."""
    lines = (ROOT / "rulesets" / "sample.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [json.dumps({"rows": [rows[number % len(rows)]]}).encode() for number in range(REQUESTS)]


def rate(server: Process, asked: list[bytes], clients: int) -> float:
    """Requests a second."""
    return len(asked) / run_load(server.url, "/score", asked, clients).seconds


def main() -> None:
    asked = bodies()
    parser = "httptools" if find_spec("httptools") else "h11"
    print(f"{RULESET}, {REQUESTS} requests of one row, {parser}, median of {TURNS} turns; requests a second")
    with Process("-r", RULESET) as together, Process("-r", RULESET, *ALONE) as alone:
        for clients in CLIENTS:
            for server in (together, alone):
                rate(server, asked[:256], clients)
            pairs = [(rate(together, asked, clients), rate(alone, asked, clients)) for _ in range(TURNS)]
            batched, single = (statistics.median(rates) for rates in zip(*pairs, strict=True))
            ratio = statistics.median(a / b for a, b in pairs)
            print(f"{clients:>4} clients: {batched:7.0f} batched, {single:7.0f} row by row, {ratio:.2f} times")


if __name__ == "__main__":
    main()
