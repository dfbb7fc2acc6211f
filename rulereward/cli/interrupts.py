"""Ctrl-C during a run: never lost, and never in the middle of writing a block."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """Raises KeyboardInterrupt on SIGINT as Python does, and remembers that it came.

    An exception that rises inside a callback of a compiled library is swallowed there: only the memory of it ends
    the run then.
    """

    def __init__(self) -> None:
        self._came = False
        self._held_back = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """The signal handler. A second Ctrl-C is not held back."""
        again = self._came
        self._came = True
        if again or not self._held_back:
            raise KeyboardInterrupt

    @contextmanager
    def held_back(self, *, hold: bool = True) -> Iterator[None]:
        """Let the block end first; then raise KeyboardInterrupt if it was asked for."""
        self._held_back = hold
        try:
            yield
        finally:
            self._held_back = False
        self.check()

    def check(self) -> None:
        """Raise KeyboardInterrupt if it was asked for."""
        if self._came:
            raise KeyboardInterrupt


@contextmanager
def noticed_interrupts() -> Iterator[Interrupts]:
    """Handle SIGINT so while the block runs; where someone else handles or ignores it, leave it to them."""
    interrupts = Interrupts()
    is_ours = threading.current_thread() is threading.main_thread()
    if not is_ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield interrupts
        return
    signal.signal(signal.SIGINT, interrupts)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
