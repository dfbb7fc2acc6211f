"""What cases take of a ruleset: gates, routes, arms, and the values of rules."""

from __future__ import annotations

import rulereward as rr
from rulereward.insight.cases.coverage import Coverage
from rulereward.insight.cases.reading import read_cases
from rulereward.insight.cases.running import run_case
from rulereward.insight.cases.text import coverage_lines

RULESET = """\
rulereward: 1
params: {most: 10char}
rules:
  size: length(completion)
  right: exact_match(completion, answer)
  kind:
    value: |
      case { size < 2char => 1, size < 4char => 2, size < 4char and right => 3, else => 4 }
    when: row.source == "sorted"
let:
  doubled: 2 if size > 3char else 1
score:
  gates:
    - {name: empty, when: size == 0, value: -1}
    - {name: long, when: size > most, value: -0.5}
  terms:
    right: 1
  on_null: zero
route:
  - name: chat
    when: row.source == "chat"
    score: doubled
cases:
"""


def covered(cases: str) -> Coverage:
    ruleset = rr.Ruleset("r.yaml", RULESET + cases)
    coverage = Coverage(ruleset)
    for case in read_cases(ruleset):
        scores = run_case(ruleset, case).scores
        assert scores is not None
        coverage.add(scores)
    return coverage


def counts(coverage: Coverage) -> dict[str, tuple[int, int]]:
    return {str(point): (point.taken, point.passed) for point in coverage.points.values()}


NOTHING = {
    "gate empty": (0, 0),
    "gate long": (0, 0),
    "route (none of them)": (0, 0),
    "route chat": (0, 0),
    "arm `size < 2char` of case": (0, 0),
    "arm `size < 4char` of case": (0, 0),
    "arm `size < 4char and right` of case": (0, 0),
    "arm else of `case { size < 2char => 1, size < 4char => 2, size < 4char a…`": (0, 0),
    "arm if of `2 if size > 3char else 1`": (0, 0),
    "arm else of `2 if size > 3char else 1`": (0, 0),
}


def test_nothing_is_taken_by_no_case() -> None:
    coverage = covered("  []\n")
    assert counts(coverage) == NOTHING
    assert len(coverage.untaken) == len(coverage.points)
    assert {rule.name: rule.lack for rule in coverage.rules.values()} == dict.fromkeys(
        ("size", "right", "kind"), "never had a value"
    )


def test_a_way_counts_where_the_row_goes_it() -> None:
    # on no route the `if` of `doubled` is not asked, and without `sorted` the `case` is not
    coverage = covered("  - {name: a, given: {completion: abcd, answer: x}, expect: {reward: 0}}\n")
    assert {name: taken for name, taken in counts(coverage).items() if any(taken)} == {
        "gate empty": (0, 1),
        "gate long": (0, 1),
        "route chat": (0, 1),
        "route (none of them)": (1, 0),
    }


def test_a_closed_gate_hides_what_comes_behind_it() -> None:
    coverage = covered('  - {name: a, given: {completion: "", answer: x}, expect: {reward: -1}}\n')
    found = counts(coverage)
    assert found["gate empty"] == (1, 0)
    assert found["gate long"] == (0, 0)


def test_parameters_and_stubs_count_for_the_same_ways() -> None:
    coverage = covered(
        "  - {name: a, given: {completion: abcd, answer: x}, set: {most: 3}, expect: {reward: -0.5}}\n"
        "  - {name: b, given: {completion: abcd, answer: x}, stub: {size: 0}, expect: {reward: -1}}\n"
    )
    found = counts(coverage)
    assert found["gate long"] == (1, 0)
    assert found["gate empty"] == (1, 1)


def test_arms_of_a_case_are_taken_one_by_one() -> None:
    row = "{{completion: {text}, answer: x, source: sorted}}"
    rows = ", ".join(row.format(text=text) for text in ("a", "b", "abc", "abcde"))
    coverage = covered(
        f"  - {{name: a, rows: [{rows}], expect: [{{kind: 1}}, {{kind: 1}}, {{kind: 2}}, {{kind: 4}}]}}\n"
    )
    found = counts(coverage)
    assert found["arm `size < 2char` of case"] == (2, 2)
    assert found["arm `size < 4char` of case"] == (1, 1)
    assert found["arm `size < 4char and right` of case"] == (0, 1)
    assert found["arm else of `case { size < 2char => 1, size < 4char => 2, size < 4char a…`"] == (1, 0)


def test_an_if_on_its_route() -> None:
    coverage = covered("  - {name: a, given: {completion: abcd, answer: x, source: chat}, expect: {reward: 2}}\n")
    found = counts(coverage)
    assert found["route chat"] == (1, 0)
    assert found["arm if of `2 if size > 3char else 1`"] == (1, 0)
    assert found["arm else of `2 if size > 3char else 1`"] == (0, 0)


def test_rules() -> None:
    coverage = covered(
        "  - {name: a, given: {completion: x, answer: x, source: sorted}, expect: {reward: 1}}\n"
        "  - {name: b, given: {completion: x}, expect: {reward: 0}}\n"
    )
    assert {rule.name: (rule.lack, rule.null) for rule in coverage.rules.values()} == {
        "size": ("never anything but 1", 0),
        "right": ("never false", 1),
        "kind": ("never anything but 1", 1),
    }


def test_what_is_told() -> None:
    lines = coverage_lines(
        "r.yaml", covered("  - {name: a, given: {completion: abcd, answer: x, source: chat}, expect: {reward: 2}}\n")
    )
    assert lines[0].startswith("coverage of r.yaml: ")
    assert "  never taken: gate empty (r.yaml:14)" in lines
    assert "  never taken: arm `size < 4char` of case (r.yaml:8)" in lines
    assert "  never taken: arm else of `2 if size > 3char else 1` (r.yaml:11)" in lines
    assert "  never true: rule right (r.yaml:5)" in lines
