"""`rulereward test`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from rulereward.cli.main import FAILED, WRONG
from rulereward.cli.options import (
    importable,
    kinds_option,
    local_ruleset,
    read_params,
    sandbox_option,
    set_option,
    warn_of_unsafe,
)
from rulereward.errors import ConfigurationError

if TYPE_CHECKING:
    from rulereward.insight.cases.files import Opened
    from rulereward.insight.cases.report import Report, SuiteReport

Style = Literal["text", "json"]


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option("-k", "keyword", default="", metavar="SUBSTRING", help="Run only cases with this in their name.")
@click.option("--coverage", is_flag=True, help="Tell which gates, routes and arms the cases take.")
@click.option("--require-coverage", is_flag=True, help="Fail when a gate, route or arm is never taken.")
@click.option("--strict", is_flag=True, help="Fail when a case passes that is marked as todo.")
@click.option(
    "--evaluate", type=click.Choice(["needed", "all"]), default="needed", show_default=True,
    help="all measures what a closed gate or a route leaves out too.",
)  # fmt: skip
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write JUnit XML.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", help="json is for programs.")
@click.option("-q", "--quiet", is_flag=True, help="Tell of failures only.")
@click.option("-v", "--verbose", is_flag=True, help="Tell of every case.")
@sandbox_option
@set_option
@kinds_option
def test(
    files: tuple[str, ...],
    keyword: str,
    coverage: bool,
    require_coverage: bool,
    strict: bool,
    evaluate: Literal["needed", "all"],
    junit: Path | None,
    style: Style,
    quiet: bool,
    verbose: bool,
    written_params: tuple[str, ...],
    kinds: tuple[str, ...],
) -> int:
    """Run the cases of rulesets: rows, and what the reward, rules, gates and routes are expected to be on them.

    FILE is a ruleset with `cases` in it (a path, or the name of a shipped one; by default ./rulereward.yaml), or a
    YAML file with `cases` and `ruleset: ./mine.yaml`. The exit status is 0 if all is as the cases say, 1 if not, and
    2 for files with mistakes.
    """
    from rulereward.insight.cases.files import open_files  # noqa: PLC0415  slow to import
    from rulereward.insight.cases.report import Report, run_cases  # noqa: PLC0415

    files = files or local_ruleset()
    if not files:
        raise click.UsageError("name a ruleset or a file of cases; there is no ./rulereward.yaml here")
    params: Mapping[str, str] = read_params(written_params)
    opened = open_files(files, importable(kinds), params)
    runs_code = next((suite.ruleset for suite in opened.suites if "sandbox" in suite.ruleset.plan.services), None)
    if runs_code is not None:
        warn_of_unsafe(runs_code)
    report = Report(opened)
    covers = coverage or require_coverage
    for found in run_cases(report, keyword=keyword, evaluate=evaluate, coverage=covers):
        if style == "text":
            _show_suite(found, quiet=quiet, verbose=verbose, strict=strict)
    _finish(report, style, quiet=quiet)
    if junit is not None:
        from rulereward.insight.cases.junit import junit_xml  # noqa: PLC0415

        junit.write_text(junit_xml(report, strict=strict), encoding="utf-8")
    if not opened.is_sound:
        return WRONG
    if not any(report.counts().values()):
        raise ConfigurationError(_why_none(opened, keyword))
    return FAILED if report.failed(strict=strict) or (require_coverage and report.untaken) else 0


def _show_suite(found: SuiteReport, *, quiet: bool, verbose: bool, strict: bool) -> None:
    """One file's cases as they are done."""
    from textwrap import indent  # noqa: PLC0415

    from rulereward.insight.cases.text import failure_text  # noqa: PLC0415

    for outcome in found.outcomes:
        case = outcome.case
        if outcome.status == "failed":
            click.echo(f"{click.style('FAILED', fg='red', bold=True)} {found.suite.file}: {case.name}")
            click.echo(indent(failure_text(outcome), "  ") + "\n")
        elif outcome.status == "todo passes" and (strict or not quiet):
            click.echo(f"{found.suite.file}: todo that passes: {case.name} ({case.place}): {case.todo}")
        elif verbose and not quiet:
            told = f"todo: {case.todo}" if outcome.status == "todo" else "ok"
            click.echo(f"{found.suite.file}: {case.name}: {told}")
    if not quiet:
        click.echo(f"{found.suite.file}: {_counted(found)}")


def _counted(found: SuiteReport) -> str:
    """`8 cases, 7 as expected, 1 failed`."""
    total = len(found.outcomes)
    if not total:
        return "no case of that name" if found.suite.cases else "no cases"
    counts = [(found.count(status), word) for status, word in _WORDS.items()]
    listed = ", ".join(f"{number} {word}" for number, word in counts if number)
    return f"{total} case{'s' if total != 1 else ''}: {listed}"


_WORDS = {"passed": "passed", "failed": "failed", "todo": "todo", "todo passes": "todo that passes"}


def _finish(report: Report, style: Style, *, quiet: bool) -> None:
    """Coverage, and what is wrong with the files."""
    from rulereward.insight.cases.report import report_json  # noqa: PLC0415  slow to import
    from rulereward.insight.cases.text import coverage_lines  # noqa: PLC0415
    from rulereward.lang.messages import as_json, render_all  # noqa: PLC0415

    found = [one for several in report.opened.diagnostics.values() for one in several]
    shown = [one for one in found if one.severity == "error" or not quiet]
    for message in report.opened.refused:
        click.echo(f"error: {message}", err=True)
    if style == "json":
        import msgspec  # noqa: PLC0415

        told = {**report_json(report), **as_json(found), "refused": report.opened.refused}
        click.echo(msgspec.json.encode(told).decode())
        return
    for ruleset, coverage in report.coverage.items():
        for line in coverage_lines(ruleset.checked.span.source.name, coverage, brief=quiet):
            click.echo(line)
    if shown:
        click.echo(render_all(shown))


def _why_none(opened: Opened, keyword: str) -> str:
    if keyword and any(suite.cases for suite in opened.suites):
        return f"no case has `{keyword}` in its name"
    return f"there are no `cases` in {', '.join(suite.file for suite in opened.suites)}"
