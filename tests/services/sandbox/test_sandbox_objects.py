"""Tests that are source, on objects, functions and values of many types: they come out as in plain Python."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from sandbox_links import Box

from rulereward.services.sandbox.endings import ending
from rulereward.services.sandbox.shapes import AssertTest, Limits, Program

FILE = Path(__file__).parents[2] / "cases" / "sandbox" / "objects.yaml"
CASES = yaml.safe_load(FILE.read_text("utf-8"))
PROGRAM = Program("python", CASES["program"].encode())


@pytest.mark.parametrize("case", CASES["tests"], ids=lambda case: case["name"])
def test_objects(box: Box, case: dict[str, Any]) -> None:
    test = AssertTest(PROGRAM, "same", "", case["test"], Limits(cpu_s=5, wall_s=60))
    outcome = box.one(test)
    assert ending(test, outcome).verdict == case.get("verdict", "AC"), outcome


@pytest.mark.parametrize("case", CASES["tests"], ids=lambda case: case["name"])
def test_plain_python_says_the_same(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdicts of the file are Python's own, where the file does not say that they differ."""
    if "python" in case or case.get("verdict") == "IE":
        return
    module = ModuleType("solution")
    monkeypatch.setitem(sys.modules, "solution", module)
    names = vars(module)
    exec(compile(CASES["program"], "main.py", "exec"), names)
    passes = True
    try:
        exec(compile(case["test"], "test.py", "exec"), names)
    except BaseException:  # noqa: BLE001 - a test may raise anything
        passes = False
    assert passes == (case.get("verdict", "AC") == "AC")


def test_nothing_is_left_of_objects(box: Box) -> None:
    box.assert_well()
