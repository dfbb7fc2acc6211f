"""Functions over the members of a group or the items of a list. Null and errored ones have been left out before.

Sums are exactly rounded (`math.fsum`), so no order of the members changes a bit. Like SQL's, they are null over no
member at all, `count` apart: `all` of nobody is not a success.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from rulereward.data import Level
from rulereward.functions.votes import distinct, majority
from rulereward.kind import UNIT_INTERVAL, Aggregate, Base, Bounds, Interval, aggregate


def _same(x: Interval, most: float) -> Interval:
    return x


def _share(x: Interval, most: float) -> Interval:
    return UNIT_INTERVAL


def _sum_range(x: Interval, most: float) -> Interval:
    """At least one value is there."""
    return Interval(x.lo * most if x.lo < 0.0 else x.lo, x.hi * most if x.hi > 0.0 else x.hi)


@aggregate(keeps_unit=True, range=_same)
def mean(values: Sequence[float]) -> float:
    """The arithmetic mean."""
    average = math.fsum(values) / len(values)
    return max(min(average, max(values)), min(values))  # three times 0.1 must not average more than 0.1


@aggregate(keeps_unit=True, range=_sum_range)
def sum_(values: Sequence[float]) -> float:
    """The sum."""
    return math.fsum(values)


@aggregate(keeps_unit=True, range=_same)
def min_(values: Sequence[float]) -> float:
    """The smallest value."""
    return min(values)


@aggregate(keeps_unit=True, range=_same)
def max_(values: Sequence[float]) -> float:
    """The largest value."""
    return max(values)


@aggregate(keeps_unit=True, range=_same)
def median(values: Sequence[float]) -> float:
    """The middle value, of an even number of values the mean of the middle two."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2.0


@dataclass(frozen=True, slots=True)
class QuantileParams:
    q: Annotated[float, Bounds(lo=0.0, hi=1.0)]


@aggregate(keeps_unit=True, range=_same)
def quantile(values: Sequence[float], params: QuantileParams) -> float:
    """The value below which the share `q` of the values lies: 0 is the smallest, 0.5 the median, 1 the largest.

    Between two values it is on the straight line from one to the other: with the n values in order, counted from 0,
    it stands at place (n - 1) * q.
    Source: Hyndman & Fan (1996), type 7, the default of numpy and R.
    """
    ordered = sorted(values)
    place = (len(ordered) - 1) * params.q
    low = ordered[math.floor(place)]
    high = ordered[math.ceil(place)]
    share = place - math.floor(place)
    return min(max((1.0 - share) * low + share * high, low), high)


@aggregate(keeps_unit=True, needs=2, range=lambda x, _: Interval(0.0, x.hi - x.lo))
def std(values: Sequence[float]) -> float:
    """The sample standard deviation, over n - 1, in two passes: what GRPO divides by. Needs two members."""
    if min(values) == max(values):
        return 0.0  # the average of equal values may be off by a bit, and a tied group must not look spread
    average = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - average) ** 2 for value in values) / (len(values) - 1))


@aggregate(takes=Base.BOOL, needs=0, range=lambda _, most: Interval(0.0, most))
def count(values: Sequence[float]) -> float:
    """How many members are true."""
    return float(sum(1 for value in values if value))


@aggregate(takes=Base.BOOL, gives=Base.BOOL, range=_share)
def any_(values: Sequence[float]) -> float:
    """Is at least one member true?"""
    return 1.0 if any(values) else 0.0


@aggregate(takes=Base.BOOL, gives=Base.BOOL, range=_share)
def all_(values: Sequence[float]) -> float:
    """Are all members true?"""
    return 1.0 if all(values) else 0.0


@aggregate(level=Level.ROW, range=lambda _, most: Interval(1.0, most))
def rank(values: Sequence[float]) -> list[float]:
    """Each member's place: 1 is the largest, and equal values share the best of their places (1, 2, 2, 4)."""
    return _places(values)


@aggregate(level=Level.ROW, range=_share)
def reciprocal_rank(values: Sequence[float]) -> list[float]:
    """1 / `rank` of each member: 1 for the largest, then 1/2, 1/3; equal values share the best of their places.

    Source: the reciprocal rank of TREC-8's question answering track (Voorhees 1999).
    """
    return [1.0 / place for place in _places(values)]


def _places(values: Sequence[float]) -> list[float]:
    places: dict[float, float] = {}
    for place, value in enumerate(sorted(values, reverse=True), start=1):
        places.setdefault(value, float(place))
    return [places[value] for value in values]


@aggregate(level=Level.ROW, range=_share)
def normalize_linear(values: Sequence[float]) -> list[float]:
    """Each member's place between the smallest (0) and the largest (1); 0.5 for all where all are equal.

    Source: Kimi k1.5's length reward is 0.5 - normalize_linear(length).
    """
    low, high = min(values), max(values)
    if low == high:
        return [0.5] * len(values)
    return [(value - low) / (high - low) for value in values]


AGGREGATES: tuple[Aggregate, ...] = (
    mean, sum_, min_, max_, median, quantile, std, count, any_, all_, rank, reciprocal_rank, normalize_linear,
    majority, distinct,
)  # fmt: skip
