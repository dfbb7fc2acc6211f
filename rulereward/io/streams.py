"""Files and standard input as streams of plain bytes, and what kind of file a name stands for."""

from __future__ import annotations

import gzip
import importlib
import io
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, cast

from rulereward.errors import InputError

STDIN = "-"

DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile)
"""What reading a compressed file raises that is cut off or broken in the middle."""


def source_name(path: str) -> str:
    """The name of an input in messages."""
    return "stdin" if path == STDIN else path


def is_parquet(path: str) -> bool:
    """Whether the name is that of a Parquet file."""
    return path.lower().endswith(".parquet")


def is_lines(path: str) -> bool:
    """Whether the name promises JSON Lines; any other file may be a JSON array, which its first byte tells."""
    name = path.lower().removesuffix(".gz").removesuffix(".zst")
    return name.endswith((".jsonl", ".ndjson"))


def check_inputs(paths: Sequence[str]) -> None:
    """Fail before any work when an input is not there. Raises `InputError` that names it."""
    if not paths:
        raise InputError("no input file was given")
    if list(paths).count(STDIN) > 1:
        raise InputError("standard input (-) can be read only once")
    for path in paths:
        if path == STDIN:
            continue
        if Path(path).is_dir():
            raise InputError(f"{path} is a folder; name the files in it, as in {path.rstrip('/')}/*.jsonl")
        if not Path(path).exists():
            raise InputError(f"{path}: no such file")
        if path.lower().endswith(".zst"):
            _zstandard(path)


def open_bytes(path: str) -> BinaryIO:
    """The decompressed bytes of an input. Raises `InputError` when it cannot be opened."""
    if path == STDIN:
        return sys.stdin.buffer
    try:
        name = path.lower()
        if name.endswith(".gz"):
            return cast(BinaryIO, io.BufferedReader(gzip.open(path, "rb"), 1 << 18))
        if name.endswith(".zst"):
            return cast(BinaryIO, io.BufferedReader(_ZstdBytes(path), 1 << 18))
        return Path(path).open("rb", buffering=1 << 18)
    except OSError as failure:
        raise InputError(f"{path} cannot be read: {failure.strerror or failure}") from failure


class _ZstdBytes(io.RawIOBase):
    """The bytes of a .zst file. zstandard's own reader takes a file that is cut off for one that ends."""

    def __init__(self, path: str) -> None:
        self._zstandard = _zstandard(path)
        self._packed = Path(path).open("rb")  # noqa: SIM115  closed by close()
        self._frame: Any = None
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self._ready:
            chunk = self._packed.read(1 << 17)
            if not chunk:
                if self._frame is not None:
                    raise EOFError("the last zstd frame is not complete")
                return 0
            self._ready = memoryview(self._unpacked(chunk))
        size = min(len(target), len(self._ready))
        target[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _unpacked(self, chunk: bytes) -> bytes:
        pieces: list[bytes] = []
        while chunk:
            if self._frame is None:
                self._frame = self._zstandard.ZstdDecompressor().decompressobj()
            try:
                pieces.append(self._frame.decompress(chunk))
            except self._zstandard.ZstdError as failure:
                if not pieces:
                    raise EOFError(str(failure)) from failure
                self._frame = None
                self._packed.seek(-len(chunk), io.SEEK_CUR)  # the whole frames first; the next read fails here
                break
            chunk = b""
            if self._frame.eof:
                chunk, self._frame = self._frame.unused_data, None
        return b"".join(pieces)

    def close(self) -> None:
        self._packed.close()
        super().close()


def _zstandard(path: str) -> ModuleType:
    try:
        return importlib.import_module("zstandard")
    except ImportError as failure:
        raise InputError(f"{path}: reading .zst files needs a package: pip install zstandard") from failure
