"""What must hold of the files themselves: where they lie, how long they are, and what goes with what."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = REPOSITORY / "rulereward"
MODULES = sorted(PACKAGE.rglob("*.py"))
KINDS = sorted(path.stem for path in (PACKAGE / "rules").glob("*.py") if path.stem != "__init__")
TEXT_FILES = {
    ".cfg", ".ini", ".importlinter", ".json", ".jsonl", ".lark", ".md", ".py", ".toml", ".txt", ".typed", ".yaml",
}  # fmt: skip

TOP_LEVEL = {
    "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "docs", "grammar", "pyproject.toml",
    "rulereward", "rulesets", "sandbox_images", "tests",
}  # fmt: skip
MOST_LINES = 600
MOST_FUNCTION_LINES = 60
LEAST_CASES = 8


def named(paths: list[Path]) -> dict[str, Path]:
    """Paths as parameters of a test, under their names in the repository."""
    return {path.relative_to(REPOSITORY).as_posix(): path for path in paths}


def own_files() -> list[Path]:
    """Every text file of the project; what tools leave behind is not part of it."""
    roots = [path for path in REPOSITORY.iterdir() if path.name in TOP_LEVEL]
    files = [file for root in roots for file in ([root] if root.is_file() else sorted(root.rglob("*")))]
    return [file for file in files if file.is_file() and (file.suffix in TEXT_FILES or not file.suffix)]


def test_top_level_holds_what_is_listed() -> None:
    assert TOP_LEVEL - {path.name for path in REPOSITORY.iterdir()} == set()


def test_git_tracks_nothing_else_at_the_top_level() -> None:
    """What a user keeps in a clone of their own, such as a ruleset, is no part of the project."""
    git = shutil.which("git")
    if git is None or not (REPOSITORY / ".git").exists():
        pytest.skip("not in a git repository, or there is no git")
    command = [git, "-c", f"safe.directory={REPOSITORY}", "ls-files", "-z"]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=60)
    tracked = {name.partition("/")[0] for name in run.stdout.split("\0") if name}
    assert tracked
    assert {name for name in tracked if not name.startswith(".")} == TOP_LEVEL


def test_what_the_readme_writes_is_ignored() -> None:
    """Its first command leaves `scored.jsonl` and what belongs to it in the clone."""
    assert "scored.jsonl*" in (REPOSITORY / ".gitignore").read_text("utf-8").splitlines()


@pytest.mark.parametrize("path", named(MODULES).values(), ids=named(MODULES))
def test_modules_are_short(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MOST_FUNCTION_LINES, node.name


_SILENCED = re.compile(r"# (noqa: [A-Z0-9, ]*[A-Z0-9]|type: ignore\[[\w-]+\])(.*)")


@pytest.mark.parametrize("path", named(MODULES).values(), ids=named(MODULES))
def test_silenced_lints_say_why(path: Path) -> None:
    """Beside each one stands a reason. The command line imports late throughout, and `cli/main.py` says why."""
    for line in path.read_text("utf-8").splitlines():
        found = _SILENCED.search(line)
        if found is not None and not (path.parent == PACKAGE / "cli" and found[1] == "noqa: PLC0415"):
            assert re.search(r"[a-z]{3}", found[2]), f"no reason given: {line.strip()}"


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_cases_and_its_page(kind: str) -> None:
    cases = yaml.safe_load((REPOSITORY / "tests" / "cases" / "rules" / f"{kind}.yaml").read_text("utf-8"))
    assert cases["kind"] == kind
    assert len(cases["cases"]) >= LEAST_CASES
    assert (REPOSITORY / "docs" / "rules" / f"{kind}.md").is_file()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_says_what_it_reads_gives_and_misses(kind: str) -> None:
    text = (PACKAGE / "rules" / f"{kind}.py").read_text("utf-8")
    (function,) = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == kind]
    doc = ast.get_docstring(function) or ""
    for part in ("Reads", "Returns", "Missing", "Gamed by", "Source"):
        assert f"\n{part}: " in doc, f"the docstring of {kind} has no `{part}:`"


def test_no_cases_without_a_kind() -> None:
    assert sorted(path.stem for path in (REPOSITORY / "tests" / "cases" / "rules").glob("*.yaml")) == KINDS


def test_test_files_have_names_of_their_own() -> None:
    counts = Counter(path.name for path in (REPOSITORY / "tests").rglob("*.py") if path.name != "conftest.py")
    assert {name for name, count in counts.items() if count > 1} == set()


def test_numba_only_in_kernels() -> None:
    users = {path.name for path in MODULES if re.search(r"^\s*(import|from) numba", path.read_text("utf-8"), re.M)}
    assert users
    assert users == {"jit.py"}
    kernels = {
        path.name for path in MODULES if re.search(r"^\s*from rulereward.text.jit", path.read_text("utf-8"), re.M)
    }
    assert all(name.startswith("kernels_") for name in kernels)


def test_nothing_is_left_to_do_and_no_machine_is_named() -> None:
    left = re.compile(r"\b(?:TODO|FIXME|XXX|TBD)\b|(?<![\w.~])/(?:home|root|work|Users)/\w")
    found = [
        f"{path.relative_to(REPOSITORY)}: {match[0]}"
        for path in own_files()
        if path != Path(__file__)
        for match in left.finditer(path.read_text("utf-8", errors="replace"))  # an example of a file that is no UTF-8
    ]
    assert found == []


def test_version_has_its_changes() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    assert f"## {project['version']}" in (REPOSITORY / "CHANGELOG.md").read_text("utf-8")


def test_license_is_the_one_declared() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    text = (REPOSITORY / "LICENSE").read_text("utf-8")
    assert project["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_hooks_are_local() -> None:
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [repository["repo"] for repository in hooks["repos"]] == ["local"]
