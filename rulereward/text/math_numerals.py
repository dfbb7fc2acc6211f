r"""Numerals in the many ways people write them, in one way: digits, with a point before the decimals.

1{,}000  1\,000  1'000  1.000.000  1 000     groups of thousands; 1,000 is left to those who read numbers
3{,}14                                       a decimal comma
1.5 million  1.5万                           counted words
1 1/4  1又1/4                                mixed numbers
{1010}_2  (1010)_2                           a numeral and its base
"""

from __future__ import annotations

import re

_BRACED_COMMA = re.compile(r"(?<=[0-9])\{,\}(?=[0-9])")
_THIN_SPACE_GROUP = re.compile(r"(?<=[0-9])(?:\\[,;:]|\{,\}|,?\\! ?|~)(?=[0-9]{3}(?![0-9]))")
_MARKED_GROUPS = re.compile(r"(?<![0-9.,'’])[1-9][0-9]{0,2}(?:['’][0-9]{3})+(?![0-9'’])")
_DOTTED_GROUPS = re.compile(r"(?<![0-9.,])([1-9][0-9]{0,2}(?:\.[0-9]{3}){2,})(?![0-9.])(?:,([0-9]+)(?![0-9,.]))?")
_BASED = re.compile(r"^[{(]([0-9A-Za-z]+)[)}](?= ?_)")
_MIXED_ZH = re.compile(r"(?<=[0-9])又(?=[0-9\\])")
_COUNTED = re.compile(
    r"(?<![0-9A-Za-z.,}])([0-9]+(?:\.[0-9]+)?) ?(\\text ?\{ ?)?"
    r"(thousand|million|billion|trillion|万亿|亿|千万|百万|万|千)(?![A-Za-z米克瓦卡字赫伏焦帕])"
)
_LONGEST_COUNTED = 30
_ZEROS = {
    "thousand": 3,
    "million": 6,
    "billion": 9,
    "trillion": 12,
    "千": 3,
    "万": 4,
    "百万": 6,
    "千万": 7,
    "亿": 8,
    "万亿": 12,
}
_MIXED = re.compile(r"(?<![0-9A-Za-z.,/}^_])([0-9]{1,9}) ([0-9]{1,9})/([0-9]{1,9})(?![0-9.,/^!A-Za-z])")
_SPACED_GROUPS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?: [0-9]{3})+(?:\.[0-9]+)?")


def join_groups(text: str) -> str:
    """Separators of thousands taken out, and decimal commas in braces made points."""
    text = _THIN_SPACE_GROUP.sub("", text)
    text = _MARKED_GROUPS.sub(lambda match: match[0].replace("'", "").replace("’", ""), text)
    text = _DOTTED_GROUPS.sub(_dotted, text)
    return _BRACED_COMMA.sub(".", text)


def count_words(text: str) -> str:
    """Millions and 万 in digits; a numeral with a base without braces."""
    return _BASED.sub(r"\1", _COUNTED.sub(_counted, _MIXED_ZH.sub(" ", text)))


def join_mixed(text: str) -> str:
    """Mixed numbers as LaTeX writes them; groups of digits between spaces joined, where the text is nothing else."""
    text = _MIXED.sub(_mixed, text)
    return text.replace(" ", "") if _SPACED_GROUPS.fullmatch(text) else text


def _dotted(match: re.Match[str]) -> str:
    """`1.234.567,8` has groups of thousands and a decimal comma; with one point alone it is a decimal."""
    return match[1].replace(".", "") + (f".{match[2]}" if match[2] else "")


def _counted(match: re.Match[str]) -> str:
    """`1.5 million` and `1.5万` in digits; more places than the word has zeros stay as they are."""
    digits, text, word = match.groups()
    whole, _, places = digits.partition(".")
    zeros = _ZEROS[word] - len(places)
    if zeros < 0 or len(digits) > _LONGEST_COUNTED:
        return match[0]
    return ((whole + places + "0" * zeros).lstrip("0") or "0") + (text or "")


def _mixed(match: re.Match[str]) -> str:
    """`1 1/4` as a mixed number, unless the fraction is improper: then it may be a product."""
    whole, above, below = match.groups()
    return f"{whole}\\frac{{{above}}}{{{below}}}" if int(above) < int(below) else match[0]
