"""A limit on the processor time of a piece of code in a worker's main thread.

Processor time and not wall time: the same text then has the same verdict on a busy machine. The limit is held twice,
by an exception at `seconds` and, for code that never returns to the interpreter (a power of huge integers), by the
kernel, which ends the process with SIGXCPU about a second later.
"""

from __future__ import annotations

import math
import resource
import signal
from types import FrameType, TracebackType

_AGAIN_S = 0.05
"""The exception is raised again at this interval, in case something swallowed it."""
_GRACE_S = 0.5
"""How much later the kernel ends the process at least; it counts whole seconds."""


class OutOfTime(BaseException):
    """The time is up. Not an Exception, so that no `except Exception` of the code that is timed can stop it."""


class TimeLimit:
    """`with TimeLimit(2.0): ...` raises OutOfTime after 2 s of this process's processor time. Not reentrant."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._armed = False
        self._before = resource.getrlimit(resource.RLIMIT_CPU)

    def __enter__(self) -> None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        used = usage.ru_utime + usage.ru_stime
        _, hard = self._before
        soft = math.ceil(used + self._seconds + _GRACE_S)
        if hard == resource.RLIM_INFINITY or soft < hard:
            resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
        signal.signal(signal.SIGPROF, self._ring)
        self._armed = True
        signal.setitimer(signal.ITIMER_PROF, self._seconds, _AGAIN_S)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._armed = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_CPU, self._before)

    def _ring(self, signum: int, frame: FrameType | None) -> None:
        if self._armed:
            raise OutOfTime
