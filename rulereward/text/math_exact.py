r"""What can be proved about two written answers without algebra: numbers, and tuples, intervals and sets of numbers.

Everything here answers True, False or None, and None means "not proved": the caller asks a computer algebra system.
A decimal of six or more places may be a rounded value, so that it differs from a fraction, or from a double printed
in full, is no proof of anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from rulereward.text.math_units import split_measure
from rulereward.text.numbers import MAX_CHARACTERS, parse_number

Percent = Literal["strict", "loose"]

ROUNDED_PLACES = 6
DOUBLE_DIGITS = 15
_MAX_ITEMS = 64
_SURELY_SHORTER_BITS = 3 * MAX_CHARACTERS
"""A number of fewer bits has fewer digits than any LongInteger."""

_LONG_INTEGER = re.compile(r"([+-]?)0*([0-9]+)")
_DECIMAL = re.compile(r"[+-]?[0-9,]*\.([0-9]+)")
_REPEATING = re.compile(r"([+-]?)([0-9]{1,400})\.([0-9]{0,400})\\(?:overline|dot|bar) ?\{?([0-9]{1,400})\}?")
_GROUP = re.compile(r"[0-9]{3}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written: `value` leaves its percent sign aside, `scaled` does not.

    `places` counts the digits behind the point of a plain decimal; a `fraction` may be one without end.
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
class LongInteger:
    """An integer too long to compute with, as its sign and digits without leading zeros."""

    digits: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Numbers between brackets; for a bare list the brackets are empty."""

    brackets: tuple[str, str]
    items: tuple[Number, ...]


Exact = Number | LongInteger | Listed


def read_exact(text: str) -> Exact | None:
    """The number or list of numbers that the whole of a normal form spells, None where that is not certain."""
    if len(text) < MAX_CHARACTERS:
        return read_number(text) or _read_list(text)
    whole = _LONG_INTEGER.fullmatch(text)
    if whole is None:
        return None
    sign = "-" if whole[1] == "-" else ""
    return LongInteger(sign + whole[2]) if len(whole[2]) >= MAX_CHARACTERS - 1 else read_number(sign + whole[2])


def read_number(text: str) -> Number | None:
    r"""The one number that a normal form spells. `1 1/4` and `1\frac{1}{4}` are mixed numbers."""
    measure = split_measure(text)
    if measure.unit is not None:
        return None
    repeating = _REPEATING.fullmatch(measure.value)
    if repeating:
        return Number(_repeating(repeating), measure.percent, fraction=True)
    value = parse_number(measure.value)
    if value is None:
        return None
    decimal = _DECIMAL.fullmatch(measure.value)
    fraction = "/" in measure.value or "frac" in measure.value
    return Number(value, measure.percent, len(decimal[1]) if decimal else 0, fraction)


def _repeating(match: re.Match[str]) -> Fraction:
    sign, whole, fixed, period = match.groups()
    value = Fraction(int(whole + fixed + period) - int(whole + fixed), (10 ** len(period) - 1) * 10 ** len(fixed))
    return -value if sign == "-" else value


def _read_list(text: str) -> Listed | None:
    brackets, inner = _brackets(text)
    pieces = inner.split(",")
    if not 2 <= len(pieces) <= _MAX_ITEMS:
        return None
    if any(before[-1:].isdigit() and _GROUP.match(after) for before, after in pairwise(pieces)):
        return None  # (1,234) may hold one number or two
    numbers = [read_number(piece.strip()) for piece in pieces]
    items = tuple(number for number in numbers if number is not None)
    return Listed(brackets, items) if len(items) == len(pieces) else None


def _brackets(text: str) -> tuple[tuple[str, str], str]:
    if text.startswith("\\{") and text.endswith("\\}"):
        return ("{", "}"), text[2:-2]
    if text[:1] in ("(", "[") and text[-1:] in (")", "]"):
        return (text[0], text[-1]), text[1:-1]
    return ("", ""), text


def prove_equal(gold: Exact, answer: Exact, percent: Percent) -> bool | None:
    """Are the two equal? `loose` lets 50 and 50% stand for each other; `strict` takes 50% as one half only."""
    if isinstance(gold, Number) and isinstance(answer, Number):
        return _numbers(gold, answer, percent)
    if isinstance(gold, Listed) and isinstance(answer, Listed):
        return _lists(gold, answer, percent)
    if isinstance(gold, LongInteger) and isinstance(answer, LongInteger):
        return gold == answer
    long, other = (gold, answer) if isinstance(gold, LongInteger) else (answer, gold)
    if isinstance(long, LongInteger) and isinstance(other, Number):
        return False if abs(other.value).numerator.bit_length() < _SURELY_SHORTER_BITS else None
    return None


def _numbers(a: Number, b: Number, percent: Percent) -> bool | None:
    if a.scaled == b.scaled or (percent == "loose" and a.percent != b.percent and a.value == b.value):
        return True
    return None if _maybe_rounded(a, b) or _maybe_rounded(b, a) else False


def _maybe_rounded(one: Number, other: Number) -> bool:
    """Could `one` be `other` rounded? Then a difference between them is no proof."""
    if one.places < ROUNDED_PLACES or not (other.fraction or one.digits >= DOUBLE_DIGITS):
        return False
    return abs(one.scaled - other.scaled) < Fraction(1, 10 ** (ROUNDED_PLACES - 1))


def _lists(a: Listed, b: Listed, percent: Percent) -> bool | None:
    """Lists in equal brackets. Tuples and intervals differ where an item does; other lists may be reordered."""
    if a.brackets != b.brackets:
        return None
    ordered = a.brackets[0] in ("(", "[")
    if len(a.items) != len(b.items):
        return False if ordered else None
    verdicts = [_numbers(x, y, percent) for x, y in zip(a.items, b.items, strict=True)]
    if all(verdicts):
        return True
    return False if ordered and False in verdicts else None
