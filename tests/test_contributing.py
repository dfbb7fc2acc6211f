"""Adding a rule kind is one code file and one cases file, and the commands that CONTRIBUTING.md names."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]

MORE_CASES = """
  - {name: empty, args: {text: ""}, expect: 0, source: no letters}
  - {name: Chinese, args: {text: 大声说话}, expect: 0, source: letters without case}
  - {name: cut off, args: {text: "HELLO WOR"}, expect: 1, source: counted}
  - {name: gamed, args: {text: "!!! 123"}, expect: 0, source: no letters}
  - {name: quiet, args: {text: hello}, expect: 0, source: counted}
  - {name: a third, args: {text: "Abc"}, expect: 1/3, source: counted}
  - {name: mixed scripts, args: {text: "AB你好"}, expect: 0.5, source: 2 of 4 letters}
"""


def blocks(language: str) -> list[str]:
    text = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")
    return [textwrap.dedent(block) for block in re.findall(rf"^ *```{language}\n(.*?)^ *```$", text, re.M | re.S)]


@pytest.mark.slow
def test_the_walk_through(tmp_path: Path) -> None:
    copy = tmp_path / "repository"
    left_behind = shutil.ignore_patterns(".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "*.egg-info")
    shutil.copytree(REPOSITORY, copy, ignore=left_behind)
    (code,), (cases,) = blocks("python"), blocks("yml")
    (copy / "rulereward" / "rules" / "shouting.py").write_text(code)
    (copy / "tests" / "cases" / "rules" / "shouting.yaml").write_text(cases + MORE_CASES)
    commands = (
        ["docs/generate.py"],
        ["-m", "pytest", "-q", "tests/rules", "tests/test_repository.py"],
        ["docs/generate.py", "--check"],
        ["-m", "ruff", "check", "rulereward"],
        ["-m", "ruff", "format", "--check", "rulereward"],
    )
    for command in commands:
        run = subprocess.run(
            [sys.executable, *command],
            cwd=copy, env={**os.environ, "PYTHONPATH": str(copy)}, capture_output=True, text=True, check=False,
            timeout=300,
        )  # fmt: skip
        assert run.returncode == 0, f"{command}\n{run.stdout}\n{run.stderr}"
    assert "shouting" in (copy / "docs" / "rules" / "README.md").read_text("utf-8")
    assert "shouting(text)" in (copy / "grammar" / "ruleset.schema.json").read_text("utf-8")
