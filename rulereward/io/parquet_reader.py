"""Rows of Parquet files. pyarrow is imported when the first such file is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
                for fields, error in _decoded(_with_plain_times(batch)):
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
    except (ValueError, OverflowError):
        for place in range(batch.num_rows):
            try:
                yield batch.slice(place, 1).to_pylist()[0], None
            except (ValueError, OverflowError) as failure:
                yield None, Reason("not_readable", f"the row cannot be read: {failure}")
        return
    for fields in rows:
        yield fields, None


def _with_plain_times(batch: Any) -> Any:
    """The batch with times that Python's own types hold; see `_plain_times`."""
    import pyarrow as pa  # noqa: PLC0415  lazy: an extra, and slow to import
    import pyarrow.compute  # noqa: PLC0415  lazy: an optional extra

    columns = [_plain_times(pa, column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _plain_times(arrow: ModuleType, column: Any) -> Any:
    """The column with times in microseconds; where one does not fit into those, this batch's times are text.

    Nanoseconds and years past 9999 have no Python type. Times of a zone that nobody knows, which have no text
    either, become the numbers that the file holds.
    """
    kind = column.type
    if _retyped(arrow, kind, _as_text) == kind:
        return column
    for change in (_in_microseconds, _as_text, _as_number):
        try:
            plain = column.cast(_retyped(arrow, kind, change))
            plain.to_pylist()
        except (ValueError, OverflowError, NotImplementedError):  # pyarrow's are ValueErrors but for the last
            continue
        if change is _as_text and arrow.types.is_timestamp(kind):
            return arrow.compute.replace_substring_regex(plain, r"^([0-9-]+) ", r"\1T")
        return plain
    return column


def _retyped(arrow: ModuleType, kind: Any, change: Callable[[ModuleType, Any], Any]) -> Any:
    """The type with those of times in it changed, also within lists and structs."""
    types = arrow.types
    if types.is_temporal(kind) and not types.is_interval(kind):
        return change(arrow, kind)
    if types.is_list(kind) or types.is_large_list(kind):
        make = arrow.list_ if types.is_list(kind) else arrow.large_list
        return make(_retyped(arrow, kind.value_type, change))
    if types.is_struct(kind):
        members = [kind.field(place) for place in range(kind.num_fields)]
        return arrow.struct([(member.name, _retyped(arrow, member.type, change)) for member in members])
    return kind


def _in_microseconds(arrow: ModuleType, kind: Any) -> Any:
    if kind == arrow.time64("ns"):
        return arrow.time64("us")
    if kind == arrow.duration("ns"):
        return arrow.duration("us")
    return arrow.timestamp("us", kind.tz) if arrow.types.is_timestamp(kind) and kind.unit == "ns" else kind


def _as_text(arrow: ModuleType, kind: Any) -> Any:
    return arrow.string()


def _as_number(arrow: ModuleType, kind: Any) -> Any:
    return arrow.int64()
