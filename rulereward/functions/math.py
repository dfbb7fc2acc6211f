"""Arithmetic that is not an operator. What could be undefined or infinite is refused when a ruleset is compiled."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np

from rulereward.kind import Function, Interval, Listed, Shares, function

_EXP_LIMIT = 700.0
"""e^709.8 is the largest power a float holds."""


def _abs_range(x: Interval) -> Interval:
    ends = (abs(x.lo), abs(x.hi))
    return Interval(0.0 if x.lo <= 0.0 <= x.hi else min(ends), max(ends))


@function("number", name="abs", vector=np.abs, keeps_unit=True, range=_abs_range)
def absolute(x: Annotated[float, Shares()]) -> float:
    """The size of x without its sign."""
    return abs(x)


def _min_range(x: Interval, *more: Interval) -> Interval:
    return Interval(min(x.lo, *(i.lo for i in more)), min(x.hi, *(i.hi for i in more))) if more else x


def _max_range(x: Interval, *more: Interval) -> Interval:
    return Interval(max(x.lo, *(i.lo for i in more)), max(x.hi, *(i.hi for i in more))) if more else x


def _least(x: Any, *more: Any) -> Any:
    for other in more:
        x = np.where(other < x, other, x)
    return x


def _greatest(x: Any, *more: Any) -> Any:
    for other in more:
        x = np.where(other > x, other, x)
    return x


@function("number", name="min", vector=_least, keeps_unit=True, range=_min_range)
def minimum(x: Annotated[float, Shares()], *more: Annotated[float, Shares()]) -> float:
    """The smallest of the numbers."""
    return min(x, *more) if more else x


@function("number", name="max", vector=_greatest, keeps_unit=True, range=_max_range)
def maximum(x: Annotated[float, Shares()], *more: Annotated[float, Shares()]) -> float:
    """The largest of the numbers."""
    return max(x, *more) if more else x


def _exp_end(end: float) -> float:
    return math.exp(end) if end <= _EXP_LIMIT else math.inf


@function(
    "number",
    range=lambda x: Interval(_exp_end(x.lo), _exp_end(x.hi)),
    undefined=lambda x: "its argument can exceed 700, which is too much" if x.hi > _EXP_LIMIT else None,
)
def exp(x: float) -> float:
    """Euler's number to the power of x."""
    return math.exp(x)


def _log_end(end: float) -> float:
    return -math.inf if end <= 0.0 else math.inf if math.isinf(end) else math.log(end)


@function(
    "number",
    range=lambda x: Interval(_log_end(x.lo), _log_end(x.hi)),
    undefined=lambda x: "its argument can be 0 or less" if x.lo <= 0.0 else None,
)
def log(x: float) -> float:
    """The natural logarithm."""
    return math.log(x)


@function(
    "number",
    vector=np.sqrt,
    range=lambda x: Interval(math.sqrt(max(x.lo, 0.0)), math.sqrt(max(x.hi, 0.0))),
    undefined=lambda x: "its argument can be less than 0" if x.lo < 0.0 else None,
)
def sqrt(x: float) -> float:
    """The square root."""
    return math.sqrt(x)


def _rounded(end: float) -> float:
    return end if math.isinf(end) else float(round(end))


@function("number", name="round", keeps_unit=True, range=lambda x: Interval(_rounded(x.lo), _rounded(x.hi)))
def round_(x: Annotated[float, Shares()]) -> float:
    """The nearest whole number, of two equally near ones the even one: round(2.5) is 2."""
    return float(round(x))


def _mod_range(a: Interval, b: Interval) -> Interval:
    return Interval(min(b.lo, 0.0), max(b.hi, 0.0))


@function(
    "number",
    keeps_unit=True,
    range=_mod_range,
    undefined=lambda a, b: "its divisor can be 0" if 0.0 in b else None,
)
def mod(a: Annotated[float, Shares()], b: Annotated[float, Shares()]) -> float:
    """The remainder of a / b, which has the sign of b: that of 7 / 3 is 1, that of -1 / 3 is 2."""
    return a % b


@function("bool", three_valued=True)
def at_least(k: float, *conditions: Annotated[bool | None, Listed()]) -> bool | None:
    """Are k or more of the listed conditions true? `at_least(2, [a, b, c])`.

    As with `and` and `or`, conditions that are null count where they would decide: the result is null where it hangs
    on them.
    """
    true = sum(1 for condition in conditions if condition)
    if true >= k:
        return True
    return None if true + sum(1 for condition in conditions if condition is None) >= k else False


ARITHMETIC: tuple[Function, ...] = (absolute, minimum, maximum, exp, log, sqrt, round_, mod, at_least)
