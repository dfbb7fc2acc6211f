"""Interval arithmetic holds every value it should, by hypothesis, and its ends where they are known."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rulereward.kind import Interval
from rulereward.plan.ranges import arithmetic_range, decided, undefined_arithmetic

SMALL = st.floats(-8, 8, allow_nan=False)
OPERATORS = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
    "**": math.pow,
}


def interval(ends: tuple[float, float]) -> Interval:
    return Interval(min(ends), max(ends))


def inside(interval: Interval, share: float) -> float:
    return min(max(interval.lo + (interval.hi - interval.lo) * share, interval.lo), interval.hi)


@given(
    st.sampled_from(["+", "-", "*", "/", "**"]),
    st.tuples(SMALL, SMALL),
    st.tuples(SMALL, SMALL),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_results_lie_in_the_interval(op, a, b, x, y):
    left, right = interval(a), interval(b)
    assume(undefined_arithmetic(op, left, right) is None)
    value = OPERATORS[op](inside(left, x), inside(right, y))
    reach = arithmetic_range(op, left, right)
    slack = 1e-9 * max(1.0, abs(value))
    assert reach.lo - slack <= value <= reach.hi + slack


@pytest.mark.parametrize(
    ("op", "a", "b", "expected"),
    [
        ("+", (0, 1), (2, 3), (2, 4)),
        ("-", (0, 1), (2, 3), (-3, -1)),
        ("*", (-2, 3), (-1, 4), (-8, 12)),
        ("*", (0, math.inf), (0, 1), (0, math.inf)),
        ("/", (1, 4), (2, 4), (0.25, 2)),
        ("/", (0, math.inf), (1, math.inf), (0, math.inf)),
        ("**", (-3, 2), (2, 2), (0, 9)),
        ("**", (2, 3), (-1, -1), (1 / 3, 0.5)),
        ("**", (0, 4), (0.5, 0.5), (0, 2)),
    ],
)
def test_known_ends(op, a, b, expected):
    reach = arithmetic_range(op, Interval(*a), Interval(*b))
    assert (reach.lo, reach.hi) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("op", "a", "b", "clause"),
    [
        ("/", (1, 1), (-1, 1), "the divisor can be 0"),
        ("/", (1, 1), (0.5, 1), None),
        ("**", (-1, 1), (0.5, 0.5), "a negative number has no such power"),
        ("**", (0, 1), (-1, 0), "0 has no negative power"),
        ("**", (2, 2), (0, 5000), "the result can be too large for a number"),
        ("*", (1e200, 1e200), (0, 1e200), "the result can be too large for a number"),
        ("/", (1, 1), (1e-310, 1), "the result can be too large for a number"),
        ("**", (-9, 9), (3, 3), None),
    ],
)
def test_what_can_go_wrong(op, a, b, clause):
    assert undefined_arithmetic(op, Interval(*a), Interval(*b)) == clause


@given(
    st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
    st.tuples(SMALL, SMALL),
    st.tuples(SMALL, SMALL),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_a_decided_comparison_never_goes_the_other_way(op, a, b, x, y):
    left, right = interval(a), interval(b)
    verdict = decided(op, left, right)
    first, second = inside(left, x), inside(right, y)
    tests = {
        "<": first < second,
        "<=": first <= second,
        ">": first > second,
        ">=": first >= second,
        "==": first == second,
        "!=": first != second,
    }
    assert verdict is None or verdict == tests[op]
