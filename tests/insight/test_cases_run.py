"""A case holds or it does not, and what differs is told."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

import rulereward as rr
from rulereward.insight.cases.files import open_files
from rulereward.insight.cases.reading import Case, read_cases
from rulereward.insight.cases.running import Outcome, run_case
from rulereward.insight.cases.text import failure_text, shortened

FOLDER = Path(__file__).parents[1] / "cases" / "tests_of_rulesets"
RULESET = (FOLDER / "ruleset.yaml").read_text("utf-8")
(HELD,) = open_files([str(FOLDER / "held.yaml")]).suites

GROUPED = "rulereward: 1\nrules: {size: length(completion)}\nscore: rank(size) over group\n"
STEPPED = "rulereward: 1\nscore: ramp(step, 0step..4step)\n"
LAZY = """\
rulereward: 1
rules: {right: "math_equal(completion, answer)"}
score: {gates: [{name: empty, when: completion == "", value: -1}], terms: {right: 1}, on_null: zero}
"""
ABORTING = """\
rulereward: 1
rules: {size: {value: length(completion), on_error: abort}}
score: size / 1char
"""


def ran(case: str, ruleset: str = RULESET, evaluate: str = "needed") -> Outcome:
    """The one case, given as the lines of a mapping."""
    text = f"{ruleset}cases:\n  - name: it\n{textwrap.indent(textwrap.dedent(case), '    ')}\n"
    compiled = rr.Ruleset("ruleset.yaml", text)
    (read,) = read_cases(compiled)
    return run_case(compiled, read, evaluate)


def told(case: str, ruleset: str = RULESET, evaluate: str = "needed") -> list[str]:
    return [str(difference) for difference in ran(case, ruleset, evaluate).differences]


@pytest.mark.parametrize("evaluate", ["needed", "all"])
@pytest.mark.parametrize("case", HELD.cases, ids=lambda case: case.name)
def test_held(case: Case, evaluate: str) -> None:
    assert [str(difference) for difference in run_case(HELD.ruleset, case, evaluate).differences] == []


@pytest.mark.parametrize(
    ("case", "says"),
    [
        (
            "given: {completion: abc, answer: abc}\nexpect: {reward: ~1.2099, size: 3}",
            ["reward: expected ~1.2099, is 1.21"],
        ),
        (
            "given: {completion: abc, answer: abc}\nexpect: {right: false, size: ~-3.0}",
            ["right: expected false, is true", "size: expected ~-3.0, is 3"],
        ),
        (
            "given: {completion: abc, answer: null}\nexpect: {right: true}",
            ["right: expected true, is null (gold_missing: there is no gold answer)"],
        ),
        (
            "given: {completion: abc, answer: abc}\nexpect: {right: {value: true, reason: gold_missing}}",
            ["right: expected true (gold_missing), is true"],
        ),
        ("given: {completion: abc, answer: abc}\nexpect: {size: skipped}", ["size: expected skipped, is 3"]),
        ("given: {completion: abc, answer: abc}\nexpect: {size: 0..<3}", ["size: expected 0..<3, is 3"]),
        ("given: {completion: abc, answer: abc}\nexpect: {gate: empty}", ["gate: expected empty, is null"]),
        ("given: {completion: '', answer: abc}\nexpect: {gate: null}", ["gate: expected null, is empty"]),
        ("given: {completion: a, source: chat}\nexpect: {route: null}", ["route: expected null, is chat"]),
        (
            "rows: [{completion: a, answer: a}, {completion: b, answer: a}]\nexpect: [{right: true}, {right: true}]",
            ["right: expected true, is false"],
        ),
    ],
)
def test_what_differs(case: str, says: list[str]) -> None:
    assert told(case) == says


def test_a_number_is_meant_to_the_last_bit() -> None:
    given = "given: {completion: abc, answer: x}\n"
    assert told(f"{given}expect: {{reward: 0.21}}") == []
    assert told(f"{given}expect: {{reward: 0.21000000000000002}}") == [
        "reward: expected 0.21000000000000002, is 0.21"
    ]


def test_near_zero_a_value_is_met_within_a_billionth() -> None:
    text = "rulereward: 1\nrules: {x: row.x + 0}\nscore: x\n"
    assert told("given: {completion: a, x: 1e-9}\nexpect: {x: ~0}", text) == []
    assert told("given: {completion: a, x: -1.0e-9}\nexpect: {x: ~0.0}", text) == []
    assert told("given: {completion: a, x: 1.1e-9}\nexpect: {x: ~0}", text) != []


def test_rows_are_one_group_unless_they_say_otherwise() -> None:
    rows = "rows: [{completion: a}, {completion: aaa}, {completion: aa}]\n"
    assert told(f"{rows}expect: [{{reward: 3}}, {{reward: 1}}, {{reward: 2}}]", GROUPED) == []
    keyed = "rows: [{completion: a, group: x}, {completion: aaa, group: y}, {completion: aa, group: x}]\n"
    assert told(f"{keyed}expect: [{{reward: 2}}, {{reward: 1}}, {{reward: 1}}]", GROUPED) == []
    assert told("given: {completion: a}\nexpect: {reward: 1}", GROUPED) == []


def test_the_step() -> None:
    assert told("given: {completion: a}\nstep: 1\nexpect: {reward: 0.25}", STEPPED) == []


def test_what_a_gate_leaves_out() -> None:
    case = 'given: {completion: "", answer: "4"}\nexpect: {reward: -1, right: skipped}'
    assert told(case, LAZY) == []
    assert told(case, LAZY, "all") == []  # everything is measured then, so nothing can be skipped


def test_todo() -> None:
    assert ran("given: {completion: a}\ntodo: later\nexpect: {size: 2}").status == "todo"
    passes = ran("given: {completion: a}\ntodo: later\nexpect: {size: 1}")
    assert passes.status == "todo passes"
    assert not passes.counts_as_failure(strict=False)
    assert passes.counts_as_failure(strict=True)


def test_a_run_that_is_stopped() -> None:
    outcome = ran("given: {answer: a}\nexpect: {reward: 1}", ABORTING)
    assert outcome.status == "failed"
    assert "size" in (outcome.stopped or "")
    assert "the run was stopped" in failure_text(outcome)


def test_what_is_told_of_a_failure() -> None:
    case = """
    rows:
      - {completion: "a\\e[2Jb", answer: {repeat: x, times: 300}, ids: {repeat: 1, times: 300}}
      - {completion: a, answer: a}
    stub: {marks: null}
    expect: [{right: true}, {right: true}]
    """
    assert failure_text(ran(case)).splitlines() == [
        "ruleset.yaml:26",
        "row 1 of 2:",
        "  right: expected true, is false",
        "  the row:",
        '    completion  "a\\x1b[2Jb"',
        f'    answer      "{"x" * 50}" … "{"x" * 50}" (300 characters)',
        "    ids         a list of 300 values",
        "    stub marks  null",
        "  what was measured:",
        # 0.3 * (1 - 6 / 10)
        "    reward  0.12",
        "    right   false",
        "    size    6",
        "    target  null   no_column: the row has no `target`",
        "    marks   null   stubbed: the value was given as missing",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a", '"a"'), ("a\nb", '"a\\nb"'), (None, "null"), (True, "true"), (3, "3"), ([1, "a"], "[1, 'a']")],
)
def test_shortened(value: object, shown: str) -> None:
    assert shortened(value) == shown
