"""The process at the other end of a supervisor, whatever its service does.

It reads jobs from its standard input, one after the other, and ends when that ends, so that none stays behind a
parent that was killed. Messages are frames:

    in   [payload, lone]                      a job; `lone` says that it is tried alone for the second time
    out  ["ready"]                            once, when jobs can be taken
         ["phase", name]                      the job has come to this phase
         ["answer", {...}]                    the job is done
         ["limit", phase]                     the job hit a limit in this phase and was given up
         ["bye"]                              this process takes no more jobs and ends
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rulereward.services.frames import FrameReader, pack

_CHUNK = 1 << 16


class LimitHit(Exception):  # noqa: N818 - it reports a measurement, not an error
    """Raised by a handler whose job went over a limit in `phase`, to have it tried again alone."""

    def __init__(self, phase: str) -> None:
        super().__init__(phase)
        self.phase = phase


class Turn:
    """One job's turn, as its handler sees it."""

    def __init__(self, lone: bool, send: Callable[[list[object]], None]) -> None:
        self.lone = lone
        self.spoiled = False
        """Set by the handler when this process should not be used again."""
        self._send = send

    def phase(self, name: str) -> None:
        """Tell the supervisor where we are, so that it knows what a kill means."""
        self._send(["phase", name])


Handler = Callable[[Any, Turn], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker process runs and how much memory it may take.

    `start` does all slow imports. Above `address_space_bytes` allocations fail with MemoryError; a process that holds
    more than `recycle_bytes` after a job is replaced.
    """

    start: Callable[[], Handler]
    address_space_bytes: int
    recycle_bytes: int


def serve(worker: Worker) -> None:
    """Answer jobs until standard input ends or this process is used up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # what the parent's thread blocked would stop our time limits
    jobs, answers = _take_pipes()
    threading.Thread(target=_end_with_parent, args=(jobs,), daemon=True).start()
    _limit(resource.RLIMIT_AS, worker.address_space_bytes)
    _limit(resource.RLIMIT_CORE, 0)

    def send(message: list[object]) -> None:
        data = pack(message)
        while data:
            data = data[os.write(answers, data) :]

    handle = worker.start()
    send(["ready"])
    reader = FrameReader()
    while chunk := os.read(jobs, _CHUNK):
        for message in reader.feed(chunk):
            assert isinstance(message, list)
            payload, lone = message
            turn = Turn(lone, send)
            try:
                send(["answer", handle(payload, turn)])
            except LimitHit as hit:
                turn.spoiled = True
                send(["limit", hit.phase])
            if turn.spoiled or resident_bytes() > worker.recycle_bytes:
                send(["bye"])
                return


def _end_with_parent(jobs: int) -> None:
    """End this process when nobody holds the other end of the pipe, even in the middle of a job."""
    watch = select.poll()
    watch.register(jobs, 0)  # no event but the hang-up, which cannot be left out
    watch.poll()
    os._exit(1)


def _take_pipes() -> tuple[int, int]:
    """Keep the two pipes to ourselves: other prints go to standard error, other reads find nothing."""
    jobs, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return jobs, answers


def _limit(kind: int, amount: int) -> None:
    _, hard = resource.getrlimit(kind)
    wanted = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS
        resource.setrlimit(kind, (wanted, hard))


def resident_bytes() -> int:
    """Memory this process holds; where /proc is missing, the most it ever held."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return pages * resource.getpagesize()
