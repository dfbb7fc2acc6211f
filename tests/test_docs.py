"""The documentation is true: what it shows is compiled, run and compared, and what is generated is fresh.

In the pages, a comment `<!-- file: NAME -->` in front of a block makes a file of it. A `console` block holds commands
behind `$ ` and what they print; a `pycon` block is a Python session. Both run in one folder per page, with its files.
Times and fingerprints are compared as being there.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from rulereward.api import compile_text
from rulereward.cli.main import main as command_line
from rulereward.lang.messages import render_all

REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = {
    path.relative_to(REPOSITORY).as_posix(): path
    for path in (
        *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
        *sorted((REPOSITORY / "docs").rglob("*.md")),
    )
}
BLOCK = re.compile(r"^(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
PASSING = re.compile(r"\d[\d,.]* ?(?:ms|s)\b|\d[\d,.]*(?= a second\b)|(?<=rr1:)[0-9a-f]{16}")
"""Times with their units, and fingerprints, which change with the version of any kind that is called."""

INSTALL = "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/rulereward score --sample -o scored.jsonl"
TEST = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/python -m pytest -q"


@dataclass(frozen=True)
class Block:
    """A fenced block of a page; `file` is the name it is kept under, if it has one."""

    language: str
    text: str
    file: str | None
    page: str
    line: int

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(language: str | None = None) -> list[Block]:
    found = []
    for page, path in PAGES.items():
        text = path.read_text("utf-8")
        found += [
            Block(part["language"], part["text"], part["file"], page, text.count("\n", 0, part.start()) + 1)
            for part in BLOCK.finditer(text)
        ]
    return [block for block in found if language in (None, block.language)]


def write_files(page: str, folder: Path) -> None:
    for block in blocks():
        if block.page == page and block.file is not None:
            (folder / block.file).write_text(block.text, "utf-8")


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`rulereward` on the search path, as the code under test."""
    script = tmp_path / "bin" / "rulereward"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m rulereward "$@"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.setenv("COLUMNS", "100")


def told(output: str) -> str:
    """Output as it is compared: without what passes, and without the blanks that stand where a longer time would."""
    lines = (" ".join(PASSING.sub("T", line).split()) for line in output.strip().splitlines())
    return "\n".join(line for line in lines if line)


@pytest.mark.parametrize("page", sorted({block.page for block in blocks("console")}))
@pytest.mark.usefixtures("commands")
def test_commands_print_what_the_page_shows(page: str, tmp_path: Path) -> None:
    folder = tmp_path / "page"
    folder.mkdir()
    write_files(page, folder)
    for block in blocks("console"):
        if block.page == page:
            command, _, expected = block.text.partition("\n")
            assert command.startswith("$ ")
            run = subprocess.run(
                ["bash", "-c", command.removeprefix("$ ")],
                cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=120,
            )  # fmt: skip
            assert told(run.stdout) == told(expected), f"{block}: {command}"


@pytest.mark.parametrize("page", sorted({block.page for block in blocks("pycon")}))
def test_python_sessions(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    text = "\n".join(block.text for block in blocks("pycon") if block.page == page)
    session = doctest.DocTestParser().get_doctest(text, {}, page, page, 0)
    report: list[str] = []
    failed, tried = doctest.DocTestRunner(verbose=False).run(session, out=report.append)
    assert tried > 0
    assert failed == 0, "".join(report)


@pytest.mark.parametrize("block", blocks("yaml"), ids=str)
def test_rulesets_compile(block: Block) -> None:
    """All but those whose mistakes the page shows; `--kinds` is needed for those that call a user's kind."""
    shown = [other.text for other in blocks("console") if block.file is not None and f" {block.file}" in other.text]
    if any("error[" in text or "--kinds" in text for text in shown):
        return
    _, found = compile_text(block.file or str(block), block.text)
    assert found == [], render_all(found)


def test_the_two_commands_of_the_readme() -> None:
    shown = [block.text.strip() for block in blocks("sh") if block.page == "README.md"]
    assert shown == [INSTALL, TEST]
    script = (REPOSITORY / ".ci" / "run").read_text("utf-8")
    assert INSTALL in script
    assert script.rstrip().endswith(f"\n{TEST}")


def documented_calls() -> list[tuple[str, str]]:
    """Every `rulereward command --option` in the pages, in blocks and in running text; "" for the command itself."""
    found = set()
    for path in PAGES.values():
        for match in re.finditer(r"(?:`|\$ |bin/)rulereward (?P<call>[a-z]+[^`\n]*)", path.read_text("utf-8")):
            command, *rest = match["call"].split()
            if command == "sandbox" and rest and not rest[0].startswith("-"):
                command, rest = f"{command} {rest[0]}", rest[1:]
            found |= {(command, ""), *((command, part.partition("=")[0]) for part in rest if part.startswith("-"))}
    return sorted(found)


@pytest.mark.parametrize(("command", "option"), documented_calls())
def test_commands_and_options_exist(command: str, option: str) -> None:
    found: click.Command | None = command_line
    for name in command.split():
        assert isinstance(found, click.Group)
        found = found.get_command(click.Context(found), name)
    assert found is not None
    known = {name for parameter in found.params for name in parameter.opts}
    assert option in known | {"", "-", "--help"}


def test_every_command_has_help() -> None:
    with click.Context(command_line) as context:
        for name in command_line.list_commands(context):
            command = command_line.get_command(context, name)
            assert command is not None
            assert command.help
            options = [item for item in command.params if isinstance(item, click.Option)]
            assert all(option.help for option in options), name


def test_generated_files_are_fresh() -> None:
    run = subprocess.run(
        [sys.executable, REPOSITORY / "docs" / "generate.py", "--check"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", PAGES[page].read_text("utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (PAGES[page].parent / target).exists(), target
