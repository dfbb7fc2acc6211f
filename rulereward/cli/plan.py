"""`rulereward plan`."""

from __future__ import annotations

import click

from rulereward.cli.options import kinds_option, open_ruleset, set_option


@click.command()
@click.argument("ruleset")
@set_option
@kinds_option
def plan(ruleset: str, written_params: tuple[str, ...], kinds: tuple[str, ...]) -> None:
    """Show what a ruleset does: the columns it reads, what is computed once, each rule with its cost, the score.

    RULESET is the name of a shipped ruleset (`rulereward rules` lists them) or the path of a file.
    """
    from rulereward.plan.show import plan_text  # noqa: PLC0415  slow to import

    opened = open_ruleset(ruleset, kinds, written_params)
    click.echo(plan_text(opened.checked, opened.plan))
