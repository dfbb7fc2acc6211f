"""Families with letters: polynomials, their quotients, equations and inequalities. See `math_pairs.py`."""

from __future__ import annotations

import random
from fractions import Fraction

from math_pairs_numbers import Triple, fraction
from math_pairs_roots import said, small, surd_terms
from math_pairs_trees import ONE, Terms, Tree, add, altered, call, combined, div, mul, name, num, power, root, write

_LETTERS = ("x", "y", "a", "b", "n", "t", "k", "m", "z", "p")
Poly = dict[tuple[int, ...], Fraction]
"""Coefficients by the exponents of the letters."""


def times(left: Poly, right: Poly) -> Poly:
    found: Poly = {}
    for a, x in left.items():
        for b, y in right.items():
            both = tuple(i + j for i, j in zip(a, b, strict=True))
            found[both] = found.get(both, Fraction(0)) + x * y
    return {exponents: factor for exponents, factor in found.items() if factor}


def as_terms(poly: Poly, letters: tuple[str, ...]) -> Terms:
    return {_monomial(exponents, letters): factor for exponents, factor in poly.items()}


def _monomial(exponents: tuple[int, ...], letters: tuple[str, ...]) -> Tree:
    used = [(name(letter), count) for letter, count in zip(letters, exponents, strict=True) if count]
    parts = [letter if count == 1 else power(letter, num(count)) for letter, count in used]
    return mul(*parts) if parts else ONE


def linear(chance: random.Random, size: int = 1) -> Poly:
    """A sum of the letters, or of some of them, and perhaps a number."""
    chosen = {place: Fraction(chance.randint(1, 4) * chance.choice((1, 1, -1))) for place in range(size)}
    poly = {tuple(int(place == at) for at in range(size)): factor for place, factor in chosen.items()}
    if size == 1 or chance.random() < 0.3:
        poly[(0,) * size] = Fraction(chance.randint(1, 9) * chance.choice((1, -1)))
    return poly


def _product_triple(chance: random.Random, factors: list[Poly], letters: tuple[str, ...]) -> Triple:
    """The product expanded and as factors; wrong is a factor with another sign or the expansion with a change."""
    whole = factors[0]
    for factor in factors[1:]:
        whole = times(whole, factor)
    trees = [combined(chance, as_terms(factor, letters)) for factor in factors]
    chance.shuffle(trees)
    if len(factors) > 1 and factors[0] == factors[1]:
        factored = power(combined(chance, as_terms(factors[0], letters)), num(2))
        factored = mul(factored, *(combined(chance, as_terms(factor, letters)) for factor in factors[2:]))
    else:
        factored = mul(*trees)
    expanded = combined(chance, as_terms(whole, letters), ordered=chance.random() < 0.6)
    again = combined(chance, as_terms(whole, letters))
    wrong = combined(chance, altered(chance, as_terms(whole, letters)))
    gold, right = chance.sample((expanded, factored, again), 2)
    return write(gold, chance), said(chance, right), said(chance, wrong)


def polynomials(chance: random.Random) -> Triple:
    letters = (chance.choice(_LETTERS),)
    factors = [linear(chance) for _ in range(chance.choice((1, 2, 2, 3)))]
    if len(factors) > 1 and chance.random() < 0.25:
        factors[1] = factors[0]
    return _product_triple(chance, factors, letters)


def several_letters(chance: random.Random) -> Triple:
    letters = tuple(sorted(chance.sample(_LETTERS, chance.choice((2, 2, 3)))))
    factors = [linear(chance, len(letters)) for _ in range(chance.choice((1, 2, 2)))]
    return _product_triple(chance, factors, letters)


