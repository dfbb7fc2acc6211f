"""Plain data that lies in one text: how each is written, and read back from what anybody may have written."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

_LONGEST_PART = 3_000
"""Base 16 digits of each integer in a fraction or a range: a fraction is reduced, which takes quadratic time, and
Python refuses to show integers much longer."""

_LONGEST_DECIMAL = 4_000  # characters
_LONGEST_FLOAT = 32  # characters; Python writes at most 24
_LONGEST_TIME = 64  # characters
_INTEGER = re.compile("0|-?[1-9a-f][0-9a-f]*")
_DECIMAL = re.compile("-?(?:[0-9]+(?:[.][0-9]+)?(?:E[+-][0-9]{1,18})?|Infinity|NaN|sNaN)")
_ZONES = (type(None), timezone)  # other zones are code


def written_leaf(item: Any, kind: type) -> str:
    """The tagged text of a number, a range, a date or a time; empty for any other type, or where it is too long."""
    if kind is complex:
        return f"c{item.real!r} {item.imag!r}"
    if kind is Fraction:
        return _joined("F", item.numerator, item.denominator)
    if kind is range:
        return _joined("R", item.start, item.stop, item.step)
    if kind is Decimal:
        text = str(item)
        return "D" + text if _DECIMAL.fullmatch(text) and len(text) <= _LONGEST_DECIMAL else ""
    if kind is timedelta:
        return _joined("P", item.days, item.seconds, item.microseconds)
    if kind is date:
        return f"Y{item.isoformat()}"
    if (kind is datetime or kind is time) and type(item.tzinfo) in _ZONES:
        return f"{'M' if kind is datetime else 'H'}{item.isoformat()}"
    return ""


def read_leaf(tag: str, rest: str) -> object:
    """The value of such a text. Raises ValueError where it is written otherwise, so that all that is read in can be
    written out again.
    """
    value = _read(tag, rest)
    if written_leaf(value, type(value)) != tag + rest:
        raise ValueError
    return value


def _read(tag: str, rest: str) -> object:
    if tag == "c":
        real, imaginary = rest.split(" ")
        return complex(read_float(real), read_float(imaginary))
    if tag == "F":
        numerator, denominator = _parts(rest, 2)
        if denominator <= 0:
            raise ValueError
        return Fraction(numerator, denominator)
    if tag == "R":
        return range(*_parts(rest, 3))
    if tag == "P":
        days, seconds, microseconds = _parts(rest, 3)
        if not (abs(days) < 1 << 31 and 0 <= seconds < 86_400 and 0 <= microseconds < 1_000_000):
            raise ValueError
        return _timedelta(days, seconds, microseconds)
    if tag == "D":
        if len(rest) > _LONGEST_DECIMAL or not _DECIMAL.fullmatch(rest):
            raise ValueError
        return _decimal(rest)
    return _read_time(tag, rest)


def read_float(written: str) -> float:
    """The float that Python writes so, and only so. Raises ValueError."""
    if len(written) > _LONGEST_FLOAT:
        raise ValueError
    number = float(written)
    if repr(number) != written:
        raise ValueError
    return number


def read_integer(written: str) -> int:
    """An integer in base 16. Raises ValueError."""
    if not _INTEGER.fullmatch(written):
        raise ValueError
    return int(written, 16)


def _joined(tag: str, *parts: int) -> str:
    if any(part.bit_length() > 4 * _LONGEST_PART for part in parts):
        return ""
    return tag + " ".join(f"{part:x}" for part in parts)


def _parts(written: str, count: int) -> list[int]:
    parts = written.split(" ")
    if len(parts) != count or any(len(part) > _LONGEST_PART + 1 for part in parts):
        raise ValueError
    return [read_integer(part) for part in parts]


def _timedelta(days: int, seconds: int, microseconds: int) -> timedelta:
    try:
        return timedelta(days, seconds, microseconds)
    except OverflowError:
        raise ValueError from None


def _decimal(written: str) -> Decimal:
    try:
        return Decimal(written)
    except InvalidOperation:
        raise ValueError from None


def _read_time(tag: str, rest: str) -> object:
    value: date | time
    if len(rest) > _LONGEST_TIME:
        raise ValueError
    if tag == "Y":
        value = date.fromisoformat(rest)
    elif tag == "M":
        value = datetime.fromisoformat(rest)
    elif tag == "H":
        value = time.fromisoformat(rest)
    else:
        raise ValueError
    return value
