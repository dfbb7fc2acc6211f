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
from rulereward.io.line_reader import LineReader
from rulereward.io.parquet_reader import parquet_rows
from rulereward.io.rows import Row
from rulereward.io.streams import DAMAGED, STDIN, check_inputs, is_lines, is_parquet, open_bytes, source_name


def read_rows(paths: Sequence[str], wanted: Iterable[str] | None = None) -> Iterator[Row]:
    """The rows of `paths` one after another, `-` being standard input.

    `wanted` names the top-level columns to decode (see `wanted_columns`), None all. Raises `InputError` at
    once for a path that is not there, and while reading for one that fails.
    """
    check_inputs(paths)
    return _rows(paths, LineReader(Decoder(wanted)))


def _rows(paths: Sequence[str], reader: LineReader) -> Iterator[Row]:
    for path in paths:
        yield from parquet_rows(path) if is_parquet(path) else _text_rows(path, reader)


def _text_rows(path: str, reader: LineReader) -> Iterator[Row]:
    """The rows of one file, and a last one with a reason where it breaks off."""
    name, number = source_name(path), 0
    stream = open_bytes(path)
    try:
        if is_lines(path) or not _starts_array(stream):
            rows = reader.rows(name, stream)
        else:
            rows = (reader.row(name, place, raw) for place, raw in array_elements(stream))
        for row in rows:
            number = row.line_number
            yield row
    except DAMAGED as failure:
        message = f"the compressed file is damaged or cut off here: {failure}"
        yield Row(name, number + 1, b"", None, Reason("damaged_file", message))
    except OSError as failure:
        raise InputError(f"{source_name(path)}: reading failed after row {number}: {failure}") from failure
    finally:
        if path != STDIN:
            stream.close()


def _starts_array(stream: BinaryIO) -> bool:
    """Whether the first byte that is not white space opens an array; nothing is consumed."""
    peek = getattr(stream, "peek", None)
    return peek is not None and peek(64).removeprefix(BOM).lstrip()[:1] == b"["
