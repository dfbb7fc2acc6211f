"""One worker process and its pipes, as the supervisor's thread holds them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import sysconfig
import time
from collections import deque
from collections.abc import Hashable, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import IO, Generic, TypeVar

from rulereward.services.frames import FrameReader

Work = TypeVar("Work")
"""What a process is sent."""

_STDERR_TAIL = 4_096
_GRACE_S = 1.0
"""How long a process may take to end with its own child, before both are killed."""
_REAP_LIMIT_S = 10.0


class Stage(Enum):
    """Where a worker process stands."""

    STARTING = auto()
    READY = auto()


class WorkerProcess(Generic[Work]):
    """A child process, which has a child of its own. Not thread-safe: only the supervisor's thread touches it, and a
    fork of the calling process to let go of it.

    `in_flight` are the jobs sent to it in order; the first is the one it works on.
    """

    def __init__(self, command: Sequence[str]) -> None:
        """Start the process. Raises OSError when the command cannot be run."""
        self.process = subprocess.Popen(  # noqa: S603 - the command is our own
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
            start_new_session=True,  # Ctrl-C in a terminal reaches the parent only, our signals its child as well
        )
        self.stage = Stage.STARTING
        self.in_flight: deque[Work] = deque()
        self.phase = ""
        self.since = time.monotonic()
        """When the job it works on came to its phase, or when the process was started; monotonic seconds."""
        self.affinity: Hashable = None
        """Of the job it was sent last."""
        self.run = 0
        """How many jobs of that affinity it was sent one after the other."""
        self.outgoing = bytearray()
        self.frames = FrameReader()
        self._stderr = bytearray()
        for pipe in self.pipes:
            os.set_blocking(pipe.fileno(), False)

    @property
    def pipes(self) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
        process = self.process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        return process.stdin, process.stdout, process.stderr

    @property
    def stdin(self) -> int:
        return self.pipes[0].fileno()

    @property
    def stdout(self) -> int:
        return self.pipes[1].fileno()

    @property
    def stderr(self) -> int:
        return self.pipes[2].fileno()

    def enter(self, phase: str) -> None:
        """It has come to a phase of a job (empty: before the first), or to the next thing to do."""
        self.phase = phase
        self.since = time.monotonic()

    def write(self) -> None:
        """Send as much of `outgoing` as the pipe takes. A broken pipe is noticed where the output ends."""
        try:
            sent = os.write(self.stdin, self.outgoing)
        except BlockingIOError:
            return
        except BrokenPipeError:
            sent = len(self.outgoing)
        del self.outgoing[:sent]

    def note_stderr(self, data: bytes) -> None:
        """Keep the end of what it wrote to standard error."""
        self._stderr += data
        del self._stderr[:-_STDERR_TAIL]

    def last_words(self) -> str:
        """The last line it wrote to standard error, or how it ended."""
        lines = self._stderr.decode("utf-8", "replace").strip().splitlines()
        if lines and lines[-1].strip():
            return lines[-1].strip()
        code = self.process.returncode
        return f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"

    def ask_to_end(self) -> None:
        """Have it end with its child. Does not wait."""
        self._signal(signal.SIGTERM)

    def end(self) -> None:
        """End it and its child, read what is left of their standard error, and reap it.

        By SIGTERM at first, on which it reaps its child: killed itself, it would leave that to the system.
        """
        self.ask_to_end()
        try:
            self.process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):  # unkillable in the kernel: nothing more can be done
                self.process.wait(_REAP_LIMIT_S)
        with contextlib.suppress(OSError):
            while data := os.read(self.stderr, 1 << 16):
                self.note_stderr(data)
        for pipe in self.pipes:
            pipe.close()

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal to it and its child. While it is not reaped nobody else can have its number."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: only zombies are left
                os.killpg(self.process.pid, number)

    def let_go(self) -> None:
        """In a forked child: drop our copies of the pipes and leave the process to the parent."""
        for pipe in self.pipes:
            with contextlib.suppress(OSError):
                pipe.close()
        self.process.returncode = 0  # it is not our child, so nobody must wait for it or warn about it


_WHERE_MODULES_LIE = frozenset(
    {"PYTHONPATH", "PYTHONHOME", "PYTHONPLATLIBDIR", "PYTHONNOUSERSITE", "PYTHONUSERBASE", "PYTHONPYCACHEPREFIX"}
)


def _environment() -> dict[str, str]:
    """The parent's environment; where this package is not installed, the child is told where it lies.

    The parent's other settings of the interpreter stay behind: tracing and debugging slow a worker down, whose
    limits count processor time, and would so change an answer.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTHON") or name in _WHERE_MODULES_LIE
    }
    environment["PYTHONHASHSEED"] = "0"  # the order of sets must not change an answer
    root = Path(__file__).resolve().parents[2]
    installed = {Path(sysconfig.get_path(key)).resolve() for key in ("purelib", "platlib")}
    if root not in installed:
        paths = [path for path in (environment.get("PYTHONPATH"), str(root)) if path]
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    return environment


def worker_command(service: str) -> list[str]:
    """The command of a worker that ships with this package. `-P`: the working folder's modules are not ours."""
    return [sys.executable, "-P", "-m", "rulereward.services._worker", service]
