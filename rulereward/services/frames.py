"""How a service and its worker processes talk: JSON values, each behind its length in four bytes, big-endian."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

MAX_BYTES = 64 * 1024 * 1024
_HEAD = 4


class BrokenFrameError(ValueError):
    """What arrived is not a frame; nothing after it can be trusted either."""


def pack(value: object) -> bytes:
    """One frame, of at most six bytes for each character of a text. Lone surrogates pass."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return len(body).to_bytes(_HEAD, "big") + body


class FrameReader:
    """Turns a stream of bytes, cut anywhere, into values."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[object]:
        """The values that `data` completes. Raises BrokenFrameError, behind those before what is broken."""
        self._buffer += data
        while len(self._buffer) >= _HEAD:
            size = int.from_bytes(self._buffer[:_HEAD], "big")
            if size > MAX_BYTES:
                raise BrokenFrameError(f"a frame of {size:,} bytes")
            if len(self._buffer) - _HEAD < size:
                break
            body = self._buffer[_HEAD : _HEAD + size]
            del self._buffer[: _HEAD + size]
            try:
                value = json.loads(body)
            except (ValueError, RecursionError) as problem:
                raise BrokenFrameError(str(problem)) from problem
            yield value


def read_frame(fd: int) -> object:
    """The next value on a pipe, and not a byte more: what lies behind it is left for whoever reads next.

    Raises EOFError where the pipe ends, BrokenFrameError.
    """
    size = int.from_bytes(_read_exactly(fd, _HEAD), "big")
    if size > MAX_BYTES:
        raise BrokenFrameError(f"a frame of {size:,} bytes")
    try:
        return json.loads(_read_exactly(fd, size))
    except (ValueError, RecursionError) as problem:
        raise BrokenFrameError(str(problem)) from problem


def _read_exactly(fd: int, size: int) -> bytearray:
    data = bytearray()
    while len(data) < size:
        more = os.read(fd, size - len(data))
        if not more:
            raise EOFError
        data += more
    return data
