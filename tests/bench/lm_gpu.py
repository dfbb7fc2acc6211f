"""Log-probabilities of texts on a GPU: each way of computing them, its share of what the device can do, its memory.

    python tests/bench/lm_gpu.py --json FILE [--minutes 25] [--device cuda]
    python tests/bench/lm_gpu.py --json FILE --tiny --device cpu

Needs the extra `models`, and no hub: a model of the shape of Qwen2.5-0.5B is made with random weights, and 2 million
tokens of random texts of about 512 each. A part that fails is told in the file, with its error, and the next one
begins; the file is written after each. Parts that do not fit into the minutes are left out or broken off, and say so.
`--tiny` runs all of it on a small model and few texts, to see that it runs.
"""

from __future__ import annotations

import argparse
import json
import signal
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from bench_tools import machine
from lm_gpu_parts import FULL, PARTS, TINY, Bench

from rulereward.services.lm.loading import software

_LINES = 6
"""Of a traceback."""


class Report:
    """Figures by part, in a file that is whole after each of them."""

    def __init__(self, path: Path | None, minutes: float, head: dict[str, Any]) -> None:
        self.figures: dict[str, Any] = {**head, "parts": {}}
        self._path = path
        self._end = time.monotonic() + 60 * minutes
        self._write()

    def run(self, name: str, part: Callable[[], Any]) -> None:
        """One part, whatever becomes of it."""
        left = self._end - time.monotonic()
        if left <= 0:
            self._keep(name, {"left_out": "the minutes are over"}, 0.0)
            return
        started = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, left)
        try:
            found = part()
        except Exception as error:  # noqa: BLE001 - a GPU is paid for by the minute: the next part goes on
            lines = "".join(traceback.format_exception(error)).strip().splitlines()
            found = {"failed": f"{type(error).__name__}: {error}"[:500], "where": lines[-_LINES:]}
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        self._keep(name, found, time.monotonic() - started)

    def _keep(self, name: str, found: Any, seconds: float) -> None:
        self.figures["parts"][name] = {"took_s": round(seconds, 2), "found": found}
        print(f"{name} ({seconds:.1f} s): {json.dumps(found, ensure_ascii=False)}", flush=True)
        self._write()

    def _write(self) -> None:
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside = self._path.with_suffix(".part")
            beside.write_text(json.dumps(self.figures, indent=1, ensure_ascii=False) + "\n", "utf-8")
            beside.replace(self._path)


def _over(*_: object) -> None:
    raise TimeoutError("the minutes are over")


def _device(name: str) -> dict[str, Any]:
    """What the figures are of."""
    found: dict[str, Any] = {"device": name, "torch": torch.__version__, "software": software()}
    if torch.device(name).type == "cuda":
        own = torch.cuda.get_device_properties(name)
        found |= {"gpu": own.name, "gpu_gb": round(own.total_memory / 1e9, 1), "cuda": torch.version.cuda}
    return found


def main(given: list[str] | None = None) -> dict[str, Any]:
    """Runs all parts, and returns the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--minutes", type=float, default=25.0)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--tiny", action="store_true")
    asked = parser.parse_args(given)
    head = {"tiny": asked.tiny, **_device(asked.device), "machine": machine()}
    report = Report(asked.json, asked.minutes, head)
    before = signal.signal(signal.SIGALRM, _over)
    try:
        bench = Bench(asked.device, TINY if asked.tiny else FULL)
        for name, part in PARTS.items():
            report.run(name, lambda part=part: part(bench))
    finally:
        signal.signal(signal.SIGALRM, before)
    return report.figures


if __name__ == "__main__":
    main()
