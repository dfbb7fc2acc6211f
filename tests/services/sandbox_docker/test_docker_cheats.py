"""The cheats of the embedded back-end's tests, in a container, over a socket."""

from __future__ import annotations

from typing import Any

import pytest
from docker_links import DockerBox
from test_sandbox_cheats import (  # noqa: F401 - tests, which are done here with the container of this folder
    CASES,
    test_an_object_is_no_value,
    test_asserts,
    test_calls,
    test_objects_that_cheat_otherwise,
    test_the_honest_function_is_rewarded,
    test_the_honest_functions_pass_them_all,
    test_what_is_read_in_two_ways_agrees,
)
from test_sandbox_cheats import test_cheat_is_not_rewarded as assert_not_rewarded

from rulereward.services.sandbox.endings import ending
from rulereward.services.sandbox.shapes import AssertTest, Program

SETTINGS = {"slots": 2}
SLOW_IN_CONTAINERS = {
    "test_an_object_is_no_value",
    "test_what_is_read_in_two_ways_agrees",
    "test_objects_that_cheat_otherwise",
}
_FINDS_ITSELF = "what memory holds"
"""In a container a program can read its own memory by /proc, and this one's own constant is what it looks for."""
SEARCH = """
import ctypes, re
{planted}
def add(a, b):
    for line in open("/proc/self/maps").read().splitlines():
        low, high = (int(part, 16) for part in line.split()[0].split("-"))
        if "rw" in line and high - low < 1 << 28:
            if re.search(rb"asser[t] add[(]-[1]", ctypes.string_at(low, high - low)):
                return a + b
"""


@pytest.mark.parametrize(
    "case", [case for case in CASES["cases"] if case["name"] != _FINDS_ITSELF], ids=lambda case: case["name"]
)
def test_cheat_in_a_container(box: DockerBox, case: dict[str, Any]) -> None:
    assert_not_rewarded(box, case)


@pytest.mark.parametrize(
    ("planted", "verdict"), [("", "WA"), ('held = "%s add(-%d" % ("assert", 1)', "AC")], ids=["as is", "planted"]
)
def test_memory_holds_nothing_of_the_test(box: DockerBox, planted: str, verdict: str) -> None:
    """The pattern is not what it looks for; planted text shows that the search finds what is there."""
    program = Program("python", SEARCH.format(planted=planted).encode())
    checked = AssertTest(program, "add", "", CASES["test"])
    outcome = box.one(checked)
    assert ending(checked, outcome).verdict == verdict, outcome
