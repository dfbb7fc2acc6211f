"""Options that several commands share, and opening the ruleset they name."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rulereward.errors import ConfigurationError

if TYPE_CHECKING:
    from rulereward.api import Ruleset


def kinds_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--kinds MODULE`, repeatable."""
    return click.option(
        "--kinds",
        metavar="MODULE",
        multiple=True,
        help="A Python module with rule kinds of your own, such as my_rules; the current folder counts; repeatable.",
    )(command)


LOCAL_RULESET = "rulereward.yaml"
"""What commands look at in the working folder where no ruleset is named."""


BUNDLED_RULESET = "math"
"""What rows are scored with where the working folder has no ruleset either."""


def ruleset_or_default(name: str | None) -> tuple[str, str | None]:
    """The ruleset that rows are scored with, and a line that tells it where it was not named."""
    if name is not None:
        return name, None
    here = local_ruleset()
    chosen = here[0] if here else BUNDLED_RULESET
    return chosen, f"ruleset: {'./' if here else 'the shipped '}{chosen}; -r names another"


def local_ruleset() -> tuple[str, ...]:
    """The working folder's ruleset, if it has one."""
    return (LOCAL_RULESET,) if Path(LOCAL_RULESET).is_file() else ()


def map_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--map INPUT=COLUMN`, repeatable."""
    return click.option(
        "--map",
        "written_mapping",
        multiple=True,
        metavar="INPUT=COLUMN",
        help="Take an input of the ruleset (or `group`) from this column, such as completion=response; repeatable.",
    )(command)


def step_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--step N`."""
    return click.option(
        "--step", type=click.IntRange(min=0), metavar="N", help="The training step, for rulesets that use it."
    )(command)


def set_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--set NAME=VALUE`, repeatable."""
    return click.option(
        "--set",
        "written_params",
        metavar="NAME=VALUE",
        multiple=True,
        help="Set a parameter of the ruleset, such as max_len=8192; repeatable.",
    )(command)


def sandbox_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--sandbox WHAT`, which goes before what the environment says for as long as the command runs."""
    return click.option(
        "--sandbox",
        metavar="WHAT",
        expose_value=False,
        callback=_choose_sandbox,
        help="Where code of rulesets that run any is run: auto (docker, else embedded), docker (with settings: "
        "docker?runtime=runsc), embedded, http://host:port, or unsafe; by default as RULEREWARD_SANDBOX says, "
        "else auto.",
    )(command)


def _choose_sandbox(ctx: click.Context, _: click.Parameter, what: str | None) -> None:
    if what is None or ctx.resilient_parsing:
        return
    from rulereward.api.sandbox import VARIABLE, WORDS, is_known  # noqa: PLC0415  slow to import

    if not is_known(what):
        raise click.BadParameter(f"{what!r} is none of {', '.join(WORDS)}, http://host:port")
    before = os.environ.get(VARIABLE)

    def restore() -> None:
        os.environ.pop(VARIABLE, None)
        if before is not None:
            os.environ[VARIABLE] = before

    os.environ[VARIABLE] = what
    ctx.call_on_close(restore)


UNSAFE = (
    "the code of the completions runs unsafe: whatever a program does, it does to this host; "
    "`rulereward sandbox check` says what else there is"
)


def warn_of_unsafe(ruleset: Ruleset) -> None:
    """Say in red that code will be run without walls, where the ruleset runs any and that is asked for."""
    if "sandbox" not in ruleset.plan.services:
        return
    from rulereward.api.sandbox import asked_for  # noqa: PLC0415  slow to import

    if asked_for() == "unsafe":
        click.echo(click.style(f"warning: {UNSAFE}", fg="red", bold=True), err=True)


def tell_place_of_code(ruleset: Ruleset, say: Callable[[str], None]) -> None:
    """Say where code will be run, if the ruleset runs any, and warn of `unsafe`.

    Raises ConfigurationError where nothing here can run it: most rows would be errors.
    """
    if "sandbox" not in ruleset.plan.services:
        return
    from rulereward.api.sandbox import place_of_code  # noqa: PLC0415  slow to import

    say(f"code runs in {place_of_code()}")
    warn_of_unsafe(ruleset)


def read_params(written: Sequence[str]) -> dict[str, str]:
    """From `name=value` each. Raises ConfigurationError for what is not of that form, or given twice."""
    found: dict[str, str] = {}
    for item in written:
        name, equals, value = item.partition("=")
        name = name.strip()
        if not (name and equals):
            raise ConfigurationError(f"--set {item}: write name=value, such as --set max_len=8192")
        if name in found:
            raise ConfigurationError(f"--set gives the parameter `{name}` twice")
        found[name] = value
    return found


def importable(kinds: Sequence[str]) -> tuple[str, ...]:
    """The modules that `--kinds` names, now also found in the working folder."""
    here = str(Path.cwd())
    if kinds and here not in sys.path:
        sys.path.append(here)
    return tuple(kinds)


def open_ruleset(name: str, kinds: Sequence[str], written_params: Sequence[str] = ()) -> Ruleset:
    """The compiled ruleset; see `rulereward.load` for names and for what is raised."""
    from rulereward.api.loading import opened_ruleset  # noqa: PLC0415  slow to import

    return opened_ruleset(name, kinds=importable(kinds), params=read_params(written_params))
