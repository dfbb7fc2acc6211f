"""What is sent to a service that only runs programs, so that functions are called and asserts checked there.

It runs at the far end, with the files of `inside` in reach and nothing else of ours: standard library only, Python
3.8 or later. The program is a process of its own, forked before anything secret is read from standard input; the
test's source is in another. They are of one user, so what keeps the program from the checker's memory is that the
kernel lets no process of the same user read it, and nothing where that user is root. It learns nothing of how other
tests are judged, for expected results of calls stay at home.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import tempfile
import time
from typing import Any, BinaryIO, Callable  # noqa: UP035 - that of Python 3.8 alone takes brackets

from rulereward.services.sandbox.inside import call_frames
from rulereward.services.sandbox.inside.checker import check
from rulereward.services.sandbox.inside.kernel import hide_memory
from rulereward.services.sandbox.inside.plain_data import MAX_BYTES
from rulereward.services.sandbox.inside.pytest_act import check_by_pytest
from rulereward.services.sandbox.inside.pytest_shelf import Shelf
from rulereward.services.sandbox.inside.serve_calls import serve_calls
from rulereward.services.sandbox.inside.stage import Stage

_MOST_STATUS = 16
_MOST_REPORT = 1 << 16
_END_S = 0.2
_PR_SET_PDEATHSIG = 1
_PAUSE_S = 0.002


class _Child:
    """A fork that does one thing and says over a pipe how far it came."""

    def __init__(self, act: Callable[[int], None]) -> None:
        """`act` is given the descriptor of the pipe. It does not return."""
        self.status, status = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            try:
                _end_with_parent()
                act(status)
            finally:
                os._exit(1)
        os.close(status)
        self.wait_status = 0

    def wait(self) -> None:
        self.wait_status = os.waitpid(self.pid, 0)[1]

    def end(self) -> None:
        """Nothing more is asked of it: it ends by itself, or else we end it, which is not its failure."""
        deadline = time.monotonic() + _END_S
        while time.monotonic() < deadline:
            pid, self.wait_status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return
            time.sleep(_PAUSE_S)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    def said(self) -> str:
        return os.read(self.status, _MOST_STATUS).decode("ascii", "replace")

    def ending(self) -> dict[str, object]:
        exited = os.WIFEXITED(self.wait_status)
        return {
            "exit": os.WEXITSTATUS(self.wait_status) if exited else -1,
            "signal": 0 if exited else os.WTERMSIG(self.wait_status),
        }


def main(source: str, by_pytest: bool) -> None:
    """Run a program's functions as standard input asks: a line of JSON with `mark`, and a frame or a test.

    Prints the mark before the program begins, and once more with the outcome behind it, each on a line of its own.
    """
    hide_memory()
    shelf = Shelf(_folders_of_modules())
    if by_pytest and shelf.is_there:
        shelf.load()  # before the program can put anything in its place
    asked, asking = os.pipe()
    answered, answering = os.pipe()
    ready, go = os.pipe()
    child = _Child(lambda status: _serve(source, status, (asked, answering), ready, (asking, answered, go)))
    for descriptor in (asked, answering, ready):
        os.close(descriptor)
    secret: Any = json.loads(sys.stdin.buffer.readline())
    _say(secret["mark"], {})
    os.write(go, b"!")
    os.close(go)
    if secret["mode"] == "call":
        outcome = _call(bytes.fromhex(secret["frame"]), asking, answered)
    elif by_pytest and not shelf.is_there:
        outcome = {"problem": "the service's Python has no pytest, which test files need: install it there"}
    else:
        outcome = _check(secret, shelf, asking, answered)
    os.close(asking)
    child.end()
    _say(secret["mark"], {**child.ending(), "said": "S" + child.said(), **outcome})


def _serve(source: str, status: int, ours: tuple[int, int], ready: int, others: tuple[int, ...]) -> None:
    """The program's process."""
    for descriptor in others:
        os.close(descriptor)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(nothing, standard)
    os.read(ready, 1)
    os.close(ready)
    file = _file_of(source.encode("utf-8", "surrogatepass"))
    serve_calls(Stage(file, status), *ours)


def _call(frame: bytes, asking: int, answered: int) -> dict[str, object]:
    """The reply to one call, whatever it is."""
    try:
        call_frames.write(asking, frame)
    except OSError:
        return {"report": ""}
    with os.fdopen(answered, "rb", closefd=False) as replies:
        return {"report": _frame(replies).hex()}


def _frame(stream: BinaryIO) -> bytes:
    """One frame as it came, cut where it is too long to be one."""
    head = stream.read(5)
    size = int.from_bytes(head[1:], "big")
    return head + stream.read(size) if size <= MAX_BYTES else head


def _folders_of_modules() -> list[str]:
    """Where Python finds modules, apart from the folder in which programs are."""
    theirs = {"", os.getcwd(), os.path.dirname(os.path.abspath(sys.argv[0]))}  # noqa: PTH100,PTH109,PTH120 - texts
    return [folder for folder in sys.path if folder not in theirs]


def _check(secret: dict[str, Any], shelf: Shelf, asking: int, answered: int) -> dict[str, object]:
    """What the checker says, in a process that has nothing but the test."""
    report = tempfile.TemporaryFile()  # noqa: SIM115 - it is read behind the fork, and goes with this process

    def act(status: int) -> None:
        hide_memory()
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        os.dup2(report.fileno(), 2)
        os.write(status, b"S")
        sys.path[:] = _folders_of_modules()
        if secret["mode"] == "pytest":
            sources = call_frames.pack(call_frames.CALL, tuple(secret["wanted"]))
            check_by_pytest(_file_of(sources), shelf, asking, answered, status)
        sources = call_frames.pack(call_frames.CALL, (secret["setup"], secret["test"]))
        check(_file_of(sources), secret["entry"], asking, answered, status)

    checker = _Child(act)
    checker.wait()
    report.seek(0)
    return {"checker": checker.said(), "report": report.read(_MOST_REPORT).hex()}


def _file_of(data: bytes) -> int:
    """A file in no folder that holds the data, to be read from its beginning."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - as above
    file.write(data)
    file.flush()
    descriptor = os.dup(file.fileno())
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _end_with_parent() -> None:
    """Have the kernel end this process when the one that forked it is ended, for instance for its time."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _say(mark: str, outcome: dict[str, object]) -> None:
    os.write(1, f"\n{mark} {json.dumps(outcome)}\n".encode())
