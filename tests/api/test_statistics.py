"""The numbers a training run logs, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rulereward as rr
from rulereward.api.statistics import Moments, Statistics, statistics

RULES = """\
rulereward: 1
rules:
  right: exact_match(completion, answer)
  tokens: length(completion, unit="tok")
  size: length(completion, unit="char")
score:
  terms:
    right: 1
    short: {value: "1 - size / 10char", weight: 0.5}
  on_null: propagate
"""
ROWS = [
    {"completion": "four", "answer": "four", "token_ids": [1, 2]},
    {"completion": "ten", "answer": "four", "token_ids": [1]},
    {"completion": "eleven", "answer": None, "token_ids": [1, 2, 3]},
    {"completion": "six", "answer": "seven", "token_ids": "none"},
]


def scored(rows, group):
    return rr.Ruleset("made.yaml", RULES).score_rows(rows, group=group)


def test_the_numbers_of_a_batch():
    """Rewards 1.3, 0.35, none (no gold), 0.35; right 1, 0, none, 0; sizes 4, 3, 6, 3; tokens 2, 1, 3, error."""
    log = statistics(scored(ROWS, ["a", "a", "b", "b"]))
    seconds = {name for name in log if name.startswith("rulereward/seconds/")}
    assert seconds == {"rulereward/seconds/right", "rulereward/seconds/tokens", "rulereward/seconds/size"}
    rest = {name.removeprefix("rulereward/"): value for name, value in log.items() if name not in seconds}
    third = 2 / 3
    assert rest == pytest.approx(
        {
            "reward/mean": third, "reward/std": math.sqrt((0.95 * third) ** 2 / 2 + 2 * (0.95 / 3) ** 2 / 2),
            "reward/null_rate": 0.25, "reward/error_rate": 0.0,
            "right/mean": 1 / 3, "right/std": math.sqrt(1 / 3),
            "right/null_rate": 0.25, "right/error_rate": 0.0, "right/skipped_rate": 0.0,
            "tokens/mean": 2.0, "tokens/std": 1.0,
            "tokens/null_rate": 0.0, "tokens/error_rate": 0.25, "tokens/skipped_rate": 0.0,
            "size/mean": 4.0, "size/std": math.sqrt(2.0),
            "size/null_rate": 0.0, "size/error_rate": 0.0, "size/skipped_rate": 0.0,
            # one group has two rewards, 1.3 and 0.35; of the difference 0.95, right gives 1 and short -0.05
            "frac_reward_zero_std": 0.0, "credit/right": 1 / 0.95, "credit/short": -0.05 / 0.95, "credit/(rest)": 0.0,
        },
        abs=1e-12,
    )  # fmt: skip


def test_a_tied_group_counts():
    log = statistics(scored([ROWS[0], ROWS[0], ROWS[0], ROWS[1]], ["a", "a", "b", "b"]))
    assert log["rulereward/frac_reward_zero_std"] == 0.5


def test_batches_add_up():
    whole = Statistics(("right", "tokens", "size"))
    for row in ROWS:
        whole.add(scored([row], None))
    together = statistics(scored(ROWS, [None] * 4))
    found = whole.take()
    for name, value in together.items():
        if "/seconds/" not in name:
            assert found[name] == pytest.approx(value, abs=1e-12), name
    assert whole.take() == {}


def test_what_does_not_exist_is_left_out():
    log = statistics(scored([ROWS[2]], None))
    assert "rulereward/right/mean" not in log
    assert "rulereward/frac_reward_zero_std" not in log
    assert log["rulereward/reward/null_rate"] == 1.0
    assert statistics(scored([], None)) == {}


@given(st.lists(st.lists(st.floats(-1e6, 1e6), max_size=5), max_size=6))
def test_moments_in_parts_are_those_of_the_whole(parts):
    moments = Moments()
    for part in parts:
        moments.add(np.array(part))
    values = [value for part in parts for value in part]
    assert moments.count == len(values)
    if len(values) > 1:
        assert moments.mean == pytest.approx(np.mean(values), rel=1e-9, abs=1e-6)
        assert moments.std == pytest.approx(np.std(values, ddof=1), rel=1e-9, abs=1e-6)


FAR_KIND = """\
from rulereward import rule


@rule(version=1, returns="number")
def far(text: str) -> float:
    \"\"\"The number that a text is.\"\"\"
    return float(text)
"""
FAR = "rulereward: 1\nrules:\n  far: far(completion)\nscore: far\n"


@pytest.fixture
def far(tmp_path, monkeypatch):
    (tmp_path / "far_kind.py").write_text(FAR_KIND, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return rr.Ruleset("far.yaml", FAR, ("far_kind",))


@pytest.mark.parametrize(
    "values", [["1e200", "-1e200"], ["1e308", "1e308"], ["1e160", "-1e160", "0"], ["1.7e308", "-1.7e308"]]
)
def test_values_near_the_largest_float_end_no_run(far, values):
    """What cannot be told of them is left out of the log; their share of null rewards can."""
    log = statistics(far.score_rows([{"completion": value} for value in values], group=["a"] * len(values)))
    assert all(math.isfinite(value) for value in log.values())
    assert log["rulereward/far/null_rate"] == log["rulereward/reward/error_rate"] == 0.0


@pytest.mark.parametrize("value", ["inf", "-inf", "nan"])
def test_what_is_no_finite_number_is_an_error_of_the_rule(far, value):
    scores = far.score_rows([{"completion": value}, {"completion": "1"}])
    assert scores.states.tolist() == [rr.State.ERROR, rr.State.OK]
    assert math.isnan(scores.reward[0])
