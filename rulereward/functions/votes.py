"""What members or items agree on: `majority` and `distinct`. They compare values of any type, as `==` does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

from rulereward.kind import Interval, aggregate


@aggregate(takes=None, gives=None, keeps_unit=True, tied=True, range=lambda x, _: x)
def majority(values: Sequence[Any]) -> Any:
    """The most frequent value, of texts, numbers or truth values; null where several are equally frequent.

    A tie has no winner that would not hang on the order of the members. Compare with it to reward agreement:
    `(x == majority(x) over group) ?? false`. Values are equal as with `==`: to the letter, so bring answers into one
    form before. Gamed by a policy that always gives the same answer, so never reward agreement alone where a gold
    answer is at hand.
    Source: self-consistency (Wang et al. 2023); as a reward, TTRL (Zuo et al. 2025), which takes the first of a tie.
    """
    counts = Counter(map(_identity, values))
    (winner, votes), *others = counts.most_common(2)
    if others and others[0][1] == votes:
        return None
    # 1 and 1.0 are equal and written differently; which one is given must not hang on the order
    return min((value for value in values if _identity(value) == winner), key=repr)


@aggregate(takes=None, needs=0, range=lambda _, most: Interval(0.0, most))
def distinct(values: Sequence[Any]) -> float:
    """How many different values there are, of texts, numbers or truth values; 0 where none has a value.

    Values are equal as with `==`: texts to the letter.
    """
    return float(len(set(map(_identity, values))))


def _identity(value: Any) -> Hashable:
    """A value such that equal JSON values, and no others, are equal: to Python 1 is True; in JSON it is not."""
    if isinstance(value, list):
        return tuple(map(_identity, value))
    if isinstance(value, dict):
        return frozenset((key, _identity(item)) for key, item in value.items())
    return (bool, value) if isinstance(value, bool) else value
