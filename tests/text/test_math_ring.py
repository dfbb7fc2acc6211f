"""Exact values against floating point: what is read from an expression is what the expression is worth."""

from __future__ import annotations

import cmath
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.text.math_ring import Ratio, Ring, Unproved, named, rational
from rulereward.text.math_syntax import read_value

LETTERS = {"x": 0.7310585786300049, "y": -1.3195079107728942, "\\pi": math.pi, "e": math.e}
"""What letters stand for: numbers at which different expressions of these sizes have different values."""

Tree = tuple[str, complex]
"""An expression as it is written, and its value; None of it where it has none."""


def binary(a: Tree, sign: str, b: Tree) -> Tree:
    (left, x), (right, y) = a, b
    if sign == "+":
        return f"{left}+{right}", x + y
    if sign == "-":
        return f"{left}-({right})", x - y
    if sign == "*":
        return f"({left})({right})", x * y
    return f"\\frac{{{left}}}{{{right}}}", x / y if abs(y) > 1e-9 else complex("nan")


LEAVES = st.one_of(
    st.integers(0, 30).map(lambda n: (str(n), complex(n))),
    st.integers(1, 60).map(lambda n: (f"\\sqrt{{{n}}}", complex(math.sqrt(n)))),
    st.sampled_from(sorted(LETTERS)).map(lambda name: (f"{name} ", complex(LETTERS[name]))),
    st.just(("i", 1j)),
    st.tuples(st.integers(0, 9), st.integers(0, 99)).map(lambda d: (f"{d[0]}.{d[1]:02}", complex(d[0] + d[1] / 100))),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(binary, inner, st.sampled_from("+-*/"), inner),
        st.builds(lambda a, n: (f"({a[0]})^{{{n}}}", a[1] ** n), inner, st.integers(1, 3)),
        inner.map(lambda a: (f"-({a[0]})", -a[1])),
    ),
    max_leaves=6,
)


def worth(value: Ratio) -> complex:
    def side(polynomial: object) -> complex:
        total = 0j
        for (root, powers), factor in polynomial.items():  # type: ignore[attr-defined]
            term = complex(factor) * cmath.sqrt(root)
            for name, power in powers:
                term *= LETTERS[name] ** power
            total += term
        return total

    return side(value.above) / side(value.below)


@given(TREES)
def test_an_expression_is_worth_what_it_says(tree: Tree) -> None:
    text, value = tree
    read = read_value(text, Ring())
    if read is None or cmath.isnan(value):
        return
    assert cmath.isclose(worth(read[0]), value, rel_tol=1e-6, abs_tol=1e-6 * (1 + abs(value)))


@given(TREES, TREES)
def test_equal_means_equal_in_value_and_unequal_means_that_it_differs(a: Tree, b: Tree) -> None:
    left, right = read_value(a[0], Ring()), read_value(b[0], Ring())
    if left is None or right is None or cmath.isnan(a[1]) or cmath.isnan(b[1]):
        return
    try:
        verdict = Ring().equal(left[0], right[0])
    except Unproved:
        return
    close = cmath.isclose(a[1], b[1], rel_tol=1e-9, abs_tol=1e-9)
    assert verdict is close or verdict is None


