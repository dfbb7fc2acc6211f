"""`rulereward check`."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import click

from rulereward.cli.check_data import (
    DataOptions,
    OnData,
    apart,
    as_github,
    check_data_options,
    read_files,
    try_on_data,
    with_data,
)
from rulereward.cli.main import FAILED, WRONG
from rulereward.cli.options import kinds_option, local_ruleset, open_ruleset, set_option
from rulereward.errors import ConfigurationError, RulesetError

if TYPE_CHECKING:
    from rulereward.api import Ruleset
    from rulereward.lang.diagnostics import Diagnostic

Format = Literal["text", "json", "github"]


@click.command()
@click.argument("names", nargs=-1, metavar="RULESET... [DATA]")
@click.option(
    "--format", "style", type=click.Choice(["text", "json", "github"]), default="text",
    help="text for people, json for programs, github for annotations on a pull request.",
)  # fmt: skip
@click.option("--explain", metavar="CODE", help="Say what a code such as E0302 means, with an example.")
@check_data_options
@set_option
@kinds_option
def check(
    names: tuple[str, ...],
    style: Format,
    explain: str | None,
    files: tuple[str, ...],
    written_mapping: tuple[str, ...],
    limit: int,
    step: int | None,
    strict: bool,
    written_params: tuple[str, ...],
    kinds: tuple[str, ...],
) -> int:
    """Check rulesets: names, types, units, missing values, ranges. All mistakes are listed in one run.

    RULESET is the name of a shipped ruleset (`rulereward rules` lists them) or the path of a file, by default
    ./rulereward.yaml. With data (a file
    of rows, also as an argument) it is tried on that: are its columns there, which rules are constant, what do lazy
    completions earn? The exit status is 0 without errors (warnings are none, unless --strict says so), 1 with errors,
    2 for a file that cannot be read.
    """
    from rulereward.cli.mapping import read_mapping  # noqa: PLC0415  slow to import

    if explain is not None:
        return _explain(explain)
    rulesets, data = apart(names)
    rulesets = rulesets or local_ruleset()
    if not rulesets:
        raise click.UsageError("name a ruleset, such as ./mine.yaml; there is no ./rulereward.yaml here")
    options = DataOptions((*files, *data), read_mapping(written_mapping), limit, step)
    if not options.files and (options.mapping or step is not None):
        raise click.UsageError("--map and --step are about data: name a file with --data")
    return _check_all(rulesets, style, kinds, written_params, options, strict=strict)


def _explain(code: str) -> int:
    from rulereward.cli.explain import explained  # noqa: PLC0415  slow to import
    from rulereward.lang.codes import CODES  # noqa: PLC0415

    code = code.upper()
    if code in CODES:
        click.echo(explained(code))
        return 0
    close = difflib.get_close_matches(code, CODES, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    raise ConfigurationError(f"there is no code {code}{hint}")


def _check_all(
    names: Sequence[str], style: Format, kinds: Sequence[str], written_params: Sequence[str], options: DataOptions,
    *, strict: bool,
) -> int:  # fmt: skip
    from rulereward.insight.cases.reading import case_findings, findings_beside  # noqa: PLC0415  slow to import
    from rulereward.lang.messages import render_all  # noqa: PLC0415

    found: list[Diagnostic] = []
    texts: list[str] = []
    opened: list[tuple[str, Ruleset]] = []
    status = 0
    for name in names:
        try:
            ruleset = open_ruleset(name, kinds, written_params)
        except RulesetError as error:
            mistakes = [*error.diagnostics, *findings_beside(error, name)]
            found += mistakes
            texts.append(render_all(mistakes))
            status = max(status, FAILED)
        except ConfigurationError as error:
            click.echo(f"error: {error}", err=True)
            status = WRONG
        else:
            in_cases = case_findings(ruleset)
            found += [*ruleset.diagnostics, *in_cases]
            texts.append(_verdict(name, ruleset))
            if in_cases:
                texts.append(render_all(in_cases))
                status = max(status, FAILED)
            opened.append((name, ruleset))
    on_data = _try_all(opened, options)
    if style == "text":
        output = "\n\n".join([*texts, *_data_texts(on_data)])
    else:
        output = _for_programs(render_all(found, style), style, on_data, asked=bool(options.files))
    if output:
        click.echo(output)
    warned = strict and (bool(found) or any(one.has_warnings for one in on_data))
    return max(status, FAILED) if warned else status


def _try_all(opened: Sequence[tuple[str, Ruleset]], options: DataOptions) -> list[OnData]:
    if not options.files:
        return []
    data = read_files(options)
    return [try_on_data(name, ruleset, data, options) for name, ruleset in opened]


def _data_texts(on_data: Sequence[OnData]) -> list[str]:
    if not on_data:
        return []
    from rulereward.cli.check_data_text import data_text  # noqa: PLC0415  slow to import

    return [data_text(one) for one in on_data]


def _for_programs(rendered: str, style: Format, on_data: Sequence[OnData], *, asked: bool) -> str:
    if style == "json":
        return with_data(rendered, on_data) if asked else rendered
    lines = [line for one in on_data for line in as_github(one)]
    return "\n".join([*([rendered] if rendered else []), *lines])


def _verdict(name: str, ruleset: Ruleset) -> str:
    """What is told of a ruleset without errors: its warnings, and what can be relied on."""
    from rulereward.lang.messages import render  # noqa: PLC0415  slow to import
    from rulereward.plan.null_conditions import reward_null_conditions, rules_null_by_data  # noqa: PLC0415
    from rulereward.plan.show import headline  # noqa: PLC0415
    from rulereward.plan.tokens import SOURCE  # noqa: PLC0415

    warnings = [render(diagnostic) + "\n" for diagnostic in ruleset.diagnostics]
    lines = [f"{name}: ok — {headline(ruleset.checked, ruleset.plan)}"]
    conditions = reward_null_conditions(ruleset.checked)
    if conditions:
        lines.append("  the reward is null where " + ", or where ".join(conditions))
    else:
        lines.append("  the reward is never null")
    nullable = rules_null_by_data(ruleset.checked)
    if nullable:
        lines.append(f"  rules that the data can leave null: {', '.join(nullable)}")
    if SOURCE in ruleset.plan.reads and ruleset.checked.tokenizer is None:
        paths = ", ".join(ruleset.plan.inputs[SOURCE].paths)
        lines.append(f"  it counts tokens: rows need their ids ({paths}), or the ruleset a `tokenizer`")
    return "\n".join([*warnings, *lines])
