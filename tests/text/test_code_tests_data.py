"""Real data: every row of HumanEval and of MBPP is a suite, and its own solution passes it when run here.

The checks here run in this process, as the published evaluations do it; what isolates them is tested elsewhere.
"""

from __future__ import annotations

import contextlib
import io
import json
import warnings
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rulereward.text.code_tests import AssertTest, Suite, program_of, suite_of

DATA = Path(__file__).parents[3] / "shared" / "data"

needs_human_eval = pytest.mark.skipif(
    not (DATA / "humaneval.jsonl").exists(), reason="needs ../shared/data/humaneval.jsonl"
)
needs_mbpp = pytest.mark.skipif(not (DATA / "mbpp.jsonl").exists(), reason="needs ../shared/data/mbpp.jsonl")


@cache
def rows(name: str) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())


def suite_in(row: object) -> Suite:
    found = suite_of(row)
    assert isinstance(found, Suite), found
    return found


def passed(suite: Suite, code: str) -> list[bool]:
    """Which tests a program passes: the program in one namespace, each test in another, joined as the suite says."""
    program: dict[str, Any] = {"__name__": "program"}
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(program_of(suite, code).source, "program.py", "exec"), program)
        return [passes(suite, test, program) for test in suite.tests]


def passes(suite: Suite, test: object, program: dict[str, Any]) -> bool:
    assert isinstance(test, AssertTest)
    taken = {name: program[name] for name in suite.from_program}
    checker: dict[str, Any] = {"__name__": "checker", **taken}
    exec(suite.setup, checker)
    checker.update(taken)
    try:
        exec(test.source, checker)
    except (AssertionError, TypeError, AttributeError):
        return False
    return True


@needs_human_eval
def test_every_row_of_human_eval() -> None:
    for row in rows("humaneval"):
        suite = suite_in(row)
        assert suite.mode == "assert"
        assert len(suite.tests) == 1
        assert suite.from_program == (row["entry_point"],)
        assert suite.prompt == row["prompt"]
        assert f"def {row['entry_point']}(" not in suite.setup
        assert Suite.from_plain(suite.to_plain()) == suite


@needs_human_eval
def test_solutions_of_human_eval_pass_as_body_and_as_a_whole() -> None:
    for row in rows("humaneval"):
        suite = suite_in(row)
        body = row["canonical_solution"]
        indented = [line for line in body.splitlines() if line.strip()]
        dedented = "\n".join(line.removeprefix("    ") for line in body.splitlines())
        for code in (body, row["prompt"] + body, body.strip(), dedented if len(indented) > 1 else body):
            assert passed(suite, code) == [True], (row["task_id"], code)


@needs_human_eval
def test_stubs_of_human_eval_fail() -> None:
    for row in rows("humaneval"):
        assert passed(suite_in(row), "    return None\n") == [False], row["task_id"]


@needs_mbpp
def test_every_row_of_mbpp() -> None:
    modes = Counter()
    for row in rows("mbpp"):
        suite = suite_in(row)
        modes[suite.mode] += 1
        assert len(suite.tests) == 3
        assert Suite.from_plain(suite.to_plain()) == suite
        made = {367: "Node", 601: "Pair", 927: "Node"}.get(row["task_id"])  # the program's own classes
        assert len(suite.from_program) == 1 + bool(made), (row["task_id"], suite.from_program)
        assert not made or made in suite.from_program
    assert modes == {"assert": 974}


@needs_mbpp
def test_solutions_of_mbpp_pass() -> None:
    """All but those that are slow here, or wrong by their own tests."""
    failing = {row["task_id"] for row in rows("mbpp") if passed(suite_in(row), row["code"]) != [True] * 3}
    assert failing == set()


@needs_mbpp
def test_the_lists_alone_are_suites() -> None:
    for row in rows("mbpp"):
        if not row["test_setup_code"]:
            assert suite_in(row["test_list"]) == suite_in(row)
