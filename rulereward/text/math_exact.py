r"""Single values that are read exactly from a written answer, and what two of them prove about each other.

Everything here answers True, False or None, and None means "not proved": the caller asks a computer algebra system.
A decimal of six or more places may be a value that was rounded to them, or cut off behind them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from rulereward.text.math_ring import Ratio, Ring, Unproved, is_root, rational
from rulereward.text.math_syntax import read_value
from rulereward.text.math_units import split_measure
from rulereward.text.numbers import parse_number

Percent = Literal["strict", "loose"]

ROUNDED_PLACES = 6
DOUBLE_DIGITS = 15
_DOUBLE_STEPS = 10**14

_INTEGER = re.compile(r"-?[0-9]{1,400}")
_DECIMAL = re.compile(r"[+-]?[0-9,]*\.([0-9]+)")
_REPEATING = re.compile(r"([+-]?)([0-9]{1,400})\.([0-9]{0,400})\\(?:overline|dot|bar) ?\{?([0-9]{1,400})\}?")
_CONSTANTS = frozenset(("\\pi", "e"))


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written: `value` leaves its percent sign aside, `scaled` does not.

    `places` counts the digits behind the point of a decimal; a `fraction` may be one without end.
    """

    value: Fraction
    percent: bool = False
    places: int = 0
    fraction: bool = False

    @property
    def scaled(self) -> Fraction:
        return self.value / 100 if self.percent else self.value

    @property
    def digits(self) -> int:
        """How many digits stand in a decimal, leading zeros aside."""
        return len(str(abs(self.value.numerator) * 10**self.places // self.value.denominator))


@dataclass(frozen=True, slots=True)
class Expression:
    """A value that is no rational number, or does not show that it is: roots, π, letters."""

    value: Ratio
    percent: bool = False
    places: int = 0

    @property
    def letters(self) -> frozenset[str]:
        """The names that are no constants."""
        return frozenset(name for name in self.value.names - _CONSTANTS if not is_root(name))


Scalar = Number | Expression


def read_number(text: str) -> Number | None:
    r"""The one number that a normal form spells. `1 1/4` and `1\frac{1}{4}` are mixed numbers."""
    if _INTEGER.fullmatch(text):
        return Number(Fraction(int(text)))
    measure = split_measure(text)
    return None if measure.unit is not None else _number(measure.value, measure.percent)


def read_scalar(text: str, ring: Ring) -> Scalar | None:
    """The one number or elementary expression that a normal form spells, None where that is not certain.

    The work is paid from the budget of `ring`.
    """
    if _INTEGER.fullmatch(text):
        return Number(Fraction(int(text)))
    measure = split_measure(text)
    if measure.unit is not None:
        return None
    return _number(measure.value, measure.percent) or _expression(measure.value.strip(), measure.percent, ring)


def _number(text: str, percent: bool) -> Number | None:
    repeating = _REPEATING.fullmatch(text)
    if repeating:
        return Number(_repeating(repeating), percent, fraction=True)
    value = parse_number(text)
    if value is None:
        return None
    decimal = _DECIMAL.fullmatch(text)
    return Number(value, percent, len(decimal[1]) if decimal else 0, "/" in text or "frac" in text)


def _expression(text: str, percent: bool, ring: Ring) -> Scalar | None:
    read = read_value(text, ring)
    if read is None:
        return None
    return of_ratio(*read, percent=percent)


def of_ratio(value: Ratio, places: int, *, percent: bool = False) -> Scalar:
    """A computed value as the number or expression that it is."""
    number = value.constant
    return Expression(value, percent, places) if number is None else Number(number, percent, places, fraction=True)


def _repeating(match: re.Match[str]) -> Fraction:
    sign, whole, fixed, period = match.groups()
    value = Fraction(int(whole + fixed + period) - int(whole + fixed), (10 ** len(period) - 1) * 10 ** len(fixed))
    return -value if sign == "-" else value


def prove_scalars(a: Scalar, b: Scalar, percent: Percent, ring: Ring) -> bool | None:
    """Are the two equal? `loose` lets 50 and 50% stand for each other; `strict` takes 50% as one half only."""
    if isinstance(a, Number) and isinstance(b, Number):
        if a.scaled == b.scaled or (percent == "loose" and a.percent != b.percent and a.value == b.value):
            return True
        return any(_stands_for(x, y) for x, y in ((a, b), (b, a)))
    try:
        verdict = ring.equal(as_ratio(a, ring), as_ratio(b, ring))
        if verdict is not True and percent == "loose" and a.percent != b.percent:
            verdict = ring.equal(as_ratio(replace(a, percent=False), ring), as_ratio(replace(b, percent=False), ring))
    except Unproved:
        return None
    rounded = a.places >= ROUNDED_PLACES or b.places >= ROUNDED_PLACES
    return None if verdict is False and rounded and _letters(a) == _letters(b) else verdict


def _stands_for(one: Number, other: Number) -> bool:
    """`0.333333` for 1/3; but one plain decimal stands for another only where it is a double."""
    return (other.fraction or one.digits >= DOUBLE_DIGITS) and is_rounded(one, other.scaled)


def _letters(value: Scalar) -> frozenset[str]:
    return value.letters if isinstance(value, Expression) else frozenset()


def as_ratio(value: Scalar, ring: Ring) -> Ratio:
    """To compute with, its percent sign taken at its word. Raises Unproved where the budget does not suffice."""
    if isinstance(value, Number):
        return rational(value.scaled)
    return ring.multiply(value.value, rational(Fraction(1, 100))) if value.percent else value.value


def product(a: Scalar, b: Scalar, ring: Ring) -> Scalar:
    """Raises Unproved where the budget does not suffice."""
    return of_ratio(ring.multiply(as_ratio(a, ring), as_ratio(b, ring)), max(a.places, b.places))


def is_rounded(one: Number, other: Fraction) -> bool:
    """Is a decimal of six or more places `other`, rounded or cut off behind its last place?

    A double that is printed in full differs from what it stands for in its sixteenth digit.
    """
    if one.places < ROUNDED_PLACES:
        return False
    step = Fraction(1, 10**one.places) / (100 if one.percent else 1)
    off = abs(one.scaled - other)
    cut = off < step and abs(one.scaled) <= abs(other)
    return cut or 2 * off <= step or (one.digits >= DOUBLE_DIGITS and off <= abs(other) / _DOUBLE_STEPS)