@given(TREES)
def test_a_value_equals_itself_in_another_form(tree: Tree) -> None:
    read = read_value(tree[0], Ring())
    if read is None or cmath.isnan(tree[1]):
        return
    ring = Ring(10_000)
    try:
        other = ring.divide(ring.multiply(read[0], named("z")), named("z"))
        assert ring.equal(read[0], other) is True
        assert ring.equal(ring.add(read[0], rational(1)), read[0]) is not True
    except Unproved:
        return


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        ("\\sqrt{8}", "2\\sqrt{2}", True),
        ("\\frac{1}{\\sqrt{3}}", "\\frac{\\sqrt{3}}{3}", True),
        ("\\frac{1}{1+\\sqrt{2}}", "\\sqrt{2}-1", True),
        ("\\sqrt{2}\\sqrt{3}", "\\sqrt{6}", True),
        ("\\sqrt{2}+\\sqrt{3}", "\\sqrt{5}", False),
        ("\\frac{\\pi}{2}", "0.5\\pi", True),
        ("2\\pi", "6.28", False),
        ("(x+1)^2", "x^2+2x+1", True),
        ("\\frac{x^2-1}{x-1}", "x+1", True),
        ("\\frac{1}{x+1}", "\\frac{1}{x}+1", False),
        ("(1+i)(1-i)", "2", True),
        ("\\sqrt{-4}", "2i", True),
        ("\\sqrt{-2}\\sqrt{-8}", "-4", True),  # each root is a multiple of i
        ("\\frac{1}{i}", "-i", True),
        ("e+\\pi", "6", None),  # whether e + pi is rational is not known
        ("e^2", "e \\cdot e", True),
        ("\\pi e", "e \\pi", True),
        ("\\frac{1}{2006!}", "\\frac{1}{2004!}", False),
        ("\\frac{2006!}{2004!}", "4022030", True),  # 2006 * 2005
        ("\\binom{10}{3}", "120", True),
        ("\\sqrt[3]{27}", "3", True),
        ("\\sqrt[3]{54}", "3\\sqrt[3]{2}", True),
        ("\\sqrt[3]{2}", "1.26", False),
        ("\\sqrt[3]{\\frac{1}{4}}", "\\frac{\\sqrt[3]{2}}{2}", True),  # 1/4 = 2/8
        ("\\sqrt[3]{2}", "\\sqrt{2}", False),
        ("\\sqrt[3]{2}\\sqrt[3]{4}", "2", None),  # two roots that depend on each other
        ("(\\sqrt[3]{2})^3", "2", None),
        ("(\\sqrt[3]{2})^2", "\\sqrt[3]{4}", None),
        ("\\sqrt[3]{2}+1", "1+\\sqrt[3]{2}", True),
        ("\\sqrt[3]{2}x", "\\sqrt[3]{2}y", False),
        ("\\sqrt[4]{16}", "2", True),
        ("2^{-3}", "0.125", True),
        ("4^{1/2}", "2", True),
    ],
)
def test_proofs(a: str, b: str, equal: bool | None) -> None:
    left, right = read_value(a, Ring()), read_value(b, Ring())
    assert left is not None
    assert right is not None
    assert Ring().equal(left[0], right[0]) is equal


@pytest.mark.parametrize(
    "text",
    [
        "1/2x",  # (1/2)x or 1/(2x)
        "6/2(3)",
        "2\\frac{1}{2}x",  # five halves of x, or x
        "x2",
        "f(x)",
        "2 3",
        "\\sqrt12",
        "\\sqrt3x",
        "2^x",
        "2^10x",
        "2^3!",
        "5!!",
        "(-8)^{1/3}",
        "\\sqrt{x}",
        "\\sqrt[3]{-8}",
        "\\sqrt[4]{2}",
        "\\sqrt{\\pi}",
        "\\frac{1}{0}",
        "0^0",
        "x or y",
        "min",
        "word",
        "|x|",
        "---5",
        "1..2",
        "(1",
        "1)",
        "",
        "\\sin x",
        "(x+y+z+1)^{500}",
        "(" * 50 + "1" + ")" * 50,
        "3000!3000!3000!3000!",
        "1" * 400,
    ],
)
def test_what_is_not_certain_is_not_read(text: str) -> None:
    assert read_value(text, Ring()) is None


def test_one_budget_bounds_the_work_of_several_texts() -> None:
    ring = Ring(100)
    read = [read_value("(x+1)(y+1)", ring) for _ in range(50)]
    assert read[0] is not None
    assert read[-1] is None


def test_a_constant_is_seen_through_equal_roots() -> None:
    value = Ring().divide(named("x"), Ring().multiply(named("x"), rational(Fraction(4))))
    assert value.constant == Fraction(1, 4)
    assert named("x").constant is None
