"""The back-end `embedded`: warm runners on this host under bubblewrap. What it keeps out is said in `bubblewrap`."""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from rulereward.services.sandbox.backends import BackendError
from rulereward.services.sandbox.bubblewrap import (
    BubblewrapProcess,
    BubblewrapUnavailableError,
    Embedded,
    command_line,
)
from rulereward.services.sandbox.inside.languages import LANGUAGES, PATH
from rulereward.services.sandbox.link import Link
from rulereward.services.sandbox.pytest_modules import pytest_version
from rulereward.services.spec import processors
from rulereward.services.waking import SPAWNING

_PROBE_LIMIT_S = 20.0
_INSIDE = Path(__file__).resolve().parent / "inside"


class EmbeddedBackend:
    """See `Backend`. Started by root one runner does several tests at once, by anybody else several do one each."""

    name = "embedded"
    local = True

    def __init__(self, settings: Embedded | None = None) -> None:
        self._settings = Embedded(slots=processors()) if settings is None else settings
        self.links = 1 if os.geteuid() == 0 else self._settings.slots

    @property
    def told(self) -> str:
        """See `Backend`."""
        who = "as root" if os.geteuid() == 0 else "as an ordinary user"
        return f"embedded (bubblewrap, {who}), {self._settings.slots} at once"

    @property
    def identity(self) -> str:
        """See `Backend`."""
        return f"embedded, {runner_identity()}"

    def connect(self) -> Link:
        """See `Backend`."""
        try:
            command = command_line(self._settings, root=os.geteuid() == 0)
        except BubblewrapUnavailableError as problem:
            raise BackendError(str(problem)) from problem
        return Link(BubblewrapProcess(command))

    def close(self) -> None:
        """See `Backend`."""


@functools.cache
def runner_identity() -> str:
    """What could change the outcome of a program that runs on this host: the runner, and what runs programs."""
    content = hashlib.blake2b(digest_size=8)
    for path in sorted(_INSIDE.glob("*.py")):
        content.update(path.name.encode() + b"\0" + path.read_bytes())
    tools = {name: language.tool for name, language in sorted(LANGUAGES.items()) if language.tool}
    versions = [f"{name} {_stamp(tool)}" for name, tool in tools.items()]
    versions += [f"pytest {pytest_version()}"] if pytest_version() else []
    return ", ".join([f"runner {content.hexdigest()}", f"python {platform.python_version()}", *versions])


def _stamp(tool: str) -> str:
    """What tells one build of a program from the next without starting it."""
    path = Path(tool).resolve()
    try:
        return f"{path.name} of {path.stat().st_size} bytes"
    except OSError:
        return path.name


def trouble_with_bubblewrap() -> str:
    """Why no sandbox can be started on this host, in words; empty where one can. Starts one that does nothing."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        return "there is no `bwrap` on this host"
    true = shutil.which("true", path=PATH)
    walls = ["--unshare-pid", "--unshare-net", "--unshare-ipc", *([] if os.geteuid() == 0 else ["--unshare-user"])]
    command = [bwrap, *walls, "--ro-bind", "/", "/", "--proc", "/proc", "--", true or "/bin/true"]
    return _trouble(command)


def _trouble(command: Sequence[str]) -> str:
    try:
        with SPAWNING:
            process = subprocess.Popen(  # noqa: S603 - the command is our own
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
            )
        _, said = process.communicate(timeout=_PROBE_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return "bubblewrap does not come back"
    except OSError as problem:
        return str(problem)
    return (said.strip() or f"bubblewrap ended with {process.returncode}") if process.returncode else ""
