"""What the processes of a slot use, as /proc tells it."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass

_TICKS = os.sysconf("SC_CLK_TCK")
_MOST_TEXT = 8192
_CPU_FIELDS = slice(11, 15)
"""In /proc/PID/stat behind the name: user and system time of a process, and of the children it has waited for."""


@dataclass
class Usage:
    """Processor time of processes that live, in seconds, and their memory in KiB; pages that processes share count
    for each of them, but what each has from the runner does not.
    """

    cpu_s: float = 0.0
    memory_kb: int = 0


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
        for name in os.listdir(self._proc):  # noqa: PTH208 - a descriptor has no path
            if name.isdigit() and name != self._own:
                with contextlib.suppress(OSError, ValueError, IndexError):  # it ended in the meantime
                    user, memory_kb = self._status(name)
                    cpu_s = self._cpu_s(name)
                    usage = found.setdefault(user, Usage())
                    usage.memory_kb += max(memory_kb, 0)
                    usage.cpu_s += cpu_s
        return found

    def children(self) -> set[int] | None:
        """The children of this process; None where the kernel does not tell."""
        try:
            return {int(pid) for pid in self._read(f"self/task/{self._own}/children").split()}
        except OSError:
            return None

    def _status(self, pid: str) -> tuple[int, int]:
        user = memory_kb = 0
        for line in self._read(f"{pid}/status").splitlines():
            if line.startswith(b"Uid:"):
                user = int(line.split()[1])
            elif line.startswith((b"RssAnon:", b"RssShmem:")):
                memory_kb += int(line.split()[1])
        return user, memory_kb - self.own_memory_kb

    def _cpu_s(self, pid: str) -> float:
        fields = self._read(f"{pid}/stat").rpartition(b")")[2].split()
        return sum(int(field) for field in fields[_CPU_FIELDS]) / _TICKS

    def _read(self, path: str) -> bytes:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._proc)
        try:
            return os.read(descriptor, _MOST_TEXT)
        finally:
            os.close(descriptor)
