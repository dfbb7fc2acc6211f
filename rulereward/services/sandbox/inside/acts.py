"""What a confined fork goes on to do. Each act takes descriptors that the confinement has put in place."""

from __future__ import annotations

import os
import signal
from typing import NoReturn

from rulereward.services.sandbox.inside.languages import PATH, Language
from rulereward.services.sandbox.inside.stage import COMPILED, STARTED, UNCOMPILABLE

_MOST_SOURCE = 1 << 24
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""For numerical libraries, whose threads would count against the limits, and not survive a fork of the runner."""
NOT_RUN = 126
"""The exit status of a fork that could not run what it should; it has not said STARTED then."""


def environment(folder: str) -> dict[str, str]:
    """All that a program finds in its environment."""
    return {"PATH": PATH, "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", **_ONE_THREAD}


def put_environment() -> None:
    """Give this process that environment, as long as there is no folder."""
    os.environ.clear()
    os.environ.update(environment("/"))


def put_folder(folder: bytes) -> None:
    """Put a program's folder into that environment: as `os.environ.update` would do it, in a fraction of the time."""
    known: dict[bytes, bytes] = os.environ._data  # type: ignore[attr-defined] # private, and the same in all versions
    for name in (b"HOME", b"TMPDIR"):
        os.putenv(name, folder)
        known[name] = folder


def execute(language: Language, source: int, binary: int, status: int, folder: str, memory_mb: int) -> NoReturn:
    """Become the program of another language: its build, or its source under an interpreter."""
    _as_a_fresh_process()
    os.write(status, STARTED + COMPILED)
    if binary >= 0:
        os.execve(binary, ["main"], environment(folder))  # noqa: S606 - no shell is wanted
    _write_source(language, source)
    os.close(source)
    command = [language.tool, *language.run[1:]]
    if language.run[0] == "node":
        command.insert(1, f"--max-old-space-size={memory_mb}")
    os.execve(command[0], command, environment(folder))  # noqa: S606 - as above


def build(language: Language, source: int, binary: int, status: int, folder: str) -> NoReturn:
    """Compile a program and put the result into the file in memory `binary`."""
    os.write(status, STARTED)
    _write_source(language, source)
    pid = os.fork()
    if pid == 0:
        _as_a_fresh_process()
        os.execve(language.tool, [language.tool, *language.build[1:]], environment(folder))  # noqa: S606 - as above
    _, ended = os.waitpid(pid, 0)
    if ended == 0:
        made = os.open("main", os.O_RDONLY | os.O_NOFOLLOW)
        size = os.fstat(made).st_size
        while size > 0:
            size -= os.sendfile(binary, made, None, size) or size
        os.write(status, COMPILED)
        os._exit(0)
    os.write(status, UNCOMPILABLE)
    os._exit(1)


def _write_source(language: Language, source: int) -> None:
    target = os.open(language.source, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    text = memoryview(os.pread(source, _MOST_SOURCE, 0))
    while text:
        text = text[os.write(target, text) :]
    os.close(target)


def _as_a_fresh_process() -> None:
    """Signals that Python ignores are at their defaults in what is executed."""
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)


def give_up(problem: BaseException) -> NoReturn:
    """End a fork that could not be set up. What it writes, nobody takes for a program's: it has not started."""
    message = f"{type(problem).__name__}: {problem}\n"
    try:
        os.write(2, message.encode("utf-8", "replace"))
    finally:
        os._exit(NOT_RUN)
