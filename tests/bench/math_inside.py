"""Where a worker's time goes: jobs of the service `math` from standard input, done in this process, as JSON.

A process of its own, because the worker changes settings of math-verify that peers measured beside it should keep.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from rulereward.services import math_worker
from rulereward.services.worker import LimitHit, Turn


class Clock:
    """Seconds of processor time by phase. `parsing` is what reading expressions took of the phase under way."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._phase, self._since = "other", time.process_time()

    def enter(self, message: list[object]) -> None:
        """A turn's message to the supervisor: the job has come to another phase."""
        now = time.process_time()
        self.seconds[self._phase] += now - self._since
        self._phase, self._since = str(message[-1]), now

    def inside(self, call: Callable[[str], Any]) -> Callable[[str], Any]:
        """The same function, with its outermost calls counted as parsing of the phase."""
        depth = [0]

        def counted(text: str) -> Any:
            started, depth[0] = time.process_time(), depth[0] + 1
            try:
                return call(text)
            finally:
                depth[0] -= 1
                if not depth[0]:
                    self.seconds[f"{self._phase} parsing"] += time.process_time() - started

        return counted


def main() -> None:
    logging.disable(logging.CRITICAL)
    handler, clock = math_worker.WORKER.start(), Clock()
    math_worker._parse = clock.inside(math_worker._parse)
    each: list[float] = []
    for payload in json.load(sys.stdin):
        started = time.perf_counter()
        clock.enter(["phase", "other"])
        with contextlib.suppress(LimitHit):  # counted like any other
            handler(payload, Turn(True, clock.enter))
        clock.enter(["phase", "other"])
        each.append(time.perf_counter() - started)
    seconds = clock.seconds
    print(
        json.dumps(
            {
                "gold": seconds["gold"],
                "answer": seconds["answer parsing"],
                "compare": seconds["answer"] - seconds["answer parsing"],
                "each": each,
            }
        )
    )


if __name__ == "__main__":
    main()
