"""Names that tests take from nowhere: what they mean is told by the tests, and never by the program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from sandbox_links import Box

from rulereward.data import Reason
from rulereward.services.sandbox.endings import ending
from rulereward.services.sandbox.shapes import AssertTest, Limits, Program, PytestTest
from rulereward.text import code_tests
from rulereward.text.code_tests import suite_of

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "sandbox" / "names.yaml").read_text("utf-8"))["cases"]
SLOW_FOR_NOBODY = {"test_what_a_name_means"}


def read_tests(row: object, code: str) -> list[AssertTest | PytestTest]:
    suite = suite_of(row)
    assert not isinstance(suite, Reason), suite
    program, limits = Program("python", code.encode()), Limits(cpu_s=2, wall_s=30)
    found: list[AssertTest | PytestTest] = []
    for test in suite.tests:
        if isinstance(test, code_tests.PytestTest):
            found.append(PytestTest(program, suite.module, suite.test_file, test.test_id, test.count, limits))
        else:
            assert isinstance(test, code_tests.AssertTest)
            found.append(AssertTest(program, suite.entry, suite.setup, test.source, limits))
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_a_name_means(box: Box, case: dict[str, Any]) -> None:
    tests = read_tests(case["tests"], case["code"])
    found = [ending(test, outcome).verdict for test, outcome in zip(tests, box.run(tests), strict=True)]
    assert found == case["verdicts"]