def rational_functions(chance: random.Random) -> Triple:
    """a/b with a common factor, with signs turned, or as a sum of partial fractions."""
    letters = (chance.choice(_LETTERS),)
    above, below, common = linear(chance), linear(chance), linear(chance)
    if _parallel(above, below) or _parallel(below, common):
        return rational_functions(chance)
    minus: Poly = {(0,): Fraction(-1)}
    tree = {key: combined(chance, as_terms(poly, letters)) for key, poly in
            {"a": above, "b": below, "c": common, "-a": times(above, minus), "-b": times(below, minus),
             "ac": times(above, common), "bc": times(below, common), "a+b": _plus(above, below),
             "bb": times(below, below)}.items()}  # fmt: skip
    simple = div(tree["a"], tree["b"])
    rights = (
        div(tree["ac"], tree["bc"]),
        div(tree["-a"], tree["-b"]),
        div(mul(tree["a"], tree["c"]), mul(tree["c"], tree["b"])),
        add(div(tree["a+b"], tree["b"]), num(-1)),
        mul(tree["a"], power(tree["b"], num(-1))),
    )
    wrongs = (
        div(tree["-a"], tree["b"]),
        div(tree["b"], tree["a"]),
        div(tree["ac"], tree["bb"]),
        div(tree["a+b"], tree["b"]),
    )
    if _parallel(above, common) or _square(above, below):
        wrongs = (wrongs[0], wrongs[0], wrongs[0], wrongs[3])
    gold, right = (simple, chance.choice(rights)) if chance.random() < 0.6 else (chance.choice(rights), simple)
    return write(gold, chance), said(chance, right), said(chance, chance.choice(wrongs))


def _plus(left: Poly, right: Poly) -> Poly:
    both = {key: left.get(key, Fraction(0)) + right.get(key, Fraction(0)) for key in {**left, **right}}
    return {key: factor for key, factor in both.items() if factor} or {(0,): Fraction(0)}


def _parallel(left: Poly, right: Poly) -> bool:
    return left[1,] * right[0,] == left[0,] * right[1,]


def _square(left: Poly, right: Poly) -> bool:
    return left == right or all(left[key] == -right[key] for key in left)


def letter_functions(chance: random.Random) -> Triple:
    """Answers of calculus: exponentials, sines, logarithms and roots of letters."""
    letter = name(chance.choice(("x", "t", "y")))
    k, a, b = chance.randint(2, 5), Fraction(chance.randint(2, 9)), small(chance)
    exponential = power(name("e"), mul(num(k), letter))
    things = (
        exponential,
        call("sin", letter),
        call("cos", mul(num(k), letter)),
        call("ln", letter),
        power(letter, num(k)),
    )
    one, two = chance.sample(things, 2)
    terms: Terms = {one: a, mul(letter, two): b}
    if chance.random() < 0.4:
        surd = root(add(power(letter, num(2)), num(k)))
        forms = ((div(num(1), root(letter)), power(letter, div(num(-1), num(2))), root(letter)),
                 (div(letter, root(letter)), root(letter), letter),
                 (mul(num(k), surd), mul(surd, num(k)), mul(num(k + 1), surd)),
                 (power(exponential, num(2)), power(name("e"), mul(num(2 * k), letter)), exponential))  # fmt: skip
        gold, right, wrong = chance.choice(forms)
    else:
        gold, right = combined(chance, terms), combined(chance, terms)
        wrong = combined(chance, altered(chance, terms))
    return write(gold, chance), said(chance, right), said(chance, wrong)


def named_values(chance: random.Random) -> Triple:
    letter = chance.choice(("x", "y", "n", "a", "k", "S", "A", "m", "t"))
    terms = surd_terms(chance) if chance.random() < 0.4 else {ONE: small(chance, 30)}
    value, again = write(combined(chance, terms), chance), write(combined(chance, terms), chance)
    other = write(combined(chance, altered(chance, terms)), chance)
    named = chance.choice((f"{letter} = {again}", f"{letter}={again}", f"{letter} = {again}."))
    gold = value if chance.random() < 0.6 else f"{letter}={value}"
    right = named if gold == value or chance.random() < 0.5 else again
    wrong = chance.choice((other, f"{letter} = {other}", f"{letter}={other}"))
    return gold, right, wrong


