"""A few hundred made rows on which each bug of `planted_rewards` shows, among much that no bug cares for."""

from __future__ import annotations

import random

RULESET = """\
rulereward: 1
name: planted
rules:
  accuracy: math_equal(boxed(final), answer)
  length: length(completion, unit="char")
  chinese: chinese_ratio(completion) ?? 0
let:
  final: after(completion, "</think>") ?? completion
score: accuracy
"""

FILLERS = ("Let me see.", "So we add both.", "我们先计算。", "```\nx = 1\n```", "This is 20% of it.", "Note: 3/4.")
ENDINGS = ("", "", " That is it.", "\nI am sure.", " 完毕。")


def planted_rows(count=600, seed=11):
    made = random.Random(seed)
    return [_row(made, place) for place in range(count)]


def _row(made, place):
    gold = made.choice([made.randrange(10, 999), made.randrange(10, 999), made.randrange(1000, 90_000)])
    answer = gold if made.random() < 0.6 else gold + made.randrange(1, 9)
    thinking = " ".join(made.choices(FILLERS, k=made.randrange(1, 6)))
    if made.random() < 0.25:
        thinking += f"\nIs it \\boxed{{{_written(made, made.choice([gold, gold + 9]))}}}?\n"
    boxes = f"\\boxed{{{_written(made, answer)}}}"
    if made.random() < 0.15:
        boxes = f"\\boxed{{{_written(made, made.choice([gold, gold + 10]))}}}, no, {boxes}"
    if made.random() < 0.1:
        thinking += f"\nSo it is \\boxed{{{_written(made, answer)}}}.\n"
        boxes = "what I said"
    completion = f"<think>{thinking}</think>It is {boxes}.{made.choice(ENDINGS)}"
    if made.random() < 0.06:
        completion = made.choice(["", " ", "\n"])
    answer = None if made.random() < 0.08 else _written(made, gold)
    return {"prompt_id": place // 4, "completion": completion, "answer": answer, "source": made.choice("abc")}


def _written(made, value):
    """Some with separators of thousands."""
    return made.choice([str(value), f"{value:,}", f"{value:,}".replace(",", "{,}")]) if value > 999 else str(value)
