"""Log-probabilities of texts on a CPU: the plain padded loop of transformers against our scorer, by turns.

    python tests/bench/lm_cpu.py [--turns 5] [--threads 2] [--json FILE]

Needs the extra `models`. Random models of 4 layers (of 2 where the vocabulary is large), lengths log-normal,
everything by fixed seeds. Three cases: a small vocabulary, where packing is what matters; one of 152k, where it is
the head; and 8 completions behind each prompt of 512 tokens. The sides take turns in one process, and must give the
same log-probabilities to 1e-5, or the run fails. Peak memory is that of a process of its own for each side, once
(`VmHWM` of /proc/self/status): before the texts are scored, and after.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from bench_tools import arguments, write_figures
from lm_models import LONGEST, LogProbs, differences, ours, plain, random_model, random_texts, size

from rulereward.services.lm.scorer import Scorer
from rulereward.services.lm.tokens import Tokens

CLOSE = 1e-5
BUDGET = 4096  # of the service on a CPU


@dataclass(frozen=True)
class Case:
    """`model`: vocabulary, width and layers. `texts`: what `random_texts` takes besides the vocabulary."""

    model: tuple[int, int, int]
    texts: Mapping[str, int]

    def made(self) -> list[Tokens]:
        return random_texts(self.model[0], **self.texts)


CASES = {
    "packing": Case((8_192, 256, 4), {"tokens": 10_000, "median": 180, "most": 1_024}),
    "vocabulary": Case((151_936, 64, 2), {"tokens": 3_000, "median": 150, "most": 512}),
    "prompt": Case((8_192, 256, 4), {"tokens": 0, "median": 122, "most": 256, "prompts": 4}),
}


def sides(case: Case, texts: list[Tokens]) -> dict[str, Callable[[], LogProbs]]:
    """The ways that are compared; each model is made anew, since a scorer changes the attention of its own."""
    peer = random_model(*case.model)
    scorer = Scorer.of(random_model(*case.model), LONGEST, BUDGET)
    found: dict[str, Callable[[], LogProbs]] = {"theirs": lambda: plain(peer, texts)}
    if "prompts" in case.texts:
        apart = replace(scorer, how=replace(scorer.how, share=False))
        found["apart"] = lambda: ours(apart, texts)
    return {**found, "ours": lambda: ours(scorer, texts)}


def measured(case: Case, turns: int) -> dict[str, Any]:
    """Median seconds of each side, by the clock and of the processor. Raises SystemExit where they disagree."""
    texts = case.made()
    ways = sides(case, texts)
    clock: dict[str, list[float]] = {name: [] for name in ways}
    processor: dict[str, list[float]] = {name: [] for name in ways}
    largest = 0.0
    for _ in range(turns):
        given = {}
        for name, way in ways.items():
            started, used = time.perf_counter(), time.process_time()
            given[name] = way()
            clock[name].append(time.perf_counter() - started)
            processor[name].append(time.process_time() - used)
            largest = max(largest, *differences(given["theirs"], given[name]))
    if not largest <= CLOSE:
        raise SystemExit(f"log-probabilities differ by {largest}")
    slots = sum(len(text.context) + len(text.completion) - 1 for text in texts)
    return {
        "model": case.model,
        "texts": len(texts),
        "tokens": size(texts),
        "given": slots,
        "largest_difference": largest,
        "seconds": {name: statistics.median(times) for name, times in clock.items()},
        "processor": {name: statistics.median(times) for name, times in processor.items()},
    }


def peak_mb() -> float:
    """The most memory that this process has had, in MB, since the kernel was told to forget it."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1000


def one_side(name: str, side: str) -> None:
    """In a process of its own: memory before one turn, with the models of all sides, and its peak in that turn."""
    case = CASES[name]
    way = sides(case, case.made())[side]
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak of loading
    before = peak_mb()
    way()
    print(json.dumps({"before": before, "peak": peak_mb()}))


def memory(name: str, threads: int) -> dict[str, dict[str, float]]:
    found = {}
    for side in ("theirs", "ours"):
        command = [sys.executable, __file__, "--memory", name, side, "--threads", str(threads)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found[side] = json.loads(done.stdout)
    return found


def show(name: str, found: Mapping[str, Any]) -> None:
    seconds, used = found["seconds"], found["processor"]
    parts = [
        f"{side} {seconds[side]:.2f} s, {seconds[side] / seconds['ours']:.2f}x ({used[side] / used['ours']:.2f}x)"
        for side in seconds
    ]
    print(f"{name:<10} {found['tokens']:,} tokens: {'; '.join(parts)}; to {found['largest_difference']:.1e}")


def main() -> None:
    parser: argparse.ArgumentParser = arguments("", turns=5, threads=2)
    parser.add_argument("--memory", nargs=2, metavar=("CASE", "SIDE"), help="how this script asks itself")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    if asked.memory:
        one_side(*asked.memory)
        return
    print("seconds, ratio by the clock (and of processor time)")
    cases = {}
    for name, case in CASES.items():
        cases[name] = measured(case, asked.turns)
        show(name, cases[name])
    used = memory("vocabulary", asked.threads)
    told = {side: f"{one['peak']:,.0f} MB, {one['before']:,.0f} of it before" for side, one in used.items()}
    print(f"memory     theirs {told['theirs']}; ours {told['ours']}")
    figures = {"turns": asked.turns, "threads": asked.threads, "budget": BUDGET, "cases": cases, "memory": used}
    write_figures(asked.json, figures)


if __name__ == "__main__":
    main()
