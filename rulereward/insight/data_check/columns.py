"""Are the columns there that a ruleset reads, and can their values be read as what they are used as?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from rulereward.api import Ruleset
from rulereward.api.inputs import asked_columns
from rulereward.data import Reason
from rulereward.insight.data import Data
from rulereward.insight.data_check.observations import Observation, shown
from rulereward.io import BadValueError, completion_text, pick, prompt_text, transcript
from rulereward.kind import Base, Missing
from rulereward.plan.convert import convert
from rulereward.plan.nodes import Op, Plan

_WORDS = {Base.NUMBER: "a number", Base.BOOL: "true or false", Base.TEXT: "a text", Base.LIST: "a list of texts"}
_READERS: Mapping[str, Callable[[object], str]] = {
    "completion": completion_text,
    "transcript": transcript,
    "prompt": prompt_text,
}


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """`paths` are tried in order. `used_as` says what it is read as, where that can fail; `unfit` rows have something
    else there. `first_absent` and `first_unfit` are places (`file.jsonl:12`); `found` is what stands at the latter.
    """

    name: str
    paths: tuple[str, ...]
    rows: int
    present: int
    first_absent: str | None
    used_as: str | None
    unfit: int
    first_unfit: str | None
    found: str | None

    @property
    def as_written(self) -> str:
        """As the ruleset names it, with the column tried first where that has another name."""
        return self.name if self.name in (self.paths[0], f"row.{self.paths[0]}") else f"{self.name} ({self.paths[0]})"


def check_columns(ruleset: Ruleset, data: Data) -> tuple[ColumnReport, ...]:
    """A report for each input and `row.` column that the ruleset's author asks for; unreadable rows are left out."""
    wanted = _wanted(ruleset.plan)
    return tuple(
        _report(name, paths, wanted.get(name, ()), data) for name, paths in asked_columns(ruleset.plan).items()
    )


def _wanted(plan: Plan) -> dict[str, tuple[Base, ...]]:
    """What each column is read as."""
    found: dict[str, dict[Base, None]] = {}
    for node in plan.nodes:
        if node.op is Op.CONVERT and plan.nodes[node.args[0]].op is Op.INPUT:
            found.setdefault(plan.nodes[node.args[0]].payload, {})[node.payload] = None
    return {name: tuple(bases) for name, bases in found.items()}


def _report(name: str, paths: tuple[str, ...], bases: tuple[Base, ...], data: Data) -> ColumnReport:
    rows = [(place, row) for place, row in enumerate(data.rows) if not isinstance(row, Reason)]
    values = [(place, pick(row, paths)) for place, row in rows]
    absent = [place for place, value in values if value is None]
    unfit = [(place, value) for place, value in values if value is not None and not _fits(name, value, bases)]
    used_as = " and ".join(_WORDS[base] for base in bases if base in _WORDS)
    if name in _READERS:
        used_as = "a text or chat messages"
    return ColumnReport(
        name=name,
        paths=paths,
        rows=len(rows),
        present=len(rows) - len(absent),
        first_absent=data.where[absent[0]] if absent else None,
        used_as=used_as or None,
        unfit=len(unfit),
        first_unfit=data.where[unfit[0][0]] if unfit else None,
        found=shown(unfit[0][1]) if unfit else None,
    )


def _fits(name: str, value: object, bases: tuple[Base, ...]) -> bool:
    reader = _READERS.get(name)
    if reader is not None:
        try:
            reader(value)
        except BadValueError:
            return False
        return True
    return all(not isinstance(convert(value, base), Missing) for base in bases)


def column_observations(columns: tuple[ColumnReport, ...]) -> Iterator[Observation]:
    """What is to be said of them: columns that nobody has, gaps, values of another type."""
    for column in columns:
        tried = ", ".join(f"`{path}`" for path in column.paths)
        if column.rows and not column.present:
            hint = "" if column.name.startswith("row.") else f": use --map {column.name}=COLUMN"
            yield Observation("warning", "column_absent", f"no row has `{column.name}` (tried {tried}){hint}")
        elif column.first_absent is not None:
            number = column.rows - column.present
            message = f"`{column.name}` is not there on {number:,} of {column.rows:,} rows, first at "
            yield Observation("note", "column_gaps", message + column.first_absent, where=column.first_absent)
        if column.first_unfit is not None:
            message = (
                f"`{column.name}` is used as {column.used_as}, and is something else on {column.unfit:,} of "
                f"{column.rows:,} rows, first at {column.first_unfit}: {column.found}"
            )
            yield Observation("warning", "column_type", message, where=column.first_unfit)
