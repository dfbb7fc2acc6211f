"""`compare` against TRL's released functions, as somebody would who moves from them to a ruleset."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from made_texts import made_texts

import rulereward as rr
from rulereward.insight.compare.comparison import Comparison, compare
from rulereward.insight.compare.conventions import Style
from rulereward.insight.compare.foreign import load_function
from rulereward.insight.data import Data

if importlib.util.find_spec("trl") is None:
    pytest.skip("trl is not installed: see tests/peers/README.md", allow_module_level=True)


def compared(score: str, function: str, rows: Sequence[dict[str, object]], style: Style | None = None) -> Comparison:
    ruleset = rr.Ruleset("peer.yaml", f"rulereward: 1\nname: peer\nrules:\n  ours: {score}\nscore: ours\n")
    data = Data(rows, [f"made:{place}" for place in range(len(rows))])
    return compare(ruleset, load_function(function), data, style=style)


def features(found: Comparison) -> set[str]:
    return {name for group in found.groups for name in (*group.features, *group.also)}


def test_the_format_preset_agrees_on_every_text() -> None:
    rows = [{"completion": text} for text in made_texts()]
    found = compared('think_format(style="trl")', "trl.rewards:think_format_reward", rows)
    assert (found.style, found.differ, found.agree, found.notes) == ("trl-chat", 0, len(rows), ())


def test_our_stricter_format_differs_for_causes_that_are_named() -> None:
    """By default nothing may stand behind the thinking, so TRL's is higher wherever an answer does."""
    rows = [{"completion": f"<think>{'a' * (n % 7 + 1)}</think>{'It is 4.' * (n % 2)}"} for n in range(100)]
    found = compared("think_format()", "trl.rewards:think_format_reward", rows)
    (group,) = found.groups
    assert (found.differ, group.agreeing, group.difference) == (50, 0, "ours is 0 and theirs 1")
    assert "not nothing_behind" in group.features or "ours:text_after" in {*group.features, *group.also}


def test_overlong_and_repetition_agree(tmp_path: Path) -> None:
    """What makes reward functions is called in a file of one's own, as the message says."""
    file = tmp_path / "made_rewards.py"
    file.write_text(
        "from trl.rewards import get_repetition_penalty_reward, get_soft_overlong_punishment\n"
        "overlong = get_soft_overlong_punishment(100, 20)\nrepeated = get_repetition_penalty_reward(3, -1.0)\n",
        "utf-8",
    )
    rows: list[dict[str, object]] = [
        {"completion": text, "completion_ids": list(text.encode())} for text in made_texts(600, seed=1)
    ]
    overlong = 'soft_overlong(length(completion, unit="tok"), max=100tok, buffer=20tok)'
    found = compared(overlong, f"{file}:overlong", rows)
    assert (found.style, found.differ) == ("trl", 0)
    found = compared('0 - ngram_repetition(completion, n=3, style="trl")', f"{file}:repeated", rows)
    assert (found.style, found.differ) == ("trl", 0)


def test_what_makes_a_function_is_no_reward_function() -> None:
    with pytest.raises(rr.RuleRewardError, match=r"reward = get_soft_overlong_punishment\(\.\.\.\)"):
        compared("1", "trl.rewards:get_soft_overlong_punishment", [{"completion": "a"}])


def accuracy_rows() -> list[dict[str, object]]:
    made = random.Random(7)
    rows: list[dict[str, object]] = []
    for place in range(160):
        gold = made.randrange(10, 99)
        said = gold if made.random() < 0.7 else gold + 1
        text = f"<think>I add.</think>It is \\boxed{{{said}}}."
        if place % 8 == 0:  # thought of, and never said
            text = f"<think>It may be \\boxed{{{said}}}.</think>I do not know."
        elif place % 8 == 1:  # said in formulas without a box
            text = f"<think>I add.</think>The final answer is ${said}$. I hope it is correct."
        rows.append({"completion": text, "solution": f"${gold}$"})
    return rows


@pytest.mark.parametrize("function", ["accuracy_reward", "reasoning_accuracy_reward"])
def test_where_their_accuracy_looks_for_the_answer(function: str) -> None:
    """`accuracy_reward` counts a box in the thinking and both count a formula without a box; ours counts neither.

    160 rows, of which every 8th has its right or wrong answer only in the thinking and another 8th without a box.
    """
    pytest.importorskip("math_verify")
    rows = accuracy_rows()
    right = [str(row["solution"]).strip("$") in str(row["completion"]) for row in rows]
    found = compared('math_equal(boxed(after(completion, "</think>")), answer)', f"trl.rewards:{function}", rows)
    in_thinking = {place for place in range(0, 160, 8) if right[place]}
    without_box = {place for place in range(1, 160, 8) if right[place]}
    expected = in_thinking | without_box if function == "accuracy_reward" else without_box
    assert found.style == "trl-chat"
    assert {row for group in found.groups for row in group.rows} == expected
    assert {group.difference for group in found.groups} == {"ours is 0 and theirs 1"}
    assert "no_box" in features(found)
    assert ({"only_inner_box", "box_in_thinking"} & features(found) != set()) == (function == "accuracy_reward")
