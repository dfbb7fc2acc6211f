"""Test files of pytest: what honest programs get for them, and that no other program gets anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from sandbox_links import Box

from rulereward.data import Reason
from rulereward.services.sandbox import bubblewrap
from rulereward.services.sandbox.endings import ending
from rulereward.services.sandbox.shapes import Limits, Program, PytestTest, StdinTest
from rulereward.text.code_tests import PytestTest as SuiteTest
from rulereward.text.code_tests import suite_of

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "sandbox" / "pytest_files.yaml").read_text("utf-8"))
ADD = Program("python", b"def add(a, b):\n    return a + b\n")
FILE = "import pytest\nfrom solution import add\n"
SLOW_FOR_NOBODY = {"test_case", "test_pytest_cheat_is_not_rewarded"}


def read_tests(code: str, file: str) -> dict[str, PytestTest]:
    """By its id, each test that reading finds in a file."""
    suite = suite_of(file)
    assert not isinstance(suite, Reason), suite
    program = Program("python", code.encode())
    found = {}
    for test in suite.tests:
        assert isinstance(test, SuiteTest)
        wanted = (suite.module, suite.test_file, test.test_id, test.count)
        found[test.test_id] = PytestTest(program, *wanted, Limits(cpu_s=2, wall_s=30))
    return found


def verdicts(box: Box, tests: dict[str, PytestTest]) -> dict[str, str | None]:
    outcomes = box.run(tests.values())
    return {
        name: ending(test, outcome).verdict for (name, test), outcome in zip(tests.items(), outcomes, strict=True)
    }


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_case(box: Box, case: dict[str, Any]) -> None:
    assert verdicts(box, read_tests(case["code"], case["file"])) == case["expect"]


@pytest.mark.parametrize("case", CASES["cheats"], ids=lambda case: case["name"])
def test_pytest_cheat_is_not_rewarded(box: Box, case: dict[str, Any]) -> None:
    found = verdicts(box, read_tests(case["code"], CASES["cheats_file"]))
    assert len(found) == 7
    assert set(found.values()) <= {"WA", "RE", "TLE"}, found


def test_the_honest_function_passes(box: Box) -> None:
    found = verdicts(box, read_tests(ADD.source.decode(), CASES["cheats_file"]))
    assert set(found.values()) == {"AC"}, found
    box.assert_well()


@pytest.mark.parametrize(
    ("test_id", "count", "verdict"),
    [
        ("test_two", 2, "AC"),
        ("test_two", 0, "AC"),
        ("test_two[1]", 1, "AC"),
        ("test_two", 3, "IE"),
        ("test_two[3]", 1, "IE"),
        ("test_three", 1, "IE"),
        ("two", 1, "IE"),
    ],
)
def test_as_many_as_are_expected_are_collected(box: Box, test_id: str, count: int, verdict: str) -> None:
    """Where fewer are, no program was asked: it is the data that is wrong."""
    file = FILE + "@pytest.mark.parametrize('x', [1, 2])\ndef test_two(x):\n    assert add(x, x) == 2 * x\n"
    test = PytestTest(ADD, "solution", file, test_id, count)
    outcome = box.one(test)
    assert ending(test, outcome).verdict == verdict, outcome.report


@pytest.mark.parametrize("module", ["solution", "main", "package.part.code"])
def test_the_program_has_the_name_that_the_file_knows(box: Box, module: str) -> None:
    file = f"import {module}\nfrom {module} import add\ndef test_it():\n    assert add(1, 1) == {module}.add(2, 0)\n"
    test = PytestTest(ADD, module, file, "test_it")
    assert ending(test, box.one(test)).verdict == "AC"


@pytest.mark.parametrize(("source", "is_there"), [(None, False), ("import module_of_nobody\n", True)])
def test_where_pytest_is_missing_or_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str | None, is_there: bool
) -> None:
    """Nobody is judged by that, as often as it is tried."""
    if source is not None:
        (tmp_path / "pytest.py").write_text(source)
        tmp_path.chmod(0o755)
    monkeypatch.setattr(bubblewrap, "pytest_modules", lambda: tuple(tmp_path.iterdir()))
    without = Box("root")
    assert without.link.has_pytest is is_there
    test = PytestTest(ADD, "solution", FILE + "def test_it(): assert add(1, 2) == 3\n", "test_it")
    for outcome in without.run([test, test]):
        assert "pytest cannot be imported" in outcome.problem
        assert ending(test, outcome).doubtful
    without.assert_well()
    without.close()


def test_what_is_told_of_a_failure(box: Box) -> None:
    file = FILE + "class TestIt:\n    def test_it(self):\n        wanted = 4\n        assert add(1, 2) == wanted\n"
    outcome = box.one(PytestTest(ADD, "solution", file, "TestIt::test_it"))
    assert outcome.report.decode() == "TestIt::test_it: failed\nassert 3 == 4\n+  where 3 = add(1, 2)\n"


def test_programs_find_no_pytest_before_or_after(box: Box) -> None:
    """That the runner has it in memory changes nothing for them."""
    look = Program("python", b"import importlib, sys\nprint('pytest' in sys.modules, 'unittest' in sys.modules)\n"
                             b"print(hasattr(importlib, 'metadata'))\nimport logging, unittest, importlib.metadata\n"
                             b"try:\n    import pytest\nexcept ImportError:\n    print('none')\n")  # fmt: skip
    before = box.one(StdinTest(look, b""))
    test = PytestTest(ADD, "solution", FILE + "def test_it(): assert add(1, 2) == 3\n", "test_it")
    assert ending(test, box.one(test)).verdict == "AC"
    after = box.one(StdinTest(look, b""))
    assert before.stdout == after.stdout == b"False False\nFalse\nnone\n"
