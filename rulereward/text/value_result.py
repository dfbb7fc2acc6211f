"""What a comparison of outputs or values says, and how far apart two numbers may lie."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

_SHOWN = 60  # characters of a text that a difference quotes
_BEFORE = 20  # of them, those before the first that differs
_LONGEST_INTEGER = 4_000  # bits of an integer that is written out


@dataclass(frozen=True, slots=True)
class Match:
    """Whether something is as expected, and else where the first difference is, in at most 400 characters."""

    matched: bool
    difference: str = ""


SAME = Match(matched=True)
_LONGEST_DIFFERENCE = 400


def mismatch(difference: str) -> Match:
    """No match, for this reason; what is too long of it is cut off."""
    return Match(False, difference if len(difference) <= _LONGEST_DIFFERENCE else f"{difference[:399]}…")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far apart two numbers may lie: `abs`, or `rel` times the absolutely larger one, whichever allows more.

    Two integers are never near each other, only equal. Raises ValueError where `abs` is no finite number from 0 on,
    or `rel` none from 0 to below 1.
    """

    abs: float = 0.0
    rel: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.abs) and self.abs >= 0 and 0 <= self.rel < 1):
            raise ValueError("a tolerance has abs >= 0 and 0 <= rel < 1")

    def near(self, one: float | Fraction, other: float | Fraction) -> bool:
        """Are two numbers (int, float or Fraction, no bool) equal, or near enough? NaN equals NaN."""
        if one == other or (one != one and other != other):  # only NaN differs from itself
            return True
        exact = [number for number in (one, other) if not isinstance(number, float)]
        if not (self.abs or self.rel) or (isinstance(one, int) and isinstance(other, int)):
            return False
        if not exact:
            return math.isclose(one, other, rel_tol=self.rel, abs_tol=self.abs)
        if any(isinstance(number, float) and not math.isfinite(number) for number in (one, other)):
            return False
        if any(abs(number) >= _BEYOND_FLOATS for number in exact):
            return False
        first, second = Fraction(one), Fraction(other)  # exactly: an integer of 60 bits is no float
        allowed = max(Fraction(self.abs), Fraction(self.rel) * max(abs(first), abs(second)))
        return abs(first - second) <= allowed


_BEYOND_FLOATS = 1 << 1_100  # no tolerance reaches from a float to a number of that size


def quoted(text: str, place: int = 0) -> str:
    """A text in quotation marks, cut to what stands around `place`, with control characters spelled out."""
    start = place - _BEFORE if place > _SHOWN - _BEFORE else 0
    part = text[start : start + _SHOWN]
    written = "".join(character if character.isprintable() else _escaped(character) for character in part)
    return f'"{"…" if start else ""}{written}{"…" if start + _SHOWN < len(text) else ""}"'


def _escaped(character: str) -> str:
    return ascii(character)[1:-1]


def shown(value: object) -> str:
    """A plain value in few words, whatever its size."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > _LONGEST_INTEGER:
        return f"an integer of {value.bit_length():,} bits"
    if isinstance(value, bytes):
        return f"bytes {quoted(repr(value[:_SHOWN])[2:-1])}"
    written = repr(value)
    return written if len(written) <= 2 * _SHOWN else f"{written[:_SHOWN]}…{written[-_BEFORE:]}"


def first_different(one: str, other: str) -> int:
    """The index of the first character that differs; the length of the shorter text where it begins the longer."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
