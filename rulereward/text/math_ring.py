r"""Exact arithmetic on what elementary answers are made of: rationals, square roots, i, π, e and letters.

A value is a quotient of two polynomials. A polynomial is a sum of terms `q * sqrt(n) * names`, with q rational, n an
integer free of squares, negative for an imaginary root, and names raised to powers. Square roots of different
square-free numbers are linearly independent over the rationals, π is transcendental and letters are free, so that a
polynomial is zero only where it has no terms, and two quotients are equal if and only if they are when multiplied
out. Nobody knows that of e and π together: with both, only "equal" is a proof.

A root of odd prime degree p of an integer that is no p-th power is a name of its own. It has degree p over the
rationals, and so over their square roots, whose degrees are powers of 2: below its p-th power, and where no second
such root is written, it may be taken for a free letter.

Every step is paid from a budget, so that no text makes this slow: `Unproved` is raised when it is used up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

Powers = tuple[tuple[str, int], ...]
Polynomial = Mapping[tuple[int, Powers], Fraction]
"""Coefficients by square root and by powers of names, those in order; zero is empty."""

STEPS = 400
"""About 2 ms at the most; what people write takes 1 to 100 steps."""
MAX_BITS = 40_000
MAX_POWER = 10_000
_BITS_A_STEP = 128
_MAX_RADICAND = 10**9

_ROOT_DEGREES = (3, 5, 7)
_ROOT_NAME = "\\sqrt["
_DEPENDENT_PERHAPS = frozenset(("e", "\\pi"))
_ONE: Polynomial = {(1, ()): Fraction(1)}


class Unproved(Exception):  # noqa: N818 - it says that we do not know, which is no error
    """Raised where nothing can be said for certain, or not with the work that one answer may take."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """`above` over `below`, which is not zero."""

    above: Polynomial
    below: Polynomial

    @property
    def constant(self) -> Fraction | None:
        """Its value where it is rational and written without names; None also where that does not show."""
        if not self.above:
            return Fraction(0)
        if self.above.keys() != self.below.keys() or len(self.above) != 1:
            return None
        ((key, numerator),) = self.above.items()
        return numerator / self.below[key]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for side in (self.above, self.below) for _, powers in side for name, _ in powers)


def rational(value: Fraction | int) -> Ratio:
    value = Fraction(value)
    return Ratio({(1, ()): value} if value else {}, _ONE)


def named(name: str) -> Ratio:
    """A letter or constant; `i` is the imaginary unit."""
    if name == "i":
        return Ratio({(-1, ()): Fraction(1)}, _ONE)
    return Ratio({(1, ((name, 1),)): Fraction(1)}, _ONE)


class Ring:
    """Arithmetic within a budget of `steps`, one for each product of two terms, more where numbers are long."""

    def __init__(self, steps: int = STEPS) -> None:
        self._left = steps

    def pay(self, *numbers: Fraction) -> None:
        """Charge one step of work with these numbers. Raises Unproved where no budget is left for it."""
        bits = sum(number.numerator.bit_length() + number.denominator.bit_length() for number in numbers)
        self._left -= 1 + bits // _BITS_A_STEP
        if bits > MAX_BITS or self._left < 0:
            raise Unproved

    def add(self, a: Ratio, b: Ratio) -> Ratio:
        if a.below == b.below:
            return Ratio(self._sum(a.above, b.above), a.below)
        above = self._sum(self._product(a.above, b.below), self._product(b.above, a.below))
        return Ratio(above, self._product(a.below, b.below))

    def negative(self, a: Ratio) -> Ratio:
        return Ratio({key: -value for key, value in a.above.items()}, a.below)

    def multiply(self, a: Ratio, b: Ratio) -> Ratio:
        return self._reduced(self._product(a.above, b.above), self._product(a.below, b.below))

    def divide(self, a: Ratio, b: Ratio) -> Ratio:
        """Raises Unproved also where `b` is zero: there is no value then."""
        if not b.above:
            raise Unproved
        return self.multiply(a, Ratio(b.below, b.above))

    def power(self, base: Ratio, exponent: Fraction) -> Ratio:
        """To an integer, or to half of one where the base is a rational number."""
        if exponent.denominator == 2 and base.constant is not None:
            return self.power(self.root(base, 2), Fraction(exponent.numerator))
        if exponent.denominator != 1 or abs(exponent) > MAX_POWER:
            raise Unproved
        if not base.above and exponent <= 0:
            raise Unproved  # 0^0 and 1/0
        result, factor, left = rational(1), base, abs(exponent.numerator)
        while left:
            if left & 1:
                result = self.multiply(result, factor)
            left >>= 1
            if left:
                factor = self.multiply(factor, factor)
        return self.divide(rational(1), result) if exponent < 0 else result

    def root(self, value: Ratio, degree: int) -> Ratio:
        """The principal root of a rational number, which must not be negative but below a square root."""
        number = value.constant
        if number is None or (number < 0 and degree != 2):
            raise Unproved
        if degree != 2:
            return _odd_root(number, degree)
        outside, inside = _square_root(abs(number.numerator) * number.denominator)
        root = -inside if number < 0 else inside
        return Ratio({(root, ()): Fraction(outside, number.denominator)} if outside else {}, _ONE)

    def equal(self, a: Ratio, b: Ratio) -> bool | None:
        """Are the two equal? None where that cannot be told."""
        left, right = self._product(a.above, b.below), self._product(b.above, a.below)
        if left == right:
            return True
        names = a.names | b.names
        roots = [name for name in names if name.startswith(_ROOT_NAME)]
        powers = [power for side in (left, right) for _, each in side for name, power in each if name in roots]
        independent = len(roots) < 2 and all(power < _degree(roots[0]) for power in powers)
        return False if independent and not names >= _DEPENDENT_PERHAPS else None

    def _sum(self, a: Polynomial, b: Polynomial) -> Polynomial:
        total = dict(a)
        for key, value in b.items():
            self.pay(value)
            value += total.get(key, 0)
            if value:
                total[key] = value
            else:
                del total[key]
        return total

    def _product(self, a: Polynomial, b: Polynomial) -> Polynomial:
        if a is _ONE or b is _ONE:
            return b if a is _ONE else a
        total: dict[tuple[int, Powers], Fraction] = {}
        for (root_a, powers_a), p in a.items():
            for (root_b, powers_b), q in b.items():
                self.pay(p, q)
                shared = math.gcd(root_a, root_b)
                key = (root_a * root_b // (shared * shared), _merged(powers_a, powers_b))
                shared = -shared if root_a < 0 and root_b < 0 else shared  # the square of i
                value = total.get(key, 0) + p * q * shared
                if value:
                    total[key] = value
                else:
                    total.pop(key, None)
        return total

    def _reduced(self, above: Polynomial, below: Polynomial) -> Ratio:
        r"""With a denominator of one term without names taken into the coefficients: `1/\sqrt{2}` is `\sqrt{2}/2`."""
        if len(below) == 1 and below is not _ONE:
            (((root, powers), value),) = below.items()
            if not powers:
                raised = above if root == 1 else self._product(above, {(root, ()): Fraction(1)})
                return Ratio({key: each / (value * root) for key, each in raised.items()}, _ONE)
        return Ratio(above, below)


def _merged(a: Powers, b: Powers) -> Powers:
    if not a or not b:
        return a or b
    powers = dict(a)
    for name, power in b:
        powers[name] = powers.get(name, 0) + power
        if abs(powers[name]) > MAX_POWER:
            raise Unproved
    return tuple(sorted(powers.items()))


@lru_cache(maxsize=1_024)
def _square_root(number: int) -> tuple[int, int]:
    """`(a, b)` with `number == a * a * b` and b free of squares."""
    exact = math.isqrt(number)
    if exact * exact == number:
        return exact, 1
    if number > _MAX_RADICAND:
        raise Unproved
    outside, inside, left, divisor = 1, 1, number, 2
    while divisor**3 <= left:  # what is left then has two prime factors at most
        while left % (divisor * divisor) == 0:
            left //= divisor * divisor
            outside *= divisor
        if left % divisor == 0:
            left //= divisor
            inside *= divisor
        divisor += 1
    exact = math.isqrt(left)
    return (outside * exact, inside) if exact * exact == left else (outside, inside * left)


def is_root(name: str) -> bool:
    """Does a name stand for a root of a number, and for no letter?"""
    return name.startswith(_ROOT_NAME)


def _degree(root: str) -> int:
    return int(root[len(_ROOT_NAME) : root.index("]")])


def _odd_root(number: Fraction, degree: int) -> Ratio:
    """Of a number that is not negative: with all whole roots taken out, what is left has a name."""
    if not number:
        return rational(0)
    outside, inside = _split_power(number.numerator * number.denominator ** (degree - 1), degree)
    if inside == 1:
        return rational(Fraction(outside, number.denominator))
    if degree not in _ROOT_DEGREES:
        raise Unproved
    root = named(f"{_ROOT_NAME}{degree}]{{{inside}}}")
    return Ratio({key: value * Fraction(outside, number.denominator) for key, value in root.above.items()}, _ONE)


@lru_cache(maxsize=1_024)
def _split_power(number: int, degree: int) -> tuple[int, int]:
    """`(a, b)` with `number == a**degree * b` and no such power left in b."""
    if not 2 <= degree <= 64 or number.bit_length() > 1_000:
        raise Unproved
    root = round(math.exp(math.log(number) / degree))
    if int(root**degree) == number:
        return root, 1
    if number > _MAX_RADICAND:
        raise Unproved
    outside, divisor = 1, 2
    while (power := divisor**degree) <= number:
        while number % power == 0:
            number //= power
            outside *= divisor
        divisor += 1
    return outside, number
