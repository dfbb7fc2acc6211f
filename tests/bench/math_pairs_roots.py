"""Families of irrational and complex numbers, powers, and functions at known places. See `math_pairs.py`."""

from __future__ import annotations

import random
from fractions import Fraction
from math import comb, factorial

from math_pairs_numbers import Triple, fraction
from math_pairs_trees import (
    ONE,
    PI,
    Ink,
    Terms,
    Tree,
    add,
    altered,
    call,
    combined,
    div,
    mul,
    name,
    num,
    power,
    rational,
    root,
    write,
)

_SQUAREFREE = (2, 3, 5, 6, 7, 10, 11, 13, 15)
_I = name("i")


def any_ink(chance: random.Random) -> Ink:
    """Most answers are LaTeX."""
    inks: tuple[Ink, ...] = ("latex", "latex", "latex", "latex", "ascii", "unicode")
    return chance.choice(inks)


def said(chance: random.Random, tree: Tree) -> str:
    return write(tree, chance, any_ink(chance))


def small(chance: random.Random, most: int = 9) -> Fraction:
    """A number that is not zero, mostly whole."""
    below = chance.choice((1, 1, 1, 1, 2, 3, 4))
    return Fraction(chance.randint(1, most) * chance.choice((1, 1, -1)), below)


def surd_terms(chance: random.Random, most: int = 2) -> Terms:
    """A number and some square roots of different squarefree numbers, which are independent."""
    terms: Terms = {ONE: small(chance)} if chance.random() < 0.6 else {}
    for inside in chance.sample(_SQUAREFREE, chance.randint(1, most)):
        terms[root(num(inside))] = small(chance)
    return terms


def _triple(chance: random.Random, terms: Terms, other: Tree | None = None) -> Triple:
    """The terms, the same or another tree of theirs, and terms with one change."""
    gold, right = combined(chance, terms), combined(chance, terms) if other is None else other
    wrong = said(chance, combined(chance, altered(chance, terms)))
    if chance.random() < 0.3:
        gold, right = right, gold
    return write(gold, chance), said(chance, right), wrong


def simple_surds(chance: random.Random) -> Triple:
    """k√n as √(k²n), as n over a root, or as a product of roots."""
    inside, outside, below = chance.choice(_SQUAREFREE), chance.randint(2, 9), chance.randint(1, 9)
    terms = {root(num(inside)): Fraction(outside, below)}
    over: tuple[Tree, ...] = (
        root(num(outside * outside * inside)),
        div(num(outside * inside), root(num(inside))),
        mul(root(num(inside * outside)), root(num(outside))),
        root(rational(Fraction(outside * outside * inside, below * below))),
    )
    place = chance.randrange(len(over))
    tree = over[place] if below == 1 or place == 3 else div(over[place], num(below))
    return _triple(chance, terms, tree)


def surd_sums(chance: random.Random) -> Triple:
    return _triple(chance, surd_terms(chance, 3))


def surd_products(chance: random.Random) -> Triple:
    """(a+b√n)(c+d√n), or its square, or one over the other."""
    inside = chance.choice(_SQUAREFREE)
    a, b, c, d = (Fraction(chance.randint(1, 7) * chance.choice((1, 1, -1))) for _ in range(4))
    surd = root(num(inside))
    left, right = combined(chance, {ONE: a, surd: b}), combined(chance, {ONE: c, surd: d})
    kind = chance.choice(("product", "square", "quotient", "shared"))
    if kind == "square":
        return _triple(chance, {ONE: a * a + b * b * inside, surd: 2 * a * b}, power(left, num(2)))
    if kind == "shared":
        whole = chance.choice((2, 3, 5))
        return _triple(chance, {ONE: a * whole, surd: b * whole}, mul(num(whole), left))
    if kind == "quotient":
        norm = c * c - d * d * inside
        return _triple(chance, {ONE: (a * c - b * d * inside) / norm, surd: (b * c - a * d) / norm}, div(left, right))
    return _triple(chance, {ONE: a * c + b * d * inside, surd: a * d + b * c}, mul(left, right))


