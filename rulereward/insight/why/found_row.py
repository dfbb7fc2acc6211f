"""A row by the name that all messages give it, `out.jsonl:12`, with the other rows of its group."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field

from rulereward.api import Ruleset
from rulereward.api.batches import Fields, group_keys
from rulereward.errors import InputError
from rulereward.insight.why.rule_ends import Seen
from rulereward.insight.why.stored import MARKS, Stored, taken_apart
from rulereward.io import STDIN, Row, pick, read_rows, wanted_columns
from rulereward.plan.typed import GroupDeclaration


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The row at `place` of `rows`, which are its group, or it alone.

    `keys` are the keys of the rows' groups, None where the rows have to tell by themselves. `seen` are the ends of
    rules that a scored file shows.
    """

    rows: Sequence[Fields]
    where: Sequence[str]
    place: int
    keys: Sequence[Hashable] | None
    stored: Stored | None
    seen: Seen


@dataclass(slots=True)
class _Survey:
    """What the whole file says: its size, whether rows have keys and prompts, and what rules were worth in it."""

    rows: int = 0
    last: int = 0
    target: Row | None = None
    has_key: bool = False
    has_prompt: bool = False
    seen: dict[str, tuple[float, float]] = field(default_factory=dict)


def find_row(ruleset: Ruleset, name: str) -> Found:
    """Find a row by `FILE:ROW`, ROW being the line, or in a JSON array or a Parquet file the element, from 1.

    The file is read twice where the row has a group, and only the rows of that group are kept. Raises InputError for
    a name without a row, for a row that is not there, and for one that cannot be read.
    """
    path, number = split_name(name)
    survey = _survey(ruleset, path, number)
    if survey.target is None:
        rows = "1 row" if survey.rows == 1 else f"{survey.rows:,} rows"
        last = f", the last at line {survey.last}" if survey.last != survey.rows else ""
        raise InputError(f"there is no row {number}: {path} has {rows}{last}")
    own, stored = _read(survey.target)
    where = survey.target.where
    paths = _grouping(ruleset, survey)
    key = None if paths is None else _key(own, paths)
    if paths is None or key is None:
        knows = survey.has_key or (survey.has_prompt and not ruleset.plan.group.declared)
        return Found([own], [where], 0, [None] if knows else None, stored, survey.seen)
    members = list(_members(path, paths, key))
    place = next(at for at, row in enumerate(members) if row.line_number == number)
    fields = [taken_apart(row.columns())[0] for row in members]
    return Found(fields, [row.where for row in members], place, [key] * len(members), stored, survey.seen)


def split_name(name: str) -> tuple[str, int]:
    """The file and the row of `out.jsonl:12`. Raises InputError where one of them is missing."""
    path, colon, number = name.rpartition(":")
    if not colon or not path or not number.isascii() or not number.isdigit():
        raise InputError(f"{name} names no row: write FILE:ROW, such as {path if colon and path else name}:12")
    if path == STDIN:
        raise InputError("standard input has no rows to come back to: name a file")
    if int(number) == 0:
        raise InputError(f"there is no row 0: rows are counted from 1, such as {path}:1")
    return path, int(number)


def _survey(ruleset: Ruleset, path: str, number: int) -> _Survey:
    group, prompts = ruleset.plan.group.by, ruleset.plan.inputs["prompt"].paths
    found = _Survey()
    for row in read_rows([path], _columns([*group, *prompts])):
        found.rows, found.last = found.rows + 1, row.line_number
        if row.line_number == number:
            found.target = row
        if row.fields is None:
            continue
        fields, stored = taken_apart(row.fields)
        found.has_key = found.has_key or _key(fields, group) is not None
        found.has_prompt = found.has_prompt or _key(fields, prompts) is not None
        if stored is not None and set(stored.components) == set(ruleset.rules):
            _widen(found.seen, stored)
    return found


def _columns(paths: Sequence[str]) -> frozenset[str]:
    """The columns to decode; a scored file has some under other names."""
    return wanted_columns([*paths, *(f"input_{path}" for path in paths), *MARKS])


def _widen(seen: dict[str, tuple[float, float]], stored: Stored) -> None:
    for rule, value in stored.components.items():
        if isinstance(value, int | float):
            low, high = seen.get(rule, (value, value))
            seen[rule] = min(low, float(value)), max(high, float(value))


def _read(row: Row) -> tuple[Fields, Stored | None]:
    """All columns of the row that is asked about."""
    if row.error is not None:
        raise InputError(f"{row.where} cannot be read: {row.error.message} ({row.error.code})")
    own, stored = taken_apart(row.columns())
    if stored is not None and set(own) == {"input"} and stored.state.startswith("error"):
        raise InputError(f"{row.where} could not be read when it was scored: {stored.state.removeprefix('error: ')}")
    return own, stored


def _grouping(ruleset: Ruleset, survey: _Survey) -> Sequence[str] | None:
    """The columns that tell groups apart in this file, as `group_keys` decides it for all rows at once."""
    if survey.has_key:
        return ruleset.plan.group.by
    if ruleset.plan.group.declared:
        return None
    return ruleset.plan.inputs["prompt"].paths


def _members(path: str, paths: Sequence[str], key: Hashable) -> Iterator[Row]:
    """The rows of one group, wherever they stand in the file."""
    for row in read_rows([path], _columns(paths)):
        if row.fields is not None and _key(taken_apart(row.fields)[0], paths) == key:
            yield row


def _key(fields: Fields, paths: Sequence[str]) -> Hashable:
    """The key of a row as scoring has it; None where it has none."""
    keys, _ = group_keys(_UNDECLARED, (), [pick(fields, paths)], ())
    return keys[0]


_UNDECLARED = GroupDeclaration((), None, declared=False)
