"""From rows as people have them to the batch a run scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from rulereward.api.stubs import stub_column
from rulereward.data import Batch, Column, Groups, Objects, Reason, ReasonTable, State, TextColumn, Texts
from rulereward.errors import ConfigurationError, InputError
from rulereward.io import BadValueError, completion_text, described, pick_all, prompt_text, texts_in_utf8, transcript
from rulereward.plan.nodes import Plan
from rulereward.plan.origin import WRITTEN_INPUTS
from rulereward.plan.stubs import STUB
from rulereward.plan.typed import GroupDeclaration

MOST_BITS = 10_000
"""Longer integers Python refuses to print, so no message could name them."""

Fields = Mapping[str, object]
"""One row: column names and plain JSON values."""


def as_columns(given: Mapping[str, object]) -> dict[str, Sequence[object]]:
    """Columns as lists of one length; None (no column) is left out.

    Raises InputError for a single text, for what is no sequence, and for a length other than the first column's.
    """
    columns: dict[str, Sequence[object]] = {}
    for name, column in given.items():
        if column is None:
            continue
        if isinstance(column, str | bytes | Mapping) or not isinstance(column, Iterable):
            raise InputError(f"`{name}` is {described(column)}: give a list with one value for each completion")
        columns[name] = list(column)
        expected = len(next(iter(columns.values())))
        if len(columns[name]) != expected:
            raise InputError(f"`{name}` has {len(columns[name])} values for {expected} completions")
    return columns


def make_batch(plan: Plan, rows: Sequence[Fields | Reason], groups: Groups | None, step: int | None) -> Batch:
    """The columns the plan reads. A row that is a Reason could not be read: all its cells are errors for it."""
    reasons = ReasonTable()
    columns: dict[str, Column] = {}
    for name in sorted(plan.reads - {"step"}):
        stub = name.startswith(STUB)
        columns[name] = stub_column(plan, name, rows, reasons) if stub else _column(plan, name, rows, reasons)
    return Batch(len(rows), columns, groups, step, reasons)


def _column(plan: Plan, name: str, rows: Sequence[Fields | Reason], reasons: ReasonTable) -> Column:
    if name.startswith("row."):
        paths: tuple[str, ...] = (name.removeprefix("row."),)
    else:
        paths = plan.inputs[name].paths
    read = {"completion": completion_text, "transcript": transcript, "prompt": prompt_text}.get(name)
    builder = _ColumnBuilder(len(rows), reasons)
    absent, no_value = builder.null, Reason("no_column", f"the row has no {_listed(paths)}")
    if name in WRITTEN_INPUTS:
        absent = builder.error
        no_value = Reason("no_completion", f"the row has no completion (tried {_listed(paths)})")
    if read is not None and (pieces := texts_in_utf8(rows, paths[0])) is not None:
        return Texts.of_view(TextColumn.from_utf8(pieces).view())
    values = pick_all(_read_rows(rows), paths)
    if set(map(type, values)) == {str}:  # by far the most common, so it is looked for first
        return builder.filled(values, text=read is not None)
    for place, value in enumerate(values):
        if value is not None and read is not None:
            builder.read(place, value, read, name)
        elif value is not None:
            builder.set(place, value)
        elif isinstance(row := rows[place], Reason):
            builder.error(place, row)
        else:
            absent(place, no_value)
    return builder.column(text=read is not None)


def _read_rows(rows: Sequence[Fields | Reason]) -> list[Fields]:
    """The rows, without any field where one could not be read."""
    return [_NO_FIELDS if isinstance(row, Reason) else row for row in rows]


_NO_FIELDS: Fields = {}


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


class _ColumnBuilder:
    def __init__(self, size: int, reasons: ReasonTable) -> None:
        self._values: list[object] = [None] * size
        self._read: dict[int, str] = {}
        self._states = np.zeros(size, dtype=np.uint8)
        self._why = np.zeros(size, dtype=np.uint16)
        self._reasons = reasons

    def filled(self, values: list[object], *, text: bool) -> Column:
        """The column of plain texts, one for each row."""
        self._values = values
        return self.column(text=text)

    def set(self, place: int, value: object) -> None:
        if isinstance(value, np.generic | np.ndarray):
            value = value.tolist()  # columns of arrays and data frames hold numbers that are not plain ones
        if isinstance(value, float) and not math.isfinite(value):
            self.null(place, Reason("not_finite", "the row's number is not finite"))
        elif isinstance(value, int) and value.bit_length() > MOST_BITS:
            self.null(place, Reason("not_finite", "the row's number has too many digits to be read"))
        else:
            self._values[place] = value

    def null(self, place: int, reason: Reason) -> None:
        self._states[place], self._why[place] = State.NULL, self._reasons.add(reason)

    def error(self, place: int, reason: Reason) -> None:
        self._states[place], self._why[place] = State.ERROR, self._reasons.add(reason)

    def read(self, place: int, value: object, read: Callable[[object], str], name: str) -> None:
        """A text out of a string or chat messages; a completion that is neither is an error, a prompt a null.

        The rows of a group may hold one and the same list as their prompt, which is read once.
        """
        text = self._read.get(id(value))
        try:
            self._values[place] = self._read[id(value)] = read(value) if text is None else text
        except BadValueError as error:
            report = self.error if name in WRITTEN_INPUTS else self.null
            report(place, Reason(f"bad_{name}", f"`{name}`: {error}"))

    def column(self, *, text: bool) -> Column:
        clean = not self._states.any()
        if not text:
            return Objects(tuple(self._values), self._states, self._why, clean)
        texts: Sequence[Any] = self._values  # each is a text or None
        return Texts(Texts.of(texts).view, self._states, self._why, clean)


def group_keys(
    declaration: GroupDeclaration,
    rows: Sequence[Fields | Reason],
    given: Sequence[object] | None,
    prompts: Sequence[str],
) -> tuple[list[Hashable], str | None]:
    """The key of each row's group, None where it has none, and a warning if equal prompts had to serve.

    Raises ConfigurationError where neither a key nor a prompt is there to go by.
    """
    if given is not None:
        return _hashables(given), None
    fields = _read_rows(rows)
    keys = _hashables(pick_all(fields, declaration.by))
    if any(key is not None for key in keys) or not rows:
        return keys, None
    if declaration.declared:
        tried = ", ".join(declaration.by)
        raise ConfigurationError(f"no row has a group key: the ruleset says `group: {tried}`")
    keys = _hashables(pick_all(fields, prompts))
    if all(key is None for key in keys):
        raise ConfigurationError(
            "the ruleset has group functions, and no row has a group key or a prompt: give each row the column "
            f"`{declaration.by[0]}`, or name its key under `inputs: group:`"
        )
    return keys, "no group key in the data: rows with equal prompts are taken for a group"


def _hashables(keys: Sequence[object]) -> list[Hashable]:
    """`_hashable` of each; what is one object, as prompts of a group may be, is looked at once."""
    known: dict[int, Hashable] = {}
    keys = list(keys)  # an array would make an object of each key that does not outlive its turn
    for key in keys:
        if id(key) not in known:
            known[id(key)] = _hashable(key)
    return [known[id(key)] for key in keys]


def _hashable(key: object) -> Hashable:
    """A key as something to compare: what is neither text nor number by its canonical JSON. NaN is no key."""
    if key is None or isinstance(key, str):
        return key
    if isinstance(key, int | float) and not isinstance(key, bool):
        return key if key == key else None  # NaN is not itself
    try:
        return "json", msgspec.json.encode(key, order="deterministic", enc_hook=str).decode()
    except (TypeError, UnicodeEncodeError):  # keys that JSON does not have; a lone surrogate, from an escape
        return "python", repr(key)


def whole_groups(
    keys: Sequence[Hashable], most: int, sizes: Sequence[int] | None = None, most_size: int = 0
) -> list[list[int]]:
    """Row numbers in blocks of about `most` rows, and where `sizes` says that of each row of about `most_size`
    together, that never cut a group.
    """
    blocks: list[list[int]] = []
    held = 0
    for rows in _members(keys):
        size = 0 if sizes is None else sum(sizes[row] for row in rows)
        if not blocks or len(blocks[-1]) + len(rows) > most or held + size > most_size > 0:
            blocks.append([])
            held = 0
        blocks[-1] += rows
        held += size
    return [sorted(block) for block in blocks]


def _members(keys: Sequence[Hashable]) -> Iterable[list[int]]:
    """The rows of each group, a row without a key by itself, in the order of their first rows."""
    if not any(key is not None for key in keys):
        return ([row] for row in range(len(keys)))
    members: dict[Hashable, list[int]] = {}
    for row, key in enumerate(keys):
        members.setdefault(("row", row) if key is None else ("key", key), []).append(row)
    return members.values()


def sizes_of(plan: Plan, rows: Sequence[Fields | Reason]) -> list[int]:
    """Roughly how long each completion is, in characters or in bytes; 0 where it is no plain text."""
    paths = plan.inputs["completion"].paths
    pieces = texts_in_utf8(rows, paths[0])
    if pieces is not None:
        return list(map(len, pieces))
    return [len(text) if isinstance(text, str) else 0 for text in pick_all(_read_rows(rows), paths)]


def groups_of(keys: Sequence[Hashable], rows: Sequence[int], size: int | None) -> Groups:
    """The groups among some rows."""
    return Groups.from_keys([keys[row] for row in rows], size)
