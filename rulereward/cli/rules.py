"""`rulereward rules`."""

from __future__ import annotations

import click

from rulereward.cli.options import importable, kinds_option
from rulereward.errors import ConfigurationError


@click.command()
@click.argument("name", required=False)
@kinds_option
def rules(name: str | None, kinds: tuple[str, ...]) -> None:
    """List what a ruleset may call, and the shipped rulesets; or explain NAME.

    That is its parameters, its constants, how it is gamed, an example; of a ruleset its file.
    """
    from rulereward.api.catalogue import catalogue  # noqa: PLC0415  slow to import
    from rulereward.api.shipped import descriptions, ruleset_text, shipped_rulesets  # noqa: PLC0415
    from rulereward.cli.pages import catalogue_list, page, rulesets_list  # noqa: PLC0415
    from rulereward.lang.suggest import did_you_mean  # noqa: PLC0415

    known = catalogue(importable(kinds))
    shipped = shipped_rulesets()
    if name is None:
        click.echo(f"{catalogue_list(known)}\n\n{rulesets_list(descriptions())}")
        return
    text = ruleset_text(name).rstrip("\n") if name in shipped else page(known, name)
    if text is None:
        near = did_you_mean(name, [*known.callables(), *shipped])
        hint = near or "`rulereward rules` lists what there is"
        raise ConfigurationError(f"there is no rule kind, function, aggregate or ruleset `{name}`: {hint}")
    click.echo(text)
