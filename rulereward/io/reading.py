"""Rows from files: JSON Lines, JSON arrays and Parquet, plain or compressed, and standard input.

Every line that is not blank gives exactly one row, in order. A line that cannot be decoded gives a row with an
error; so does a compressed file that breaks off, once, where it breaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from rulereward.data import Reason
from rulereward.errors import InputError
from rulereward.io.decode import BOM, Decoder
from rulereward.io.json_array import array_elements
from rulereward.io.parquet_reader import parquet_rows
from rulereward.io.rows import Row
from rulereward.io.streams import DAMAGED, STDIN, check_inputs, is_lines, is_parquet, open_bytes, source_name


def read_rows(paths: Sequence[str], wanted: Iterable[str] | None = None) -> Iterator[Row]:
    """The rows of `paths` one after another, `-` being standard input.

    `wanted` names the top-level columns to decode (see `wanted_columns`), None all. Raises `InputError` at
    once for a path that is not there, and while reading for one that fails.
    """
    check_inputs(paths)
    return _rows(paths, Decoder(wanted))


def _rows(paths: Sequence[str], decoder: Decoder) -> Iterator[Row]:
    for path in paths:
        if is_parquet(path):
            yield from parquet_rows(path)
            continue
        name = source_name(path)
        for number, raw, broken in _pieces(path):
            if broken is not None:
                yield Row(name, number, raw, None, broken)
            else:
                yield _row(name, number, raw, decoder)


def _row(name: str, number: int, raw: bytes, decoder: Decoder) -> Row:
    fields, error = decoder.decode(raw)
    if error is not None and BOM in (raw[:3], raw[-3:]):  # where files with a mark were joined
        raw = raw.removeprefix(BOM).removesuffix(BOM)
        fields, error = decoder.decode(raw)
    return Row(name, number, raw, fields, error)


def _pieces(path: str) -> Iterator[tuple[int, bytes, Reason | None]]:
    """Number and bytes of each row's text, and a last one with a reason where the file breaks off."""
    number = 0
    stream = open_bytes(path)
    try:
        for number, raw in _split(path, stream):
            yield number, raw, None
    except DAMAGED as failure:
        message = f"the compressed file is damaged or cut off here: {failure}"
        yield number + 1, b"", Reason("damaged_file", message)
    except OSError as failure:
        raise InputError(f"{source_name(path)}: reading failed after row {number}: {failure}") from failure
    finally:
        if path != STDIN:
            stream.close()


def _split(path: str, stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    return _lines(stream) if is_lines(path) or not _starts_array(stream) else array_elements(stream)


def _starts_array(stream: BinaryIO) -> bool:
    """Whether the first byte that is not white space opens an array; nothing is consumed."""
    peek = getattr(stream, "peek", None)
    return peek is not None and peek(64).removeprefix(BOM).lstrip()[:1] == b"["


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(stream, 1):
        raw = line.rstrip(b"\r\n")
        if raw and not raw.isspace():
            yield number, raw
