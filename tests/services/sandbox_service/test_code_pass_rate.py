"""The cases of `code_pass_rate`, through the real service, and what its two halves make of answers alone."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from asking import ask as ask_service
from asking import measure, reason_of, value_of

from rulereward.errors import ConstantError
from rulereward.kind import Base, Job, Missing, Result, result_of
from rulereward.rules.code_pass_rate import CodePassRateParams, code_pass_rate
from rulereward.services.sandbox.service import SandboxService

CASES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "rules" / "code_pass_rate.yaml").read_text(encoding="utf-8")
)["cases"]
TESTS = {"inputs": ["1", "2", "3"], "outputs": ["1", "2", "3"]}


def number(value: Any) -> Any:
    return float(Fraction(value)) if isinstance(value, str | int) and not isinstance(value, bool) else value


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any], sandbox: SandboxService) -> None:
    row = (case["args"]["code"], case["args"]["tests"])
    (result,) = measure(code_pass_rate, sandbox, [row], CodePassRateParams(**case.get("params", {})))
    assert value_of(result) == number(case["expect"])
    if "reason" in case:
        assert reason_of(result) == case["reason"]
    elif case["expect"] == 1:
        assert reason_of(result) is None
    for name, value in case.get("fields", {}).items():
        is_number = code_pass_rate.fields[name].base is Base.NUMBER
        assert result.fields[name] == (number(value) if is_number else value)


def answered(*verdicts: str) -> dict[str, Any]:
    """An answer in which every test with a verdict was run."""
    records = [
        {"verdict": verdict, **({} if verdict == "NR" else {"cpu_s": 0.1, "wall_s": 0.1})} for verdict in verdicts
    ]
    return {"compiled": "CE" not in verdicts, "tests": records}


def read(answer: dict[str, Any], code: str = "print(1)", tests: Any = TESTS, **params: Any) -> Result:
    assert code_pass_rate.read is not None
    return result_of(code_pass_rate.read(code, tests, CodePassRateParams(**params), answer))


@pytest.mark.parametrize(
    ("verdicts", "params", "value", "reason"),
    [
        (("AC", "AC", "AC"), {}, 1.0, None),
        (("AC", "WA", "TLE"), {}, 1 / 3, "wrong_answer"),
        (("AC", "NR", "AC"), {}, 1.0, None),
        (("MLE", "AC", "AC"), {"scoring": "all_or_nothing"}, 0.0, "too_much_memory"),
        (("NR", "OLE", "NR"), {"scoring": "all_or_nothing"}, 0.0, "too_much_output"),
        (("CE", "CE", "CE"), {}, 0.0, "compile_error"),
    ],
)
def test_reading(verdicts: tuple[str, ...], params: dict[str, Any], value: float, reason: str | None) -> None:
    result = read(answered(*verdicts), **params)
    assert value_of(result) == value
    assert reason_of(result) == reason
    assert result.fields["compiled"] is ("CE" not in verdicts)
    assert result.fields["verdict"] == next((verdict for verdict in verdicts if verdict not in ("AC", "NR")), "AC")


@pytest.mark.parametrize("params", [{}, {"scoring": "all_or_nothing"}])
def test_nothing_that_could_be_run_is_missing(params: dict[str, Any]) -> None:
    result = read(answered("NR", "NR", "NR"), **params)
    assert isinstance(result.value, Missing)
    assert result.value.code == "tests_unusable"


def ask(code: str | None, tests: Any, **params: Any) -> Any:
    assert code_pass_rate.ask is not None
    return code_pass_rate.ask(code, tests, CodePassRateParams(**params))


def test_equal_rows_ask_for_one_job() -> None:
    """The prompt is part of the program, so it makes no other job of equal tests; other limits do."""
    first, second = ask("print(1)", TESTS), ask("print(1)", dict(TESTS))
    assert isinstance(first, Job)
    assert first == second
    assert first != ask("print(1)", TESTS, timeout_s=1.0)
    assert first != ask("print(1)", TESTS, compare="exact")
    assert first != ask("print(2)", TESTS)


def test_code_of_unreasonable_length() -> None:
    result = ask("#" * (1 << 20) + "#", TESTS)
    assert isinstance(result, Result)
    assert (result.value, reason_of(result)) == (0.0, "code_too_long")


def test_a_tolerance_that_takes_all() -> None:
    with pytest.raises(ConstantError, match="relative tolerance"):
        CodePassRateParams(rel_tol=1.0)


def test_evidence(sandbox: SandboxService) -> None:
    assert code_pass_rate.evidence is not None
    asked = ask("print(1)", TESTS)
    answer: Any = ask_service(sandbox, [asked])[asked]
    shown = code_pass_rate.evidence("print(1)", TESTS, CodePassRateParams(), answer)
    assert shown["verdicts"] == {"AC": 1, "WA": 2}
    assert shown["limits"] == {"time_s": 6.0, "memory_mb": 512}
    assert shown["first_line"] == 2  # behind a line that imports what contests import
    failed: Any = shown["failed"]
    assert [(item["test"], item["input"], item["expected"], item["got"]) for item in failed] == [
        (2, "2", "2", "1\n"),
        (3, "3", "3", "1\n"),
    ]
    nothing = code_pass_rate.evidence(None, TESTS, CodePassRateParams(), None)
    assert nothing == {"because": "there is no code"}


def test_tests_that_cannot_be_run_are_told(sandbox: SandboxService) -> None:
    """An argument too long for any sandbox does not count, whatever the code is, and the evidence names the test."""
    tests = {"fn_name": "size", "inputs": [["ab"], ["x" * (17 << 20)], ["abc"]], "outputs": [2, 17 << 20, 3]}
    for code, value in (("def size(x): return len(x)", 1.0), ("def size(x): return 2", 0.5)):
        asked = ask(code, tests)
        answer: Any = ask_service(sandbox, [asked])[asked]
        result = read(answer, code, tests)
        assert value_of(result) == value
        assert (result.fields["ran"], result.fields["total"]) == (2.0, 3.0)
        assert code_pass_rate.evidence is not None
        shown: Any = code_pass_rate.evidence(code, tests, CodePassRateParams(), answer)
        assert [(item["test"], item["verdict"]) for item in shown["unusable"]] == [(2, "NR")]
        assert "16,777,216 bytes" in shown["unusable"][0]["why"]


def test_evidence_of_too_much_waiting() -> None:
    """What was not run for it is shown with its reason, though no test came out wrong."""
    assert code_pass_rate.evidence is not None
    answer = answered("AC")
    answer["tests"] += [{"verdict": "TLE", "why": "it waited"}, {"verdict": "TLE"}]
    shown: Any = code_pass_rate.evidence("print(1)", TESTS, CodePassRateParams(), answer)
    assert [(item["test"], item["verdict"], item["why"]) for item in shown["failed"]] == [(2, "TLE", "it waited")]


def test_evidence_of_asserts_and_calls(sandbox: SandboxService) -> None:
    for tests, wanted in (
        ({"test_list": ["assert add(1, 2) == 3"]}, "assert add(1, 2) == 3"),
        ({"fn_name": "add", "inputs": [[1, 2]], "outputs": [3]}, "add(1,2)"),
    ):
        asked = ask("def add(a, b): return [4]", tests)
        answer: Any = ask_service(sandbox, [asked])[asked]
        assert code_pass_rate.evidence is not None
        shown: Any = code_pass_rate.evidence("def add(a, b): return [4]", tests, CodePassRateParams(), answer)
        assert shown["failed"][0]["input"] == wanted
        assert shown["failed"][0]["verdict"] == "WA"
        assert shown["failed"][0]["why"]
