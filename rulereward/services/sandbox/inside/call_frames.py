"""How calls of a program's functions travel, between two processes or in a file: a tag, a length, plain data.

Requests: `c` a call, of (path, args, kwargs, made); `k` asks what a name stands for.
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

CALL, KIND = b"c", b"k"
VALUE, EXCEPTION, NOT_PLAIN, UNKNOWN, UNDEFINED = b"v", b"e", b"n", b"u", b"d"
_HEAD = 5


def pack(tag: bytes, value: object) -> bytes:
    """One frame. Raises NotPlainDataError."""
    data = encode(value)
    return tag + len(data).to_bytes(4, "big") + data


def pack_call(path: str, args: tuple[object, ...], kwargs: dict[str, object], made: object = ()) -> bytes:
    """A call of what `path` names in the program. Raises NotPlainDataError where an argument is no plain data."""
    return pack(CALL, (path, args, kwargs, made))


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


def read(descriptor: int) -> tuple[bytes, object]:
    """The next frame. Raises EOFError where the stream ends or holds no frame, NotPlainDataError."""
    head = _exactly(descriptor, _HEAD)
    size = int.from_bytes(head[1:], "big")
    if size > MAX_BYTES:
        raise EOFError
    return head[:1], decode(_exactly(descriptor, size))


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
    "EXCEPTION",
    "KIND",
    "NOT_PLAIN",
    "UNDEFINED",
    "UNKNOWN",
    "VALUE",
    "NotPlainDataError",
    "pack",
    "pack_call",
    "read",
    "unpack",
    "write",
]
