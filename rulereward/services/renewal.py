"""A process that forks the child which does the work, and another one when that is used up.

What is slow to start is started once, in the parent; a child costs about 10 ms and begins with what the parent had
then, whatever became of the child before it. The pipes are shared, so that nobody outside notices.

Neither outlives the other, nor the far end of the jobs' pipe: each holds one end of a pair of sockets and watches it
for the other's end. The child does so in a thread; the parent has no threads, because a fork copies only one.
Needs `os.fork`: Linux and macOS.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType

USED_UP = 75
"""The exit status of a child that asks for a fresh one in its place."""


def fork_workers(jobs: int, tell_stopped: Callable[[], None]) -> None:
    """Return in each child, one after the other. The calling process itself does not return: it ends like a child
    that ends in any other way than USED_UP or SIGXCPU, or when nobody holds the far end of the pipe `jobs`.

    `tell_stopped` is called when the kernel has ended a child for its processor time.
    """
    parent = _Parent(jobs)
    signal.signal(signal.SIGTERM, parent.end)
    while parent.fork():
        status = parent.wait()
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
            tell_stopped()
        elif os.waitstatus_to_exitcode(status) != USED_UP:
            _end_like(os.waitstatus_to_exitcode(status))


class _Parent:
    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._child = 0
        self._bond = -1

    def fork(self) -> bool:
        """Make a child; False in it."""
        ours, childs = (end.detach() for end in socket.socketpair())
        self._child = os.fork()
        if self._child:
            os.close(childs)
            self._bond = ours
            return True
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.close(ours)
        threading.Thread(target=_end_with, args=(self._jobs, childs), daemon=True).start()
        return False

    def wait(self) -> int:
        """Wait for the child's end, and bring it about where nobody is left who sends jobs. Its wait status."""
        if self._bond not in _until_end(self._jobs, self._bond):
            os.kill(self._child, signal.SIGKILL)
        _, status = os.waitpid(self._child, 0)
        self._child = 0
        os.close(self._bond)
        return status

    def end(self, signum: int, frame: FrameType | None) -> None:
        """On SIGTERM: end with the child, and leave no zombie to a container whose first process reaps none."""
        if self._child:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(self._child, signal.SIGKILL)
                os.waitpid(self._child, 0)
        os._exit(0)


def _end_like(exitcode: int) -> None:
    """End as a child did, by the same signal where it was one: our caller then sees what it would have seen of it."""
    if exitcode < 0:
        if -exitcode != signal.SIGKILL:
            signal.signal(-exitcode, signal.SIG_DFL)
        os.kill(os.getpid(), -exitcode)
    os._exit(max(exitcode, 0))


@contextlib.contextmanager
def ending_with(jobs: int) -> Iterator[None]:
    """As long as the block lasts this process ends when the far end of a pipe does. Leaves no thread behind."""
    out, into = os.pipe()

    def watch() -> None:
        if jobs in _until_end(jobs, out):
            os._exit(1)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        os.close(into)
        thread.join()
        os.close(out)


def _end_with(*pipes: int) -> None:
    """End this process when the far end of one of them does, even in the middle of a job."""
    _until_end(*pipes)
    os._exit(1)


def _until_end(jobs: int, other: int) -> set[int]:
    """Wait until the far end of one is closed: which of them. On `other` nothing is ever sent."""
    watch = select.poll()
    watch.register(jobs, 0)  # no event but the hang-up, which cannot be left out
    watch.register(other, select.POLLIN)
    return {fd for fd, _ in watch.poll()}
