"""The back-end `unsafe`: a runner on this host with no walls around it. Taken only when asked for by that name.

Programs see the files, the network and the processes of this host. What is left of the sandbox: each test is a
process of a user of its own, with limits on time, memory and output, and under the list of refused system calls.
So it is for code that is trusted, on a host where nothing else can be installed.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import tempfile
from dataclasses import asdict
from pathlib import Path

from rulereward.services.sandbox.backends import BackendError
from rulereward.services.sandbox.bubblewrap import PRELOAD, BubblewrapProcess, Embedded
from rulereward.services.sandbox.embedded_backend import runner_identity
from rulereward.services.sandbox.inside.settings import Settings
from rulereward.services.sandbox.link import Link
from rulereward.services.sandbox.pytest_modules import pytest_modules
from rulereward.services.spec import processors

_INSIDE = Path(__file__).resolve().parent / "inside"
_FIRST_UID = 2_013_265_920
_UIDS_PER_RUNNER = 256


class _UnsafeProcess(BubblewrapProcess):
    """A runner that is an ordinary child process. `settings.box` lies in `home`, which goes with it."""

    def __init__(self, settings: Settings, home: Path) -> None:
        self._settings = settings
        self._home = home
        boot = (
            f"import sys; sys.path[0] = {str(home / 'code')!r}; "
            "from rulereward.services.sandbox.inside.main import main; del sys.path[0]; main()"
        )
        python = str(Embedded().python)
        super().__init__([python, "-s", "-S", "-B", "-c", boot, json.dumps(asdict(settings))])

    def end(self) -> str:
        """See `Endpoint`. Its forks are in sessions of their own, so they are looked for by their users."""
        words = super().end()
        for pid in _processes_of(range(self._settings.base_uid, self._settings.base_uid + _UIDS_PER_RUNNER)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self._home, ignore_errors=True)
        return words


class UnsafeBackend:
    """See `Backend`. Raises BackendError where it cannot work."""

    name = "unsafe"
    local = True
    links = 1

    def __init__(self) -> None:
        if os.geteuid() != 0:
            raise BackendError("only root can run programs as other users, which is the last wall that is left")

    @property
    def told(self) -> str:
        """See `Backend`."""
        return f"UNSAFE: on this host without walls, {processors()} at once"

    @property
    def identity(self) -> str:
        """See `Backend`."""
        return f"unsafe, {runner_identity()}"

    def connect(self) -> Link:
        """See `Backend`."""
        home = Path(tempfile.mkdtemp(prefix="rulereward-unsafe-"))
        home.chmod(0o755)
        inside = home / "code" / "rulereward" / "services" / "sandbox" / "inside"
        inside.parent.mkdir(parents=True)
        shutil.copytree(_INSIDE, inside, ignore=shutil.ignore_patterns("__pycache__"))
        tools = home / "pytest"
        tools.mkdir()
        for path in pytest_modules():
            (tools / path.name).symlink_to(path)
        settings = Settings(
            slots=processors(), base_uid=_free_uids(), box=str(home / "box"), preload=PRELOAD, pytest=str(tools)
        )
        return Link(_UnsafeProcess(settings, home))

    def close(self) -> None:
        """See `Backend`."""


def _free_uids() -> int:
    """The first of a range of users that no other runner of this host is likely to have."""
    return _FIRST_UID + int.from_bytes(os.urandom(2), "big") * _UIDS_PER_RUNNER


def _processes_of(users: range) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if entry.stat().st_uid in users:
                    found.append(int(entry.name))
    return found
