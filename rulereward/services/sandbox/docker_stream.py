"""A container's stream as its engine sends it: pieces of standard output and standard error, each behind a head."""

from __future__ import annotations

import contextlib
import os
from typing import Any

_HEAD = 8
_STDERR = 2
_KINDS = (0, 1, 2)
_TAIL = 4096
_CHUNK = 1 << 18


class BrokenStreamError(Exception):
    """What the engine sends is no such stream."""


class Sorter:
    """Takes the heads out, and keeps the end of standard error apart."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._kind = 0
        self._left = 0
        self._errors = bytearray()

    def feed(self, data: bytes) -> bytes:
        """What of these bytes is standard output. Raises BrokenStreamError."""
        parts: list[memoryview] = []
        rest = memoryview(data)
        while rest:
            if not self._left:
                rest = self._behind_head(rest)
                continue
            part, rest = rest[: self._left], rest[self._left :]
            self._left -= len(part)
            if self._kind == _STDERR:
                self._errors += part
                del self._errors[:-_TAIL]
            else:
                parts.append(part)
        return b"".join(parts)

    @property
    def last_words(self) -> str:
        """The last line of standard error."""
        lines = self._errors.decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""

    def _behind_head(self, rest: memoryview) -> memoryview:
        missing = _HEAD - len(self._head)
        self._head += rest[:missing]
        if len(self._head) == _HEAD:
            self._kind = self._head[0]
            if self._kind not in _KINDS or any(self._head[1:4]):
                raise BrokenStreamError("the engine's stream is not in pieces of standard output and error")
            self._left = int.from_bytes(self._head[4:], "big")
            self._head.clear()
        return rest[missing:]


class Attached:
    """An attached container's standard streams. `given` is what the package `docker` has for them, before anything
    has come; we take over the connection.
    """

    def __init__(self, given: Any) -> None:
        self._descriptor = os.dup(given.fileno())
        given._response.close()  # its own descriptor, and what else it holds
        os.set_blocking(self._descriptor, False)
        self._sorter = Sorter()
        self._ended = False

    def fileno(self) -> int:
        """The descriptor of the connection to the engine; what is written to it is the container's standard input."""
        return self._descriptor

    def receive(self, most: int = _CHUNK) -> bytes:
        """What has come of standard output; empty at the end. Raises BlockingIOError where nothing has, OSError."""
        while not self._ended:
            data = os.read(self._descriptor, most)
            if not data:
                self._ended = True
                break
            try:
                found = self._sorter.feed(data)
            except BrokenStreamError as problem:
                raise OSError(str(problem)) from problem
            if found:
                return found
        return b""

    def at_end(self) -> bool:
        """Whether the container has ended. What came of standard output is lost."""
        with contextlib.suppress(OSError):
            while self.receive():
                pass
        return self._ended

    def last_words(self) -> str:
        """The last line that came on standard error."""
        self.at_end()
        return self._sorter.last_words

    def close(self) -> None:
        """Detach. A container whose standard input was attached finds its end."""
        self._ended = True
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
