"""What crosses between a test's process and the program's, and what a test may conclude from what does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from sandbox_links import Box

from rulereward.services.sandbox.endings import ending
from rulereward.services.sandbox.shapes import AssertTest, Limits, Program

FILE = Path(__file__).parents[2] / "cases" / "sandbox" / "borders.yaml"
CASES = yaml.safe_load(FILE.read_text("utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_borders(box: Box, case: dict[str, Any]) -> None:
    program = Program("python", case["code"].encode())
    entry = case.get("entry", "f")
    tests = [AssertTest(program, entry, "", one["test"], Limits(cpu_s=5, wall_s=60)) for one in case["tests"]]
    for one, test, outcome in zip(case["tests"], tests, box.run(tests), strict=True):
        assert ending(test, outcome).verdict == one["verdict"], (one["test"], outcome)
