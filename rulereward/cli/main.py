"""The command `rulereward`: finds its commands, and turns whatever ends one into an exit status.

0 done; 1 checks failed, more errors than were allowed, or no row that could be scored; 2 wrong usage, ruleset or
surroundings; 130 Ctrl-C.

Only click is imported here: a command's module comes with its first use, and what is heavy with its work.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from contextlib import suppress
from typing import Any

import click

from rulereward.errors import InternalError, RuleRewardError, RulesetError, RunAbortedError

COMMANDS = {
    "score": "Score completions from files.",
    "check": "Check rulesets, and list all mistakes.",
    "test": "Run the cases of rulesets.",
    "plan": "Show what a ruleset does and what it costs.",
    "why": "Explain the reward of one row.",
    "diff": "Compare two rulesets on the same rows.",
    "compare": "Compare a ruleset with a reward function in Python.",
    "calibrate": "Find the band of a measurement on texts that are good.",
    "serve": "Serve a ruleset over HTTP.",
    "sandbox": "Try the sandbox that runs code, or build an image for it.",
    "rules": "List the rule kinds and functions, or explain one.",
    "init": "Write a ruleset to start from.",
    "fmt": "Format ruleset files.",
    "schema": "Print the JSON Schema of ruleset files, for editors.",
}
"""Name and summary of each command; the command is the object of that name in the module of that name."""

FAILED = 1
WRONG = 2
INTERRUPTED = 130

_REFUSED_WRITES = (errno.ENOSPC, errno.EBADF, errno.EIO, errno.EFBIG)
"""What a stream, which unlike a file has no name in the error, is refused for when it is written."""


class Commands(click.Group):
    """The group of commands, each imported when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"rulereward.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line to its end, also where a standard stream is closed or cannot be written."""
        _fill_closed_streams()
        try:
            return super().main(*args, **extra)
        except OSError as failure:
            _echo_error("error", _system_text(failure))
            raise SystemExit(WRONG) from failure
        finally:
            _settle_output()

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, which returns its exit status or None for 0."""
        try:
            status = super().invoke(ctx)
        except KeyboardInterrupt:
            status = INTERRUPTED
        except BrokenPipeError:  # whoever read our output has seen enough
            status = 0
        except RuleRewardError as error:
            _tell(error)
            status = FAILED if isinstance(error, RunAbortedError) else WRONG
        ctx.exit(status or 0)


def _tell(error: RuleRewardError) -> None:
    """One paragraph on stderr; a ruleset's findings as they are."""
    if isinstance(error, RulesetError):
        with suppress(OSError):
            click.echo(str(error), err=True)
        return
    _echo_error(
        "error in rulereward itself, please report it" if isinstance(error, InternalError) else "error", error
    )


def _echo_error(title: str, error: object) -> None:
    with suppress(OSError):  # where stderr cannot be written either, the exit status has to do
        click.echo(f"{click.style(title, fg='red', bold=True)}: {error}", err=True)


def _system_text(failure: OSError) -> str:
    """A sentence for what the operating system refused."""
    reason = failure.strerror or str(failure)
    if failure.filename is not None:
        return f"{failure.filename}: {reason}"
    if failure.errno in _REFUSED_WRITES:
        return f"standard output cannot be written: {reason}"
    return f"the operating system refused: {reason}"


def _fill_closed_streams() -> None:
    """Put something behind a standard stream that was closed, so that no file we open takes its number.

    Messages to a closed stderr go nowhere; reading stdin or writing stdout is refused, for rows must not get lost.
    """
    if sys.stdin is None:
        _open_nowhere(0, os.O_RDONLY)
    if sys.stdout is None:
        sys.stdout = os.fdopen(_open_nowhere(1, os.O_RDONLY), "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(_open_nowhere(2, os.O_WRONLY), "w", encoding="utf-8", closefd=False)


def _open_nowhere(number: int, mode: int) -> int:
    nowhere = os.open(os.devnull, mode)
    if nowhere != number:
        os.dup2(nowhere, number)
        os.close(nowhere)
    return number


def _settle_output() -> None:
    """Let what a stream refuses to take go nowhere, or Python would try again at exit and change its status."""
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        try:
            stream.flush()
        except OSError:
            _open_nowhere(number, os.O_WRONLY)


def _print_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  a third of the start-up time

        try:
            installed = version("rulereward")
        except PackageNotFoundError:
            installed = "0 (not installed)"
        click.echo(f"rulereward {installed}")
        ctx.exit()


_HELP = """A readable YAML ruleset as a fast, exact reward function.

\b
rulereward score --sample                         score the sample that ships with it
rulereward score in.jsonl -r math -o out.jsonl    score a file with a shipped ruleset
rulereward check ./mine.yaml                      find all mistakes of a ruleset
"""

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=Commands, help=_HELP, context_settings=_SETTINGS)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Print the version."
)
def main() -> None:
    """The entry point of the console script."""
