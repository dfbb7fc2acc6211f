"""How large a written answer may be before computer algebra looks at it.

These limits cost microseconds and stop what would cost seconds: power towers, factorials of large numbers, deep
nesting, endless digits. They do not stop everything; the worker that runs the algebra has a time limit behind them.
"""

from __future__ import annotations

import math
import re

MAX_CHARS = 2_000
MAX_NESTING = 40
MAX_DIGITS = 1_000
MAX_EXPONENT_DIGITS = 5
MAX_FACTORIAL = 10_000
MAX_POWERS = 60

_RUN = re.compile(r"[0-9]+")
_FACTORIAL = re.compile(r"(?<![0-9])([0-9]++)[)} ]*+!")
_EXPONENT = re.compile(r"\^ ?(?:\{ ?[+-]? ?([0-9]+)|([0-9]))")
_TOWER = re.compile(r"\^ ?(?:\{ ?([0-9]+) ?\}|\{? ?([0-9]+)) ?\^ ?\{? ?([0-9]+)( ?\}? ?\^)?")
_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")


def excess(text: str) -> str | None:
    """What is unreasonably large about a normal form, as a clause for a person; None where nothing is."""
    if len(text) > MAX_CHARS:
        return f"it is longer than {MAX_CHARS:,} characters"
    if _nesting(text) > MAX_NESTING:
        return f"brackets nest deeper than {MAX_NESTING}"
    if any(len(run[0]) > MAX_DIGITS for run in _RUN.finditer(text)):
        return f"a number has more than {MAX_DIGITS:,} digits"
    if text.count("^") > MAX_POWERS:
        return f"it has more than {MAX_POWERS} powers"
    if any(_above(match[1], MAX_FACTORIAL) for match in _FACTORIAL.finditer(text)):
        return f"it has a factorial of a number above {MAX_FACTORIAL:,}"
    if any(len((match[1] or match[2]).lstrip("0")) > MAX_EXPONENT_DIGITS for match in _EXPONENT.finditer(text)):
        return f"an exponent has more than {MAX_EXPONENT_DIGITS} digits"
    if any(_towers(match) for match in _TOWER.finditer(text)):
        return f"a power in an exponent has more than {MAX_EXPONENT_DIGITS} digits"
    return None


def _nesting(text: str) -> int:
    depth = deepest = 0
    for character in text:
        if character in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif character in _CLOSING:
            depth = max(0, depth - 1)
    return deepest


def _above(digits: str, limit: int) -> bool:
    return len(digits) > len(str(limit)) or int(digits) > limit


def _towers(match: re.Match[str]) -> bool:
    """Is the exponent of a power itself a power with too many digits, or three storeys high?"""
    closed, open_base, exponent, third = match.groups()
    base = closed or open_base
    if third is not None or len(exponent) > MAX_EXPONENT_DIGITS:
        return base.strip("0") != "1"
    return int(exponent) * math.log10(max(int(base), 1)) > MAX_EXPONENT_DIGITS
