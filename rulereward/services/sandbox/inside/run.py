"""One run: the processes that do a test or a build, their files in memory, and how it came out."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field

from rulereward.services.sandbox.inside.kernel import memory_file
from rulereward.services.sandbox.inside.limits import Limits
from rulereward.services.sandbox.inside.programs import Program
from rulereward.services.sandbox.inside.usage import Usage

_MOST_STDERR = 4096
_MOST_STATUS = 16


@dataclass
class Process:
    """A fork that belongs to a run. `status`: our end of the pipe over which it says how far it came."""

    pid: int
    status: int
    ended: bool = False
    wait_status: int = 0

    def said(self) -> str:
        """What it said before its end. A fork that runs a program has lost the other end by then."""
        try:
            return os.read(self.status, _MOST_STATUS).decode("ascii", "replace")
        except BlockingIOError:  # a compiler or a shell of ours was killed early and left a child behind
            return ""


@dataclass
class Order:
    """What the host asked for. `blobs` are files in memory, the run's to close; `files` are names for them."""

    number: int
    mode: str
    program: Program
    limits: Limits
    blobs: list[int]
    entry: str = ""
    files: list[str] = field(default_factory=list)


@dataclass
class Run:
    """A run in a slot, from its first fork until all of its processes have been waited for."""

    order: Order
    slot: int
    since: float = field(default_factory=time.monotonic)
    """Its beginning; later, where time has passed that does not count."""
    began: float = field(default_factory=time.monotonic)
    stdout: int = field(default_factory=lambda: memory_file("stdout"))
    stderr: int = field(default_factory=lambda: memory_file("stderr"))
    report: int = field(default_factory=lambda: memory_file("report"))
    program: Process | None = None
    checker: Process | None = None
    stopped: str = ""
    """Why the runner ended it: `wall`, `cpu`, `idle`, `memory`, `output`, `cancelled`, or empty."""
    let_go: bool = False
    """Whether the program was ended because the checker needs it no more."""
    used: Usage = field(default_factory=Usage)
    peak_kb: int = 0
    idle_s: float = 0.0
    """How long none of its processes was at work, as far as the runner looked."""

    @property
    def processes(self) -> list[Process]:
        return [process for process in (self.program, self.checker) if process is not None]

    @property
    def over(self) -> bool:
        """Whether every process has been waited for."""
        return all(process.ended for process in self.processes)

    @property
    def killed(self) -> bool:
        """Whether the program was killed, and not by the runner."""
        status = 0 if self.program is None else self.program.wait_status
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL and not (self.stopped or self.let_go)

    def excess(self, usage: Usage, now: float) -> str:
        """Which limit is passed, given what its processes use at this time; empty if none."""
        limits = self.order.limits
        if self.idle_s > limits.idle_s:
            return "idle"
        if now - self.since > limits.wall_s:
            return "wall"
        if usage.cpu_s > limits.cpu_s:
            return "cpu"
        if usage.memory_kb > limits.memory_mb * 1024:
            return "memory"
        if max(os.fstat(self.stdout).st_size, os.fstat(self.stderr).st_size) > 2 * limits.output_bytes:
            return "output"
        return ""

    def header(self) -> dict[str, object]:
        """What the host is told, without the files."""
        program = self.program
        assert program is not None
        exit_code = os.WEXITSTATUS(program.wait_status) if os.WIFEXITED(program.wait_status) else -1
        ended_by = os.WTERMSIG(program.wait_status) if os.WIFSIGNALED(program.wait_status) else 0
        if self.let_go and ended_by == signal.SIGKILL:
            exit_code = ended_by = 0
        return {
            "op": "done",
            "id": self.order.number,
            "said": program.said(),
            "checker": self.checker.said() if self.checker is not None else "",
            "exit": exit_code,
            "signal": ended_by,
            "stopped": self.stopped,
            "cpu_s": round(self.used.cpu_s, 4),
            "wall_s": round(time.monotonic() - self.since, 4),
            "idle_s": round(self.idle_s, 4),
            "memory_kb": self.peak_kb,
            "stdout_bytes": os.fstat(self.stdout).st_size,
        }

    def parts(self) -> list[tuple[int, int, int]]:
        """The files that go to the host: the beginning of its output, the end of its errors, the report."""
        output = min(os.fstat(self.stdout).st_size, self.order.limits.output_bytes)
        errors = os.fstat(self.stderr).st_size
        shown = min(errors, _MOST_STDERR)
        report = min(os.fstat(self.report).st_size, 2 * self.order.limits.output_bytes)
        return [(self.stdout, 0, output), (self.stderr, errors - shown, shown), (self.report, 0, report)]

    def close(self, *, with_blobs: bool = True) -> None:
        """Let go of the files; of those of its order only where it has been done."""
        for descriptor in (self.stdout, self.stderr, self.report, *(self.order.blobs if with_blobs else ())):
            os.close(descriptor)
        for process in self.processes:
            os.close(process.status)
