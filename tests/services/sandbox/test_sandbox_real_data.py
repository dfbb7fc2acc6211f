"""HumanEval and MBPP: what their authors wrote passes, and what returns nothing does not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sandbox_links import Box

from rulereward.services.sandbox.endings import ending
from rulereward.services.sandbox.shapes import AssertTest, Limits, Program

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
LIMITS = Limits(cpu_s=10, wall_s=120)
SLOW_FOR_NOBODY = {"test_canonical_solutions_of_humaneval_pass", "test_stubs_of_humaneval_fail"}


def rows(name: str) -> list[dict[str, Any]]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"needs ../shared/data/{name}")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def humaneval(row: dict[str, Any], body: str) -> AssertTest:
    test = f"{row['test']}\ncheck({row['entry_point']})\n"
    program = Program("python", (row["prompt"] + body).encode())
    return AssertTest(program, row["entry_point"], row["prompt"] + "    pass\n", test, LIMITS)


def verdicts(box: Box, tests: list[AssertTest]) -> list[str | None]:
    return [ending(test, outcome).verdict for test, outcome in zip(tests, box.run(tests), strict=True)]


def test_canonical_solutions_of_humaneval_pass(box: Box) -> None:
    data = rows("humaneval.jsonl")
    found = verdicts(box, [humaneval(row, row["canonical_solution"]) for row in data])
    assert [row["task_id"] for row, verdict in zip(data, found, strict=True) if verdict != "AC"] == []
    assert len(data) == 164


def test_stubs_of_humaneval_fail(box: Box) -> None:
    data = rows("humaneval.jsonl")
    assert set(verdicts(box, [humaneval(row, "    return None\n") for row in data])) == {"WA"}


@pytest.mark.slow
def test_solutions_of_mbpp_pass(box: Box) -> None:
    data = rows("mbpp.jsonl")
    tests = [
        AssertTest(
            Program("python", row["code"].encode()), _last_function(row["code"]), row["test_setup_code"], test, LIMITS
        )
        for row in data
        for test in row["test_list"]
    ]
    found = verdicts(box, tests)
    assert [test.test for test, verdict in zip(tests, found, strict=True) if verdict != "AC"] == []


def _last_function(source: str) -> str:
    return re.findall(r"def\s+(\w+)", source)[-1]
