"""The worker of `math`, but powers of sums hit the limit at once, and take for ever when they are tried alone."""

from __future__ import annotations

import time
from typing import Any

from rulereward.services import math_worker
from rulereward.services.worker import Handler, LimitHit, Turn, Worker, serve


def start() -> Handler:
    compute = math_worker.WORKER.start()

    def handle(payload: Any, turn: Turn) -> dict[str, object]:
        if ")^{" not in payload[1]:
            return compute(payload, turn)
        turn.phase("answer")
        if not turn.lone:
            raise LimitHit("answer")
        time.sleep(600.0)
        raise AssertionError("nobody waits so long")

    return handle


if __name__ == "__main__":
    serve(Worker(start, math_worker.WORKER.address_space_bytes, math_worker.WORKER.recycle_bytes))
