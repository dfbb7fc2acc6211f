"""How calls of a program's functions travel, between two processes or in a file: a tag, a length, plain data.

Requests: `c` a call by the host, of (path, args, kwargs); from a checker `o` an operation, of (name, operands,
kwargs), and `v` and `e` as below where it answers a call of one of the test's functions.
Replies: `v` the value, with None or with what is in each changed container now; `e` an exception; `s` an iterator has
ended; `n` the value is no plain data and why; `u` the program has no such name; `d` the program raised while it was
defined; `b` a call of a function of the test, of (its number, args, kwargs).

Anything may be in a reply: the program's process writes it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from rulereward.services.sandbox.inside.links import Links, References
from rulereward.services.sandbox.inside.plain_data import MAX_BYTES, NotPlainDataError, encode
from rulereward.services.sandbox.inside.plain_reading import decode

MAX_REQUEST_BYTES = 16 * MAX_BYTES
"""Of the plain data in a request. What a program's process writes is never so long, but where it gives back what was
in a long request: `most_in_reply`."""

CALL, OPERATION = b"c", b"o"
VALUE, EXCEPTION, ENDED, NOT_PLAIN, UNKNOWN, UNDEFINED, BACK = b"v", b"e", b"s", b"n", b"u", b"d", b"b"
_HEAD = 5


def pack(
    tag: bytes,
    value: object,
    references: References | None = None,
    links: Links | None = None,
    max_bytes: int = MAX_BYTES,
) -> bytes:
    """One frame. Raises NotPlainDataError."""
    return _framed(tag, encode(value, max_bytes, references, links))


def most_in_reply(data: bytes) -> int:
    """How many bytes the answer to an operation may have: as many as any, and what it was given once more."""
    return MAX_BYTES + len(data)


def _framed(tag: bytes, data: bytes) -> bytes:
    return tag + len(data).to_bytes(4, "big") + data


def pack_call(path: str, args: tuple[object, ...], kwargs: dict[str, object]) -> bytes:
    """A call of what `path` names in the program. Raises NotPlainDataError where an argument is no plain data."""
    return _framed(CALL, encode((path, args, kwargs), MAX_REQUEST_BYTES))


def unpack(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The complete frames at the beginning of some bytes, undecoded: tag and data. Never raises."""
    at = 0
    while len(data) - at >= _HEAD:
        size = int.from_bytes(data[at + 1 : at + _HEAD], "big")
        end = at + _HEAD + size
        if size > MAX_BYTES or end > len(data):
            return
        yield data[at : at + 1], data[at + _HEAD : end]
        at = end


def read(descriptor: int, max_bytes: int = MAX_BYTES) -> tuple[bytes, object]:
    """The next frame. Raises EOFError where the stream ends or holds no frame, NotPlainDataError."""
    tag, data = receive(descriptor, max_bytes)
    return tag, decode(data, max_bytes=max_bytes)


def receive(descriptor: int, max_bytes: int = MAX_BYTES) -> tuple[bytes, bytes]:
    """The next frame, undecoded. Raises EOFError where the stream ends or holds no frame."""
    head = _exactly(descriptor, _HEAD)
    size = int.from_bytes(head[1:], "big")
    if size > max_bytes:
        raise EOFError
    return head[:1], _exactly(descriptor, size)


def write(descriptor: int, data: bytes) -> None:
    """Send frames, all of them. Raises OSError."""
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def _exactly(descriptor: int, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        more = os.read(descriptor, min(size - len(data), 1 << 20))
        if not more:
            raise EOFError
        data += more
    return bytes(data)


__all__ = [
    "BACK",
    "CALL",
    "ENDED",
    "EXCEPTION",
    "MAX_BYTES",
    "MAX_REQUEST_BYTES",
    "NOT_PLAIN",
    "OPERATION",
    "UNDEFINED",
    "UNKNOWN",
    "VALUE",
    "NotPlainDataError",
    "most_in_reply",
    "pack",
    "pack_call",
    "read",
    "receive",
    "unpack",
    "write",
]
