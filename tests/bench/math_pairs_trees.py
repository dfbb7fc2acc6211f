"""Expressions as trees, and how models and data sets write them: LaTeX, plain text and Unicode.

A tree says what is written, so two trees of one value come from an identity, never from evaluating text.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Ink = Literal["latex", "ascii", "unicode"]
_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4
_COMMAND = re.compile(r"\\[A-Za-z]+$")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Tree:
    """`text` is the digits of a number, a name, a function or the degree of a root."""

    op: Literal["number", "name", "call", "sum", "product", "quotient", "power", "root"]
    parts: tuple[Tree, ...] = ()
    text: str = ""


def num(value: int) -> Tree:
    return Tree("number", (), str(value))


def name(text: str) -> Tree:
    return Tree("name", (), text)


def call(function: str, of: Tree) -> Tree:
    return Tree("call", (of,), function)


def add(*parts: Tree) -> Tree:
    return parts[0] if len(parts) == 1 else Tree("sum", parts)


def mul(*parts: Tree) -> Tree:
    flat = tuple(factor for part in parts for factor in (part.parts if part.op == "product" else (part,)))
    return flat[0] if len(flat) == 1 else Tree("product", flat)


def div(above: Tree, below: Tree) -> Tree:
    return Tree("quotient", (above, below))


def power(base: Tree, exponent: Tree) -> Tree:
    return Tree("power", (base, exponent))


def root(of: Tree, degree: int = 2) -> Tree:
    return Tree("root", (of,), str(degree))


def rational(value: Fraction) -> Tree:
    return num(value.numerator) if value.denominator == 1 else div(num(value.numerator), num(value.denominator))


PI = name("pi")


def write(tree: Tree, chance: random.Random, ink: Ink = "latex") -> str:
    """The tree as text; `chance` decides between spellings that mean the same."""
    return _Pen(chance, ink).write(tree)[0]


class _Pen:
    """Writes trees; each method returns the text and how tightly it binds."""

    def __init__(self, chance: random.Random, ink: Ink) -> None:
        self.chance = chance
        self.ink = ink
        self.frac = chance.choice(("\\frac", "\\frac", "\\dfrac", "\\tfrac"))
        self.dot = chance.choice((" \\cdot ", " \\times ", "\\cdot ")) if ink == "latex" else "*"
        if ink == "unicode":
            self.dot = chance.choice(("·", "×", " × "))
        self.sized = chance.random() < 0.3
        self.spaced = chance.random() < 0.3
        self.short = chance.random() < 0.25
        self.starred = chance.random() < 0.6

    def write(self, tree: Tree) -> tuple[str, int]:
        if tree.op == "number":
            return tree.text, _SUM if tree.text.startswith("-") else _ATOM
        written: tuple[str, int] = getattr(self, f"_{tree.op}")(tree)
        return written

    def _name(self, tree: Tree) -> tuple[str, int]:
        names = {"latex": "\\pi", "ascii": "pi", "unicode": "π"}
        return (names[self.ink] if tree.text == "pi" else tree.text), _ATOM

    def _call(self, tree: Tree) -> tuple[str, int]:
        inner, slash = self.write(tree.parts[0])[0], "\\" if self.ink == "latex" else ""
        return f"{slash}{tree.text}{self._bracketed(inner)}", _ATOM

    def _bracketed(self, text: str) -> str:
        if self.ink == "latex" and self.sized:
            return f"\\left({text}\\right)"
        return f"({text})"

    def _at(self, tree: Tree, tight: int) -> str:
        text, binds = self.write(tree)
        return text if binds >= tight else self._bracketed(text)

    def _sum(self, tree: Tree) -> tuple[str, int]:
        gap = self.chance.choice(("", " "))
        text = ""
        for place, part in enumerate(tree.parts):
            term, binds = self.write(part)
            if part.op == "sum":
                term = self._bracketed(term)
            if place and term.startswith("-"):
                text += f"{gap}-{gap}{term[1:]}"
            else:
                text += f"{gap}+{gap}{term}" if place else term
            assert binds
        return text, _SUM

    def _product(self, tree: Tree) -> tuple[str, int]:
        parts, sign = list(tree.parts), ""
        if parts[0].text == "-1":
            parts, sign = parts[1:], "-"
        text = ""
        for place, part in enumerate(parts):
            tight = _PRODUCT if place == 0 and self.ink == "latex" else _PRODUCT + 1
            factor = part.text if place == 0 and part.op == "number" and not sign else self._at(part, tight)
            text += f"{self._between(text, factor, part) if place else ''}{factor}"
        return sign + text, _SUM if sign or text.startswith("-") else _PRODUCT

    def _between(self, left: str, right: str, part: Tree) -> str:
        if right[0].isdigit() or right.startswith("-") or (part.op == "quotient" and left[-1].isdigit()):
            return self.dot
        if self.ink == "latex":
            return " " if left[-1].isalpha() and (self.spaced or _COMMAND.search(left)) else ""
        plain = self.starred or (self.ink == "ascii" and not left.lstrip("-").isdigit())
        return self.dot if plain or left[-1].isalpha() else ""

    def _quotient(self, tree: Tree) -> tuple[str, int]:
        above, below = tree.parts
        top = self.write(above)[0]
        sign = top.startswith("-") and above.op != "sum" and self.chance.random() < 0.7
        if self.ink == "latex":
            text = f"{self.frac}{self._argument(top[1:] if sign else top)}{self._argument(self.write(below)[0])}"
            return ("-" if sign else "") + text, _SUM if sign else _PRODUCT + 1
        if above.op in ("product", "number"):
            return f"{top}/{self._at(below, _POWER)}", _SUM if top.startswith("-") else _PRODUCT
        return f"{self._at(above, _PRODUCT)}/{self._at(below, _POWER)}", _PRODUCT

    def _argument(self, text: str) -> str:
        r"""In braces, which many leave out around one character: `\sqrt3`, `\frac\pi2`."""
        return text if self.short and ((text.isdigit() and len(text) == 1) or text == "\\pi") else f"{{{text}}}"

    def _power(self, tree: Tree) -> tuple[str, int]:
        base, exponent = self._at(tree.parts[0], _ATOM), self.write(tree.parts[1])[0]
        if self.ink == "latex":
            short = len(exponent) == 1 and self.chance.random() < 0.7
            return f"{base}^{exponent if short else '{' + exponent + '}'}", _POWER
        if self.ink == "unicode" and exponent.lstrip("-").isdigit():
            return base + exponent.translate(_SUPERSCRIPTS), _POWER
        raised = "^" if self.starred or self.ink == "unicode" else "**"
        return (
            f"{base}{raised}{exponent if exponent.isdigit() or len(exponent) == 1 else '(' + exponent + ')'}",
            _POWER,
        )

    def _root(self, tree: Tree) -> tuple[str, int]:
        inner, tight = self.write(tree.parts[0])
        if self.ink == "latex":
            degree = "" if tree.text == "2" else f"[{tree.text}]"
            return f"\\sqrt{degree}{self._argument(inner)}", _POWER
        if self.ink == "ascii":
            if tree.text == "2":
                return f"sqrt({inner})", _ATOM
            return f"{self._at(tree.parts[0], _ATOM)}^(1/{tree.text})", _POWER
        sign = {"2": "√", "3": "∛", "4": "∜"}[tree.text]
        return (f"{sign}{inner}" if tight == _ATOM else f"{sign}({inner})"), _POWER


Terms = dict[Tree, Fraction]
"""A combination of independent things: equal only where every coefficient is."""
ONE = num(1)


def term(chance: random.Random, of: Tree, factor: Fraction) -> Tree:
    """One term, its denominator before or under it."""
    if of == ONE:
        return rational(factor)
    above, below = factor.numerator, factor.denominator
    top = of if above == 1 else mul(num(above), of)
    if below == 1:
        return top
    return mul(rational(factor), of) if chance.random() < 0.4 else div(top, num(below))


def combined(chance: random.Random, terms: Terms, ordered: bool = False) -> Tree:
    """The sum of the terms, in some order, over their common denominator or each by itself."""
    items = [(of, factor) for of, factor in terms.items() if factor]
    if not items:
        return num(0)
    if not ordered:
        chance.shuffle(items)
    common = 1
    for _, factor in items:
        common = common * factor.denominator // _gcd(common, factor.denominator)
    if common > 1 and len(items) > 1 and chance.random() < 0.5:
        return div(add(*(term(chance, of, factor * common) for of, factor in items)), num(common))
    return add(*(term(chance, of, factor) for of, factor in items))


def _gcd(a: int, b: int) -> int:
    return a if not b else _gcd(b, a % b)


def altered(chance: random.Random, terms: Terms) -> Terms:
    """Other terms: a sign, a coefficient, two of them exchanged, or one term lost."""
    items = [of for of, factor in terms.items() if factor]
    one = chance.choice(items)
    changes: list[Terms] = [
        {**terms, one: -terms[one]},
        {**terms, one: terms[one] + 1},
        {**terms, one: 2 * terms[one]},
    ]
    if len(items) > 1:
        other = chance.choice([of for of in items if of != one])
        changes.append({**terms, one: Fraction(0)})
        if terms[one] != terms[other]:
            changes.append({**terms, one: terms[other], other: terms[one]})
    return {of: factor for of, factor in chance.choice(changes).items() if factor}


def shuffled(chance: random.Random, items: Sequence[Tree]) -> list[Tree]:
    return chance.sample(list(items), len(items))
