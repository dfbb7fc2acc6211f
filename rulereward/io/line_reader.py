"""Rows out of JSON Lines: the stream is read in chunks of whole lines.

A kernel reads the chunks of a large input, without Python's lock; what it leaves, and all chunks of a small input or
where numba is not installed, is decoded line by line. What comes out is the same.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import BinaryIO

from rulereward.io.decode import BOM, Decoder
from rulereward.io.line_fields import LineFields
from rulereward.io.rows import Row
from rulereward.io.streams import DAMAGED
from rulereward.text.json_lines import LEFT, READ, SPARE_BYTES, read_lines

CHUNK_BYTES = 1 << 20
"""So much is read at a time, and what comes of it stays in the processor's cache."""

PATIENCE_S = 0.2
"""After so long a chunk is handed on when something more comes: lines may trickle in from a pipe."""

KERNEL_FROM_BYTES = 4 << 20
"""What comes before is decoded line by line, so that a small input does not wait for a kernel to be loaded."""


class LineReader:
    """Makes rows of the lines of inputs, one input after another."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._names = None if decoder.wanted is None else sorted(decoder.wanted)
        self._seen_bytes = 0

    def rows(self, name: str, stream: BinaryIO) -> Iterator[Row]:
        """A row for each line that is not blank. Raises what reading the stream does, after all that came before."""
        before = 0
        for chunk in whole_lines(stream):
            self._seen_bytes += len(chunk) - SPARE_BYTES
            by_kernel = self._names is not None and self._seen_bytes > KERNEL_FROM_BYTES
            for row in (self._by_kernel if by_kernel else self._by_line)(name, before, chunk):
                before += 1
                if row is not None:
                    yield row

    def row(self, name: str, number: int, raw: bytes) -> Row:
        """The row of one object's text."""
        fields, error = self._decoder.decode(raw)
        if error is not None and BOM in (raw[:3], raw[-3:]):  # where files with a mark were joined
            raw = raw.removeprefix(BOM).removesuffix(BOM)
            fields, error = self._decoder.decode(raw)
        return Row(name, number, raw, fields, error)

    def _by_line(self, name: str, before: int, chunk: bytes) -> Iterator[Row | None]:
        """Of each line its row, None of a blank one; `before` lines came before."""
        lines = chunk[:-SPARE_BYTES].split(b"\n")
        if not lines[-1]:
            lines.pop()  # behind the end of the last line
        for number, line in enumerate(lines, before + 1):
            raw = line.rstrip(b"\r")
            yield None if not raw or raw.isspace() else self.row(name, number, raw)

    def _by_kernel(self, name: str, before: int, chunk: bytes) -> Iterator[Row | None]:
        assert self._names is not None, "a kernel looks for names"
        lines = read_lines(chunk, self._names)
        if lines is None:
            yield from self._by_line(name, before, chunk)
            return
        starts, ends = lines.bounds[::2], lines.bounds[1::2]
        for place, (start, end, status) in enumerate(zip(starts, ends, lines.status, strict=True)):
            raw = chunk[start:end]
            if status == READ:
                yield Row(name, before + place + 1, raw, LineFields(lines, place))
            elif status == LEFT and not raw.isspace():
                yield self.row(name, before + place + 1, raw)
            else:
                yield None


def whole_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The stream in chunks, all but the last of which end with a newline; `SPARE_BYTES` of 0 are behind each.

    Where reading fails, the lines that are whole by then come first. A long line is a long chunk.
    """
    held: list[bytes] = []
    size, begun = 0, time.monotonic()
    while True:
        try:
            piece = _read(stream)
        except (OSError, *DAMAGED):
            whole, newline, _ = b"".join(held).rpartition(b"\n")
            if newline:
                yield _padded(whole, newline)
            raise
        cut = piece.rfind(b"\n") + 1
        size += len(piece)
        if not piece:
            break
        if cut and (size >= CHUNK_BYTES or time.monotonic() - begun > PATIENCE_S):
            yield _padded(*held, memoryview(piece)[:cut])
            piece = piece[cut:]
            held, size, begun = [], len(piece), time.monotonic()
        held.append(piece)
    if size:
        yield _padded(*held)


def _padded(*pieces: bytes | memoryview) -> bytes:
    return b"".join((*pieces, bytes(SPARE_BYTES)))


def _read(stream: BinaryIO) -> bytes:
    """What there is to be had, without waiting for a whole chunk where the stream knows how to."""
    read_available = getattr(stream, "read1", stream.read)
    piece: bytes = read_available(CHUNK_BYTES)
    return piece
