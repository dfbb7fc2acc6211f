"""How calls of a program's functions travel, between two processes or in a file: a tag, a length, plain data.

Requests: `c` a call, of (path, args, kwargs, made); `o` one whose value alone is wanted, with larger arguments; `k`
asks what a name stands for.
Replies: `v` the value and the arguments if the call changed them, `e` the type and the message of an exception, `n`
the value is no plain data and why, `u` the program has no such name, `d` the program raised while it was defined,
`k` what a name stands for: `class` or `other`.

Anything may be in a reply: the program's process writes it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from rulereward.services.sandbox.inside.plain_data import MAX_BYTES, NotPlainDataError, encode
from rulereward.services.sandbox.inside.plain_reading import decode

MAX_REQUEST_BYTES = 16 * MAX_BYTES
"""Of the plain data in a request by the host. What a program's process writes is never so long."""

CALL, CALL_ONLY, KIND = b"c", b"o", b"k"
VALUE, EXCEPTION, NOT_PLAIN, UNKNOWN, UNDEFINED = b"v", b"e", b"n", b"u", b"d"
_HEAD = 5


def pack(tag: bytes, value: object, max_bytes: int = MAX_BYTES) -> bytes:
    """One frame. Raises NotPlainDataError."""
    data = encode(value, max_bytes)
    return tag + len(data).to_bytes(4, "big") + data


def pack_call(path: str, args: tuple[object, ...], kwargs: dict[str, object], made: object = ()) -> bytes:
    """A call of what `path` names in the program. Raises NotPlainDataError where an argument is no plain data."""
    return pack(CALL, (path, args, kwargs, made))


def pack_call_only(path: str, args: tuple[object, ...], kwargs: dict[str, object]) -> bytes:
    """As `pack_call`, where nobody asks what becomes of the arguments: there they may be larger."""
    return pack(CALL_ONLY, (path, args, kwargs, ()), MAX_REQUEST_BYTES)


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
    head = _exactly(descriptor, _HEAD)
    size = int.from_bytes(head[1:], "big")
    if size > max_bytes:
        raise EOFError
    return head[:1], decode(_exactly(descriptor, size), max_bytes=max_bytes)


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
    "CALL",
    "CALL_ONLY",
    "EXCEPTION",
    "KIND",
    "MAX_REQUEST_BYTES",
    "NOT_PLAIN",
    "UNDEFINED",
    "UNKNOWN",
    "VALUE",
    "NotPlainDataError",
    "pack",
    "pack_call",
    "pack_call_only",
    "read",
    "unpack",
    "write",
]
