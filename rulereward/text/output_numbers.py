"""Are two words near enough as numbers? Read exactly, whatever their length."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal

from rulereward.text.value_result import Tolerance

_INTEGER = re.compile(r"([+-]?)(?=[0-9])0*+([0-9]*+)")
_NUMBER = re.compile(r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]{1,6})?")  # else it is a text
_NOT_FINITE = {"nan": "nan", "inf": "inf", "infinity": "inf"}
_DIGITS = 50  # of the difference of two numbers, which are themselves read exactly


def near_tokens(tolerance: Tolerance) -> Callable[[str, str], bool]:
    """A function of two words that says whether both are numbers, and equal or within the tolerance.

    `abs` and `rel` are taken as they are written: 1e-6 allows exactly that. It is linear in the words.
    """
    context = Context(prec=_DIGITS, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
    allowed, share = Decimal(repr(tolerance.abs)), Decimal(repr(tolerance.rel))

    def near(one: str, other: str) -> bool:
        first, second = _INTEGER.fullmatch(one), _INTEGER.fullmatch(other)
        if first and second:
            return _whole(first) == _whole(second)
        if not (_NUMBER.fullmatch(one) and _NUMBER.fullmatch(other)):
            special = _not_finite(one)
            return special is not None and special == _not_finite(other)
        here, there = Decimal(one), Decimal(other)
        larger = max(here.copy_abs(), there.copy_abs())
        return context.subtract(here, there).copy_abs() <= max(allowed, context.multiply(share, larger))

    return near


def _whole(match: re.Match[str]) -> tuple[bool, str]:
    """Whether an integer is negative, and its digits from the first that is not 0."""
    sign, digits = match.groups()
    return sign == "-" and digits != "", digits


def _not_finite(word: str) -> str | None:
    """`nan`, `inf` or `-inf`, in whatever spelling; None for what is neither."""
    if len(word) > len("-infinity"):
        return None
    found = _NOT_FINITE.get(word.lstrip("+-").lower()) if word[1:2] not in ("+", "-") else None
    return f"-{found}" if found == "inf" and word.startswith("-") else found
