"""Running `rulereward` inside this process."""

from __future__ import annotations

import inspect
import json
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from rulereward.cli.main import main

CASES = Path(__file__).parents[1] / "cases" / "cli"
SHORT = str(CASES / "short.yaml")
GROUPED = str(CASES / "grouped.yaml")
FULL = str(CASES / "full.yaml")
WRONG = str(CASES / "wrong.yaml")

_APART = {"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def records(self):
        return [json.loads(line) for line in self.out.splitlines()]


def rulereward(*args, stdin=None):
    """Run a command to its end; an exception that it lets out fails the test."""
    result = CliRunner(**_APART).invoke(main, [str(arg) for arg in args], input=stdin, catch_exceptions=False)
    return Ran(result.exit_code, result.stdout, result.stderr)


def records_in(path):
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def write_rows(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