def nested_surds(chance: random.Random) -> Triple:
    """√m + √n is the root of m + n + 2√(mn)."""
    m, n = chance.sample((1, 2, 3, 5, 6, 7, 11), 2)
    outer = root(add(num(m + n), root(num(4 * m * n)) if chance.random() < 0.3 else mul(num(2), root(num(m * n)))))
    terms = {ONE if value == 1 else root(num(value)): Fraction(1) for value in (m, n)}
    if chance.random() < 0.4:
        wrong = root(add(num(m + n + 1), mul(num(2), root(num(m * n)))))
        return write(outer, chance), said(chance, combined(chance, terms)), said(chance, wrong)
    return _triple(chance, terms, outer)


def higher_roots(chance: random.Random) -> Triple:
    """Cube and fourth roots: ∛(k³n) is k∛n, a root is a power with a fraction."""
    degree, outside, inside = chance.choice((3, 3, 4)), chance.randint(2, 5), chance.choice((2, 3, 5, 6, 7))
    simple = mul(num(outside), root(num(inside), degree))
    full = root(num(outside**degree * inside), degree)
    raised = power(num(outside**degree * inside), rational(Fraction(1, degree)))
    gold, right = chance.sample((simple, full, raised), 2)
    wrongs = (mul(num(outside), root(num(inside), 2)), mul(num(outside + 1), root(num(inside), degree)))
    wrong = chance.choice((*wrongs, root(num(outside**degree * inside + 1), degree)))
    return write(gold, chance), said(chance, right), said(chance, wrong)


def multiples_of_pi(chance: random.Random) -> Triple:
    terms: Terms = {PI: small(chance, 40) / chance.choice((1, 1, 3, 6))}
    if chance.random() < 0.5:
        terms[chance.choice((ONE, power(PI, num(2)), root(num(3)), mul(root(num(2)), PI)))] = small(chance)
    return _triple(chance, terms)


def powers(chance: random.Random) -> Triple:
    base, exponent = chance.randint(2, 9), chance.randint(2, 6)
    value = Fraction(base**exponent)
    third = chance.choice((Fraction(2, 3), Fraction(3, 2), Fraction(4, 3), Fraction(5, 2), Fraction(-1, 2)))
    perfect = base**third.denominator
    high = chance.randint(20, 150)
    forms: tuple[tuple[Tree, Tree, Tree], ...] = (
        (rational(value), power(num(base), num(exponent)), power(num(base), num(exponent + 1))),
        (rational(1 / value), power(num(base), num(-exponent)), rational(-value)),
        (rational(Fraction(base) ** third.numerator), power(num(perfect), rational(third)), num(perfect)),
        (power(num(4), num(high)), power(num(2), num(2 * high)), power(num(2), num(2 * high - 1))),
        (
            power(num(base), num(high)),
            mul(num(base), power(num(base), num(high - 1))),
            power(num(base), num(high + 1)),
        ),
        (div(num(1), power(num(base), num(high))), power(num(base), num(-high)), power(num(base), num(high))),
    )
    simple, other, wrong = chance.choice(forms)
    return write(simple, chance), said(chance, other), said(chance, wrong)


