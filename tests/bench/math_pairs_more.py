"""Families of names and of lists within lists. See `math_pairs.py`."""

from __future__ import annotations

import random
from fractions import Fraction

from math_pairs_letters import as_terms, linear, times
from math_pairs_numbers import Triple
from math_pairs_roots import small
from math_pairs_trees import ONE, Terms, altered, combined, write


def named_functions(chance: random.Random) -> Triple:
    letter = chance.choice(("x", "x", "t", "n"))
    terms = as_terms(times(linear(chance), linear(chance)), (letter,))
    gold, again = (write(combined(chance, terms), chance) for _ in range(2))
    other = write(combined(chance, altered(chance, terms)), chance)
    label = chance.choice(
        (f"f({letter})", f"f({letter})", "y", f"P({letter})", f"a_{letter}" if letter == "n" else "y")
    )
    if chance.random() < 0.3:
        return f"{label} = {gold}", chance.choice((again, f"{label}={again}")), f"{label} = {other}"
    return gold, f"{label} = {again}", f"{label} = {other}"


def _three_texts(chance: random.Random) -> tuple[str, str, str, Fraction]:
    """A number, the same again, and another; and which the number is."""
    terms: Terms = {ONE: small(chance, 15)}
    other = {ONE: terms[ONE] + chance.choice((1, -1, Fraction(1, 2)))}
    first, again, changed = (write(combined(chance, some), chance) for some in (terms, terms, other))
    return first, again, changed, terms[ONE]


def lists_of_points(chance: random.Random) -> Triple:
    """Points in any order; wrong is a point with another coordinate, or lost."""
    count = chance.choice((2, 2, 3))
    values = [(_three_texts(chance), _three_texts(chance)) for _ in range(count)]
    if len({(x[3], y[3]) for x, y in values}) < count:
        return lists_of_points(chance)
    gold = [f"({x[0]},{y[0]})" for x, y in values]
    right = [f"({x[1]}, {y[1]})" for x, y in chance.sample(values, count)]
    changed = [f"({x[1]}, {y[2]})" if place == 0 else f"({x[0]}, {y[0]})" for place, (x, y) in enumerate(values)]
    joint = chance.choice((", ", ",", " \\text{ and } ", " \\text{ or } "))
    wrong = changed if chance.random() < 0.6 else right[1:]
    if chance.random() < 0.3:
        return f"\\{{{', '.join(gold)}\\}}", f"\\{{{','.join(right)}\\}}", f"\\{{{', '.join(wrong)}\\}}"
    return ", ".join(gold), joint.join(right), joint.join(wrong)


def several_names(chance: random.Random) -> Triple:
    """What belongs to which name counts, not the order."""
    letters = chance.choice((("x", "y"), ("a", "b"), ("m", "n"), ("x", "y", "z")))
    values = dict(zip(letters, (_three_texts(chance) for _ in letters), strict=True))
    joint = chance.choice((", ", ",", " \\text{ and } ", ",\\ "))
    mixed = chance.sample(letters, len(letters))
    gold = ", ".join(f"{letter}={values[letter][0]}" for letter in letters)
    right = joint.join(f"{letter} = {values[letter][1]}" for letter in mixed)
    turned = {letter: values[letters[place - 1]] for place, letter in enumerate(letters)}
    wrong = joint.join(f"{letter} = {turned[letter][0]}" for letter in letters)
    if len({item[3] for item in values.values()}) < len(letters) or chance.random() < 0.5:
        wrong = joint.join(f"{letter} = {values[letter][2 if letter == mixed[0] else 0]}" for letter in letters)
    return gold, right, wrong


def infinite_and_empty(chance: random.Random) -> Triple:
    n = chance.randint(1, 30)
    forms = (
        ("\\infty", "+\\infty", "-\\infty"),
        ("-\\infty", "- \\infty", "\\infty"),
        ("\\infty", "$\\infty$", str(n)),
        ("\\emptyset", "\\varnothing", f"\\{{{n}\\}}"),
        ("\\varnothing", "\\{\\}", f"\\{{{n}\\}}"),
        ("\\emptyset", "\\{ \\}", "\\{0\\}"),
        ("\\mathbb{R}", "(-\\infty, \\infty)", f"({n}, \\infty)"),
        ("(-\\infty,\\infty)", "\\mathbb R", f"(-\\infty, {n})"),
        ("0", "-0", f"{n}"),
        ("0", "\\frac{0}{5}", f"\\frac{{{n}}}{{5}}"),
    )
    return chance.choice(forms)


FAMILIES = {
    "named functions": named_functions,
    "lists of points": lists_of_points,
    "several names": several_names,
    "infinite and empty": infinite_and_empty,
}
