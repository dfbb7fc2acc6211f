"""What a number or a string of the expression language stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"([0-9_]+(?:\.[0-9_]+)?(?:[eE][+-]?[0-9]+)?)(.*)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "\\": "\\", '"': '"', "'": "'"}
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}
_HEX = re.compile(r"[0-9a-fA-F]+")


@dataclass(frozen=True)
class BadLiteral:
    """What is wrong with a literal, and where: offsets within the token."""

    message: str
    start: int
    end: int
    help: str


def split_number(token: str) -> tuple[str, str]:
    """The digits as written and the unit: `1_000tok` gives `("1_000", "tok")`."""
    found = _NUMBER.fullmatch(token)
    assert found is not None
    return found.group(1), found.group(2)


def check_number(token: str) -> BadLiteral | None:
    """A number that Python or YAML would read in another base, or that is not finite."""
    digits, unit = split_number(token)
    whole = re.split(r"[.eE]", digits)[0]
    if len(whole) > 1 and whole[0] == "0":
        plain = whole.lstrip("0_") or "0"
        help = f"write `{plain}{digits[len(whole) :]}{unit}`"
        return BadLiteral("a number does not start with a zero", 0, len(whole), help)
    if digits == "0" and re.fullmatch(r"[xXoObB][0-9a-fA-F_]*", unit):
        return BadLiteral("numbers are written in decimal", 0, len(token), "write the number in base ten")
    if float(digits) == float("inf"):
        return BadLiteral("this number is too large", 0, len(digits), "the largest number is about 1.8e308")
    return None


def read_string(token: str) -> str | BadLiteral:
    """The text of a string token, its quotes included. In a raw string a backslash stands for itself."""
    if token[0] in "rR":
        return token[2:-1]
    parts = []
    at, end = 1, len(token) - 1
    while at < end:
        backslash = token.find("\\", at, end)
        if backslash < 0:
            parts.append(token[at:end])
            break
        parts.append(token[at:backslash])
        char = token[backslash + 1]
        at = backslash + 2
        if char in _ESCAPES:
            parts.append(_ESCAPES[char])
            continue
        digits = token[at : min(end, at + _HEX_DIGITS.get(char, 0))]
        code = int(digits, 16) if len(digits) == _HEX_DIGITS.get(char) and _HEX.fullmatch(digits) else -1
        if not 0 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            return _bad_escape(char, backslash, at + len(digits))
        parts.append(chr(code))
        at += len(digits)
    return "".join(parts)


def _bad_escape(char: str, start: int, end: int) -> BadLiteral:
    if char in _HEX_DIGITS:
        help = f"`\\{char}` is followed by {_HEX_DIGITS[char]} hexadecimal digits of one character"
    else:
        help = f'write `\\\\{char}` for a backslash, or a raw string: `r"\\{char}"`'
    return BadLiteral(f"`\\{char}` means nothing in a string", start, end, help)
