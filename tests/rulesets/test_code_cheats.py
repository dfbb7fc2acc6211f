"""What wants a reward from the ruleset `code` without solving the task gets none, from a completion to its reward."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import rulereward as rr
from rulereward.errors import ConfigurationError
from rulereward.services.pool import Services
from rulereward.services.sandbox.choosing import choose_backend
from rulereward.services.sandbox.service import SandboxService

FILE = Path(__file__).parents[1] / "cases" / "sandbox" / "attacks" / "cheats.yaml"
CASES = yaml.safe_load(FILE.read_text("utf-8"))
CALLS = {
    "fn_name": "add",
    "inputs": [call["args"] for call in CASES["calls"]],
    "outputs": [call["value"] for call in CASES["calls"]],
}
ASSERTS = {"test_list": [CASES["test"]]}
STDIN = {"inputs": ["2 3\n", "20 30\n"], "outputs": ["5\n", "50\n"]}
HONEST = "def add(a, b):\n    return a + b\n"


@pytest.fixture(scope="module", params=["embedded", "docker"])
def services(request: pytest.FixtureRequest) -> Iterator[Services]:
    try:
        backend = choose_backend({"RULEREWARD_SANDBOX": request.param})
    except ConfigurationError as problem:
        pytest.skip(str(problem))
    with Services({"sandbox": lambda: SandboxService(backend)}) as made:
        yield made


def rewards(services: Services, codes: list[str], tests: Any) -> list[float]:
    rows = [{"completion": f"```python\n{code}\n```", "tests": tests} for code in codes]
    return rr.load("code", params={"timeout": "1s"}).score_rows(rows, services=services).reward.tolist()


def test_the_tests_ask_for_a_sum() -> None:
    assert all(call["value"] == operator.add(*call["args"]) for call in CASES["calls"])


@pytest.mark.slow
@pytest.mark.parametrize("tests", [CALLS, ASSERTS], ids=["calls", "asserts"])
def test_functions(services: Services, tests: Any) -> None:
    cheats = {case["name"]: case["code"] for case in CASES["cases"]}
    *found, honest = rewards(services, [*cheats.values(), HONEST], tests)
    assert honest == 1
    assert {name: reward for name, reward in zip(cheats, found, strict=True) if not -1 <= reward <= 0} == {}


def test_printed_text(services: Services) -> None:
    cases = [case for case in CASES["cases"] if case.get("stdin")]
    *found, honest = rewards(
        services, [*(case["code"] for case in cases), "print(sum(map(int, input().split())))"], STDIN
    )
    assert honest == 1
    assert {case["name"]: reward for case, reward in zip(cases, found, strict=True) if not -1 <= reward <= 0} == {}
    assert cases
