"""Work for a sandbox, there and back, and the limits that data may ask for."""

from __future__ import annotations

from typing import Any

import pytest

from rulereward.data import Reason
from rulereward.text.code_tests import Policy, Suite, program_of, suite_of
from rulereward.text.code_work import Comparison, Work, limits_of, plain_suite, work_of
from rulereward.text.value_result import Tolerance


def suite(**extra: Any) -> Suite:
    found = suite_of({"inputs": ["1"], "outputs": ["2"], **extra})
    assert not isinstance(found, Reason)
    return found


def test_there_and_back() -> None:
    tests = suite()
    work = Work(
        program_of(tests, "print(2)"),
        tests,
        3.5,
        256,
        Policy("subtasks"),
        Comparison("float", Tolerance(0.1, 0.2)),
        4,
        "sample",
    )
    found = work_of(work.to_plain())
    assert (found.program.language, found.program.source) == (work.program.language, work.program.source)
    assert found.suite.tests == tests.tests
    assert (found.time_s, found.memory_mb, found.most_timeouts) == (3.5, 256, 4)
    assert (found.policy, found.comparison) == (work.policy, work.comparison)
    assert found.isolation == "sample"


def test_a_known_suite_is_not_read_again() -> None:
    tests = suite()
    plain = Work(program_of(tests, "x"), tests).to_plain(plain_suite(tests))
    assert work_of(plain, {id(plain[2]): tests}).suite is tests


@pytest.mark.parametrize(
    "change",
    [
        {0: 99},
        {1: ("python",)},
        {2: ()},
        {3: ("a", "b", "c")},
        {4: ("best", 0)},
        {5: ("no", 0.0, 0.0)},
        {5: ("checker", 0.0, 0.0)},
        {6: "suite"},
    ],
)  # fmt: skip
def test_what_is_no_work(change: dict[int, Any]) -> None:
    tests = suite()
    plain = list(Work(program_of(tests, "x"), tests).to_plain())
    for place, value in change.items():
        plain[place] = value
    with pytest.raises(ValueError, match="no work"):
        work_of(tuple(plain))


@pytest.mark.parametrize(
    ("data", "asked", "expected"),
    [
        ({}, (0, 0), (6.0, 512)),
        ({"time_limit": 3, "memory_limit": 256}, (0, 0), (3.0, 256)),
        ({"time_limit": 0.1, "memory_limit": 16}, (0, 0), (1.0, 128)),
        ({"time_limit": 600, "memory_limit": 65536}, (0, 0), (60.0, 4096)),
        ({"time_limit": 3, "memory_limit": 256}, (0.5, 64), (0.5, 64)),
    ],
)
def test_limits(data: dict[str, Any], asked: tuple[float, int], expected: tuple[float, int]) -> None:
    assert limits_of(suite(**data), *asked) == expected
