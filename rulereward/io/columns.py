"""Which column of a row an input takes its value from.

A path is a column's name (`answer`) or goes into an object with dots (`reward_model.ground_truth`). A column
whose own name has dots in it is found under that name first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


def pick(fields: Mapping[str, object], paths: Sequence[str]) -> object | None:
    """The value at the first of `paths` that is present and not null; None where there is none."""
    for path in paths:
        value = fields.get(path)
        if value is None and "." in path:
            value = _walk(fields, path.split("."))
        if value is not None:
            return value
    return None


def pick_all(rows: Sequence[Mapping[str, object]], paths: Sequence[str]) -> list[object | None]:
    """`pick` for each row, a path at a time: most rows have the first."""
    found: list[object | None] = [None] * len(rows)
    lacking: Sequence[int] = range(len(rows))
    for path in paths:
        if "." in path:
            values = [pick(rows[row], (path,)) for row in lacking]
        else:
            values = [rows[row].get(path) for row in lacking]
        for row, value in zip(lacking, values, strict=True):
            found[row] = value
        lacking = [row for row, value in zip(lacking, values, strict=True) if value is None]
        if not lacking:
            break
    return found


def found_path(fields: Mapping[str, object], paths: Sequence[str]) -> str | None:
    """The path that `pick` takes the value from."""
    return next((path for path in paths if pick(fields, (path,)) is not None), None)


def wanted_columns(paths: Iterable[str]) -> frozenset[str]:
    """The top-level columns that must be decoded for `pick` to find `paths`."""
    return frozenset(name for path in paths for name in (path, path.partition(".")[0]))


def _walk(fields: Mapping[str, object], steps: Sequence[str]) -> object | None:
    value: object = fields
    for step in steps:
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value
