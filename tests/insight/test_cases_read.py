"""Cases are read as they are written, and every mistake in them is told with its place."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

import rulereward as rr
from rulereward.errors import RulesetError
from rulereward.insight.cases.reading import case_findings, read_cases
from rulereward.lang.codes import CODES
from rulereward.lang.source import Source

FOLDER = Path(__file__).parents[1] / "cases" / "tests_of_rulesets"
RULESET = (FOLDER / "ruleset.yaml").read_text("utf-8")
MALFORMED = yaml.safe_load((FOLDER / "malformed.yaml").read_text("utf-8"))


def with_cases(written: str) -> str:
    return f"{RULESET}cases:\n{textwrap.indent(written, '  ')}\n"


@pytest.mark.parametrize("entry", MALFORMED, ids=lambda entry: entry["name"])
def test_malformed(entry: dict[str, Any]) -> None:
    text = with_cases(entry["cases"])
    if not entry["found"]:  # a mistake of the file, which no ruleset compiles with
        with pytest.raises(RulesetError, match="stands twice"):
            rr.Ruleset("ruleset.yaml", text)
        return
    found = case_findings(rr.Ruleset("ruleset.yaml", text))
    assert [diagnostic.code for diagnostic in found] == [expected["code"] for expected in entry["found"]]
    for diagnostic, expected in zip(found, entry["found"], strict=True):
        span = diagnostic.primary.span
        assert span.source.text[span.start : span.end] == expected["at"]
        assert span.start >= text.index("cases:")
        assert expected["says"] in diagnostic.message
        assert expected.get("help", "") in (diagnostic.help or "")
        assert diagnostic.code in CODES


def test_every_code_of_cases_has_a_case() -> None:
    told = {found["code"] for entry in MALFORMED for found in entry["found"]}
    # E0610 is about the file of a ruleset: test_cases_files.py
    assert told >= {code for code in CODES if code.startswith("E06")} - {"E0610"}


def test_reading_raises_all_mistakes_at_once() -> None:
    text = with_cases("- {name: a, given: 5, expect: {size: 1}}\n- {name: b, given: {completion: a}, expect: {}}")
    with pytest.raises(RulesetError, match=r"(?s)a row must be a mapping.*this expects nothing.*2 errors"):
        read_cases(rr.Ruleset("ruleset.yaml", text))


def test_no_cases() -> None:
    assert read_cases(rr.Ruleset("ruleset.yaml", RULESET)) == []
    assert read_cases(Source("broken.yaml", "rules: [")) == []


def value(written: str) -> object:
    (case,) = read_cases(Source("x.yaml", with_cases(f"- {{name: a, given: {{v: {written}}}, expect: {{size: 1}}}}")))
    return case.rows[0].fields["v"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("4", 4), ("-4", -4), ("0", 0), ("4.5", 4.5), ("-0.5e1", -5.0), ("1e3", 1000.0),
        ("true", True), ("false", False), ("null", None), ("~", None), ("", None),
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("True", "True"), ("None", "None"), ("NULL", "NULL"),
        ("017", "017"), ("0o17", "0o17"), ("0x1F", "0x1F"), ("1_000", "1_000"), ("+1", "+1"),
        (".5", ".5"), ("1.", "1."),
        ("1:30", "1:30"), ("2024-01-01", "2024-01-01"), (".inf", ".inf"), (".nan", ".nan"),
        ('"4"', "4"), ("'true'", "true"), ('"null"', "null"), ('""', ""), ('"a\\n\\u4e2d"', "a\n中"),
        ("[1, [a, null], {b: 2}]", [1, ["a", None], {"b": 2}]),
        ("{repeat: ab, times: 3}", "ababab"), ("{repeat: 7, times: 2}", [7, 7]), ("{repeat: a, times: 0}", ""),
        ("{repeat: [1], times: 2}", [[1], [1]]), ("[{repeat: a, times: 2}, b]", ["aa", "b"]),
        ("{repeat: a, times: 2, more: 1}", {"repeat": "a", "times": 2, "more": 1}), ("{x-y: 1}", {"x-y": 1}),
    ],
)  # fmt: skip
def test_values(written: str, meant: object) -> None:
    found = value(written)
    assert found == meant
    assert type(found) is type(meant)


def test_a_column_may_have_any_name() -> None:
    written = "- {name: a, given: {x-mark: 1, a.b: 2}, expect: {size: 1}}"
    (case,) = read_cases(Source("x.yaml", with_cases(written)))
    assert case.rows[0].fields == {"x-mark": 1, "a.b": 2}
    assert case.place == f"x.yaml:{RULESET.count(chr(10)) + 2}"


def test_a_rule_called_gate_goes_before_gates() -> None:
    text = (
        "rulereward: 1\nrules: {gate: length(completion)}\nscore: gate / 1char\n"
        "cases:\n  - {name: a, given: {completion: abc}, expect: {gate: 3}}\n"
        "  - {name: b, given: {completion: abc}, expect: {gate: open}}\n"
    )
    (found,) = case_findings(rr.Ruleset("x.yaml", text))
    assert (found.code, found.message) == ("E0604", "`open` says nothing of the value of `gate`")


def test_the_step_must_be_there() -> None:
    case = "{name: a, given: {completion: b}, expect: {reward: 0}}"
    text = f"rulereward: 1\nscore: ramp(step, 0step..4step)\ncases: [{case}]"
    (found,) = case_findings(rr.Ruleset("x.yaml", text))
    assert (found.code, found.help) == ("E0608", "add `step: 0` to the case")
