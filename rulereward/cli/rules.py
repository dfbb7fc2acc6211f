"""`rulereward rules`."""

from __future__ import annotations

import difflib

import click

from rulereward.cli.options import importable, kinds_option
from rulereward.errors import ConfigurationError


@click.command()
@click.argument("name", required=False)
@kinds_option
def rules(name: str | None, kinds: tuple[str, ...]) -> None:
    """List what a ruleset may call, or explain NAME: parameters, constants, how it is gamed, an example."""
    from rulereward.api.catalogue import catalogue  # noqa: PLC0415  slow to import
    from rulereward.cli.pages import catalogue_list, page  # noqa: PLC0415

    known = catalogue(importable(kinds))
    if name is None:
        click.echo(catalogue_list(known))
        return
    text = page(known, name)
    if text is None:
        close = difflib.get_close_matches(name, known.callables(), n=1)
        hint = f"did you mean `{close[0]}`?" if close else "`rulereward rules` lists what there is"
        raise ConfigurationError(f"there is no rule kind, function or aggregate `{name}`: {hint}")
    click.echo(text)
