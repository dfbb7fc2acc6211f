"""Families of several values: tuples, sets, intervals, matrices and solutions. See `math_pairs.py`."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from math import gcd

from math_pairs_numbers import Triple
from math_pairs_roots import small, surd_terms
from math_pairs_trees import ONE, PI, Terms, add, altered, combined, div, mul, name, num, rational, root, write


def _item(chance: random.Random) -> Terms:
    """Mostly a number, now and then with a root, π or a letter."""
    kind = chance.random()
    if kind < 0.65:
        return {ONE: small(chance, 20)}
    if kind < 0.8:
        return surd_terms(chance)
    return {chance.choice((PI, name("a"))): small(chance)} if kind < 0.9 else {ONE: small(chance), PI: small(chance)}


def _items(chance: random.Random, count: int) -> list[Terms]:
    """Different ones."""
    found: list[Terms] = []
    while len(found) < count:
        item = _item(chance)
        if item not in found:
            found.append(item)
    return found


def _texts(chance: random.Random, items: Sequence[Terms]) -> list[str]:
    return [write(combined(chance, item), chance) for item in items]


def _changed(chance: random.Random, items: Sequence[Terms]) -> list[Terms]:
    """One item is another, one that was not there."""
    place, found = chance.randrange(len(items)), list(items)
    while found[place] in items:
        found[place] = altered(chance, items[place])
    return found


def _bracketed(chance: random.Random, texts: Sequence[str], left: str, right: str) -> str:
    comma = chance.choice((", ", ",", ",\\ ", ",\\;"))
    sized = chance.random() < 0.4
    bounds = (f"\\left{left}", f"\\right{right}") if sized else (left, right)
    return bounds[0] + comma.join(texts) + bounds[1]


def tuples(chance: random.Random) -> Triple:
    items = _items(chance, chance.choice((2, 2, 3, 4)))
    gold, right, same = (_bracketed(chance, _texts(chance, items), "(", ")") for _ in range(3))
    turned = [*items[1:], items[0]]
    wrongs = (
        _bracketed(chance, _texts(chance, turned), "(", ")"),
        _bracketed(chance, _texts(chance, _changed(chance, items)), "(", ")"),
        _bracketed(chance, _texts(chance, _changed(chance, items)), "(", ")"),
        _bracketed(chance, _texts(chance, [*items, {ONE: Fraction(1)}]), "(", ")"),
        same.replace("(", "\\{", 1)[::-1].replace(")", "}\\", 1)[::-1],
    )
    named = {2: "(x,y)", 3: "(x, y, z)"}.get(len(items), "(a,b,c,d)")
    if chance.random() < 0.2 and name("a") not in [next(iter(item)) for item in items]:
        right = f"{named} = {right}"
    return gold, right, chance.choice(wrongs)


def sets(chance: random.Random) -> Triple:
    items = _items(chance, chance.choice((2, 3, 3, 4)))
    mixed = chance.sample(items, len(items))
    if chance.random() < 0.15:
        mixed.append(mixed[0])
    wrongs = (
        _bracketed(chance, _texts(chance, _changed(chance, items)), "\\{", "\\}"),
        _bracketed(chance, _texts(chance, _changed(chance, mixed)), "\\{", "\\}"),
        _bracketed(chance, _texts(chance, items[1:]), "\\{", "\\}"),
        _bracketed(chance, _texts(chance, [*mixed, {ONE: Fraction(50)}]), "\\{", "\\}"),
        _bracketed(chance, _texts(chance, items), "(", ")"),
    )
    gold, right = (_bracketed(chance, _texts(chance, some), "\\{", "\\}") for some in (items, mixed))
    return gold, right, chance.choice(wrongs)


def _bounds(chance: random.Random) -> tuple[str, str, str, str]:
    """Two bounds in order, and each again in another form."""
    low = Fraction(chance.randint(-30, 20), chance.choice((1, 1, 2, 3)))
    high = low + Fraction(chance.randint(1, 20), chance.choice((1, 1, 2)))
    if chance.random() < 0.25:
        surd = chance.choice((2, 3, 5))
        low_tree, high_tree = mul(num(-1), root(num(surd))), root(num(surd))
    else:
        low_tree, high_tree = rational(low), rational(high)
    texts = [write(tree, chance) for tree in (low_tree, high_tree, low_tree, high_tree)]
    return texts[0], texts[1], texts[2], texts[3]


def intervals(chance: random.Random) -> Triple:
    left, right = chance.choice("(["), chance.choice(")]")
    low, high, low_again, high_again = _bounds(chance)
    other_left, other_right = "[" if left == "(" else "(", "]" if right == ")" else ")"
    wrongs = [(other_left, low, high, right), (left, low, high, other_right), (left, low, f"{high}+1", right)]
    wrongs.append(("(", "-\\infty", high, right))
    if chance.random() < 0.35:
        right, high, high_again = ")", chance.choice(("\\infty", "+\\infty")), chance.choice(("\\infty", "+\\infty"))
        wrongs = [(other_left, low, "\\infty", ")"), ("(", "-\\infty", low, ")"), (left, f"{low}+1", "\\infty", ")")]
    gold = _bracketed(chance, (low, high), left, right)
    again = _bracketed(chance, (low_again, high_again), left, right)
    if chance.random() < 0.3:
        again = f"x \\in {again}"
    bad = chance.choice(wrongs)
    return gold, again, _bracketed(chance, bad[1:3], bad[0], bad[3])


def unions(chance: random.Random) -> Triple:
    a = chance.randint(-9, 3)
    b, cup = a + chance.randint(1, 5), chance.choice((" \\cup ", "\\cup ", " ∪ "))
    c = b + chance.randint(1, 5)
    forms = (
        (f"(-\\infty,{a}){cup}({b},\\infty)", f"({b}, +\\infty) \\cup (-\\infty, {a})",
         (f"(-\\infty,{a}]{cup}({b},\\infty)", f"(-\\infty,{a})", f"(-\\infty,{a}){cup}({b + 1},\\infty)")),
        (f"[{a},{b}){cup}({b},{c}]", f"\\left({b},{c}\\right] \\cup \\left[{a},{b}\\right)",
         (f"[{a},{c}]", f"[{a},{b}){cup}({b},{c})", f"[{a},{b}]{cup}({b},{c}]")),
        (f"[{a},{c}]", f"[{a},{b}] \\cup [{b},{c}]", (f"[{a},{b}){cup}({b},{c}]", f"[{a},{b}]", f"[{a},{c})")),
        (f"(-\\infty,{a}) \\cup ({a},\\infty)", f"\\mathbb{{R}} \\setminus \\{{{a}\\}}",
         ("(-\\infty,\\infty)", f"(-\\infty,{b}) \\cup ({b},\\infty)", f"(-\\infty,{a}] \\cup ({a},\\infty)")),
        (f"(-\\infty,{a}){cup}({b},\\infty)", f"x < {a} \\text{{ or }} x > {b}",
         (f"x < {a} \\text{{ or }} x \\ge {b}", f"x < {b} \\text{{ or }} x > {c}", f"x > {b}")),
        (f"x \\ne {a}", chance.choice((f"x \\neq {a}", f"(-\\infty,{a}) \\cup ({a},\\infty)")),
         (f"x \\ne {b}", f"x = {a}", f"x > {a}")),
        (f"({a},{b}] \\cup [{c},{c + 2})", f"({a}, {b}]{cup}[{c}, {c + 2})",
         (f"({a},{b}] \\cup [{c},{c + 3})", f"({a},{b}) \\cup [{c},{c + 2})", f"({a},{c + 2})")),
    )  # fmt: skip
    gold, right, wrongs = chance.choice(forms)
    return gold, right, chance.choice(wrongs)


def _matrix(chance: random.Random, rows: Sequence[Sequence[Fraction]]) -> str:
    lines = (" & ".join(write(rational(value), chance) for value in row) for row in rows)
    body = chance.choice((" \\\\ ", " \\\\\n", "\\\\")).join(lines)
    kind = chance.choice(("pmatrix", "pmatrix", "bmatrix", "array"))
    if kind == "array":
        return f"\\left(\\begin{{array}}{{{'c' * len(rows[0])}}}{body}\\end{{array}}\\right)"
    return f"\\begin{{{kind}}}{chance.choice(('', ' '))}{body}\\end{{{kind}}}"


def matrices(chance: random.Random) -> Triple:
    height, width = chance.choice(((2, 2), (2, 2), (3, 3), (2, 1), (3, 1), (2, 3)))
    rows = [[small(chance) * chance.choice((0, 1, 1, 1)) for _ in range(width)] for _ in range(height)]
    other = [list(row) for row in rows]
    y, x = chance.randrange(height), chance.randrange(width)
    other[y][x] += chance.choice((1, -1, 2))
    turned = [list(column) for column in zip(*rows, strict=True)]
    wrongs = [other, other, [*rows, rows[0]]]
    if turned != rows:
        wrongs.append(turned)
    wrong, right = _matrix(chance, chance.choice(wrongs)), _matrix(chance, rows)
    if chance.random() < 0.15:
        right = f"\\frac{{1}}{{6}} {_matrix(chance, [[value * 6 for value in row] for row in rows])}"
    return _matrix(chance, rows), right, wrong


def _joined(chance: random.Random, texts: Sequence[str], letter: str) -> str:
    comma = chance.choice((", ", ","))
    word = chance.choice(("or", "and", "or"))
    forms = [
        comma.join(texts),
        f" \\text{{ {word} }} ".join(texts),
        f" \\text{{ {word} }} ".join(f"{letter} = {text}" for text in texts),
        comma.join(f"{letter} = {text}" for text in texts),
        comma.join(f"{letter}_{place} = {text}" for place, text in enumerate(texts, 1)),
        f"{letter} = {comma.join(texts)}",
    ]
    return chance.choice(forms)


def several_solutions(chance: random.Random) -> Triple:
    items = _items(chance, chance.choice((2, 2, 3)))
    if any(name("a") in item for item in items):
        return several_solutions(chance)
    mixed = chance.sample(items, len(items))
    gold = chance.choice((", ", ",")).join(_texts(chance, items))
    if chance.random() < 0.3:
        gold = _joined(chance, _texts(chance, items), "x")
    wrong = _changed(chance, mixed) if chance.random() < 0.6 else mixed[:-1]
    return gold, _joined(chance, _texts(chance, mixed), "x"), _joined(chance, _texts(chance, wrong), "x")


def plus_minus(chance: random.Random) -> Triple:
    middle, inside, below = chance.randint(-9, 9) or 4, chance.choice((2, 3, 5, 7)), chance.choice((1, 1, 2, 3))
    surd = root(num(inside)) if chance.random() < 0.6 else num(inside)
    if chance.random() < 0.3:
        above, sides = (
            f"\\pm {write(surd, chance)}",
            (surd, mul(num(-1), surd) if surd.op == "root" else num(-inside)),
        )
    else:
        above = f"{middle} \\pm {write(surd, chance)}"
        minus = mul(num(-1), surd) if surd.op == "root" else num(-inside)
        sides = (add(num(middle), surd), add(num(middle), minus))
    both = [write(side if below == 1 else div(side, num(below)), chance) for side in sides]
    short = above if below == 1 else f"\\frac{{{above}}}{{{below}}}"
    wrong_short = short.replace("\\pm", chance.choice(("+", "-"))) if chance.random() < 0.5 else f"{short} + 1"
    wrongs = (wrong_short, both[0], f"{both[0]}, {both[0]}+1")
    right = chance.choice((_joined(chance, both, "x"), f"x = {short}", _joined(chance, both[::-1], "x")))
    return (short, right, chance.choice(wrongs)) if chance.random() < 0.7 else (", ".join(both), short, wrong_short)


def ratios(chance: random.Random) -> Triple:
    a, b, k = chance.randint(1, 9), chance.randint(1, 8), chance.randint(2, 9)
    if a == b or gcd(a, b) > 1:
        return ratios(chance)
    gold = chance.choice((f"{a}:{b}", f"{a} : {b}", f"{a}\\colon {b}"))
    rights = (
        f"{a}:{b}",
        f"{a} : {b}",
        f"\\frac{{{a}}}{{{b}}}",
        f"{a * k * 10}:{b * k * 10}",
        f"{a}/{b}",
        f"{a}\\!:\\!{b}",
    )
    return (
        gold,
        chance.choice(rights),
        chance.choice((f"{b}:{a}", f"{a}:{b + 1}", f"{a * 10}:{b}", f"\\frac{{{b}}}{{{a}}}")),
    )


FAMILIES = {
    "tuples and points": tuples,
    "sets": sets,
    "intervals": intervals,
    "unions": unions,
    "matrices": matrices,
    "several solutions": several_solutions,
    "plus or minus": plus_minus,
    "ratios": ratios,
}
