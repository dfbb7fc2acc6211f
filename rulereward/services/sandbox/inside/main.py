"""Where the runner's process begins, as process 1 of a sandbox or a container."""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import json
import os
import resource
import site
import sys
from typing import Any

from rulereward.services.sandbox.inside import acts
from rulereward.services.sandbox.inside.confine import FIRST_FREE, LAST_DESCRIPTOR
from rulereward.services.sandbox.inside.forks import Fork
from rulereward.services.sandbox.inside.frames import BlobStream
from rulereward.services.sandbox.inside.kernel import (
    SystemCallFilter,
    adopt_orphans,
    forbid_new_privileges,
    hide_folder,
    hide_memory,
    keep_capabilities,
    mount_folder,
)
from rulereward.services.sandbox.inside.limits import limit_for_all
from rulereward.services.sandbox.inside.runner import Runner
from rulereward.services.sandbox.inside.seccomp import runner_filter
from rulereward.services.sandbox.inside.settings import Settings
from rulereward.services.sandbox.inside.stage import clear_the_stage, open_streams

_STATUS = 3
_FAILED = b"!"


def main() -> None:
    """Serve the stream on standard input and output, with the settings of the first argument. Does not return.

    A fork comes back from the runner with nothing of it on its stack, and goes on with its act.
    """
    settings = _settings(sys.argv.pop())
    acts.put_environment()
    for name in settings.preload:
        importlib.import_module(name)
    act = None
    try:
        _runner(settings).serve()
    except EOFError:
        os._exit(0)
    except Fork as fork:
        act = fork.act
    assert act is not None
    try:
        act()
    except BaseException as problem:  # noqa: BLE001 - nothing of ours may go on in a fork
        with contextlib.suppress(OSError):
            os.write(_STATUS, _FAILED)
        acts.give_up(problem)


def _settings(given: str) -> Settings:
    values: dict[str, Any] = json.loads(given)
    kept: dict[str, Any] = {name: tuple(value) if type(value) is list else value for name, value in values.items()}
    settings = Settings(**kept)
    sys.path += settings.packages
    return settings


def _runner(settings: Settings) -> Runner:
    """Take the stream, set up the folders, give up what is no longer needed. Raises OSError."""
    stream = _stream()
    most = min(LAST_DESCRIPTOR, resource.getrlimit(resource.RLIMIT_NOFILE)[1])  # only root might have more again
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    hide_memory()
    adopt_orphans()
    proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for slot in range(settings.slots):
        _make_folder(settings, slot)
    if settings.hide_proc:
        hide_folder("/proc")
    forbid_new_privileges()
    instructions = runner_filter(os.uname().machine)
    if instructions is not None:
        SystemCallFilter(instructions).put_on()
    if settings.base_uid:
        keep_capabilities(("SETUID", "SETGID", "KILL"))
    site.setquit()  # what a program expects among the builtins
    site.setcopyright()
    site.sethelper()
    limit_for_all()
    open_streams()
    clear_the_stage()
    gc.collect()
    gc.freeze()  # the memory that forks share stays shared
    gc.disable()
    return Runner(settings, stream, proc)


def _stream() -> BlobStream:
    """The stream, away from standard input and output; the numbers below FIRST_FREE are for forks to fill."""
    nothing = os.open(os.devnull, os.O_RDWR)
    reading, writing = (fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, FIRST_FREE) for number in (0, 1))
    for number in (0, 1, *range(3, FIRST_FREE)):
        os.dup2(nothing, number)
    if nothing >= FIRST_FREE:
        os.close(nothing)
    return BlobStream(reading, writing)


def _make_folder(settings: Settings, slot: int) -> None:
    path, owner = settings.folder(slot), settings.program_uid(slot)
    os.makedirs(path, exist_ok=True)  # noqa: PTH103 - `pathlib` would take memory, which every fork pays for
    if settings.box_mb:
        mount_folder(path, settings.box_mb, settings.box_files, owner or os.getuid())
        return
    os.chmod(path, 0o700)  # noqa: PTH101 - as above
    if owner:
        os.chown(path, owner, owner)
