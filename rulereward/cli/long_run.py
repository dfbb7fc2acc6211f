"""What a long run of many rows wants of the interpreter."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

COLLECT_AFTER = 100_000
"""Objects made before the collector of cycles looks for some: rows and records, which are in none, come by the
thousand."""

SWITCH_S = 0.0001
"""How long a thread waits for Python's lock at most, after each kernel, while another reads rows."""


@contextmanager
def long_run() -> Iterator[None]:
    """Have cycles looked for less often, and threads take turns more often, while the block runs."""
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.freeze()  # what is loaded stays, and need not be looked through each time
    gc.set_threshold(COLLECT_AFTER, *thresholds[1:])
    sys.setswitchinterval(SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*thresholds)
        gc.unfreeze()
