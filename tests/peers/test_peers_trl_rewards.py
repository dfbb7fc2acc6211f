"""The shipped ruleset `trl`, term by term and as a sum, and TRL's released reward functions."""

from __future__ import annotations

import random
from typing import Any

import pytest
from peer_files import trl_accuracies, trl_formats, trl_others

import rulereward as rr

pytest.importorskip("math_verify")
pytestmark = pytest.mark.filterwarnings("ignore")  # math-verify's and sympy's own
format_rewards = trl_formats()
other_rewards = trl_others()
THEIRS = trl_accuracies()


def completions() -> list[str]:
    """Thoughts and answers with no box, one, the same twice or two different ones; announced, or not at all."""
    chance = random.Random(0)
    values = ("4", "5", "\\frac{8}{2}", "x")
    texts = []
    for _ in range(400):
        first = chance.choice(values)
        held = chance.choice(([], [first], [first], [first, first], ["5", "4"]))
        boxed = [f"\\boxed{{{value}}}" for value in held]
        answer = chance.choice((", so ".join(boxed), " ".join(boxed), f"The answer is ${first}$."))
        thought = chance.choice(("Add them.", "先相加。", f"Perhaps {boxed[0] if boxed else 'not'}?", "I guess $4$."))
        opened, closed = chance.choice(("<think>", "<think>", "")), chance.choice(("</think>", "</think>", ""))
        texts.append(f"{opened}{thought}{closed}{answer}")
    return texts


TEXTS = completions()
IDS = [list(text.encode("utf-8")) for text in TEXTS]  # bytes are tokens as good as any
CHATS = [[{"role": "assistant", "content": text}] for text in TEXTS]
ROOM = {"max_len": 80, "buffer": 50, "cosine_max_len": 60}  # the texts are short


def ours(texts: list[str] = TEXTS, gold: str = "4", **params: Any) -> rr.Scores:
    ids = [list(text.encode("utf-8")) for text in texts]
    return rr.load("trl", params=ROOM | params).score(texts, answer=[gold] * len(texts), completion_ids=ids)


@pytest.fixture(scope="module")
def theirs() -> dict[str, list[float | None]]:
    golds = ["4"] * len(TEXTS)
    return {
        "reasoning_accuracy": THEIRS.reasoning_accuracy_reward(CHATS, golds),
        "accuracy": THEIRS.accuracy_reward(CHATS, golds),
        "format": format_rewards.think_format_reward(CHATS),
        "overlong": other_rewards.get_soft_overlong_punishment(80, 50)(IDS),
        "cosine": THEIRS.get_cosine_scaled_reward(60)(CHATS, golds, IDS),
        "repetition": other_rewards.get_repetition_penalty_reward(3, -1.0)(IDS),
    }


NAMES = ("reasoning_accuracy", "accuracy", "format", "overlong", "cosine", "repetition")


@pytest.mark.parametrize("name", NAMES)
def test_each_function(name: str, theirs: dict[str, list[float]]) -> None:
    """The reward where that function alone has a weight. A penalty has its sign in the weight."""
    weights = {f"{other}_weight": 0 for other in NAMES} | {f"{name}_weight": -1 if name == "repetition" else 1}
    rewards = ours(**weights).reward.tolist()
    assert rewards == pytest.approx(theirs[name], rel=1e-12, abs=1e-12)
    assert len(set(theirs[name])) > 1
    assert max(theirs[name].count(value) for value in set(theirs[name])) < 0.95 * len(TEXTS)  # tried on both sides


def test_the_sum(theirs: dict[str, list[float]]) -> None:
    weights = {
        "reasoning_accuracy": 1,
        "accuracy": 0.5,
        "format": 0.25,
        "overlong": 2,
        "cosine": 0.3,
        "repetition": -0.7,
    }
    rewards = ours(**{f"{name}_weight": weight for name, weight in weights.items()}).reward.tolist()
    signed = weights | {"repetition": 0.7}
    expected = [sum(signed[name] * theirs[name][row] for name in NAMES) for row in range(len(TEXTS))]
    assert rewards == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_the_room_of_the_script() -> None:
    """What stands in the ruleset is what TRL's own script passes."""
    text = "<think>a</think>\\boxed{4}"
    lengths = [1, 1_024, 1_025, 1_152, 1_280, 1_281, 4_000]
    ids = [[7] * length for length in lengths]
    scores = rr.load("trl").score([text] * len(ids), answer=["4"] * len(ids), completion_ids=ids)
    assert scores["overlong"].values.tolist() == other_rewards.get_soft_overlong_punishment(1_280, 256)(ids)


def test_a_gold_answer_that_cannot_be_read() -> None:
    """They give None, of which the trainer makes nothing beside other functions; so do we."""
    text = "<think>a</think>\\boxed{4}"
    assert THEIRS.reasoning_accuracy_reward([[{"content": text}]], [""]) == [None]
    scores = ours([text], gold="", overlong_weight=0)
    assert scores["reasoning_accuracy"].states[0] == rr.State.NULL
    assert scores.reward.tolist() == [1.0]  # the format


@pytest.mark.parametrize(
    ("text", "their_reward", "our_value"),
    [
        ("<think>a</think>\\boxed{4}, \\boxed{5}, \\boxed{4}", 0.0, 1.0),  # all boxes; ours: the first and the last
        ("<think>a</think>\\boxed{\\frac{8}{2}} = \\boxed{4}", 1.0, 0.0),  # equal values; ours: equal texts
        ("<think>a</think>\\boxed{4}</think>I cannot tell.", 0.0, 1.0),  # behind the last tag; ours: the first
        ("<think>a</think>Hence $4$ is the final answer: $4$.", 1.0, 0.0),  # more ways to announce
    ],
)
def test_where_we_differ(text: str, their_reward: float, our_value: float) -> None:
    """What docs/rulesets/trl.md names."""
    assert THEIRS.reasoning_accuracy_reward([[{"content": text}]], ["4"]) == [their_reward]
    assert ours([text])["reasoning_accuracy"].values.tolist() == [our_value]
