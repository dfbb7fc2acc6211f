"""Options of the commands that look at all rows of some files, and what they make of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from rulereward.cli.options import kinds_option, map_option, sandbox_option, step_option
from rulereward.errors import ConfigurationError

if TYPE_CHECKING:
    from rulereward.api import Ruleset


def data_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--map`, `--limit`, `--step`, `--sandbox`, `--kinds`, `--rows` and `--format`."""
    options = (
        map_option,
        click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Look at the first N rows only."),
        step_option,
        sandbox_option,
        kinds_option,
        click.option(
            "--format",
            "style",
            type=click.Choice(["text", "json"]),
            default="text",
            help="text for people, json for programs.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def check_step(ruleset: Ruleset, step: int | None) -> None:
    """Raise ConfigurationError where the ruleset uses the training step, and none is given."""
    if ruleset.plan.uses_step and step is None:
        raise ConfigurationError(f"the ruleset `{ruleset.name}` uses `step`: say which with --step N")
