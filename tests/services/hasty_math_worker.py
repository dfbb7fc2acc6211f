"""The worker of `math` with short limits, so that tests which reach them are short too."""

from __future__ import annotations

from rulereward.services import math_worker
from rulereward.services.worker import serve

if __name__ == "__main__":
    math_worker.FIRST_LIMIT_S = 0.1
    math_worker.LIMIT_S = 0.3
    serve(math_worker.WORKER)
