"""The shipped rulesets on real rollouts, against verdicts read from the completions by hand."""

from __future__ import annotations

import pytest
from rollout_rows import needs_rollouts, rollouts

import rulereward as rr
from rulereward.data import State

pytestmark = needs_rollouts

WRONG = {
    "math-6": {0: "5/16", 3: "3/4", 5: "1/4", 6: "3/16", 7: "5/16"},
    "math-17": dict.fromkeys((2, 3, 6, 7), "6287000"),
    "math-28": {0: "11", 1: "11", 3: "15", 5: "2", 6: "3", 7: "13"},
    "math-37": {0: "1 8/91", 4: "1 1/9"},
    "math-54": {0: "6.5", 1: "12.5", 2: "12.5", 3: "22.22", 5: "33.33", 6: "13", 7: "20"},
    "math-58": dict.fromkeys((1, 3, 4, 7), "1.39"),
    "math-70": dict.fromkeys((0, 3, 4, 6, 7), "19"),
    "math-72": {
        0: "9999",
        1: "9998",
        2: "9999",
        3: "9999.857142857143",
        4: "9999",
        5: "9998.571428571429",
        6: "9999 6/7",
    },
    "math-81": {3: "C"},
    "math-84": dict.fromkeys(range(8), "40"),
    "math-85": {0: "64", 1: "64", 2: "64", 3: "80", 4: "80", 5: "80", 6: "80", 7: "64"},
    "math-92": {0: "sqrt(34) + 3 sqrt(10)", 2: "20"},
    "math-98": {1: "759375", 4: "2500", 5: "708750", 6: "759375"},
}
"""Rows whose boxed answer is not the gold, with that answer. Every other answer is the gold, or differs from it by
spaces or by the separators of thousands."""

GOLDS = {
    "math-6": "\\frac{3}{8}",
    "math-17": "6290000",
    "math-28": "4",
    "math-37": "1\\frac{1}{10}",
    "math-54": "25",
    "math-58": "12",
    "math-70": "31",
    "math-72": "10{,}000",
    "math-81": "A",
    "math-84": "140",
    "math-85": "68",
    "math-92": "28",
    "math-98": "50,625",
}

UNUSABLE_GOLDS = {"math-3": "4:30p.."}
"""A time of day cut off in the data. Nobody can be right or wrong about it, so its rows are not judged."""

THEY_ERR = {("math-72", 7): "10000 against 10{,}000 is right: {,} is how LaTeX separates thousands"}
"""Where the other grader's verdict differs from ours on a usable gold, and why ours is right."""


@pytest.fixture(params=["math", "r1"])
def scores(request: pytest.FixtureRequest) -> rr.Scores:
    return rr.load(request.param).score_rows(rollouts())


def test_the_data_is_what_the_verdicts_were_read_from() -> None:
    golds = {row["prompt_id"]: row["answer"] for row in rollouts()}
    assert len(rollouts()) == 800
    assert len(golds) == 100
    assert {name: golds[name] for name in GOLDS} == GOLDS
    assert {name: golds[name] for name in UNUSABLE_GOLDS} == UNUSABLE_GOLDS


def test_accuracy_is_right_on_every_row_with_a_usable_gold(scores: rr.Scores) -> None:
    accuracy = scores["accuracy"]
    for row, value, state, reason in zip(rollouts(), accuracy.values, accuracy.states, accuracy.reasons, strict=True):
        where = row["prompt_id"], row["sample"]
        if row["prompt_id"] in UNUSABLE_GOLDS:
            assert state == State.NULL, where
            assert reason is not None
            assert reason.code == "gold_unreadable"
        else:
            assert (state, value) == (State.OK, row["sample"] not in WRONG.get(row["prompt_id"], {})), where


def test_every_difference_to_the_other_grader_is_known(scores: rr.Scores) -> None:
    accuracy = scores["accuracy"]
    differences = {
        (row["prompt_id"], row["sample"])
        for row, value, state in zip(rollouts(), accuracy.values, accuracy.states, strict=True)
        if state == State.OK and bool(value) != row["their_correct"]
    }
    assert differences == set(THEY_ERR)


def test_rows_that_cannot_be_judged_have_no_reward(scores: rr.Scores) -> None:
    for row, state in zip(rollouts(), scores.states, strict=True):
        assert state == (State.NULL if row["prompt_id"] in UNUSABLE_GOLDS else State.OK)


def test_the_parts_of_the_math_reward() -> None:
    scores = rr.load("math").score_rows(rollouts())
    assert set(scores["boxed"].values) == {1.0}, "every completion of this file has a box"
    lengths = [float(len(row["completion"])) for row in rollouts()]
    assert scores["length"].values.tolist() == lengths
    for row, reward, length, repetition in zip(
        rollouts(), scores.reward, lengths, scores["repetition"].values, strict=True
    ):
        if length <= 12_000 and repetition <= 0.2 and row["prompt_id"] not in UNUSABLE_GOLDS:
            wrong = row["sample"] in WRONG.get(row["prompt_id"], {})
            assert reward == pytest.approx(0.1 if wrong else 1.1, abs=1e-15)


def test_no_completion_has_the_tags_that_r1_asks_for() -> None:
    assert not any("<think>" in row["completion"] for row in rollouts())
    assert set(rr.load("r1").score_rows(rollouts())["format"].values) == {0.0}
