"""What a ruleset came to on data, for people: tables of columns and of lazy policies, a line for each finding."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from textwrap import wrap

import click
from rich.console import Console
from rich.table import Table

from rulereward.cli.check_data import OnData
from rulereward.insight.data_check.report import DataReport
from rulereward.insight.lazy.table import LazyTable, PolicyRow

WIDEST = 120
_SHOWN_POLICIES = 4


def data_text(found: OnData) -> str:
    """All of it, as wide as the terminal is."""
    width = min(_terminal_width(), WIDEST)
    blocks = [
        "\n".join(wrap(_headline(found), width, subsequent_indent="  ")),
        _drawn(_columns(found.report), width),
        "\n".join(line for seen in found.report.observations for line in _line(seen.level, seen.message, width)),
        "\n".join(_lazy_head(found.lazy, width)),
        _drawn(_policies(found.lazy), width) if found.lazy.policies else "",
        "\n".join(_lazy_findings(found.lazy, width)),
    ]
    return "\n\n".join(block for block in blocks if block)


def _terminal_width() -> int:
    return Console().width


def _headline(found: OnData) -> str:
    report = found.report
    groups = f", {report.groups:,} groups" if report.groups else ""
    reward = report.reward
    worth = (
        "no reward"
        if reward.mean is None
        else f"rewards {reward.low:.2f} to {reward.high:.2f}, mean {reward.mean:.2f}"
    )
    return f"{found.name} on {', '.join(found.files)}: {report.rows:,} rows{groups}, {worth}"


def _columns(report: DataReport) -> Table:
    table = _table()
    table.add_column("column", overflow="fold")
    table.add_column("rows", justify="right", no_wrap=True)
    table.add_column("used as", overflow="fold")
    table.add_column("unfit", justify="right", no_wrap=True)
    for column in report.columns:
        unfit = f"{column.unfit:,}" if column.used_as else ""
        table.add_row(column.as_written, f"{column.present:,}/{column.rows:,}", column.used_as or "any value", unfit)
    return table


def _lazy_head(lazy: LazyTable, width: int) -> Iterator[str]:
    if lazy.honest is None:
        yield from wrap(f"lazy policies: {lazy.note}", width)
        return
    made = ""
    if lazy.right is not None and lazy.wrong is not None:
        made = f", a right answer {lazy.right:.2f}, a wrong one {lazy.wrong:.2f}"
    count = f"{lazy.prompts} prompt" + ("" if lazy.prompts == 1 else "s")
    yield from wrap(f"lazy policies on {count}; the median honest row earns {lazy.honest:.2f}{made}", width)
    for text in (f"answers as {lazy.form}" if lazy.form else None, lazy.note):
        if text:
            yield from wrap(text, width)


def _policies(lazy: LazyTable) -> Table:
    table = _table()
    table.add_column("policy", no_wrap=True)
    table.add_column("mean", justify="right", no_wrap=True)
    table.add_column("vs honest", justify="right", no_wrap=True)
    table.add_column("null", justify="right", no_wrap=True)
    table.add_column("error", justify="right", no_wrap=True)
    table.add_column("pays", overflow="ellipsis", no_wrap=True)
    table.add_column("", no_wrap=True)
    for row in sorted(lazy.policies, key=lambda row: (not row.findings, -_mean_or_lowest(row))):
        mean = "" if row.mean is None else f"{row.mean:.2f}".replace("-0.00", "0.00")
        against = "" if row.against_honest is None else f"{row.against_honest:+.2f}".replace("-0.00", "+0.00")
        paid = "" if row.pays is None or not row.paid or row.paid < 0.005 else f"{row.pays} {row.paid:.2f}"
        flag = ", ".join(finding.code for finding in row.findings)
        numbers = (_share(row.null, row.prompts), _share(row.error, row.prompts))
        table.add_row(row.policy, mean, against, *numbers, paid, flag, style="yellow" if flag else "")
    return table


def _mean_or_lowest(row: PolicyRow) -> float:
    return float("-inf") if row.mean is None else row.mean


def _lazy_findings(lazy: LazyTable, width: int) -> Iterator[str]:
    """A paragraph for each kind of finding with one next step: the policy that earns most, and who else does."""
    found = lazy.gathered()
    for finding, others in found:
        names = ", ".join(f"`{other}`" for other in others[:_SHOWN_POLICIES])
        more = f" and {len(others) - _SHOWN_POLICIES} more" if len(others) > _SHOWN_POLICIES else ""
        also = f"; so do {names}{more}" if len(others) > 1 else f"; so does {names}" if others else ""
        yield from _line("warning", f"`{finding.policy}` {finding.message}{also}", width)
        yield from _line("help", finding.advice, width, margin="  = ")
    if lazy.policies and not found:
        yield "no lazy policy earns what it should not"


def _line(level: str, message: str, width: int, margin: str = "") -> Iterator[str]:
    """`warning: ...`, wrapped with an indent, its first word coloured on a terminal."""
    lines = wrap(
        f"{margin}{level}: {message}", width, subsequent_indent=" " * (len(margin) + 2),
        break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip
    if level == "warning" and lines:
        lines[0] = lines[0].replace("warning:", click.style("warning:", fg="yellow"), 1)
    yield from lines


def _share(count: int, of: int) -> str:
    return f"{count / of:.0%}" if count else ""


def _table() -> Table:
    return Table(box=None, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0), header_style="dim")


def _drawn(table: Table, width: int) -> str:
    """The table as text. Colour is left in; `click.echo` takes it out where the output is no terminal."""
    console = Console(file=StringIO(), width=width, force_terminal=True, highlight=False, markup=False, emoji=False)
    console.print(table)
    assert isinstance(console.file, StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())
