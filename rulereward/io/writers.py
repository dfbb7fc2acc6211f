"""Writers of output records: JSON Lines to a file or standard output, and Parquet."""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from rulereward.errors import OutputError
from rulereward.io.records import Encoded, Record, encode_block
from rulereward.io.rows import Row
from rulereward.io.streams import STDIN, is_parquet

STDOUT = STDIN
"""`-` stands for standard input among inputs, and for standard output as the output."""


_MOST_PIECES = 1000
"""Systems take 1,024 at once."""


def write_pieces(file: int, pieces: Sequence[bytes | memoryview]) -> None:
    """Write pieces to a file one behind the other, without copying them together first. Raises OSError."""
    for start in range(0, len(pieces), _MOST_PIECES):
        some = pieces[start : start + _MOST_PIECES]
        written = os.writev(file, some)
        if written < sum(map(len, some)):  # a full disk, which the next call tells, or a system's limit
            rest = memoryview(b"".join(some))[written:]
            while rest:
                rest = rest[os.write(file, rest) :]


def _shown(path: str) -> str:
    return "standard output" if path == STDOUT else path


class Writer(Protocol):
    """Where records go. A `with` block closes it.

    `renamed` counts the rows whose own `reward...` columns had to be renamed.
    """

    renamed: int

    def write(self, rows: Sequence[Row], records: Sequence[Record], encoded: Encoded | None = None) -> None:
        """Write one block: as many records as rows, in order. Raises `OutputError`.

        `encoded` is what `encode_block` made of them, for a writer of lines that is spared the work.
        """

    def close(self) -> None:
        """Finish the output."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_writer(path: str, append: bool = False) -> Writer:
    """The writer that the output's name asks for; see `start_output` for what must come before."""
    if is_parquet(path):
        from rulereward.io.parquet_writer import ParquetWriter  # noqa: PLC0415  lazy: needs pyarrow

        return ParquetWriter(path)
    return JsonlWriter(path, append)


class JsonlWriter:
    """JSON Lines, one record a line, flushed after each block; `.gz` is written as one gzip member a block.

    A reader that closed its end of a pipe shows as `BrokenPipeError`, for the caller to end quietly.
    """

    def __init__(self, path: str, append: bool = False) -> None:
        self.renamed = 0
        self._path = path
        self._packed = path.lower().endswith(".gz")
        self._stream: BinaryIO
        try:
            if path == STDOUT:
                self._stream = sys.stdout.buffer
            else:
                self._stream = Path(path).open("ab" if append else "wb")  # noqa: SIM115  closed by close()
        except OSError as failure:
            raise OutputError(f"{path} cannot be written: {failure.strerror or failure}") from failure

    def write(self, rows: Sequence[Row], records: Sequence[Record], encoded: Encoded | None = None) -> None:
        encoded = encode_block(rows, records) if encoded is None else encoded
        self.renamed += encoded.renamed
        try:
            self._put(encoded.pieces)
        except BrokenPipeError:
            raise
        except OSError as failure:
            raise OutputError(f"writing to {_shown(self._path)} failed: {failure.strerror or failure}") from failure

    def _put(self, pieces: Sequence[bytes | memoryview]) -> None:
        if self._path != STDOUT and not self._packed and hasattr(os, "writev"):
            write_pieces(self._stream.fileno(), pieces)
            return
        block = b"".join(pieces)
        self._stream.write(gzip.compress(block, mtime=0) if self._packed else block)
        self._stream.flush()

    def close(self) -> None:
        if self._path == STDOUT:
            return
        try:
            self._stream.close()
        except OSError as failure:
            raise OutputError(f"writing to {self._path} failed: {failure.strerror or failure}") from failure

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        with nullcontext() if failure is None else suppress(OutputError):  # the first failure is the one to tell
            self.close()
