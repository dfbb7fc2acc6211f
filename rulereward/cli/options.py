"""Options that several commands share, and opening the ruleset they name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

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


def importable(kinds: Sequence[str]) -> tuple[str, ...]:
    """The modules that `--kinds` names, now also found in the working folder."""
    here = str(Path.cwd())
    if kinds and here not in sys.path:
        sys.path.append(here)
    return tuple(kinds)


def open_ruleset(name: str, kinds: Sequence[str]) -> Ruleset:
    """The compiled ruleset; see `rulereward.load` for names and for what is raised."""
    from rulereward.api import load  # noqa: PLC0415  slow to import

    return load(name, kinds=importable(kinds))
