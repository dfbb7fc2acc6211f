"""Files and standard input as streams of plain bytes, and what kind of file a name stands for."""

from __future__ import annotations

import gzip
import importlib
import io
import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

from rulereward.errors import InputError

STDIN = "-"

DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile)
"""What reading a compressed file raises that is cut off or broken in the middle."""

PACKED_BYTES = 1 << 17
UNPACKED_BYTES = 1 << 18

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_FORMAT = 31
"""zlib's number for gzip with the largest window; it checks length and CRC of each member."""


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
        if sys.stdin is None:
            raise InputError("standard input is closed, so there is nothing to read from -")
        return sys.stdin.buffer
    name = path.lower()
    try:
        packed = Path(path).open("rb", buffering=UNPACKED_BYTES)  # noqa: SIM115  closed by who reads it
    except OSError as failure:
        raise InputError(f"{path} cannot be read: {failure.strerror or failure}") from failure
    if name.endswith(".gz"):
        return io.BufferedReader(_Unpacked(packed, _gzip_pieces(packed)), UNPACKED_BYTES)
    if name.endswith(".zst"):
        return io.BufferedReader(_Unpacked(packed, _zstd_pieces(packed, _zstandard(path))), UNPACKED_BYTES)
    return packed


class _Unpacked(io.RawIOBase):
    """The bytes of a compressed file, handed on piece by piece.

    The readers of gzip and zstandard are not used: the first drops what it has unpacked before the damage when
    it finds some, the second takes a file that is cut off for one that ends.
    """

    def __init__(self, packed: BinaryIO, pieces: Iterator[bytes]) -> None:
        self._packed = packed
        self._pieces = pieces
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        if not self._ready:
            self._ready = memoryview(next(self._pieces, b""))
        size = min(len(target), len(self._ready))
        target[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def close(self) -> None:
        self._packed.close()
        super().close()


def _gzip_pieces(packed: BinaryIO) -> Iterator[bytes]:
    """What the members of a gzip file hold; no piece is empty. Raises what `DAMAGED` lists, after all before it."""
    member: Any = None
    behind = ""
    while chunk := packed.read(PACKED_BYTES):
        while chunk:
            if member is None:
                if behind:
                    chunk = chunk.lstrip(b"\0")  # tapes and some tools fill the last block up
                if not chunk.startswith(_GZIP_MAGIC[: len(chunk)]):
                    yield b"\n"  # what came before is whole, also a last line without its end
                    raise gzip.BadGzipFile(f"{chunk[:8]!r}{behind} is not gzip data")
                if not chunk:
                    break
                member = zlib.decompressobj(wbits=_GZIP_FORMAT)
            before = member.copy()
            try:
                piece = member.decompress(chunk, UNPACKED_BYTES)
            except zlib.error:
                yield from _up_to_the_damage(before, chunk)
            if piece:
                yield piece
            chunk = member.unused_data if member.eof else member.unconsumed_tail
            if member.eof:
                member, behind = None, " behind the last whole part"
    if member is not None:
        if rest := member.flush():
            yield rest
        raise EOFError("the file ends before its last part does")


def _up_to_the_damage(member: Any, chunk: bytes) -> Iterator[bytes]:
    """What a chunk holds that cannot be unpacked as a whole. Raises the error it ends in."""
    for place in range(len(chunk)):
        if piece := member.decompress(chunk[place : place + 1]):
            yield piece


def _zstd_pieces(packed: BinaryIO, zstandard: ModuleType) -> Iterator[bytes]:
    """What the frames of a zstd file hold; no piece is empty. Raises EOFError where one is damaged or cut off."""
    frame: Any = None
    while chunk := packed.read(PACKED_BYTES):
        while chunk:
            is_new = frame is None
            if is_new:
                frame = zstandard.ZstdDecompressor().decompressobj()
            try:
                piece = frame.decompress(chunk)
            except zstandard.ZstdError as failure:
                if is_new:
                    yield b"\n"  # what came before is whole, also a last line without its end
                raise EOFError(str(failure)) from failure
            if piece:
                yield piece
            chunk, frame = (frame.unused_data, None) if frame.eof else (b"", frame)
    if frame is not None:
        raise EOFError("the last zstd frame is not complete")


def _zstandard(path: str) -> ModuleType:
    try:
        return importlib.import_module("zstandard")
    except ImportError as failure:
        raise InputError(f"{path}: reading .zst files needs a package: pip install zstandard") from failure