def steps_on_the_way(chance: random.Random) -> Triple:
    """What an answer says before its value must be true."""
    a, b, c = chance.randint(2, 12), chance.randint(2, 12), chance.randint(1, 30)
    value = a * b + c
    reduced = Fraction(a, a * b)
    forms = (
        (str(value), f"{a} \\cdot {b} + {c} = {value}", f"{a} \\cdot {b} + {c + 1} = {value}"),
        (str(value), f"x = {a * b} + {c} = {value}", f"{value - 1} = {value}"),
        (fraction(chance, reduced), f"\\frac{{{a}}}{{{a * b}}} = {fraction(chance, reduced)}",
         f"\\frac{{{a}}}{{{a * b + 1}}} = {fraction(chance, reduced)}"),
        (str(value), f"S = {a} \\times {b} + {c} = {value}", f"S = {a} \\times {b} + {c} = {value + 1}"),
    )  # fmt: skip
    return chance.choice(forms)


def equations(chance: random.Random) -> Triple:
    """Lines and circles; the same equation in another order or times a number."""
    m, c, k = (
        chance.choice((-3, -2, -1, 2, 3, 5)),
        chance.randint(1, 9) * chance.choice((1, -1)),
        chance.randint(2, 5),
    )
    x, y = name("x"), name("y")
    side = combined(chance, {x: Fraction(m), ONE: Fraction(c)}, ordered=True)
    zero = combined(chance, {x: Fraction(m), y: Fraction(-1), ONE: Fraction(c)}, ordered=True)
    left = combined(chance, {y: Fraction(1), x: Fraction(-m)}, ordered=True)
    much = combined(chance, {x: Fraction(m * k), ONE: Fraction(c * k)}, ordered=True)
    bent = combined(chance, altered(chance, {x: Fraction(m), ONE: Fraction(c)}), ordered=True)
    line, turned, null, moved, scaled, wrong = (
        f"{write(one, chance)} = {write(two, chance)}"
        for one, two in ((y, side), (side, y), (zero, num(0)), (left, num(c)), (mul(num(k), y), much), (y, bent))
    )
    gold, right = chance.sample((line, line, turned, null, moved, scaled), 2)
    return gold, right, wrong


def inequalities(chance: random.Random) -> Triple:
    letter, low = chance.choice(("x", "x", "a", "t", "m")), chance.randint(-9, 9)
    high, strict = low + chance.randint(1, 9), chance.random() < 0.5
    more, less = (">", "<") if strict else chance.choice((("\\ge", "\\le"), ("\\geq", "\\leq"), ("≥", "≤")))
    other_more = "\\ge" if strict else ">"
    left, right = ("(", ")") if strict else ("[", "]")
    x, inside = letter, f"{letter} \\in "
    above = (
        f"{x} {more} {low}",
        (f"{low} {less} {x}", f"{left}{low}, \\infty)", f"{inside}{left}{low},+\\infty)"),
        (f"{x} {less} {low}", f"{x} {other_more} {low}", f"{x} {more} {high}", f"{x} {more} {-low or 5}"),
    )
    under = (
        f"{x} {less} {high}",
        (f"{high} {more} {x}", f"(-\\infty, {high}{right}", f"{x}{less} {high}"),
        (f"{x} {more} {high}", f"{high} {less} {x}", f"(-\\infty, {low}{right}", f"{x} {less} {-high or 5}"),
    )
    between = (
        f"{low} {less} {x} {less} {high}",
        (f"{high} {more} {x} {more} {low}", f"{left}{low},{high}{right}", f"{inside}{left}{low}, {high}{right}"),
        (f"{low} {less} {x} {less} {high + 1}", f"{x} {less} {high}", f"({low}, {high}]", f"[{low}, {high})"),
    )
    gold, rights, wrongs = chance.choice((above, under, between))
    return gold, chance.choice(rights), chance.choice(wrongs)


FAMILIES = {
    "polynomials": polynomials,
    "polynomials in several letters": several_letters,
    "rational functions": rational_functions,
    "functions of letters": letter_functions,
    "named values": named_values,
    "steps on the way": steps_on_the_way,
    "equations": equations,
    "inequalities": inequalities,
}
