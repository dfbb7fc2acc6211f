"""What imports what: the floors, the weight of the front door, and the public names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import rulereward

REPOSITORY = Path(__file__).resolve().parents[1]

TRAINERS = {"openrlhf", "swift", "trl", "verl", "wandb"}
ADAPTERS = ("generic", "openrlhf", "swift", "trl", "verl", "verl_manager")
MODELS_AND_CLUSTERS = {"docker", "ray", "torch", "transformers"}
SLOW_TO_IMPORT = {"jieba", "latex2sympy2_extended", "math_verify", "numba", "pyarrow", "rich", "sympy"}
WORK = {"lark", "msgspec", "numpy", "regex", "yaml"}


def python(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip


def imported_by(script: str) -> set[str]:
    """The top-level names of all modules that running `script` imports."""
    run = python(f"{script}\nimport sys, json\nprint('\\n' + json.dumps(sorted(sys.modules)))")
    assert run.returncode == 0, run.stderr
    return {name.split(".")[0] for name in json.loads(run.stdout.splitlines()[-1])}


def test_floors() -> None:
    run = python(
        "import sys; sys.argv = ['lint-imports', '--no-cache', '--no-logo']\n"
        "from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert " 0 broken" in run.stdout


@pytest.mark.parametrize(
    ("script", "absent"),
    [
        ("import rulereward", MODELS_AND_CLUSTERS | SLOW_TO_IMPORT | WORK | {"click"}),
        ("import rulereward.cli.main", MODELS_AND_CLUSTERS | SLOW_TO_IMPORT | WORK),
        ("import rulereward.api", MODELS_AND_CLUSTERS | SLOW_TO_IMPORT | {"click", "lark"}),
        (
            "from rulereward.api.loading import opened_ruleset; opened_ruleset('math')",
            MODELS_AND_CLUSTERS | SLOW_TO_IMPORT | {"click"},
        ),
        ("import rulereward; rulereward.load('math')", MODELS_AND_CLUSTERS | SLOW_TO_IMPORT - {"numba"} | {"click"}),
        (
            "\n".join(f"import rulereward.trainers.{name}" for name in ADAPTERS),
            MODELS_AND_CLUSTERS | SLOW_TO_IMPORT | TRAINERS | {"click", "lark", "httpx", "fastapi"},
        ),
    ],
    ids=["package", "command line", "library", "compiling a ruleset", "compiling its kernels", "adapters"],
)
def test_imports_little(script: str, absent: set[str]) -> None:
    assert imported_by(script) & absent == set()


def test_help_imports_only_click() -> None:
    script = "from rulereward.cli.main import main\ntry: main(['--help'])\nexcept SystemExit: pass"
    assert imported_by(script) & (MODELS_AND_CLUSTERS | SLOW_TO_IMPORT | WORK) == set()


def test_public_names() -> None:
    assert sorted(rulereward.__all__) == [
        "Kind", "Missing", "Monitor", "Reason", "Result", "RuleRewardError", "RuleScores", "Ruleset", "Scores",
        "State", "load", "rule",
    ]  # fmt: skip
    assert all(getattr(rulereward, name).__module__.startswith("rulereward.") for name in rulereward.__all__)
    assert dir(rulereward) == sorted(rulereward.__all__)


def test_an_unknown_name() -> None:
    with pytest.raises(AttributeError, match="no attribute `lod`"):
        rulereward.lod  # noqa: B018  the look-up itself is tested
