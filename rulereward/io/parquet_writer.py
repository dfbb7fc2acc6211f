"""Records as one Parquet file: the row's own columns, `reward_components` as a struct, details as a JSON string.

JSON rows have no schema, and a column may be null, or a whole number, until late. So blocks go to part files
whose schema only ever grows; at the end the parts become one file of the last schema, which takes the output's
name in one step. A column that Parquet has no single type for (a number here, a text there; an empty object)
is written as text: texts as they are, other values as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rulereward.data.column import replace_surrogates
from rulereward.errors import OutputError
from rulereward.io.parquet_reader import parquet_module
from rulereward.io.records import Encoded, Record, encode_json, input_text, record_fields, renamed
from rulereward.io.rows import Row

Columns = dict[str, object]


class ParquetWriter:
    """Writes blocks; the file appears under its name when the writer is closed without an error.

    After an error the parts stay beside it (`out.parquet.part0`, ...), readable, so that nothing scored is lost.
    """

    def __init__(self, path: str) -> None:
        self.renamed = 0
        self._parquet = parquet_module()
        self._target = Path(path)
        self._parts: list[Path] = []
        self._writer: Any = None
        self._types = _Types()

    def write(self, rows: Sequence[Row], records: Sequence[Record], encoded: Encoded | None = None) -> None:
        merged = [self._merged(row, record) for row, record in zip(rows, records, strict=True)]
        table = self._types.table(merged)
        try:
            if self._writer is None or self._writer.schema != table.schema:
                self._end_part()
                part = self._target.with_name(f"{self._target.name}.part{len(self._parts)}")
                self._writer = self._parquet.ParquetWriter(part, table.schema)
                self._parts.append(part)
            self._writer.write_table(table)
        except OSError as failure:
            raise OutputError(f"writing to {self._target} failed: {failure}") from failure

    def close(self) -> None:
        """Make one file of the parts and give it the output's name. Raises `OutputError`."""
        self._end_part()
        try:
            if not self._parts:
                self.write([], [])
                self._end_part()
            if len(self._parts) > 1:
                self._merge()
            self._parts.pop().replace(self._target)
        except OSError as failure:
            raise OutputError(f"writing to {self._target} failed: {failure}") from failure

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        if failure is None:
            self.close()
        else:
            self._end_part()

    def _merged(self, row: Row, record: Record) -> Columns:
        columns = row.columns() if row.fields is not None else {"input": input_text(row)}
        names = renamed(columns)
        if names:
            self.renamed += 1
            columns = {names.get(name, name): value for name, value in columns.items()}
        columns = {_column_name(name): value for name, value in columns.items()}
        ours = record_fields(record)
        if "reward_details" in ours:
            ours["reward_details"] = encode_json(ours["reward_details"]).decode("utf-8")
        return {**columns, **ours}

    def _end_part(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _merge(self) -> None:
        whole = self._target.with_name(f"{self._target.name}.partial")
        with self._parquet.ParquetWriter(whole, self._types.schema()) as writer:
            for part in self._parts:
                with self._parquet.ParquetFile(part) as file:
                    for batch in file.iter_batches():
                        writer.write_table(self._types.table(batch.to_pylist()))
        for part in self._parts:
            part.unlink()
        self._parts = [whole]


class _Types:
    """The type of each column so far, in order of appearance; a type changes only to one that holds it too."""

    def __init__(self) -> None:
        import pyarrow as pa  # noqa: PLC0415  lazy: an extra, and slow to import

        self._arrow = pa
        self._types: dict[str, Any] = {}
        self._refused = (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError)

    def schema(self) -> Any:
        return self._arrow.schema(list(self._types.items()))

    def table(self, rows: Sequence[Columns]) -> Any:
        """The rows as a table of `schema()`, after that has grown to hold them."""
        names = dict.fromkeys((*self._types, *(name for row in rows for name in row)))
        arrays = {name: self._array(name, [row.get(name) for row in rows]) for name in names}
        return self._arrow.table(arrays, schema=self.schema())

    def _array(self, name: str, values: list[object]) -> Any:
        text = self._arrow.string()
        before = self._types.get(name, self._arrow.float64() if name == "reward" else self._arrow.null())
        if before != text:
            try:
                array = self._arrow.array(values)
                after = self._joined(before, array.type)
                if name == "reward_components":
                    after = self._all_numbers(after)
                if _storable(self._arrow, after):
                    self._types[name] = after
                    return array if array.type == after else self._arrow.array(values, type=after)
            except self._refused:
                pass  # no one type for the values: they become text below
        self._types[name] = text
        return self._arrow.array(_texts(values), type=text)

    def _all_numbers(self, components: Any) -> Any:
        """The struct type with numbers also for rules that have no value yet."""
        members = [components.field(place).name for place in range(components.num_fields)]
        return self._arrow.struct([(member, self._arrow.float64()) for member in members])

    def _joined(self, before: Any, now: Any) -> Any:
        schemas = [self._arrow.schema([("column", kind)]) for kind in (before, now)]
        return self._arrow.unify_schemas(schemas, promote_options="permissive").field("column").type


def _storable(arrow: Any, kind: Any) -> bool:
    """Whether Parquet can hold the type: a struct without members it cannot."""
    if arrow.types.is_struct(kind):
        members = [kind.field(place).type for place in range(kind.num_fields)]
        return bool(members) and all(_storable(arrow, member) for member in members)
    if arrow.types.is_list(kind) or arrow.types.is_large_list(kind):
        return _storable(arrow, kind.value_type)
    return True


def _column_name(name: str) -> str:
    """The name with lone surrogates, which Parquet refuses, as their escapes: two such names stay two."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _texts(values: Iterable[object]) -> list[str | None]:
    return [None if value is None else _text(value) for value in values]


def _text(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return replace_surrogates(text)
