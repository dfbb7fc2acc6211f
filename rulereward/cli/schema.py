"""`rulereward schema`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from rulereward.cli.options import importable, kinds_option
from rulereward.cli.whole_files import write_whole

_STDOUT = "-"

_HELP = """Print the JSON Schema (draft-07) of ruleset files, by which editors complete and check keys.

Editors with yaml-language-server read it for a file that starts with the second line:

\b
rulereward schema -o ruleset.schema.json
# yaml-language-server: $schema=./ruleset.schema.json
"""


@click.command(help=_HELP)
@click.option(
    "-o", "--output", metavar="FILE", default=_STDOUT, help="Where to write it; standard output unless given."
)
@kinds_option
def schema(output: str, kinds: tuple[str, ...]) -> None:
    """The command `schema`; its help is `_HELP`."""
    from rulereward.api.catalogue import catalogue  # noqa: PLC0415  slow to import
    from rulereward.api.schema import ruleset_schema  # noqa: PLC0415

    text = json.dumps(ruleset_schema(catalogue(importable(kinds))), ensure_ascii=False, indent=2)
    if output == _STDOUT:
        click.echo(text)
    else:
        write_whole(Path(output), f"{text}\n".encode())
        click.echo(f"wrote {output}", err=True)
