"""Rows as read: one for every line that is not blank, whether it could be decoded or not."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from rulereward.data import Reason
from rulereward.io.decode import decode_all

BLOCK_ROWS = 4096
BLOCK_BYTES = 8 * 1024 * 1024
"""Threads take turns at Python's lock after each kernel: small blocks are many turns, large ones much memory."""

BLOCK_S = 1.0
"""After so long a block is handed on when its next row comes: rows may trickle in from a pipe."""


class Row(NamedTuple):
    """One row of an input.

    Exactly one of `fields` and `error` is set. `fields` holds the columns asked for (all of them for Parquet).
    `raw` is the object's own bytes without the line end; None for a row of a Parquet file.
    """

    source: str
    """The file the row stands in, as the user named it; `stdin` for standard input."""
    line_number: int
    """The line, from 1; in a JSON array or a Parquet file the number of the element or row, from 1."""
    raw: bytes | None
    fields: Mapping[str, object] | None
    error: Reason | None = None

    @property
    def where(self) -> str:
        """`file.jsonl:12`, for messages."""
        return f"{self.source}:{self.line_number}"

    @property
    def content(self) -> Mapping[str, object] | Reason:
        """The fields, or why there are none."""
        if self.fields is not None:
            return self.fields
        assert self.error is not None, "a row without fields has an error"
        return self.error

    def line(self) -> bytes:
        """The row as one line of JSON, without a line end. What JSON cannot hold becomes text (bytes: base64)."""
        if self.raw is not None:
            return self.raw
        return msgspec.json.encode(self.fields, enc_hook=str)

    def columns(self) -> Mapping[str, object]:
        """Every column of the row, also those not asked for; empty for an error row."""
        if self.fields is None:
            return {}
        if self.raw is None:
            return self.fields
        return decode_all(self.raw)


def blocks(rows: Iterable[Row], size_rows: int = BLOCK_ROWS, size_bytes: int = BLOCK_BYTES) -> Iterator[list[Row]]:
    """Cut rows into lists of at most `size_rows` rows and about `size_bytes` bytes of input; none is empty.

    What takes longer than `BLOCK_S` to come is cut as well.
    """
    block: list[Row] = []
    held = 0
    begun = time.monotonic()
    for row in rows:
        block.append(row)
        held += _size(row)
        if len(block) >= size_rows or held >= size_bytes or time.monotonic() - begun > BLOCK_S:
            yield block
            block, held, begun = [], 0, time.monotonic()
    if block:
        yield block


def _size(row: Row) -> int:
    """Bytes of the row's line; of a Parquet row roughly, by its texts and lists."""
    if row.raw is not None:
        return len(row.raw)
    return sum(len(value) for value in row.columns().values() if isinstance(value, str | bytes | list))
