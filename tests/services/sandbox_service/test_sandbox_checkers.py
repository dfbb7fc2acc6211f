"""Outputs that a checker of the data judges, on the real service: who is right, and whose fault failures are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from asking import ask, measure, reason_of, value_of
from fusion_server import FusionServer
from sandbox_jobs import GOOD, job, verdicts

from rulereward.rules.code_pass_rate import CodePassRateParams, code_pass_rate
from rulereward.services.sandbox import checks
from rulereward.services.sandbox.http_backend import HttpBackend
from rulereward.services.sandbox.service import SandboxService
from rulereward.services.sandbox.shapes import Outcome, Program, StdinTest
from rulereward.text.code_tests import Suite, suite_of
from rulereward.text.code_work import Comparison

FILE = yaml.safe_load((Path(__file__).parents[2] / "cases" / "sandbox" / "checkers.yaml").read_text("utf-8"))
HEAD, ANY = FILE["head"], FILE["any"]
SUMS_TO = HEAD + FILE["sums"]
CHECKED = {"inputs": ["5", "7"], "outputs": ["2 3", "3 4"]}


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkers have less time than usual."""
    monkeypatch.setattr(checks, "_LIMITS", replace(checks._LIMITS, cpu_s=1.5))


def checked(code: str, checker: str = SUMS_TO, tests: Any = CHECKED, **changes: Any) -> Any:
    return job(code, {**tests, "checker": checker}, comparison=Comparison("checker"), **changes)


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: case["name"])
def test_checked_outputs(sandbox: SandboxService, case: dict[str, Any]) -> None:
    checker = HEAD + case.get("checker", FILE["sums"])
    settings = {name: case[name] for name in ("most_timeouts", "isolation") if name in case}
    asked = checked(case.get("code", ANY), checker, time_s=case.get("limit_s", 2.0), **settings)
    assert verdicts(ask(sandbox, [asked])[asked]) == case["verdicts"]


def test_who_prints_too_much_for_the_checker_is_wrong(
    sandbox: SandboxService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By no output can one choose to have a test left out. What is too much whatever is printed cannot be used."""
    monkeypatch.setattr(checks, "_MOST_BYTES", 100)
    given = {"inputs": ["5", "7", "9" * 95], "outputs": ["2 3", "3 4", "1 2"]}
    much, little = checked("print('1' * (200 if input() == '5' else 1))", tests=given), checked(ANY, tests=given)
    answers: Any = ask(sandbox, [much, little])
    assert (verdicts(answers[much]), verdicts(answers[little])) == ("WA WA NR", "AC AC NR")
    assert "that a checker is given" in answers[much]["tests"][0]["why"]


def test_a_checker_has_to_refuse_an_expected_output_twice() -> None:
    suite = suite_of({"inputs": ["5"], "outputs": ["2 3"], "checker": SUMS_TO})
    assert isinstance(suite, Suite)
    outcomes = {score: Outcome(said="SC", exit=0, stdout=score) for score in (b"0", b"1")}
    refused = Outcome(said="SC", exit=1)
    for second, known in ((b"1", True), (b"0", False)):
        found: dict[bytes, bool] = {}
        made = checks.Checks(suite, found)
        assert made.judge(0, StdinTest(Program("python", b""), b"5"), outcomes[b"1"]) is None
        for outcome in (refused, outcomes[second]):
            assert not found
            step = made.next_step(0)
            assert step is not None
            assert step.files[2][1] == b"2 3"
            made.judge(0, step, outcome)
        assert list(found.values()) == [known]


def test_what_people_are_shown(sandbox: SandboxService) -> None:
    jobs = [checked("print(1, 1)"), checked("print('x')"), checked(ANY, HEAD + "raise KeyError('no')")]
    answers: Any = ask(sandbox, jobs)
    wrong, broken, unusable = (answers[asked]["tests"][0] for asked in jobs)
    assert (wrong["got"], wrong["why"]) == ("1 1\n", "the checker gives it 0")
    assert (broken["got"], "nothing of the output" in broken["why"]) == ("x\n", True)
    assert "not take the expected output" in unusable["why"]


@pytest.fixture
def fusion() -> Iterator[SandboxService]:
    server = FusionServer()
    service = SandboxService(HttpBackend(f"{server.address}?slots=4"))
    yield service
    service.close()
    server.stop()


def test_over_http(fusion: SandboxService) -> None:
    wanted = [
        ("another answer that is right", checked(ANY), "AC AC"),
        ("right for one", checked("print(4, 1)"), "AC WA"),
        ("text that breaks the checker", checked("print('x')"), "WA WA"),
        ("a checker that raises for all", checked(ANY, HEAD + "open('nothing.txt')\nprint(1)"), "NR NR"),
        ("one that begins with a future", checked(ANY, f"from __future__ import annotations\n{SUMS_TO}"), "AC AC"),
        ("tests that might share a process", job(GOOD, isolation="sample"), "AC AC AC"),
    ]
    answers = ask(fusion, [asked for _, asked, _ in wanted])
    assert [(name, verdicts(answers[asked])) for name, asked, _ in wanted] == [(name, e) for name, _, e in wanted]


CPP = "#include <testlib.h>\nint main(int argc, char** argv) {\n}\n"


@pytest.mark.parametrize(
    ("row", "compare", "value", "reason"),
    [
        ({"checker": SUMS_TO}, "auto", 1.0, None),
        ({"checker": SUMS_TO}, "checker", 1.0, None),
        ({"checker": SUMS_TO}, "lines", 0.0, "wrong_answer"),
        ({}, "auto", 0.0, "wrong_answer"),
        ({}, "checker", None, "checker_missing"),
        ({"checker": "exact"}, "auto", 0.0, "wrong_answer"),
        ({"checker": CPP}, "auto", None, "tests_unsupported"),
        ({"checker": CPP}, "lines", 0.0, "wrong_answer"),
        ({"checker": HEAD}, "auto", None, "tests_unusable"),
    ],
)
def test_the_kind(sandbox: SandboxService, row: Any, compare: Any, value: float | None, reason: str | None) -> None:
    (result,) = measure(code_pass_rate, sandbox, [(ANY, {**CHECKED, **row})], CodePassRateParams(compare=compare))
    assert (value_of(result), reason_of(result)) == (value, reason)


def test_functions_need_no_checker(sandbox: SandboxService) -> None:
    tests = {"fn_name": "f", "inputs": [[1]], "outputs": [1], "checker": SUMS_TO}
    for compare in ("auto", "checker"):
        params = CodePassRateParams(compare=compare)  # type: ignore[arg-type] # one of the literals
        (result,) = measure(code_pass_rate, sandbox, [("def f(x): return x", tests)], params)
        assert value_of(result) == 1.0
