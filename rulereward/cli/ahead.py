"""Work done ahead in threads, its results in the order of the items.

Kernels, compression and waiting for workers let other threads run, so that while one block is measured the next is
read and the last one written.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Done = TypeVar("Done")

MOST_WORKERS = 4
"""By default no more: the part of the work that holds Python's lock does not gain from further threads."""


def default_workers() -> int:
    """As many threads as this process may use cores, `MOST_WORKERS` at most."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_WORKERS)


def in_order(
    items: Iterable[Item], work: Callable[[Item], Done], workers: int, stopped: threading.Event
) -> Iterator[Done]:
    """`map(work, items)` with as many items at work as there are `workers`, and one more taken ahead.

    An exception of `work` is raised where its result would stand. At the end, or when nobody asks on, `stopped` is
    set, for `work` to look at, and what is at work is waited for.
    """
    if workers == 1:
        yield from map(work, items)
        return
    waiting: deque[Future[Done]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="rulereward-blocks") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                while waiting and (len(waiting) > workers or waiting[0].done()):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            stopped.set()
            for future in waiting:
                future.cancel()
