"""Rows of Parquet files. pyarrow is imported when the first such file is read."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from rulereward.data import Reason
from rulereward.errors import InputError
from rulereward.io.rows import Row

BATCH_ROWS = 1024

INSTALL = "Parquet files need pyarrow: pip install 'rulereward[parquet]'"


def parquet_module() -> ModuleType:
    """`pyarrow.parquet`. Raises `InputError` that says how to install it."""
    try:
        import pyarrow.parquet  # noqa: PLC0415  lazy: an extra, and slow to import
    except ImportError as failure:
        raise InputError(INSTALL) from failure
    module: ModuleType = pyarrow.parquet
    return module


def parquet_rows(path: str) -> Iterator[Row]:
    """The rows of one Parquet file with all their columns. Raises `InputError` when the file cannot be read."""
    parquet = parquet_module()
    number = 0
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=BATCH_ROWS):
                for fields, error in _decoded(batch):
                    number += 1
                    yield Row(path, number, b"" if fields is None else None, fields, error)
    except OSError as failure:
        raise InputError(f"{path} cannot be read as Parquet after row {number}: {failure}") from failure
    except ValueError as failure:  # pyarrow's errors are ValueErrors or OSErrors
        raise InputError(f"{path} is not a readable Parquet file (row {number}): {failure}") from failure


def _decoded(batch: Any) -> Iterator[tuple[dict[str, object] | None, Reason | None]]:
    """The batch's rows; where one value cannot become a Python value, its row alone is an error."""
    try:
        rows = batch.to_pylist()
    except ValueError:
        for place in range(batch.num_rows):
            try:
                yield batch.slice(place, 1).to_pylist()[0], None
            except ValueError as failure:
                yield None, Reason("not_readable", f"the row cannot be read: {failure}")
        return
    for fields in rows:
        yield fields, None
