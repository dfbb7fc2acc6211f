"""`rulereward init`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from rulereward.cli.whole_files import write_whole
from rulereward.errors import ConfigurationError

_ENDINGS = (".yaml", ".yml")


@click.command()
@click.argument("path", default="rulereward.yaml")
@click.option(
    "--template", metavar="NAME", default="math", show_default=True, help="What to start from; `--list` names them."
)
@click.option("--list", "listed", is_flag=True, help="List the templates, and write nothing.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
def init(path: str, template: str, listed: bool, force: bool) -> None:
    """Write a ruleset to start from, with comments that explain it and cases that it holds to.

    PATH is ./rulereward.yaml unless given, which `rulereward score` takes when no other ruleset is named.
    """
    from rulereward.api.templates import template_descriptions, template_text  # noqa: PLC0415  slow to import
    from rulereward.plan.layout import aligned  # noqa: PLC0415

    if listed:
        lines = aligned([[name, description] for name, description in template_descriptions().items()])
        click.echo("\n".join(line.strip() for line in lines))
        return
    text = template_text(template, path)
    _write(Path(path), text, force)
    quoted = shlex.quote(path)
    steps = [
        [f"rulereward check {quoted}", "find mistakes"],
        [f"rulereward test {quoted}", "run its cases"],
        [f"rulereward score rollouts.jsonl -r {quoted} -o scored.jsonl", "score your completions"],
    ]
    click.echo("\n".join([f"wrote {path}, from the template `{template}`; next:", *aligned(steps)]))


def _write(path: Path, text: str, force: bool) -> None:
    """Raises ConfigurationError for a path that no ruleset can be written to, or not without `--force`."""
    if path.is_dir():
        raise ConfigurationError(f"{path} is a folder: name a file in it, such as {path / 'rulereward.yaml'}")
    if path.suffix not in _ENDINGS:
        better = shlex.quote(str(path.with_suffix(".yaml")))
        raise ConfigurationError(f"{path} does not end in .yaml, as a ruleset does: write `rulereward init {better}`")
    if not path.parent.is_dir():
        missing = "is no folder" if path.parent.exists() else "is not there: make this folder first"
        raise ConfigurationError(f"{path.parent} {missing}")
    if force:
        write_whole(path, text.encode())
        return
    try:
        with path.open("xb") as file:
            file.write(text.encode())
    except FileExistsError as error:
        raise ConfigurationError(f"{path} is there already; --force overwrites it") from error
