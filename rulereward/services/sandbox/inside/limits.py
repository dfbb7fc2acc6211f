"""What a run may use, as the host asks for it and as the kernel is told."""

from __future__ import annotations

import math
import resource

_MB = 1 << 20
_OWN_ADDRESS_SPACE_MB = 64
"""What the runner's own code and libraries take of a program's address space."""


class Limits:
    """Limits of one run. Times in seconds, memory and files in MiB, output in bytes."""

    __slots__ = ("cpu_s", "file_mb", "idle_s", "memory_mb", "output_bytes", "processes", "stack_mb", "wall_s")

    def __init__(self, given: dict[str, object]) -> None:
        """`given` are those that differ from the defaults. Raises ValueError for a value that is none."""
        self.cpu_s = _number(given.get("cpu_s", 2.0))
        self.wall_s = _number(given.get("wall_s", 2 * self.cpu_s + 2))
        self.idle_s = _number(given.get("idle_s", max(self.cpu_s, 2.0)))
        self.memory_mb = int(_number(given.get("memory_mb", 512)))
        self.file_mb = int(_number(given.get("file_mb", 16)))
        self.output_bytes = int(_number(given.get("output_bytes", _MB)))
        self.processes = int(_number(given.get("processes", 32)))
        self.stack_mb = int(_number(given.get("stack_mb", 64)))

    def told(self, *, address_space: bool) -> list[tuple[int, tuple[int, int]]]:
        """What the kernel is to be told, as arguments of `resource.setrlimit`. `address_space` is left open for
        runtimes that reserve far more than they use; the watcher of memory holds them.
        """
        cpu_s = math.ceil(self.cpu_s) + 1  # the kernel counts each process, in whole seconds: the watcher is finer
        memory = (self.memory_mb + _OWN_ADDRESS_SPACE_MB) * _MB if address_space else resource.RLIM_INFINITY
        return [
            (what, _lowered(what, most))
            for what, most in (
                (resource.RLIMIT_CPU, cpu_s),
                (resource.RLIMIT_AS, memory),
                (resource.RLIMIT_FSIZE, self.file_mb * _MB),
                (resource.RLIMIT_NOFILE, 64),
                (resource.RLIMIT_NPROC, self.processes),
                (resource.RLIMIT_STACK, self.stack_mb * _MB),
            )
        ]


def limit_for_all() -> None:
    """What no run may have any of, and the runner needs none of either."""
    for what in (resource.RLIMIT_MSGQUEUE, resource.RLIMIT_MEMLOCK):
        resource.setrlimit(what, (0, 0))
    # one byte: too little for a file, and no dump goes to a program of the host, as at 0
    resource.setrlimit(resource.RLIMIT_CORE, _lowered(resource.RLIMIT_CORE, 1))


def _lowered(what: int, most: int) -> tuple[int, int]:
    """A limit, or the one above us where that is lower still."""
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY and (most == resource.RLIM_INFINITY or most > hard):
        most = hard
    return most, most


def _number(value: object) -> float:
    if type(value) not in (int, float) or not 0 < value < 1e9:  # type: ignore[operator] # the line asks for its type
        raise ValueError(f"no limit: {value!r}")
    return float(value)  # type: ignore[arg-type] # as above
