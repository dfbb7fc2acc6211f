"""Credit on real rollouts, worked out again in plain Python.

Of correctness less a tenth of a ramp of the length nearly all of the reward is correctness, and nearly all of what a
trainer learns from is the length: on most problems all completions are right, or all are wrong.
"""

from __future__ import annotations

from collections import defaultdict
from statistics import fmean

import pytest
from rollout_rows import needs_rollouts, rollouts

import rulereward as rr
from rulereward.engine.credit import REST

pytestmark = needs_rollouts

RULESET = """\
rulereward: 1
name: concise
rules:
  correct: row.their_correct
  long: ramp(length(completion, unit="char"), 500char..2000char)
score: correct - 0.1 * long
"""


@pytest.fixture(scope="module")
def scores() -> rr.Scores:
    return rr.Ruleset("concise.yaml", RULESET).score_rows(rollouts())


def parts_by_hand() -> dict[str, dict[str, list[float]]]:
    """By problem: what each part puts into the eight rewards."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: {"correct": [], "long": []})
    for row in rollouts():
        past = (len(row["completion"]) - 500) / 1500
        found[row["prompt_id"]]["correct"].append(1.0 if row["their_correct"] else 0.0)
        found[row["prompt_id"]]["long"].append(-0.1 * min(1.0, max(0.0, past)))
    return found


def covariance(a: list[float], b: list[float]) -> float:
    """E[ab] - E[a]E[b], another way to it than the engine's."""
    return fmean(x * y for x, y in zip(a, b, strict=True)) - fmean(a) * fmean(b)


def credit_by_hand() -> tuple[dict[str, float], int]:
    """The mean of cov(part, reward) / var(reward) over the problems whose rewards differ, and how many do not."""
    shares: dict[str, list[float]] = {"correct": [], "long": []}
    tied = 0
    for parts in parts_by_hand().values():
        rewards = [a + b for a, b in zip(parts["correct"], parts["long"], strict=True)]
        if max(rewards) - min(rewards) < 1e-9:
            tied += 1
            continue
        for name, values in parts.items():
            shares[name].append(covariance(values, rewards) / covariance(rewards, rewards))
    return {name: fmean(found) for name, found in shares.items()}, tied


def test_credit_is_what_the_formula_gives(scores: rr.Scores) -> None:
    by_hand, tied = credit_by_hand()
    credit = scores.credit
    assert {name: credit[name] for name in by_hand} == pytest.approx(by_hand, abs=1e-9)
    assert sum(credit.values()) == pytest.approx(1.0)
    assert credit[REST] == pytest.approx(0.0, abs=1e-9)
    assert tied == 1


def test_correctness_is_the_reward_and_not_what_is_learned_from(scores: rr.Scores) -> None:
    sizes = {name: float(abs(values).sum()) for name, values in scores.contributions().items()}
    assert sizes["correct"] / sum(sizes.values()) == pytest.approx(0.96, abs=0.005)
    assert scores.credit["correct"] == pytest.approx(0.10, abs=0.005)


def test_because_most_problems_are_tied_on_correctness() -> None:
    tied = [problem for problem, parts in parts_by_hand().items() if len(set(parts["correct"])) == 1]
    assert len(tied) == 90
