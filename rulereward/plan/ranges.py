"""Interval arithmetic: where the result of an operation can lie, and when it may not exist."""

from __future__ import annotations

import math

from rulereward.kind import ANY_NUMBER, Interval
from rulereward.plan.typed import ArithmeticOp, ComparisonOp


def _product(a: float, b: float) -> float:
    """An end of an interval times another; an unbounded end times zero is zero, since values are finite."""
    return 0.0 if a == 0.0 or b == 0.0 else a * b


def _hull(*ends: float) -> Interval:
    return Interval(min(ends), max(ends))


def arithmetic_range(op: ArithmeticOp, a: Interval, b: Interval) -> Interval:
    """Where `a op b` lies, provided it is defined."""
    match op:
        case "+":
            return Interval(a.lo + b.lo, a.hi + b.hi)
        case "-":
            return Interval(a.lo - b.hi, a.hi - b.lo)
        case "*":
            return _hull(*(_product(x, y) for x in (a.lo, a.hi) for y in (b.lo, b.hi)))
        case "/":
            return _quotient(a, b)
        case "**":
            return _power(a, b)


def _quotient(a: Interval, b: Interval) -> Interval:
    if 0.0 in b:
        return ANY_NUMBER
    inverse = Interval(_inverse(b.hi), _inverse(b.lo))
    return _hull(*(_product(x, y) for x in (a.lo, a.hi) for y in (inverse.lo, inverse.hi)))


def _inverse(end: float) -> float:
    """1 / end, infinite for the smallest numbers."""
    return 0.0 if math.isinf(end) else 1.0 / end if abs(end) >= _SMALLEST else math.copysign(math.inf, end)


_SMALLEST = 1.0 / 1.7e308


def _power(a: Interval, b: Interval) -> Interval:
    if b.lo == b.hi and float(b.lo).is_integer() and b.lo >= 0 and not math.isinf(b.lo):
        ends = [_finite_power(a.lo, b.lo), _finite_power(a.hi, b.lo)]
        if b.lo % 2 == 0 and 0.0 in a:
            ends.append(0.0)
        return _hull(*ends)
    if a.lo > 0.0 or (a.lo == 0.0 and b.lo >= 0.0):
        return _hull(*(_finite_power(x, y) for x in (a.lo, a.hi) for y in (b.lo, b.hi)))
    return ANY_NUMBER


def _finite_power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return math.inf


UNBOUNDED = 1e15
"""What a measurement without a bound is taken to reach: no text has more characters, no row a larger honest number.

So that an unbounded end can be computed with, and a result that could leave the numbers is seen when it is written.
"""


def bounded(interval: Interval) -> Interval:
    """The interval with ends to compute with."""
    return Interval(max(interval.lo, -UNBOUNDED), min(interval.hi, UNBOUNDED)) if _is_open(interval) else interval


def _is_open(interval: Interval) -> bool:
    return math.isinf(interval.lo) or math.isinf(interval.hi)


def undefined_arithmetic(op: ArithmeticOp, a: Interval, b: Interval) -> str | None:
    """What could go wrong, as a clause for a message; None if nothing can. Both intervals are `bounded`."""
    if op == "/" and 0.0 in b:
        return "the divisor can be 0"
    if op == "**":
        whole = b.lo == b.hi and float(b.lo).is_integer()
        if a.lo < 0.0 and not whole:
            return "a negative number has no such power"
        if 0.0 in a and b.lo < 0.0:
            return "0 has no negative power"
    if _is_open(arithmetic_range(op, a, b)):
        return "the result can be too large for a number"
    return None


def decided(op: ComparisonOp, a: Interval, b: Interval) -> bool | None:
    """The verdict of a comparison that the ranges alone decide, else None."""
    match op:
        case "<":
            return True if a.hi < b.lo else False if a.lo >= b.hi else None
        case "<=":
            return True if a.hi <= b.lo else False if a.lo > b.hi else None
        case ">":
            return decided("<", b, a)
        case ">=":
            return decided("<=", b, a)
        case "==":
            return False if a.hi < b.lo or a.lo > b.hi else None
        case "!=":
            return True if a.hi < b.lo or a.lo > b.hi else None
