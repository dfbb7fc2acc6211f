"""A reward function as people write them, with five bugs that people make. `reward` has them all.

across_lines        `.` does not match line ends, so thinking of several lines stays, and a box in it counts
text_numbers        numbers are compared as texts, so 1,000 is not 1000
first_box           the first box is taken for the answer, and a corrected one is overlooked
zero_without_gold   a row without a gold answer is wrong, where nobody can know
no_words            the mean length of no words is a division by zero
"""

from __future__ import annotations

import re
from functools import partial

BUGS = ("across_lines", "text_numbers", "first_box", "zero_without_gold", "no_words")
BOX = re.compile(r"\\boxed\{((?:[^{}]|\{[^{}]*\})*)\}")


def without_thinking(text, bugs):
    return re.sub(r"<think>.*</think>", "", text, flags=0 if "across_lines" in bugs else re.DOTALL)


def number(text, bugs):
    return text.strip() if "text_numbers" in bugs else re.sub(r"(?<=\d)(?:,|\{,\})(?=\d{3})", "", text.strip())


def mean_word(completion, bugs):
    words = completion.split()
    if not words and "no_words" not in bugs:
        return 0.0
    return sum(map(len, words)) / len(words)


def score(completion, gold, bugs):
    if not gold:
        return 0.0 if "zero_without_gold" in bugs else None
    boxes = BOX.findall(without_thinking(completion, bugs))
    box = boxes[0 if "first_box" in bugs else -1] if boxes else ""
    right = bool(boxes) and number(box, bugs) == number(gold, bugs)
    return float(right) - (1.0 if mean_word(completion, bugs) > 1000 else 0.0)


def with_bugs(bugs, completions, answer, **_):
    """As TRL calls it."""
    return [score(completion, gold, bugs) for completion, gold in zip(completions, answer, strict=True)]


def reward(completions, answer, **columns):
    return with_bugs(BUGS, completions, answer, **columns)


def flawless(completions, answer, **columns):
    return with_bugs((), completions, answer, **columns)


ONE_BUG = {bug: partial(with_bugs, (bug,)) for bug in BUGS}
"""The function with one of its bugs; called by the names of its other parameters."""
