"""Rulesets that read well and make no sense: each finding with its place, its code and its help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from rulereward.api import compile_text
from rulereward.lang.codes import CODES
from rulereward.lang.diagnostics import Diagnostic

CASES = Path(__file__).parents[1] / "cases" / "errors"

AROUND = """\
rulereward: 1
rules:
  accuracy: math_equal(boxed(completion), answer)
  tested: |
    {}
let:
  size: length(completion)
score: 1
"""


def load(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((CASES / name).read_text(encoding="utf-8"))["cases"]


EXPRESSIONS = [case for name in ("E02_names.yaml", "E03_types.yaml") for case in load(name)]
RULESETS = load("E04_meaning.yaml")


def findings(text: str) -> list[Diagnostic]:
    return compile_text("ruleset.yaml", text)[1]


def marked(finding: Diagnostic) -> str:
    span = finding.primary.span
    return span.source.text[span.start : span.end]


def assert_words(finding: Diagnostic, case: dict[str, Any]) -> None:
    assert case.get("message", "") in finding.message
    if case.get("in") == "message":
        assert case["help"] in finding.message
    else:
        assert case.get("help", "") in (finding.help or "")


@pytest.mark.parametrize(
    "case", [case for case in EXPRESSIONS if case.get("only", True)], ids=lambda c: c["expression"]
)
def test_expression(case: dict[str, Any]) -> None:
    (finding,) = [found for found in findings(AROUND.format(case["expression"])) if found.severity == "error"]
    assert (finding.code, marked(finding)) == (case["code"], case["marked"])
    assert finding.primary.span.position.line == 5
    assert_words(finding, case)


@pytest.mark.parametrize("case", RULESETS, ids=lambda case: case["name"])
def test_ruleset(case: dict[str, Any]) -> None:
    found = findings(case["ruleset"])
    told = [(item.code, item.primary.span.position.line) for item in found]
    assert told == [(item["code"], item["line"]) for item in case["expect"]]
    assert [marked(item) for item in found] == [
        wanted.get("marked", marked(item)) for item, wanted in zip(found, case["expect"], strict=True)
    ]
    for finding, expected in zip(found, case["expect"], strict=True):
        assert_words(finding, expected)


def test_every_code_of_the_plan_has_a_case() -> None:
    told = {case["code"] for case in EXPRESSIONS} | {item["code"] for case in RULESETS for item in case["expect"]}
    reported = {code for code in CODES if code[:3] in ("E02", "E03", "E04", "W04")}
    assert reported - told == {"E0318"}  # nothing of the language is left out any more


def test_a_division_by_another_unit_is_told_once() -> None:
    (case,) = [case for case in EXPRESSIONS if not case.get("only", True)]
    codes = [found.code for found in findings(AROUND.format(case["expression"]))]
    assert codes == [case["code"], "E0405"]


def test_twenty_mistakes_in_one_ruleset_are_told_in_one_run() -> None:
    case = yaml.safe_load((CASES / "twenty_mistakes.yaml").read_text(encoding="utf-8"))
    found = [finding for finding in findings(case["ruleset"]) if finding.severity == "error"]
    told = [[*finding.primary.span.position, finding.code] for finding in found]
    assert told == case["expect"]
    assert len({code for _, _, code in told}) >= 20
