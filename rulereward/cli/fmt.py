"""`rulereward fmt`."""

from __future__ import annotations

import difflib
import errno
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rulereward.cli.main import FAILED, WRONG
from rulereward.cli.whole_files import write_whole

if TYPE_CHECKING:
    from rulereward.lang.format import Formatted

_STDIN = "-"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option(
    "--check", "only_check", is_flag=True,
    help="Write nothing; list the files that would change, and exit with 1 if there is one.",
)  # fmt: skip
@click.option("--diff", is_flag=True, help="Write nothing; print what would change as a unified diff.")
def fmt(files: tuple[str, ...], only_check: bool, diff: bool) -> int:
    """Format ruleset files in place: the blanks in expressions, and slips of a full-width input method.

    Comments, line breaks, quotes, parentheses and everything that is no expression stay as they are. A file that
    cannot be read is reported and left alone; the exit status is then 2. FILE `-` reads standard input and writes
    standard output.
    """
    if not files:
        raise click.UsageError("name a ruleset file, such as ./mine.yaml")
    if _STDIN in files and len(files) > 1:
        raise click.UsageError("`-` stands alone: what it writes to standard output is a file")
    return max(_format(name, only_check, diff) for name in files)


def _format(name: str, only_check: bool, diff: bool) -> int:
    """Format one file, or tell what would change. The exit status that it asks for."""
    shown = "stdin" if name == _STDIN else name
    try:
        data = _read(name)
    except OSError as failure:
        click.echo(f"error: {shown} cannot be read: {failure.strerror or failure}", err=True)
        return WRONG
    formatted = _formatted(shown, data)
    if formatted is None:
        return WRONG
    mark = _BYTE_ORDER_MARK if data.startswith(_BYTE_ORDER_MARK) else b""
    after = mark + formatted.text.encode()
    if diff and after != data:
        click.echo("".join(_diff(shown, data[len(mark) :].decode(), formatted.text)), nl=False)
    if only_check or diff:
        if only_check and after != data and not diff:
            click.echo(f"{shown}: would change ({_told(formatted)})")
        return FAILED if only_check and after != data else 0
    if name == _STDIN:
        sys.stdout.buffer.write(after)
    elif after == data:
        click.echo(f"{shown}: unchanged")
    else:
        write_whole(Path(name), after)
        click.echo(f"{shown}: formatted ({_told(formatted)})")
    return 0


def _read(name: str) -> bytes:
    """Raises OSError, also where standard input was closed before we started."""
    if name != _STDIN:
        from rulereward.api.reading import read_ruleset_file  # noqa: PLC0415  slow to import

        return read_ruleset_file(Path(name))
    if sys.stdin is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return sys.stdin.buffer.read()


def _formatted(name: str, data: bytes) -> Formatted | None:
    """None after a report."""
    from rulereward.lang.diagnostics import Diagnostics  # noqa: PLC0415  slow to import
    from rulereward.lang.format import format_ruleset  # noqa: PLC0415
    from rulereward.lang.messages import render_all  # noqa: PLC0415
    from rulereward.lang.yaml_source import decode_source  # noqa: PLC0415

    diagnostics = Diagnostics()
    source = decode_source(name, data, diagnostics)
    formatted = None if source is None else format_ruleset(source, diagnostics)
    if formatted is None:
        click.echo(f"{render_all(diagnostics.in_order())}\n\n{name}: left as it is", err=True)
    return formatted


def _told(formatted: Formatted) -> str:
    counts = ((formatted.expressions, "expression"), (formatted.slips, "full-width character"))
    return ", ".join(f"{count} {what}{'' if count == 1 else 's'}" for count, what in counts if count)


def _diff(name: str, before: str, after: str) -> Iterator[str]:
    """A unified diff that `patch` takes, also where the last line has no end."""
    for line in difflib.unified_diff(_lines(before), _lines(after), name, name):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)