def factorials(chance: random.Random) -> Triple:
    n = chance.randint(4, 12)
    k = chance.randint(1, n - 2)
    binomials = (f"\\binom{{{n}}}{{{k}}}", f"\\dbinom{{{n}}}{{{k}}}", f"\\frac{{{n}!}}{{{k}!{n - k}!}}")
    forms = (
        (str(factorial(n)), f"{n}!", str(factorial(n) + 1), f"{n + 1}!"),
        (str(factorial(n)), f"{n} \\cdot {n - 1}!", f"{n}! - 1", f"{n}{n - 1}!"),
        (str(factorial(n) // factorial(k)), f"\\frac{{{n}!}}{{{k}!}}", f"\\frac{{{n}!}}{{{k + 1}!}}", f"{n - k}!"),
        (str(comb(n, k)), chance.choice(binomials), f"\\binom{{{n}}}{{{k + 1}}}", str(comb(n, k) + 1)),
        (f"\\frac{{1}}{{{n}!}}", f"1/{n}!", f"\\frac{{1}}{{{n - 1}!}}", f"1/{n + 1}!"),
    )
    gold, right, *wrongs = chance.choice(forms)
    if gold == str(comb(n, k)) and n == 2 * k + 1:
        wrongs = wrongs[1:]  # n over k + 1 is the same there
    if chance.random() < 0.4:
        gold, right = right, gold
    return gold, right, chance.choice(wrongs)


def complex_numbers(chance: random.Random) -> Triple:
    a, b, c, d = (Fraction(chance.randint(1, 7) * chance.choice((1, 1, -1))) for _ in range(4))
    left, right = combined(chance, {ONE: a, _I: b}), combined(chance, {ONE: c, _I: d})
    kind = chance.choice(("sum", "product", "square", "quotient", "surd"))
    if kind == "sum":
        return _triple(chance, {ONE: a / chance.randint(1, 4), _I: b / chance.randint(1, 4)})
    if kind == "surd":
        return _triple(chance, {ONE: a / 2, mul(_I, root(num(3))): b / 2})
    if kind == "square":
        terms = {ONE: a * a - b * b, _I: 2 * a * b}
        return _triple(chance, terms, power(left, num(2)))
    if kind == "quotient":
        norm = c * c + d * d
        return _triple(chance, {ONE: (a * c + b * d) / norm, _I: (b * c - a * d) / norm}, div(left, right))
    return _triple(chance, {ONE: a * c - b * d, _I: a * d + b * c}, mul(left, right))


def _sine(inside: int, sign: int) -> Tree:
    """Half the root of 1, 2 or 3: the sine of 30°, 45° or 60°."""
    above = num(1) if inside == 1 else root(num(inside))
    return div(above if sign > 0 else mul(num(-1), above), num(2))


def trigonometry(chance: random.Random) -> Triple:
    """Sines and cosines of the angles that everyone knows, in degrees or in parts of π."""
    place, sign = chance.choice((1, 2, 3)), chance.choice((1, -1))
    angle = {1: 30, 2: 45, 3: 60}[place] + (0 if sign > 0 else 180)
    cosine = chance.random() < 0.5
    shown = (90 - angle) % 360 if cosine else angle
    function = "cos" if cosine else "sin"
    degrees = chance.choice((f"\\{function} {shown}^\\circ", f"\\{function}({shown}^{{\\circ}})"))
    turned = call(function, combined(chance, {PI: Fraction(shown, 180)}))
    right = degrees if chance.random() < 0.4 else said(chance, turned)
    others = [_sine(place, -sign), _sine(place % 3 + 1, sign)]
    gold, wrong = write(_sine(place, sign), chance), said(chance, chance.choice(others))
    return (gold, right, wrong) if chance.random() < 0.7 else (right, gold, wrong)


def logarithms(chance: random.Random) -> Triple:
    base, exponent, other = chance.choice((2, 3, 5, 7)), chance.randint(2, 5), chance.choice((11, 13, 17))
    forms = (
        (str(exponent), f"\\log_{base} {base**exponent}", f"\\log_{{{base}}}({base ** (exponent + 1)})"),
        (str(-exponent), f"\\log_{base} \\frac{{1}}{{{base**exponent}}}", str(exponent)),
        (f"\\log_{base} {other}", f"\\frac{{\\ln {other}}}{{\\ln {base}}}", f"\\log_{{{other}}} {base}"),
        (f"\\ln {base**exponent}", f"{exponent}\\ln {base}", f"{exponent + 1} \\ln {base}"),
        (f"\\ln {base * other}", f"\\ln {base} + \\ln {other}", f"\\ln {base} \\cdot \\ln {other}"),
        (f"-\\ln {base}", f"\\ln \\frac{{1}}{{{base}}}", f"\\ln {base}"),
        (fraction(chance, Fraction(1, exponent)), f"\\log_{{{base**exponent}}} {base}", str(exponent)),
        (f"e^{exponent}", f"e^{{{exponent}}}", f"{exponent}e"),
        (f"{base}e", f"{base} e^{{1}}", f"{base + 1}e"),
        (str(base), f"e^{{\\ln {base}}}", f"e^{{{base}}}"),
        (str(exponent), f"\\ln e^{{{exponent}}}", f"\\ln {exponent}"),
    )
    gold, right, wrong = chance.choice(forms)
    return (gold, right, wrong) if chance.random() < 0.7 else (right, gold, wrong)


FAMILIES = {
    "simple surds": simple_surds,
    "sums of surds": surd_sums,
    "products and quotients of surds": surd_products,
    "nested surds": nested_surds,
    "higher roots": higher_roots,
    "multiples of pi": multiples_of_pi,
    "powers": powers,
    "factorials and binomials": factorials,
    "complex numbers": complex_numbers,
    "trigonometry": trigonometry,
    "logarithms and e": logarithms,
}
