"""How differences are grouped: sizes, factors, forgotten parts, and noise that has no cause."""

from __future__ import annotations

import random

import rulereward as rr
from rulereward.insight.compare.chance import tail
from rulereward.insight.compare.comparison import compare
from rulereward.insight.data import Data

RULESET = """\
rulereward: 1
name: parts
rules:
  right: exact_match(answer_text, answer)
  long: ramp(length(completion, unit="char"), 0char..100char)
let:
  answer_text: before(completion, " ") ?? completion
score: right - 0.5 * long
"""


def rows(count=120, seed=3):
    made = random.Random(seed)
    return [
        {"completion": f"{made.choice('ab')} {'x' * made.randrange(90)}", "answer": "a", "n": place}
        for place in range(count)
    ]


ROWS = rows()


def ours(row):
    return float(row["completion"][0] == "a") - 0.5 * len(row["completion"]) / 100


def compared(function, **options):
    return compare(
        rr.Ruleset("parts.yaml", RULESET), function, Data(ROWS, [str(row["n"]) for row in ROWS]), **options
    )


def test_our_formula_by_hand_agrees():
    assert compared(lambda completion, **row: ours({"completion": completion})).differ == 0


def test_a_forgotten_part_is_named():
    (group,) = compared(lambda completion, **row: float(completion[0] == "a")).groups
    assert group.difference == "theirs is ours with `long` left out"
    assert (len(group.rows), group.found) == (120, True)


def test_another_weight_is_named():
    """0.2 instead of 0.5: 0.4 of the part."""
    (group,) = compared(lambda completion, **row: float(completion[0] == "a") - 0.2 * len(completion) / 100).groups
    assert group.difference == "theirs is ours with `long` counted 0.4 times"


def test_a_factor_and_an_offset_are_named():
    assert compared(lambda completion, **row: 10 * ours({"completion": completion})).groups[0].difference == (
        "theirs is ours times 10"
    )
    assert compared(lambda completion, **row: ours({"completion": completion}) - 1).groups[0].difference == (
        "theirs is ours - 1"
    )


def test_a_second_bug_is_found_behind_a_factor():
    found = compared(lambda completion, **row: 0.0 if len(completion) > 80 else 10 * ours({"completion": completion}))
    assert found.groups[0].difference == "theirs is ours times 10"
    assert any("length>" in name for name in found.groups[1].features)
    assert set(found.groups[1].rows) >= {place for place, row in enumerate(ROWS) if len(row["completion"]) > 85}


def test_noise_has_no_common_cause():
    """Twelve rows that nothing but their number tells apart."""
    odd = set(random.Random(5).sample(range(120), 12))
    found = compared(lambda completion, n, **row: ours({"completion": completion}) + (n in odd))
    assert found.differ == 12
    assert [(group.found, len(group.rows), group.difference) for group in found.groups] == [
        (False, 12, "theirs is 1 higher")
    ]


def test_a_column_is_a_cause():
    for row in ROWS:
        row["source"] = "code" if row["n"] % 5 == 0 else "math"
    found = compared(lambda completion, source, **row: 0.0 if source == "code" else ours({"completion": completion}))
    assert "row.source=code" in {*found.groups[0].features, *found.groups[0].also}


def test_the_tail_of_the_hypergeometric_distribution():
    """2 red and 2 white balls, 2 drawn: both red in 1 of 6 draws, at least one red in 5 of 6."""
    assert abs(tail(2, 0, 2, 2) - 1 / 6) < 1e-12
    assert abs(tail(1, 1, 2, 2) - 5 / 6) < 1e-12


def test_the_headline_of_a_group_holds_for_all_its_rows():
    text = "rulereward: 1\nrules: {a: row.a * 1, b: row.b * 1}\nscore: (a ?? 0) + 0.5 * (b ?? 0)\n"
    given = [(1, 0)] * 20 + [(0, 1)] * 17 + [(1, 1)] * 13 + [(0, 0)] * 50
    data = Data([{"completion": "x", "a": a, "b": b} for a, b in given], [f"r:{n}" for n in range(len(given))])

    def quarter(completion, a, b):
        return 0.25 * b

    for group in compare(rr.Ruleset("two.yaml", text), quarter, data).groups:
        assert group.difference == "theirs is lower" or len(group.values) == 1, group
