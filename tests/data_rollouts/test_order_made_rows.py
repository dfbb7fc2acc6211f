"""One row has one reward, on rows made to be hard: extreme numbers, any text, missing columns and completions."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulereward.api import Ruleset, Scores

NUMBERS = {
    "arithmetic": "(x + y) * 0.1 - x / (1 + abs(y)) + (-x)",
    "power": "clamp(x, 0..10) ** clamp(y, 0..3)",
    "extremes": "min(x, y, 0) + max(x, -0.0) + mod(x, 3)",
    "clamped": "clamp(x, -0.0..1) + clamp(y, ..0)",
    "ramped": "ramp(x, -1..2, from=0.3, to=-0.7) + ramp(x, y..y)",
    "waved": "cosine(x, -3..3, from=1, to=-1)",
    "decayed": "decay(x, 0..1, scale=0.7, shape='gauss') - decay(y, ..2, scale=3, shape='exp')",
    "squashed": "sigmoid(x) + exp(clamp(x, -5..5)) + log(1 + abs(y)) + sqrt(abs(x))",
    "rounded": "round(clamp(x, -1e9..1e9) * 7) + at",
    "chosen": "case { x < y => 1 / 3, y in 0..<5 => 0.1, else => x ?? -1 }",
    "logic": "1 if (x > 0 or y is null) and not (x == y) else 0.2",
    "text": "length(completion, unit='char') / 3char + ngram_repetition(completion, n=2) / 7",
    "sections": "1 if think_format(trailing=true) else (length(think, unit='char') ?? 1char) / 9char",
}
GROUPED = {
    "advantage": "(x - mean(x) over group) / (std(x) over group + 1e-4)",
    "place": "rank(y) over group + normalize_linear(x) over group",
    "spread": "max(x where y > 0) over group - min(x) over group",
    "middle": "median(y) over group + sum(x) over group",
    "share": "(count(x > y) over group) / 3 + (1 if any(x > 1) over group else 0)",
}


def ruleset(formula: str) -> Ruleset:
    lines = [
        "rulereward: 1",
        "let:",
        "  x: row.x * 1",
        "  y: row.y * 1",
        "  at: 0.5",
        "rules:",
        "  same: exact_match(completion, answer)",
    ]
    return Ruleset("made", "\n".join([*lines, "score: |", f"  {formula}", ""]))


texts = st.text(alphabet="ab <>/think\n中é\ud800", max_size=12) | st.just("<think>a b a b</think>c")
numbers = (
    st.none() | st.floats(allow_nan=True) | st.integers() | st.sampled_from([-0.0, 0.0, 1e308, 5e-324, "7", True])
)
rows = st.fixed_dictionaries(
    {
        "completion": st.none() | texts,
        "x": numbers,
        "y": numbers,
        "answer": st.none() | texts,
        "group": st.integers(0, 2),
    }
)


def told(scores: Scores) -> list[tuple[object, ...]]:
    rules = scores["same"]
    parts = (scores.reward, scores.states, scores.reasons, rules.values, rules.states)
    return [
        tuple(value.hex() if isinstance(value, float) else value for value in row) for row in zip(*parts, strict=True)
    ]


def check(compiled: Ruleset, made: list[dict[str, Any]], cuts: list[list[int]]) -> None:
    whole = told(compiled.score_rows(made, evaluate="all"))
    for places in cuts:
        for evaluate in ("all", "needed"):
            part = told(compiled.score_rows([made[place] for place in places], evaluate=evaluate))
            assert part == [whole[place] for place in places]


COMPILED = {name: ruleset(formula) for name, formula in NUMBERS.items()}
COMPILED_GROUPED = {name: ruleset(formula) for name, formula in GROUPED.items()}


@pytest.mark.parametrize("name", COMPILED)
@given(made=st.lists(rows, min_size=1, max_size=25), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=40)
def test_rows(name: str, made: list[dict[str, Any]], seed: int) -> None:
    order = list(range(len(made)))
    cuts = [[place] for place in order[:5]] + [order[start : start + 7] for start in range(0, len(order), 7)]
    check(COMPILED[name], made, [*cuts, random.Random(seed).sample(order, len(order))])


@pytest.mark.parametrize("name", COMPILED_GROUPED)
@given(made=st.lists(rows, min_size=1, max_size=12), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=40)
def test_groups(name: str, made: list[dict[str, Any]], seed: int) -> None:
    order = random.Random(seed).sample(range(len(made)), len(made))
    cuts = [[place for place in order if made[place]["group"] == group] for group in range(3)]
    check(COMPILED_GROUPED[name], made, [cut for cut in cuts if cut] + [order])
