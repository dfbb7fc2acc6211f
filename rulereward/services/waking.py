"""What a thread that waits for descriptors needs: to be woken by others, and no fork in the middle of its pipes."""

from __future__ import annotations

import os
import selectors
import threading

SPAWNING = threading.Lock()
"""Held while pipes are made and while this process forks: a forked child then knows every pipe it has inherited."""

_CHUNK = 1 << 16


class Alarm:
    """A selector, for one thread, and a way for any other to end its wait. Keys without data are the alarm's own."""

    def __init__(self) -> None:
        with SPAWNING:
            self.selector = selectors.DefaultSelector()
            self._out, self._in = os.pipe()
        os.set_blocking(self._out, False)
        os.set_blocking(self._in, False)
        self.selector.register(self._out, selectors.EVENT_READ)

    def wake(self) -> None:
        """End the wait, or the next one."""
        try:
            os.write(self._in, b"!")
        except BlockingIOError:
            return  # so many wakes are waiting that the pipe is full

    def heard(self) -> None:
        """Of a key of the alarm's own: the wait is over, and the next one may last."""
        os.read(self._out, _CHUNK)

    def close(self) -> None:
        """Close the selector and the pipe; also in a forked child, whose parent keeps its own."""
        self.selector.close()
        os.close(self._out)
        os.close(self._in)


os.register_at_fork(before=SPAWNING.acquire, after_in_parent=SPAWNING.release, after_in_child=SPAWNING.release)
