r"""Elementary expressions in normal form, read into exact values: `\frac{\sqrt{3}}{2}`, `2\pi`, `x^2-1`, `3+2\sqrt2`.

Whatever can be read in two ways is not read: `1/2x`, `2\frac{1}{2}x`, `x2`, `f(x)`, `\sqrt12`, `2^3!`. So is every
function, absolute value, index and double sign: algebra systems know more of them.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction

from rulereward.text.math_ring import Ratio, Ring, Unproved, named, rational

MAX_CHARS = 300
_MAX_DEPTH = 12
_MAX_FACTORIAL = 3_000
_LONGEST_RUN = 3

_PIECE = re.compile(r" *(?:([0-9]+(?:\.[0-9]+)?|\.[0-9]+)|\\([A-Za-z]+)|([A-Za-z])|([-+*/^!(){}\[\]]))")
_READABLE = re.compile(r"[0-9A-Za-z.+\-*/^!(){}\[\]\\ ]+")
_LETTERS = re.compile(r"(?<!\\)(?<![A-Za-z])[A-Za-z]{2,}")
_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau phi chi psi omega"
)
_GREEK = frozenset(_GREEK_NAMES.split())
_NO_PRODUCTS = """
or and not no nor yes if is as to in on of at by for all any odd max min mod gcd lcm det dim deg arg per via dne na
tbd one two six ten the but so dx dy dt du dv da db dr ds cm mm km kg mg ml lb ft hr sec mph
"""
_WORDS = frozenset(_NO_PRODUCTS.split())
"""Runs of letters that are no product of variables, or need not be."""
_TIMES = frozenset(("*", "\\cdot", "\\times"))
_OVER = frozenset(("/", "\\div"))
_MULTIPLIERS = frozenset(("\\pi", *"xyznmkrtabc"))
"""Names that are no function when a bracket follows."""


def read_value(text: str, ring: Ring) -> tuple[Ratio, int] | None:
    """The value that the whole of a text spells, and the most decimal places in it; None where that is not certain.

    The work is paid from the budget of `ring`.
    """
    if len(text) > MAX_CHARS or not _READABLE.fullmatch(text):
        return None
    if any(len(run) > _LONGEST_RUN or run.lower() in _WORDS for run in _LETTERS.findall(text)):
        return None
    try:
        reader = _Reader(_split(text), ring)
        return reader.whole(), reader.places
    except Unproved:
        return None


def _split(text: str) -> list[str]:
    r"""Numbers, commands as `\name`, letters and signs, each a text; an empty one marks the end."""
    pieces: list[str] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _PIECE.match(text, at)
        if match is None:
            raise Unproved
        pieces.append(match[0].lstrip(" "))
        at = match.end()
    return [*pieces, ""]


class _Reader:
    """Reads pieces from left to right. `places` counts the digits behind the point of the longest decimal."""

    def __init__(self, pieces: list[str], ring: Ring) -> None:
        self._pieces = pieces
        self._at = 0
        self._depth = 0
        self._ring = ring
        self.places = 0

    def whole(self) -> Ratio:
        value = self._sum()
        if self._next:
            raise Unproved
        return value

    @property
    def _next(self) -> str:
        return self._pieces[self._at]

    def _take(self) -> str:
        piece = self._next
        if not piece:
            raise Unproved
        self._at += 1
        return piece

    def _accept(self, piece: str) -> bool:
        found = self._next == piece
        self._at += found
        return found

    def _sum(self) -> Ratio:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise Unproved
        total = self._product()
        while self._next in ("+", "-"):
            negative = self._take() == "-"
            term = self._product()
            total = self._ring.add(total, self._ring.negative(term) if negative else term)
        self._depth -= 1
        return total

    def _product(self) -> Ratio:
        """Factors with signs between them or none. Behind a `/` there must be one: 1/2x is two things."""
        value = self._signed()
        divided = False
        while True:
            if self._next in _TIMES:
                self._take()
                value = self._ring.multiply(value, self._signed())
            elif self._next in _OVER:
                self._take()
                value, divided = self._ring.divide(value, self._signed()), True
                continue
            elif self._begins_factor():
                if divided:
                    raise Unproved
                value = self._ring.multiply(value, self._beside())
            else:
                return value
            divided = False

    def _signed(self) -> Ratio:
        negative = self._accept("-")
        if not negative:
            self._accept("+")
        value = self._factor()
        return self._ring.negative(value) if negative else value

    def _begins_factor(self) -> bool:
        piece = self._next
        return piece in ("(", "{") or piece[:1] == "\\" or piece[:1].isalnum() or piece[:1] == "."

    def _beside(self) -> Ratio:
        """A factor without a sign before it."""
        before, piece = self._pieces[self._at - 1], self._next
        if _is_number(piece):
            raise Unproved  # x2, (2)3 and 2 3
        if piece == "(" and before[-1:].isalpha() and before not in _MULTIPLIERS:
            raise Unproved  # f(x)
        value = self._factor()
        if piece == "\\frac" and _is_number(before) and value.constant is not None:
            raise Unproved  # a mixed number, or a product
        return value

    def _factor(self) -> Ratio:
        value = self._base()
        while self._next in ("^", "!"):
            if self._take() == "!":
                value = self._whole(math.factorial(_small(value, _MAX_FACTORIAL)))
                if self._next == "!":
                    raise Unproved  # a double factorial
                continue
            value = self._ring.power(value, self._exponent())
            if self._next in ("^", "!"):
                raise Unproved
        return value

    def _exponent(self) -> Fraction:
        if self._accept("{"):
            value = self._sum().constant
            self._close("}")
        else:
            negative = self._accept("-")
            piece = self._take()
            if not piece.isdecimal() or (len(piece) > 1 and self._begins_factor()):
                raise Unproved  # 2^x, 2^10x
            value = -Fraction(piece) if negative else Fraction(piece)
        if value is None:
            raise Unproved
        return value

    def _base(self) -> Ratio:
        piece = self._take()
        if _is_number(piece):
            return self._number(piece)
        if piece in ("(", "{"):
            value = self._sum()
            self._close(")" if piece == "(" else "}")
            return value
        if piece.isalpha():
            return named(piece)
        if piece == "\\pi" or piece[1:] in _GREEK:
            return named(piece)
        return self._command(piece)

    def _command(self, piece: str) -> Ratio:
        if piece == "\\frac":
            above = self._argument()
            return self._ring.divide(above, self._argument())
        if piece == "\\sqrt":
            degree = 2
            if self._accept("["):
                degree = _small(self._sum(), 64)
                self._close("]")
            return self._ring.root(self._argument(alone=True), degree)
        if piece == "\\binom":
            of = _small(self._argument(), _MAX_FACTORIAL)
            return self._whole(math.comb(of, _small(self._argument(), _MAX_FACTORIAL)))
        raise Unproved

    def _argument(self, *, alone: bool = False) -> Ratio:
        r"""What a command takes: braces, or one character. `alone` ones must not run on: \sqrt12 and \sqrt3x."""
        if self._accept("{"):
            value = self._sum()
            self._close("}")
            return value
        piece = self._take()
        if piece.isdecimal() and len(piece) > 1 and not alone:
            self._at -= 1
            self._pieces[self._at] = piece[1:]  # \frac12 has two arguments
            return rational(int(piece[0]))
        if not (len(piece) == 1 and piece.isalnum()) and piece != "\\pi":
            raise Unproved
        if alone and (len(piece) > 1 or self._begins_factor() or self._next in ("^", "!")):
            raise Unproved
        return named(piece) if not piece.isdecimal() else rational(int(piece))

    def _number(self, piece: str) -> Ratio:
        places = len(piece.partition(".")[2])
        self.places = max(self.places, places)
        return rational(Fraction(piece))

    def _whole(self, number: int) -> Ratio:
        value = Fraction(number)
        self._ring.pay(value)
        return rational(value)

    def _close(self, bracket: str) -> None:
        if not self._accept(bracket):
            raise Unproved


def _is_number(piece: str) -> bool:
    return piece[:1].isdecimal() or piece[:1] == "."


def _small(value: Ratio, limit: int) -> int:
    """A whole number from 0 to `limit`."""
    number = value.constant
    if number is None or number.denominator != 1 or not 0 <= number <= limit:
        raise Unproved
    return int(number)
