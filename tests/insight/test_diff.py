"""`diff` on rows whose numbers are worked out by hand, and on real rollouts."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import rulereward as rr
from rulereward.errors import ConfigurationError
from rulereward.insight.data import Data, read_data
from rulereward.insight.diff import diff, mapped
from rulereward.insight.diff_groups import RuleCredit
from rulereward.insight.ranks import Pairs, advantages, pairs

ROLLOUTS = Path(__file__).parents[3] / "shared" / "data" / "math_rollouts.jsonl"
needs_rollouts = pytest.mark.skipif(not ROLLOUTS.exists(), reason="needs ../shared/data/math_rollouts.jsonl")


def ruleset(text, name):
    return rr.Ruleset(f"{name}.yaml", f"rulereward: 1\nname: {name}\n{text}")


RULES = "rules: {right: 'exact_match(completion, answer)', size: 'row.size'}\n"
A = ruleset(RULES + "score: right + size\n", "a")
B = ruleset(RULES.replace("}", ", bonus: 'row.bonus'}") + "score: right - size + bonus\n", "b")


def rows(*given):
    """Rows of (group, right, size, bonus)."""
    return [
        {"prompt_id": group, "completion": "x" if right else "y", "answer": "x", "size": size, "bonus": bonus}
        for group, right, size, bonus in given
    ]


def data_of(*given):
    made = rows(*given)
    return Data(made, [f"r:{place}" for place in range(len(made))])


ONE_GROUP = data_of(("g", True, 1, 0), ("g", False, 0, 0), ("g", False, 2, 0), ("g", True, 0, 4))
"""A: 2 0 2 1. B: 0 0 -2 5. Means 1.25 and 0.75."""


def test_moves_and_their_rules():
    """Moves -2, 0, -4, +4. Rows 0 and 2 by `size` (-2 and -4), row 3 by the `bonus` of 4 that only B has."""
    found = diff(A, B, ONE_GROUP)
    told = [(move.row, move.a, move.b, move.move, move.by, move.change) for move in found.moves]
    assert told == [
        (2, 2.0, -2.0, -4.0, "size", -4.0),
        (3, 1.0, 5.0, 4.0, "bonus", 4.0),
        (0, 2.0, 0.0, -2.0, "size", -2.0),
    ]
    assert found.mean_move == pytest.approx(-2 / 3)
    by_rule = [(rule.rule, rule.owner, rule.rows, rule.mean_move, rule.largest_move) for rule in found.by_rule]
    assert by_rule == [("size", "both", 2, -3.0, -4.0), ("bonus", "B", 1, 4.0, 4.0)]


def test_order_and_signs_within_a_group():
    """Pairs by A and by B, for rows 01 02 03 12 13 23: > = > < < > against = > < > < <.

    One the same (13), three opposite (03, 12, 23), one tied by A only (02), one by B only (01). So tau-b is
    (1 - 3) / sqrt((1 + 3 + 1) (1 + 3 + 1)) = -2/5.
    Advantages under A are 0.75 -1.25 0.75 -0.25, under B -0.75 -0.75 -2.75 4.25: rows 0, 2 and 3 change sign.
    """
    groups = diff(A, B, ONE_GROUP).groups
    assert pairs([2, 0, 2, 1], [0, 0, -2, 5]) == Pairs(same=1, opposite=3, tied_a=1, tied_b=1)
    assert groups.tau == pytest.approx(-0.4)
    assert (groups.groups, groups.order_changes, groups.turned, groups.tau_groups) == (1, 1, 1, 1)
    told = [(flip.row, flip.a, flip.b, flip.by) for flip in groups.flips]
    assert told == [(3, -0.25, 4.25, "bonus"), (2, 0.75, -2.75, "size"), (0, 0.75, -0.75, "size")]


def test_credit_on_both_sides():
    """Group of two. A: right 1 0, size 0 1: rewards 1 1, a tie, no credit. B: right 1 0, size 0 -1, bonus 0 -2.

    B's rewards 1 and -3 differ by 4: 1 by `right`, 1 by `size`, 2 by `bonus`: shares 1/4, 1/4 and 1/2.
    """
    found = diff(A, B, data_of(("g", True, 0, 0), ("g", False, 1, -2))).groups
    assert (found.tied_a, found.groups_a, found.tied_b, found.groups_b) == (1, 1, 0, 1)
    assert [credit.rule for credit in found.credit] == ["right", "size", "bonus", "(rest)"]
    assert [credit.a for credit in found.credit] == [None] * 4
    assert [credit.b for credit in found.credit] == pytest.approx([0.25, 0.25, 0.5, 0.0])
    assert (found.tau, found.tau_groups, found.pushed, found.released) == (None, 0, 2, 0)


def test_the_mean_over_groups():
    """Group g turns around (tau -1), h stays (tau 1), i has one row: the mean is 0 over two groups."""
    found = diff(A, B, data_of(("g", 0, 1, 0), ("g", 0, 2, 0), ("h", 0, 0, 0), ("h", 1, 0, 0), ("i", 0, 0, 0))).groups
    assert (found.groups, found.tau, found.tau_groups, found.order_changes, found.turned) == (2, 0.0, 2, 1, 1)


@pytest.mark.parametrize(
    ("a", "b", "tau"),
    [
        ([1, 2, 3], [10, 20, 30], 1.0),
        ([1, 2, 3], [3, 2, 1], -1.0),
        ([1, 1, 2], [1, 2, 2], 1 / 2),  # pairs: tied by a, tied by b, the same: 1 / sqrt(2 * 2)
        ([1, 1, 2, 2], [1, 1, 2, 3], 4 / math.sqrt(4 * 5)),
        ([1, 1, 1], [1, 2, 3], None),
        ([0.1 + 0.2, 0.3], [1, 2], None),  # 0.30000000000000004 is the same reward
    ],
)
def test_rank_correlation_with_ties(a, b, tau):
    found = pairs(a, b).tau
    assert found == (None if tau is None else pytest.approx(tau))


def test_advantages_leave_out_rows_without_reward():
    import numpy as np

    assert advantages(np.array([1.0, math.nan, 0.0]), [0, 1, 2]) == {0: 0.5, 2: -0.5}
    assert advantages(np.array([1.0, math.nan]), [0, 1]) == {}


def test_rewards_that_appear_and_disappear():
    """Under `strict` a row without bonus has no reward, under `lax` one without a gold: rows 1 and 2."""
    strict = ruleset("rules: {bonus: row.bonus}\nscore: bonus\n", "strict")
    lax = ruleset("rules: {right: 'exact_match(completion, answer)'}\nscore: right\n", "lax")
    made = rows(("g", 1, 0, 1), ("g", 1, 0, None), ("g", 1, 0, 0))
    made[2]["answer"] = None
    found = diff(strict, lax, Data(made, ["r:0", "r:1", "r:2"]))
    assert [(one.row, one.a, one.b, one.why) for one in found.switches] == [
        (1, None, 1.0, "null: no_column: bonus"),
        (2, 0.0, None, "null: gold_missing: right"),
    ]
    assert (found.a.missing, found.b.missing, len(found.moves)) == (1, 1, 0)


def test_a_gate_on_one_side_is_the_mover():
    gated = ruleset(
        RULES + "score:\n  gates: [{name: wrong, when: not right, value: -1}]\n  terms: {right: 1, size: 1}\n"
        "  on_null: zero\n",
        "gated",
    )
    found = diff(A, gated, data_of(("g", 0, 5, 0), ("g", 1, 0, 0)))
    assert [(move.row, move.by, move.move) for move in found.moves] == [(0, "gate wrong", -6.0)]
    assert found.by_rule[0].owner == "B"


def test_the_gate_of_a_route_is_the_mover():
    routed = ruleset(
        RULES + "score: right + size\nroute:\n  - name: big\n    when: row.size > 4\n"
        "    score: {gates: [{name: too_big, when: not right, value: -1}], terms: {right: 1}, on_null: zero}\n",
        "routed",
    )
    found = diff(A, routed, data_of(("g", 0, 5, 0), ("g", 1, 0, 0)))
    assert [(move.row, move.by, move.move) for move in found.moves] == [(0, "gate too_big", -6.0)]
    assert found.by_rule[0].owner == "B"


def test_a_renamed_rule_moves_nothing():
    """`right` and `correct` put the same in; only `size` is left to have moved the reward."""
    renamed = ruleset(RULES.replace("right", "correct") + "score: correct + 2 * size\n", "renamed")
    found = diff(A, renamed, data_of(("g", 1, 1, 0), ("g", 0, 3, 0)))
    assert {move.by for move in found.moves} == {"size"}


def test_the_same_meaning_is_said_at_once():
    again = ruleset(RULES + "# a comment\nscore:   right + size\n", "a")
    found = diff(A, again, Data([], []))
    assert found.equal
    assert (found.rows, found.moves, found.groups) == (0, (), None)


def test_without_groups_their_part_is_left_out():
    made = [{"completion": "x", "answer": "x", "size": 1, "bonus": 0}, {"completion": "y", "size": 2, "bonus": 0}]
    found = diff(A, B, Data(made, ["r:0", "r:1"]))
    assert found.groups is None
    assert "group key or prompt" in found.no_groups


def test_columns_are_mapped_on_the_side_that_has_the_input():
    with_tests = ruleset("inputs: {hint: hint}\nrules: {right: 'exact_match(completion, hint)'}\nscore: right\n", "t")
    first, second = mapped(A, with_tests, {"hint": "clue", "completion": "response"})
    assert first.plan.inputs["completion"].paths == ("response",)
    assert second.plan.inputs["hint"].paths == ("clue",)
    with pytest.raises(ConfigurationError, match="neither ruleset has an input `hind`"):
        mapped(A, with_tests, {"hind": "clue"})


def test_as_json():
    told = diff(A, B, ONE_GROUP).to_json(most_rows=1)
    assert (told["rows"], told["moved"], len(told["moves"])) == (4, 3, 1)
    assert told["groups"]["kendall_tau_b"] == pytest.approx(-0.4)
    assert told["groups"]["sign_changes"] == 3


@needs_rollouts
def test_on_real_rollouts():
    """The same reward but for three times the length's weight: nobody changes places, credit moves to the length."""
    rules = (
        "rules: {correct: row.their_correct, long: 'ramp(length(completion, unit=\"char\"), 500char..2000char)'}\n"
    )
    light, heavy = (ruleset(rules + f"score: correct - {weight} * long\n", "r") for weight in (0.1, 0.3))
    data = read_data([str(ROLLOUTS)])
    found = diff(light, heavy, data)
    ramps = [min(1.0, max(0.0, (len(row["completion"]) - 500) / 1500)) for row in data.rows]
    assert len(found.moves) == sum(ramp > 0 for ramp in ramps)
    assert found.mean_move == pytest.approx(-0.2 * sum(ramps) / len(found.moves))
    assert {rule.rule for rule in found.by_rule} == {"long"}
    assert found.groups.groups == 100
    assert found.groups.turned == 0
    shares = {credit.rule: credit for credit in found.groups.credit}
    assert isinstance(shares["long"], RuleCredit)
    assert shares["correct"].a == pytest.approx(0.10, abs=0.005)
    assert shares["correct"].b < shares["correct"].a


@needs_rollouts
def test_shipped_rulesets_on_real_rollouts():
    found = diff(rr.load("math"), rr.load("r1"), read_data([str(ROLLOUTS)]))
    assert (found.a.missing, found.b.missing) == (8, 8)
    assert {rule.rule: rule.owner for rule in found.by_rule}["boxed"] == "A"
