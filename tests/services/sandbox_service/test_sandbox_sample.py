"""Tests that share a fork (`isolation="sample"`) come out as tests that each have one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from asking import Answers, ask, measure
from sandbox_jobs import GOOD, SLEEPER, job, verdicts

from rulereward.data import Reason
from rulereward.kind import Job
from rulereward.rules.code_pass_rate import CodePassRateParams, code_pass_rate
from rulereward.services.sandbox.samples import fitting
from rulereward.services.sandbox.service import SandboxService
from rulereward.text.code_tests import Policy, suite_of

SANDBOX = Path(__file__).parents[2] / "cases" / "sandbox"
STATE = yaml.safe_load((SANDBOX / "state.yaml").read_text("utf-8"))["cases"]
HONEST = yaml.safe_load((SANDBOX / "honest.yaml").read_text("utf-8"))
CHEATS = yaml.safe_load((SANDBOX / "attacks" / "cheats.yaml").read_text("utf-8"))
NUMBERS = {"inputs": [f"1\n{n}\n" for n in range(30)], "outputs": [f"{n}\n" for n in range(30)]}


def both(sandbox: SandboxService, code: str, tests: Any, **changes: Any) -> tuple[str, str, Any]:
    """The verdicts with a fork for each test and with one for all, and the records of the latter."""
    alone, shared = job(code, tests, **changes), job(code, tests, isolation="sample", **changes)
    answers = ask(sandbox, [alone, shared], patience_s=120)
    answer: Any = answers[shared]
    return verdicts(answers[alone]), verdicts(answer), answer["tests"]


def together(records: Any) -> int:
    """How many tests have passed in company."""
    return sum("together" in record for record in records)


@pytest.mark.parametrize("case", HONEST["cases"], ids=lambda case: case["name"])
def test_honest_programs(sandbox: SandboxService, case: dict[str, Any]) -> None:
    tests = {"inputs": [HONEST["stdin"], "2\n3 4\n", "1\n5\n"], "outputs": [HONEST["stdout"], "7\n", "5\n"]}
    alone, shared, records = both(sandbox, case["code"], tests, time_s=5.0)
    assert alone == shared == "AC AC AC"
    assert together(records) == 3, "each of them comes through in company"


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case["name"], marks=pytest.mark.slow if place % 3 and not case.get("stdin") else ())
        for place, case in enumerate(CHEATS["cases"])
    ],
)
def test_cheats(sandbox: SandboxService, case: dict[str, Any]) -> None:
    """What no cheat is paid for alone it is not paid for in company."""
    limits: dict[str, Any] = {"time_s": case.get("limits", {}).get("wall_s", 2.0) / 2}
    inputs, outputs = zip(*[(call["args"], json.dumps(call["value"])) for call in CHEATS["calls"]], strict=True)
    tests: Any = {"fn_name": "add", "inputs": list(inputs), "outputs": list(outputs)}
    alone, shared, _ = both(sandbox, case["code"], tests, **limits)
    assert "AC" not in f"{alone} {shared}"
    if case.get("stdin"):
        tests = {"inputs": ["2 3\n", "1 1\n", "2 3\n"], "outputs": ["5\n", "2\n", "5\n"]}
        alone, shared, _ = both(sandbox, case["code"], tests, **limits)
        assert "AC" not in f"{alone} {shared}"


@pytest.mark.parametrize("case", STATE, ids=lambda case: case["name"])
def test_what_is_left_behind(sandbox: SandboxService, case: dict[str, Any]) -> None:
    tests = {"inputs": case["inputs"], "outputs": case["outputs"]}
    if case.get("calls"):
        tests["fn_name"] = "f"
    limits = {"time_s": case.get("limit_s", 5.0), "memory_mb": case.get("memory_mb", 512)}
    alone, shared, _ = both(sandbox, case["code"], tests, **limits)
    assert (alone, shared) == (case["verdicts"], case["verdicts"])


def test_what_it_does_not_stop(sandbox: SandboxService) -> None:
    """A program that means to keep state keeps it, here in a module of the standard library."""
    code = "import math\nmath.n = getattr(math, 'n', 0) + 1\nprint(math.n)"
    alone, shared, _ = both(sandbox, code, {"inputs": ["", ""], "outputs": ["1", "2"]})
    assert (alone, shared) == ("AC WA", "AC AC")


def test_nor_inputs_read_ahead(sandbox: SandboxService) -> None:
    """The inputs of all tests of the fork are in one file there. What is expected is not."""
    code = (
        "import os\nfor number in range(3, 64):\n"
        "    try:\n        print(len(os.pread(number, 99, 0)))\n        break\n    except OSError:\n        pass\n"
    )
    _, shared, _ = both(sandbox, code, {"inputs": ["a", "b"], "outputs": ["10", "10"]})
    assert shared == "AC AC", "two inputs, each of a byte behind its length in four"


def test_no_second_guess(sandbox: SandboxService) -> None:
    """A program that sees whether it has company answers once all the same."""
    code = "import os\ntry:\n    os.fstat(60)\n    print('YES')\nexcept OSError:\n    print('NO')\n"
    alone, shared, records = both(sandbox, code, {"inputs": list("abcd"), "outputs": ["YES", "NO", "NO", "YES"]})
    assert alone == "WA AC AC WA"
    assert shared == "AC WA WA AC"
    assert together(records) == 4


def test_waiting_is_charged_to_the_test_that_waits(sandbox: SandboxService) -> None:
    """With one test that may run out of time, which is the last."""
    code = "import time\nn = int(input())\nif n == 3:\n    time.sleep(30)\nprint(n)\n"
    tests = {"inputs": ["1", "2", "3"], "outputs": ["1", "2", "3"]}
    alone, shared, _ = both(sandbox, code, tests, time_s=1.0, most_timeouts=1)
    assert alone == shared == "AC AC TLE"


THIRTY: dict[str, Any] = {"fn_name": "f", "inputs": [[n] for n in range(30)]}


@pytest.mark.parametrize(
    ("code", "tests"),
    [
        ("input()\nprint(input())", NUMBERS),
        ("def f(x): return x * x", {**THIRTY, "outputs": [n * n for n in range(30)]}),
        ("class Solution:\n def f(self, x): return x", {**THIRTY, "outputs": list(range(30))}),
    ],
    ids=["stdin", "calls", "methods"],
)
def test_suites(sandbox: SandboxService, code: str, tests: Any) -> None:
    alone, shared, records = both(sandbox, code, tests)
    assert alone == shared == " ".join(["AC"] * 30)
    assert together(records) == 30
    assert {record["together"] for record in records} == {30}
    assert sum(record["wall_s"] for record in records) < 30 * 0.2


@pytest.mark.parametrize(
    ("code", "tests"),
    [
        ("def f(x): return x", {"test_list": ["assert f(1) == 1", "assert f(2) + 1 == 3"]}),
        ("read a; echo $a", {"inputs": ["1", "2"], "outputs": ["1", "2"], "language": "bash"}),
        ("print(1)", {"inputs": [""], "outputs": ["1"]}),
    ],
    ids=["asserts", "another language", "one test"],
)
def test_what_has_forks_of_its_own_all_the_same(sandbox: SandboxService, code: str, tests: Any) -> None:
    alone, shared, records = both(sandbox, code, tests)
    assert alone == shared
    assert together(records) == 0


@pytest.mark.parametrize(
    ("code", "expected"), [("print(", "CE CE CE"), ("raise KeyError", "RE RE RE"), ("print(3)", "AC WA WA")]
)
def test_what_fails(sandbox: SandboxService, code: str, expected: str) -> None:
    alone, shared, _ = both(sandbox, code, {"inputs": ["", "", ""], "outputs": ["3", "7", "11"]})
    assert alone == shared == expected


def test_policies(sandbox: SandboxService) -> None:
    """The rest of a group that fails tells nothing, in company as alone."""
    tests = {**NUMBERS, "subtasks": ["a"] * 10 + ["b"] * 20}
    code = "input()\nn = int(input())\nprint(-1 if n == 3 else n)"
    for policy in (Policy("all_or_nothing"), Policy("subtasks"), Policy("weighted")):
        alone, shared, _ = both(sandbox, code, tests, policy=policy)
        assert alone == shared


def test_behind_too_many_timeouts(sandbox: SandboxService) -> None:
    code = "n = int(input())\nwhile n < 2: pass\nprint(n)"
    tests = {"inputs": ["0", "1", "2", "3"], "outputs": ["0", "1", "2", "3"]}
    alone, shared, _ = both(sandbox, code, tests, time_s=0.3, most_timeouts=2)
    assert alone == shared == "TLE TLE TLE TLE"


def test_the_kind(sandbox: SandboxService) -> None:
    """`.ran` counts tests, however many share a fork."""
    code = "n = int(open(0).read().split()[1])\nprint(n if n != 4 else 0)"
    results = [
        measure(code_pass_rate, sandbox, [(code, NUMBERS)], CodePassRateParams(isolation=isolation))[0]
        for isolation in ("test", "sample")
    ]
    assert [(result.value, result.fields["ran"], result.fields["passed"]) for result in results] == [
        (29 / 30, 30.0, 29.0)
    ] * 2


def test_cancelling(own_sandbox: SandboxService) -> None:
    """Tests that sleep in one fork stop when nobody waits for them."""
    never = Answers(4)
    asked = [job(f"{SLEEPER}# {number}", time_s=60.0, isolation="sample") for number in range(4)]
    ticket = own_sandbox.submit(asked, never.done)
    ask(own_sandbox, [], patience_s=1)
    ticket.cancel()
    good: Job = job(GOOD, isolation="sample")
    assert verdicts(ask(own_sandbox, [good], patience_s=30)[good]) == "AC AC AC"
    assert never.calls == {}


def suite(inputs: list[str], outputs: list[str]) -> Any:
    found = suite_of({"inputs": inputs, "outputs": outputs})
    assert not isinstance(found, Reason)
    return found


def test_how_many_go_together() -> None:
    many = suite(["1"] * 1200, ["1"] * 1200)
    assert fitting(many, range(1200)) == tuple(range(500))
    assert fitting(many, [3, 7]) == (3, 7)
    assert fitting(many, [3]) == ()
    megabyte = "x" * (1 << 20)
    assert fitting(suite([megabyte] * 6, ["1"] * 6), range(6)) == (0, 1, 2, 3)
    half = "x" * (1 << 18)
    assert fitting(suite(["1"] * 6, [half] * 6), range(6)) == (0, 1)
    assert fitting(suite(["1"] * 6, [megabyte] * 6), range(6)) == ()


def test_a_large_suite(sandbox: SandboxService) -> None:
    numbers = [str(n) for n in range(1200)]
    asked = job("print(input())", {"inputs": numbers, "outputs": numbers}, isolation="sample")
    answer: Any = ask(sandbox, [asked], patience_s=120)[asked]
    assert verdicts(answer) == " ".join(["AC"] * 1200)
    assert together(answer["tests"]) == 1200
