"""`rulereward why`."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Literal

import click

from rulereward.cli.options import (
    kinds_option,
    map_option,
    open_ruleset,
    ruleset_or_default,
    sandbox_option,
    set_option,
    step_option,
    tell_place_of_code,
)
from rulereward.cli.provisions import models_at_work

if TYPE_CHECKING:
    from rulereward.api import Ruleset

NARROW, WIDE = 60, 120
NO_TERMINAL = 100


@click.command()
@click.argument("row", metavar="FILE:ROW")
@click.option(
    "-r",
    "--ruleset",
    metavar="RULESET",
    help="A shipped ruleset (`rulereward rules` lists them) or a path; by default ./rulereward.yaml, else math.",
)
@click.option("--rule", metavar="NAME", help="Tell of this rule only, and of all that it is made of.")
@click.option("--full", is_flag=True, help="Shorten no text.")
@map_option
@set_option
@step_option
@sandbox_option
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    help="text for people, json for programs.",
)
@kinds_option
def why(
    row: str,
    ruleset: str | None,
    rule: str | None,
    full: bool,
    written_mapping: tuple[str, ...],
    written_params: tuple[str, ...],
    step: int | None,
    style: Literal["text", "json"],
    kinds: tuple[str, ...],
) -> None:
    """Explain the reward of one row: every rule, every value on the way, and what would change it.

    FILE:ROW names the row as messages do, such as out.jsonl:12: by its line, or in a JSON array or a Parquet file by
    the number of the element. FILE is what `rulereward score` reads or writes; in a scored file the reward that it
    holds is compared with the one computed now. Where the row has a group, the whole group is scored.
    """
    from rulereward.cli.why_text import Style, why_lines  # noqa: PLC0415  slow to import, as are those below
    from rulereward.insight.why.explain import explain_in_file  # noqa: PLC0415

    opened = _opened(ruleset, kinds, written_params, written_mapping)
    with models_at_work(opened):
        told = explain_in_file(opened, row, step=step, rule=rule)
    if style == "json":
        from rulereward.io.records import encode_json  # noqa: PLC0415

        click.echo(encode_json(told.to_json()).decode())
        return
    for line in why_lines(told, Style(_width(), full, rule)):
        click.echo(line)


def _opened(
    name: str | None, kinds: tuple[str, ...], written_params: tuple[str, ...], written_mapping: tuple[str, ...]
) -> Ruleset:
    """The ruleset, as `rulereward score` chooses it; which one is told where it was not named."""
    from rulereward.cli.mapping import read_mapping  # noqa: PLC0415  slow to import

    chosen, told = ruleset_or_default(name)
    mapping = read_mapping(written_mapping)
    opened = open_ruleset(chosen, kinds, written_params)
    if told is not None:
        click.echo(told, err=True)
    tell_place_of_code(opened, lambda _: None)  # where code cannot be run there is nothing to explain
    return opened.with_inputs(mapping) if mapping else opened


def _width() -> int:
    """As wide as the terminal, within bounds; 100 columns where there is none."""
    if not sys.stdout.isatty():
        return NO_TERMINAL
    return min(max(shutil.get_terminal_size().columns, NARROW), WIDE)
