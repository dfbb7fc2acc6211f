"""The host's end of the runner's stream: frames of a JSON header and blobs, as bytes cut anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from rulereward.services.sandbox.inside.frames import (
    HEAD,
    MAX_BLOB_BYTES,
    BrokenFrameError,
    header_size,
    pack_header,
    read_header,
)

__all__ = ["BrokenFrameError", "FrameReader", "pack"]

Frame = tuple[dict[str, object], list[bytes]]


def pack(header: dict[str, object], blobs: Sequence[bytes]) -> bytes:
    """One frame. Raises BrokenFrameError where a header or a blob is too long for one."""
    if any(len(blob) > MAX_BLOB_BYTES for blob in blobs):
        raise BrokenFrameError(f"a blob of more than {MAX_BLOB_BYTES:,} bytes")
    return b"".join([pack_header(header, [len(blob) for blob in blobs]), *blobs])


class FrameReader:
    """Turns a stream of bytes into frames. Holds at most `max_frame_bytes` of a frame that is not complete."""

    def __init__(self, max_frame_bytes: int) -> None:
        self._max = max_frame_bytes
        self._buffer = bytearray()
        self._header: tuple[dict[str, object], list[int]] | None = None

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that `data` completes. Raises BrokenFrameError."""
        self._buffer += data
        frames: list[Frame] = []
        at = 0
        while True:
            if self._header is None:
                body_at = at + HEAD
                if len(self._buffer) < body_at:
                    break
                end = body_at + header_size(bytes(self._buffer[at:body_at]))
                if len(self._buffer) < end:
                    break
                self._header = self._read(bytes(self._buffer[body_at:end]))
                at = end
            header, sizes = self._header
            if len(self._buffer) - at < sum(sizes):
                break
            frames.append((header, self._blobs(at, sizes)))
            at += sum(sizes)
            self._header = None
        del self._buffer[:at]
        return frames

    def _read(self, body: bytes) -> tuple[dict[str, object], list[int]]:
        header, sizes = read_header(body)
        if sum(sizes) > self._max:
            raise BrokenFrameError(f"a frame of {sum(sizes):,} bytes")
        return header, sizes

    def _blobs(self, at: int, sizes: list[int]) -> list[bytes]:
        blobs: list[bytes] = []
        for size in sizes:
            blobs.append(bytes(self._buffer[at : at + size]))
            at += size
        return blobs
