"""What the processes of a slot use, as /proc tells it."""

from __future__ import annotations

import contextlib
import math
import os
import time
from dataclasses import dataclass

_TICKS = os.sysconf("SC_CLK_TCK")
_MOST_TEXT = 8192
_STATE, _PARENT, _CPU_FIELDS, _THREADS = 0, 1, slice(11, 15), 17
"""In /proc/PID/stat behind the name: what the first thread of a process is at, its parent, user and system time of
the process and of the children it has waited for, and how many threads it has."""
_RUNNING, _IN_KERNEL, _ENDED = b"R", b"D", (b"Z", b"X")
"""Running or ready to run; waiting for the kernel itself, for a disk or for memory; and ended, but not waited for."""
_OOM_KILLS = b"oom_kill "
_MOST_SEEN = 64


@dataclass
class Usage:
    """Processor time of processes that live, in seconds, and their memory in KiB; pages that processes share count
    for each of them, but what each has from the runner does not. `at_work`: does any of them do anything now, or
    would if the host let it?
    """

    cpu_s: float = 0.0
    memory_kb: int = 0
    at_work: bool = False


class Shortages:
    """When the kernel was seen to have killed for want of memory. `kills`: how many it had before; -1: unknown."""

    def __init__(self, kills: int) -> None:
        self._seen = [(-math.inf, kills)]

    def any_since(self, since: float, kills: int) -> bool | None:
        """Whether any was killed since that time (of `time.monotonic`), now that so many are; None: unknown.

        What was killed between two looks may have been killed at any time between them.
        """
        if kills < 0 or self._seen[0][1] < 0:
            return None
        if kills != self._seen[-1][1]:
            self._seen.append((time.monotonic(), kills))
            del self._seen[1:-_MOST_SEEN]
        before = [count for at, count in self._seen if at <= since]
        return kills != before[-1]


class UsageReader:
    """Reads what others use from /proc. `proc`: a descriptor of that folder, wherever it is mounted, or nowhere."""

    def __init__(self, proc: int) -> None:
        self._proc = proc
        self._own = str(os.getpid())
        self.own_memory_kb = 0
        self.measure_own()

    def measure_own(self) -> None:
        """Note what forks have from this process, again where that has become more."""
        self.own_memory_kb += self._status(self._own)[1]

    def by_user(self) -> dict[int, Usage]:
        """What the processes of each user use together; this process itself is left out."""
        found: dict[int, Usage] = {}
        parents: set[bytes] = set()
        in_kernel: list[tuple[bytes, Usage]] = []
        for name in os.listdir(self._proc):  # noqa: PTH208 - a descriptor has no path
            if name.isdigit() and name != self._own:
                with contextlib.suppress(OSError, ValueError, IndexError):  # it ended in the meantime
                    user, memory_kb = self._status(name)
                    fields = self._stat(name)
                    usage = found.setdefault(user, Usage())
                    usage.memory_kb += max(memory_kb, 0)
                    usage.cpu_s += sum(int(field) for field in fields[_CPU_FIELDS]) / _TICKS
                    states = self._states(name, fields)
                    usage.at_work = usage.at_work or _RUNNING in states
                    if _IN_KERNEL in states:
                        in_kernel.append((name.encode(), usage))
                    if fields[_STATE] not in _ENDED:
                        parents.add(fields[_PARENT])
        for pid, usage in in_kernel:  # who has called `vfork` waits so for its child, whatever that is at
            usage.at_work = usage.at_work or pid not in parents
        return found

    def children(self) -> set[int] | None:
        """The children of this process; None where the kernel does not tell."""
        try:
            return {int(pid) for pid in self._read(f"self/task/{self._own}/children").split()}
        except OSError:
            return None

    def oom_kills(self) -> int:
        """How many processes the kernel has killed so far for want of memory; -1 where it does not tell."""
        try:
            vmstat = os.open("vmstat", os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._proc)
            with os.fdopen(vmstat, "rb") as lines:
                return next((int(line[len(_OOM_KILLS) :]) for line in lines if line.startswith(_OOM_KILLS)), -1)
        except OSError:
            return -1

    def _status(self, pid: str) -> tuple[int, int]:
        user = memory_kb = 0
        for line in self._read(f"{pid}/status").splitlines():
            if line.startswith(b"Uid:"):
                user = int(line.split()[1])
            elif line.startswith((b"RssAnon:", b"RssShmem:")):
                memory_kb += int(line.split()[1])
        return user, memory_kb - self.own_memory_kb

    def _stat(self, path: str) -> list[bytes]:
        return self._read(f"{path}/stat").rpartition(b")")[2].split()

    def _states(self, pid: str, fields: list[bytes]) -> list[bytes]:
        """What the threads of a process with this stat are at, where it matters: the first alone does not tell."""
        if fields[_STATE] == _RUNNING or int(fields[_THREADS]) <= 1:
            return [fields[_STATE]]
        tasks = os.open(f"{pid}/task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self._proc)
        try:
            threads = os.listdir(tasks)  # noqa: PTH208 - as above
        finally:
            os.close(tasks)
        states = []
        for thread in threads:
            with contextlib.suppress(OSError, IndexError):  # it ended in the meantime
                states.append(self._stat(f"{pid}/task/{thread}")[_STATE])
        return states

    def _read(self, path: str) -> bytes:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._proc)
        try:
            return os.read(descriptor, _MOST_TEXT)
        finally:
            os.close(descriptor)
