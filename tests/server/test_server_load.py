"""A server that has answered 100,000 requests holds no more memory than one that has answered 10,000."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from served_rulesets import SAMPLE
from serving import Process, run_load

REQUESTS, SETTLED, PART = 100_000, 10_000, 5_000
CLIENTS = 64
MOST_GROWTH_MB = 16
"""For what the allocator keeps: a leak of 200 bytes a request would be more."""


def resident_mb(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="how much memory is held is read from /proc")
def test_memory_is_flat_over_many_requests():
    """Every text is new, so that nothing is answered from what is remembered; connections stay open meanwhile."""
    with Process("-r", "math", "--masked", "0") as server:
        sizes, seconds = [], 0.0
        for start in range(0, REQUESTS, PART):
            asked = [body(number) for number in range(start, start + PART)]
            seconds += run_load(server.url, "/get_reward", asked, CLIENTS).seconds
            sizes.append(resident_mb(server.pid))
    early, late = sizes[SETTLED // PART - 1], sizes[-1]
    print(
        f"\n{REQUESTS:,} requests, {CLIENTS} connections: {REQUESTS / seconds:,.0f} requests a second; "
        f"{early:.1f} MiB after {SETTLED:,}, {late:.1f} MiB at the end"
    )
    print("MiB:", " ".join(f"{size:.0f}" for size in sizes))
    assert late - early < MOST_GROWTH_MB


def body(number: int) -> bytes:
    """A sample as OpenRLHF sends it, with a prompt and a completion of its own."""
    row = SAMPLE[number % len(SAMPLE)]
    prompt = f"<|im_start|>user\nQuestion {number}<|im_end|>\n<|im_start|>assistant\n"
    query = f"{prompt}{row['completion']} (attempt {number})<|im_end|>"
    return json.dumps({"query": [query], "prompts": [prompt], "labels": [row.get("answer")]}).encode()
