"""The part of `rulereward check` that looks at data: what it finds, for people, programs and pull requests."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from rulereward.cli.options import map_option, sandbox_option, step_option, warn_of_unsafe
from rulereward.cli.provisions import models_at_work

if TYPE_CHECKING:
    from rulereward.api import Ruleset
    from rulereward.insight.data import Data
    from rulereward.insight.data_check.report import DataReport
    from rulereward.insight.lazy.table import LazyTable

ROWS = 2_000
"""Rows that are looked at unless `--limit` says otherwise."""

_ENDINGS = (".jsonl", ".json", ".parquet", ".gz", ".zst")


@dataclass(frozen=True, slots=True)
class DataOptions:
    """The files and how to read them."""

    files: tuple[str, ...]
    mapping: dict[str, str]
    limit: int
    step: int | None


@dataclass(frozen=True, slots=True)
class OnData:
    """What one ruleset came to on the data. `name` is the ruleset as the user named it."""

    name: str
    ruleset: Ruleset
    files: tuple[str, ...]
    report: DataReport
    lazy: LazyTable

    @property
    def has_warnings(self) -> bool:
        return bool(self.report.warnings or self.lazy.findings)


def check_data_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--data`, `--map`, `--limit`, `--step`, `--sandbox` and `--strict`."""
    options = (
        click.option(
            "--data", "files", multiple=True, metavar="FILE",
            help="Try the rulesets on these rows: columns, constant rules, lazy policies; repeatable.",
        ),
        map_option,
        click.option(
            "--limit", type=click.IntRange(min=1), default=ROWS, show_default=True, metavar="N",
            help="Look at the first N rows of the data only.",
        ),
        step_option,
        sandbox_option,
        click.option("--strict", is_flag=True, help="Exit with 1 for warnings as well."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def apart(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The arguments that are rulesets, and those whose ending says that they are files of rows."""
    rows = tuple(name for name in names if name.lower().endswith(_ENDINGS))
    return tuple(name for name in names if name not in rows), rows


def read_files(options: DataOptions) -> Data:
    """The rows, once for all rulesets. Raises InputError for a file that is not there."""
    from rulereward.insight.data import read_data  # noqa: PLC0415  slow to import

    return read_data(options.files, options.limit)


def try_on_data(name: str, ruleset: Ruleset, data: Data, options: DataOptions) -> OnData:
    """Check a ruleset on data. Raises ConfigurationError for a wrong `--map`, or where `step` or groups miss."""
    from rulereward.insight.data_check.report import check_data, without_cut_group  # noqa: PLC0415  slow to import
    from rulereward.insight.lazy.table import lazy_table  # noqa: PLC0415

    warn_of_unsafe(ruleset)
    mapped = ruleset.with_inputs(options.mapping) if options.mapping else ruleset
    rows = without_cut_group(mapped, data, options.limit)
    with models_at_work(mapped):
        scores = mapped.score_rows(rows.rows, step=options.step, evaluate="all")
        report = check_data(mapped, rows, scores=scores)
        table = lazy_table(mapped, rows, step=options.step, reward=scores.reward)
    return OnData(name, ruleset, options.files, report, table)


def as_json(found: OnData) -> dict[str, object]:
    """Everything, for programs."""
    lazy = dataclasses.asdict(found.lazy)
    return {"name": found.name, "files": list(found.files), **dataclasses.asdict(found.report), "lazy": lazy}


def with_data(rendered: str, found: Sequence[OnData]) -> str:
    """The JSON object of the diagnostics, with what the data showed under `data`."""
    whole = json.loads(rendered) | {"data": [as_json(one) for one in found]}
    return json.dumps(whole, ensure_ascii=False, indent=2)


def as_github(found: OnData) -> Iterator[str]:
    """Workflow commands: warnings at the rule they are about, or at the ruleset's first line."""
    lines = {rule.name: rule.span.position.line for rule in found.ruleset.checked.rules}
    for seen in found.report.observations:
        level = "warning" if seen.level == "warning" else "notice"
        yield _command(level, found, lines.get(seen.rule or "", 1), seen.code, seen.message)
    for finding, others in found.lazy.gathered():
        also = f" (so do: {', '.join(others)})" if others else ""
        message = f"the lazy policy `{finding.policy}` {finding.message}{also}; {finding.advice}"
        yield _command("warning", found, 1, finding.code, message)


def _command(level: str, found: OnData, line: int, code: str, message: str) -> str:
    name = found.ruleset.checked.span.source.name
    place = f"file={_escaped(name, ':,')},line={line},title={_escaped(f'rulereward {code}', ':,')}"
    return f"::{level} {place}::{_escaped(message)}"


def _escaped(text: str, also: str = "") -> str:
    for char in "%\r\n" + also:
        text = text.replace(char, f"%{ord(char):02X}")
    return text
