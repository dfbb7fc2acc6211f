"""One row has one reward: the same bits in any order, in batches of any size, whatever else is evaluated."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from rollout_rows import needs_rollouts, rollouts

import rulereward as rr
from rulereward.api import Ruleset

pytestmark = needs_rollouts

SHAPED = Ruleset(
    "shaped",
    """
    rulereward: 1
    let:
      len: length(completion, unit="char")
      z: (accuracy - mean(accuracy) over group) / (std(accuracy) over group + 1e-4)
    rules:
      accuracy: math_equal(boxed(completion), answer)
      loops: ngram_repetition(completion, n=3)
      place: normalize_linear(len) over group
    score:
      gates:
        - {name: loop, when: loops > 0.45, value: -1}
      terms:
        advantage: {value: z, weight: 1}
        short: {value: 'decay(len, 0char..800char, scale=900char, shape="gauss")', weight: 0.3}
        wave: {value: "cosine(len, 100char..5000char, from=1, to=-1)", weight: 0.1}
        power: {value: "sqrt(loops) ** 1.5 + log(1 + len / 1char) / 7", weight: 0.01}
        place: -0.2
      on_null: zero
      clamp: -3..3
    """,
)

RULESETS = [rr.load("math"), rr.load("r1"), SHAPED]
Bits = list[tuple[str, int]]


def bits(scores: rr.Scores) -> Bits:
    return [
        (reward.hex(), state) for reward, state in zip(scores.reward.tolist(), scores.states.tolist(), strict=True)
    ]


def in_batches(ruleset: Ruleset, rows: Sequence[Any], size: int, evaluate: str) -> Bits:
    """Rows in batches of `size`; of a ruleset with group functions, `size` whole groups."""
    if ruleset.uses_groups:
        groups: dict[str, list[int]] = {}
        for place, row in enumerate(rows):
            groups.setdefault(row["prompt_id"], []).append(place)
        units = list(groups.values())
    else:
        units = [[place] for place in range(len(rows))]
    found: Bits = [("", -1)] * len(rows)
    for start in range(0, len(units), size):
        places = [place for unit in units[start : start + size] for place in unit]
        scores = ruleset.score_rows([rows[place] for place in places], evaluate=evaluate)  # type: ignore[arg-type]
        for place, value in zip(places, bits(scores), strict=True):
            found[place] = value
    return found


@pytest.mark.parametrize("ruleset", RULESETS, ids=lambda ruleset: ruleset.name)
@pytest.mark.parametrize("size", [1, 7, 4096])
@pytest.mark.parametrize("evaluate", ["all", "needed"])
def test_batches_and_masks(ruleset: Ruleset, size: int, evaluate: str) -> None:
    rows = rollouts()
    assert in_batches(ruleset, rows, size, evaluate) == bits(ruleset.score_rows(rows, evaluate="all"))


@pytest.mark.parametrize("ruleset", RULESETS, ids=lambda ruleset: ruleset.name)
@pytest.mark.parametrize("seed", range(3))
def test_order(ruleset: Ruleset, seed: int) -> None:
    rows = rollouts()
    whole = bits(ruleset.score_rows(rows))
    order = list(range(len(rows)))
    random.Random(seed).shuffle(order)
    assert bits(ruleset.score_rows([rows[place] for place in order])) == [whole[place] for place in order]


@pytest.mark.parametrize("ruleset", RULESETS, ids=lambda ruleset: ruleset.name)
def test_twice_over(ruleset: Ruleset) -> None:
    """More rows than one block holds, every group in pieces far apart."""
    rows = rollouts()
    copies = [{**row, "prompt_id": f"{copy} {row['prompt_id']}"} for copy in range(6) for row in rows]
    assert bits(ruleset.score_rows(copies)) == bits(ruleset.score_rows(rows)) * 6
