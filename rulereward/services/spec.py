"""What a supervised service is: the settings of its worker processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from rulereward.kind import Job

_MOST_WORKERS = 4


def processors() -> int:
    """How many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux only
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _no_affinity(job: Job) -> None:
    """Jobs that have nothing to do with each other."""


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """A service that worker processes do.

    `identity` names all versions that could change an answer. `killed(phase)` is the answer to a job on which two
    workers hit a limit, the second in that phase (empty before the first one). Where nobody can wait for the second
    try, the first limit is believed if it was hit in a phase of `believed`.
    Jobs of one `affinity` are handed to one worker in a row where possible; None is that of no other job.
    While jobs wait for their first try, one second try begins in `lone_every_s`.
    `stuck_limit_s` bounds the wall time of one phase of a job: a backstop, well above the worker's own limits.
    After `starts` failed starts in a row no start is tried for `pause_s`, and jobs fail at once.
    """

    name: str
    command: Sequence[str]
    identity: Callable[[], str]
    killed: Callable[[str], dict[str, object]]
    believed: frozenset[str] = frozenset()
    affinity: Callable[[Job], Hashable] = _no_affinity
    workers: int = min(_MOST_WORKERS, processors())
    start_limit_s: float = 120.0
    stuck_limit_s: float = 30.0
    lone_every_s: float = 5.0
    starts: int = 3
    pause_s: float = 5.0
