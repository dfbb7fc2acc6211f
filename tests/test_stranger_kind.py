"""A rule kind from another package: ten lines, an entry point, and it is used like one of ours.

The package is laid out in a folder with the metadata that an installer would write, and is looked at from a fresh
process, because entry points are read once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]

MODULE = '''
from rulereward import rule


@rule(version=1, returns="number", range=(0, 1), polarity="lower")
def bellowing(text: str) -> float:
    """Share of the letters that are upper case."""
    letters = [char for char in text if char.isalpha()]
    return sum(char.isupper() for char in letters) / len(letters) if letters else 0.0
'''

RULESET = """
rulereward: 1
rules:
  loud: bellowing(completion)
score: 1 - loud
"""


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """A folder as `pip install` would leave it, with a ruleset beside it."""
    (tmp_path / "stranger.py").write_text(MODULE)
    installed = tmp_path / "stranger-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[rulereward.kinds]\nbellowing = stranger:bellowing\n")
    (tmp_path / "loud.yaml").write_text(RULESET)
    return tmp_path


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in `folder`, with it and the repository on the path."""
    paths = os.pathsep.join([str(folder), str(REPOSITORY)])
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def output(run: subprocess.CompletedProcess[str]) -> str:
    assert run.returncode == 0, run.stderr
    return run.stdout


def command_line(folder: Path, *arguments: str) -> str:
    return output(python(folder, "-m", "rulereward", *arguments))


def test_scores_through_the_library(stranger: Path) -> None:
    script = """
        import json, rulereward
        scores = rulereward.load("loud.yaml").score(["LOUD", "quiet", "Half HALF", "12"])
        print(json.dumps([scores.reward.tolist(), scores["loud"].values.tolist()]))
    """
    reward, loud = json.loads(output(python(stranger, "-c", textwrap.dedent(script))))
    assert loud == [1.0, 0.0, 5 / 8, 0.0]  # "Half HALF" has 8 letters, 5 of them upper case
    assert reward == [0.0, 1.0, 3 / 8, 1.0]


def test_scores_through_the_command_line(stranger: Path) -> None:
    (stranger / "rows.jsonl").write_text('{"completion": "LOUD"}\n{"completion": "quiet"}\n')
    command_line(stranger, "score", "rows.jsonl", "-r", "loud.yaml", "-o", "scored.jsonl")
    lines = (stranger / "scored.jsonl").read_text().splitlines()
    assert [json.loads(line)["reward"] for line in lines] == [0.0, 1.0]


def test_is_listed_and_explained(stranger: Path) -> None:
    assert "bellowing" in command_line(stranger, "rules")
    assert "Share of the letters that are upper case." in command_line(stranger, "rules", "bellowing")


def test_is_in_the_schema(stranger: Path) -> None:
    script = """
        import json
        from rulereward.api.catalogue import catalogue
        from rulereward.api.schema import ruleset_schema
        print(json.dumps(ruleset_schema(catalogue())["definitions"]["expression"]))
    """
    expression = json.loads(output(python(stranger, "-c", textwrap.dedent(script))))
    assert "bellowing(text)" in expression["examples"]


def test_is_refused_under_a_name_of_ours(stranger: Path) -> None:
    (stranger / "stranger.py").write_text(MODULE.replace("bellowing", "length"))
    (stranger / "stranger-1.0.dist-info" / "entry_points.txt").write_text(
        "[rulereward.kinds]\nlength = stranger:length\n"
    )
    run = python(stranger, "-c", "import rulereward; rulereward.load('loud.yaml')")
    assert run.returncode != 0
    assert "ConfigurationError" in run.stderr
    assert "`length`" in run.stderr


def test_is_found_in_a_named_module(stranger: Path) -> None:
    (stranger / "stranger-1.0.dist-info" / "entry_points.txt").write_text("")
    script = """
        import rulereward
        print(rulereward.load("loud.yaml", kinds=["stranger"]).score(["LOUD"]).reward.tolist())
    """
    assert json.loads(output(python(stranger, "-c", textwrap.dedent(script)))) == [0.0]
    run = python(stranger, "-c", "import rulereward; rulereward.load('loud.yaml')")
    assert "unknown function or rule kind `bellowing`" in run.stderr
