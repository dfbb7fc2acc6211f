"""The embedded back-end: a runner on this host, shut in by bubblewrap.

It sees the host's programs and libraries and its interpreter, read-only, and nothing else: no home folder, no
configuration, no network, no other process. Started by root it runs each test as another user; started by anybody
else it puts each into a PID namespace, and does one at a time.

What it does not stop: whatever breaks the kernel, which is the host's; memory beyond the limit for as long as the
watcher looks away (25 ms), since there is no control group, bounded by each process's address space and by how many
there may be; reading the host's programs and libraries; slowing down what else runs here. On kernels before 5.14 the
limit of processes counts all that an ordinary user has on the host. For that user a program is process 1 of its
namespace, so that a signal it sends itself is ignored unless it handles it; a crash or `abort` still ends it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rulereward.services.sandbox.inside.settings import PYTEST, Settings
from rulereward.services.sandbox.pytest_modules import pytest_modules
from rulereward.services.waking import SPAWNING

_INSIDE = Path(__file__).resolve().parent / "inside"
_CODE = "/opt/rulereward"
_BOOT = (
    f"import sys; sys.path[0] = {_CODE!r}; from rulereward.services.sandbox.inside.main import main; "
    "del sys.path[0]; main()"
)
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_FIRST_UID = 1_879_048_192
_UIDS_PER_RUNNER = 256
_ENVIRONMENT = {"LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}  # what an interpreter asks for as it starts
_REAP_LIMIT_S = 10.0
_STDERR_TAIL = 4096

PRELOAD = (
    "bisect", "collections", "copy", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "heapq",
    "io", "itertools", "json", "math", "operator", "random", "re", "statistics", "string", "time", "typing",
)  # fmt: skip
"""The modules that programs of this kind import most; a fork finds them imported."""


class BubblewrapUnavailableError(Exception):
    """There is no bubblewrap here, or it may not do what is needed. The message says what, and what would help."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """How a runner is set up. `slots` counts for root only. `box_mb`: room for a test's files, in MiB, and
    `box_files` how many. `packages`: folders of modules that programs may import and read. `python`: the interpreter.
    """

    slots: int = field(default_factory=lambda: os.cpu_count() or 1)
    box_mb: int = 64
    box_files: int = 4096
    packages: Sequence[Path] = ()
    preload: Sequence[str] = PRELOAD
    python: Path = field(default_factory=lambda: Path(getattr(sys, "_base_executable", sys.executable)).resolve())


class BubblewrapProcess:
    """A runner under bubblewrap; an `Endpoint`. It dies with the thread that made it."""

    def __init__(self, command: Sequence[str]) -> None:
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`; a pipe could fill up
        with SPAWNING:
            self.process = subprocess.Popen(  # noqa: S603 - the command is our own
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                bufsize=0,
                env={},
                start_new_session=True,
            )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._pipes = (self.process.stdin, self.process.stdout)
        for pipe in self._pipes:
            os.set_blocking(pipe.fileno(), False)

    @property
    def writing(self) -> int:
        return self._pipes[0].fileno()

    @property
    def reading(self) -> int:
        return self._pipes[1].fileno()

    def receive(self, most: int) -> bytes:
        """See `Endpoint`."""
        return os.read(self.reading, most)

    def let_go(self) -> None:
        """See `Endpoint`."""
        for pipe in self._pipes:
            with contextlib.suppress(OSError):
                pipe.close()
        self.process.returncode = 0  # it is not our child, so nobody must wait for it or warn about it

    def end(self) -> str:
        """See `Endpoint`. With bubblewrap's first process the kernel ends all that are in its PID namespace."""
        if self.process.returncode is None:
            self.process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_REAP_LIMIT_S)
        for pipe in self._pipes:
            pipe.close()
        return self._last_words() or f"exit status {self.process.returncode}"

    def _last_words(self) -> str:
        if self._stderr.closed:
            return ""
        with self._stderr:
            self._stderr.seek(max(0, os.fstat(self._stderr.fileno()).st_size - _STDERR_TAIL))
            lines = self._stderr.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""


def command_line(embedded: Embedded, *, root: bool) -> list[str]:
    """How the runner is started, by root or by another user. Raises BubblewrapUnavailableError."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise BubblewrapUnavailableError("there is no `bwrap` on this host: install the package `bubblewrap`")
    settings = Settings(
        slots=embedded.slots if root else 1,
        base_uid=_free_uids() if root else 0,
        box_mb=embedded.box_mb,
        box_files=embedded.box_files,
        hide_proc=True,
        preload=tuple(embedded.preload),
        packages=tuple(str(path) for path in embedded.packages),
    )
    return [
        bwrap,
        *_walls(root),
        *_places(embedded, settings),
        "--",
        str(embedded.python),
        "-s",
        "-S",
        "-B",
        "-c",
        _BOOT,
        json.dumps(asdict(settings)),
    ]


def _walls(root: bool) -> Iterator[str]:
    """What the runner is cut off from, and what it may still do."""
    for space in ("ipc", "pid", "net", "uts"):
        yield f"--unshare-{space}"
    yield "--unshare-cgroup-try"
    if not root:
        yield "--unshare-user"
    yield from ("--die-with-parent", "--new-session", "--as-pid-1", "--clearenv", "--cap-drop", "ALL")
    for capability in ("SYS_ADMIN", "SETUID", "SETGID", "KILL") if root else ("SYS_ADMIN",):
        yield from ("--cap-add", f"CAP_{capability}")  # the first only to mount the slots' folders, and then dropped
    for name, value in _ENVIRONMENT.items():
        yield from ("--setenv", name, value)


def _places(embedded: Embedded, settings: Settings) -> Iterator[str]:
    """The files it sees."""
    for place in _SYSTEM:
        path = Path(place)
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), place)
        elif path.is_dir():
            yield from ("--ro-bind", place, place)
    yield from _way_to(Path("/etc/ld.so.cache"))
    for place in _ETC:
        yield from ("--ro-bind-try", place, place)
    for folder in dict.fromkeys([embedded.python.parent.parent, *embedded.packages]):
        if not folder.is_relative_to("/usr"):
            yield from (*_way_to(folder), "--ro-bind", str(folder), str(folder))
    yield from _way_to(Path(PYTEST, "pytest"))
    for path in pytest_modules():
        yield from ("--ro-bind", str(path), f"{PYTEST}/{path.name}")
    yield from ("--proc", "/proc", "--tmpfs", "/dev", "--perms", "0755", "--tmpfs", settings.box)
    for slot in range(settings.slots):
        yield from ("--dir", settings.folder(slot))  # what the runner mounts there can be written to, all else not
    for device in _DEVICES:
        yield from ("--dev-bind", f"/dev/{device}", f"/dev/{device}")
    yield from ("--remount-ro", "/dev", "--remount-ro", settings.box)
    yield from ("--ro-bind", str(_INSIDE), f"{_CODE}/rulereward/services/sandbox/inside", "--remount-ro", "/")


def _way_to(path: Path) -> Iterator[str]:
    """The folders above a path, empty, for every user to go through; of themselves they would be root's alone."""
    for folder in list(path.parents)[-2::-1]:
        yield from ("--perms", "0755", "--dir", str(folder))


_started = 0


def _free_uids() -> int:
    """The first of a range of users that no other runner of this host is likely to have: the kernel counts processes
    by user over the whole host.
    """
    global _started  # noqa: PLW0603 - a count of this process
    _started += 1
    return _FIRST_UID + (os.getpid() % 65_536) * 4 * _UIDS_PER_RUNNER + (_started % 4) * _UIDS_PER_RUNNER
