"""How the host and the runner talk: a JSON header behind its length in four bytes, and then blobs, as they are.

The header's `sizes` are the lengths of the blobs. The runner never looks at a blob: it moves them between the stream
and files in memory inside the kernel, so that nothing of one program or test is in the memory of the next one's
process.
"""

from __future__ import annotations

import errno
import json
import os

from rulereward.services.sandbox.inside.kernel import memory_file, seal, splice

MAX_HEADER_BYTES = 64 * 1024
MAX_BLOB_BYTES = 256 * 1024 * 1024
MAX_BLOBS = 16
HEAD = 4
_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


class BrokenFrameError(ValueError):
    """What arrived is not a frame; nothing after it can be trusted either."""


def pack_header(header: dict[str, object], sizes: list[int]) -> bytes:
    """The beginning of a frame, behind which blobs of these sizes, in bytes, must follow."""
    body = _ENCODE({**header, "sizes": sizes}).encode("ascii")
    if len(body) > MAX_HEADER_BYTES:
        raise BrokenFrameError(f"a header of {len(body):,} bytes")
    return len(body).to_bytes(HEAD, "big") + body


def header_size(head: bytes) -> int:
    """The length of the header behind these four bytes. Raises BrokenFrameError."""
    size = int.from_bytes(head, "big")
    if size > MAX_HEADER_BYTES:
        raise BrokenFrameError(f"a header of {size:,} bytes")
    return size


def read_header(body: bytes) -> tuple[dict[str, object], list[int]]:
    """A header and the sizes of its blobs. Raises BrokenFrameError."""
    try:
        header = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise BrokenFrameError(str(problem)) from problem
    sizes = header.pop("sizes", None) if type(header) is dict else None
    if type(sizes) is not list or len(sizes) > MAX_BLOBS:
        raise BrokenFrameError("a header without sizes")
    if not all(type(size) is int and 0 <= size <= MAX_BLOB_BYTES for size in sizes):
        raise BrokenFrameError("a header with impossible sizes")
    return header, sizes


class BlobStream:
    """The runner's end of the stream: blocking, and unread beyond the frame that was asked for."""

    def __init__(self, reading: int, writing: int) -> None:
        self.reading = reading
        self.writing = writing
        self._between: tuple[int, int] | None = None

    def receive(self) -> tuple[dict[str, object], list[int]]:
        """The next header, and its blobs as descriptors of sealed files in memory, which are the caller's to close.

        Raises EOFError where the stream ends, BrokenFrameError, OSError.
        """
        header, sizes = read_header(self._exactly(header_size(self._exactly(HEAD))))
        blobs: list[int] = []
        try:
            for size in sizes:
                blobs.append(memory_file("blob", sealable=True))
                self._pull(blobs[-1], size)
                seal(blobs[-1])
                os.lseek(blobs[-1], 0, os.SEEK_SET)
        except BaseException:
            for blob in blobs:
                os.close(blob)
            raise
        return header, blobs

    def send(self, header: dict[str, object], blobs: list[tuple[int, int, int]]) -> None:
        """Send a header and parts of files in memory: each as (descriptor, where it begins, its length)."""
        data = pack_header(header, [size for _, _, size in blobs])
        while data:
            data = data[os.write(self.writing, data) :]
        for blob, start, size in blobs:
            while size:
                sent = self._push(blob, start, size) or self._pad(size)
                start += sent
                size -= sent

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = os.read(self.reading, size - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def _pull(self, blob: int, size: int) -> None:
        while size:
            moved = self._move_in(blob, size)
            if not moved:
                raise EOFError
            size -= moved

    def _move_in(self, blob: int, size: int) -> int:
        if self._between is None:
            try:
                return splice(self.reading, blob, size)
            except OSError as problem:
                if problem.errno != errno.EINVAL:
                    raise
            self._between = os.pipe()  # the stream is a socket: from one into a file there is no direct way
        out, into = self._between
        taken = left = splice(self.reading, into, size)
        while left:
            left -= splice(out, blob, left)
        return taken

    def _push(self, blob: int, start: int, size: int) -> int:
        try:
            sent = splice(blob, self.writing, size, start)
        except OSError as problem:
            if problem.errno != errno.EINVAL:
                raise
            sent = os.sendfile(self.writing, blob, start, size)
        return sent

    def _pad(self, size: int) -> int:
        """Zeros for what a program cut off its output after it was measured: the frame must not become shorter."""
        return os.write(self.writing, bytes(min(size, 1 << 16)))
