"""`rulereward compare`."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from typing import Any, Literal

import click

from rulereward.cli.data_options import check_step, data_options
from rulereward.cli.options import importable, open_ruleset, set_option, warn_of_unsafe
from rulereward.cli.provisions import models_at_work

STYLES = ("trl", "trl-chat", "verl", "openrlhf", "swift", "row")


@click.command()
@click.argument("ruleset", metavar="RULESET")
@click.argument("function", metavar="MODULE:FUNCTION")
@click.argument("files", nargs=-1, required=True, metavar="DATA...")
@click.option(
    "--style", "called_as", type=click.Choice(STYLES),
    help="How the function is called; by default its parameters tell.",
)  # fmt: skip
@click.option("--rule", metavar="NAME", help="Compare this rule of the ruleset instead of the reward.")
@click.option(
    "--tolerance", type=click.FloatRange(min=0), default=1e-6, show_default=True, metavar="X",
    help="Values no further apart than this agree.",
)  # fmt: skip
@set_option
@data_options
def compare(
    ruleset: str,
    function: str,
    files: tuple[str, ...],
    called_as: Any,
    rule: str | None,
    tolerance: float,
    written_params: tuple[str, ...],
    written_mapping: tuple[str, ...],
    limit: int | None,
    step: int | None,
    kinds: tuple[str, ...],
    style: Literal["text", "json"],
) -> None:
    """Compare a ruleset with a reward function in Python, and group the rows that differ by cause.

    MODULE is a module's name or the path of a file, as in rewards.py:reward or trl.rewards:accuracy_reward. FUNCTION
    is called as TRL, verl, OpenRLHF or ms-swift call reward functions, or row by row with columns by name. What it
    raises is a finding like any other. DATA is what `rulereward score` takes.
    """
    from rulereward.cli.compare_text import show_comparison  # noqa: PLC0415  slow to import, as are those below
    from rulereward.cli.mapping import read_mapping  # noqa: PLC0415
    from rulereward.insight.compare.comparison import compare as compare_with  # noqa: PLC0415
    from rulereward.insight.compare.foreign import load_function  # noqa: PLC0415
    from rulereward.insight.data import read_data  # noqa: PLC0415

    opened = open_ruleset(ruleset, kinds, written_params).with_inputs(read_mapping(written_mapping))
    check_step(opened, step)
    warn_of_unsafe(opened)
    importable((function,))
    # Reward functions print, and what stands on standard output is ours.
    with models_at_work(opened), redirect_stdout(sys.stderr):
        found = compare_with(
            opened,
            load_function(function),
            read_data(files, limit),
            style=called_as,
            rule=rule,
            tolerance=tolerance,
            step=step,
        )
    if style == "text":
        show_comparison(found)
        return
    import msgspec  # noqa: PLC0415

    click.echo(msgspec.json.encode(found.to_json()).decode())
