"""`rulereward plan`."""

from __future__ import annotations

import click

from rulereward.cli.options import kinds_option, local_ruleset, open_ruleset, set_option


@click.command()
@click.argument("ruleset", required=False)
@set_option
@kinds_option
def plan(ruleset: str | None, written_params: tuple[str, ...], kinds: tuple[str, ...]) -> None:
    """Show what a ruleset does: the columns it reads, what is computed once, each rule with its cost, the score.

    RULESET is the name of a shipped ruleset (`rulereward rules` lists them) or the path of a file, by default
    ./rulereward.yaml.
    """
    from rulereward.plan.show import plan_text  # noqa: PLC0415  slow to import

    name = ruleset or next(iter(local_ruleset()), None)
    if name is None:
        raise click.UsageError("name a ruleset, such as ./mine.yaml; there is no ./rulereward.yaml here")
    opened = open_ruleset(name, kinds, written_params)
    click.echo(plan_text(opened.checked, opened.plan))
