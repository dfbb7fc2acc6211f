"""The process at the other end of a supervisor, whatever its service does.

It is two: a parent that starts slowly, once, and a child forked from it that reads jobs from standard input, one
after the other (see `renewal`). Both end when that ends, so that none stays behind a caller that was killed. Messages
are frames:

    in   [payload, lone]                      a job; `lone` says that it is tried alone for the second time
         null                                 the next job is to meet a fresh child
    out  ["ready"]                            once, when jobs can be taken
         ["phase", name]                      the job has come to this phase
         ["answer", {...}]                    the job is done
         ["limit", phase]                     the job hit a limit in this phase and was given up
         ["stopped"]                          the kernel ended the child at a limit, in the phase last told
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rulereward.services.frames import pack, read_frame
from rulereward.services.renewal import USED_UP, ending_with, fork_workers


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
        """Set by the handler when this child should not be used again."""
        self._send = send

    def phase(self, name: str) -> None:
        """Tell the supervisor where we are, so that it knows what a kill means."""
        self._send(["phase", name])


Handler = Callable[[Any, Turn], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker process runs and how much memory it may take.

    `start` does all that is slow, in the parent, and leaves no thread behind. Above `address_space_bytes` allocations
    fail with MemoryError; a child that holds more than `recycle_bytes` after a job is replaced.
    """

    start: Callable[[], Handler]
    address_space_bytes: int
    recycle_bytes: int


def serve(worker: Worker) -> None:
    """Answer jobs until standard input ends."""
    jobs, answers = take_pipes()
    _limit(resource.RLIMIT_AS, worker.address_space_bytes)
    _limit(resource.RLIMIT_CORE, 0)

    def send(message: list[object]) -> None:
        data = pack(message)
        while data:
            data = data[os.write(answers, data) :]

    with ending_with(jobs):
        handle = worker.start()
    gc.collect()
    gc.freeze()  # or each child's collector would write to, and so copy, all that it shares with the parent
    send(["ready"])
    fork_workers(jobs, lambda: send(["stopped"]))
    os._exit(_work(worker, handle, jobs, send))  # in a child; what a handler raises ends it as any process


def _work(worker: Worker, handle: Handler, jobs: int, send: Callable[[list[object]], None]) -> int:
    """Answer jobs until there are none, or this child is used up. Its exit status."""
    fresh = True
    while True:
        try:
            message = read_frame(jobs)
        except EOFError:
            return 0
        if message is None and fresh:
            continue
        if message is None:
            return USED_UP
        assert isinstance(message, list)
        payload, lone = message
        turn = Turn(lone, send)
        try:
            send(["answer", handle(payload, turn)])
        except LimitHit as hit:
            turn.spoiled = True
            send(["limit", hit.phase])
        if turn.spoiled or resident_bytes() > worker.recycle_bytes:
            return USED_UP
        fresh = False


def take_pipes() -> tuple[int, int]:
    """What a worker begins with: the pipes for jobs and answers. It keeps both to itself: other prints go to standard
    error, other reads find nothing. Its signals are as if nobody had changed them.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the caller's business
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the caller may have ignored it, and ends us by it
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # what the caller's thread blocked would stop our time limits
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
