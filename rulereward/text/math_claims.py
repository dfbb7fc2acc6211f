r"""What a written answer says besides its value, and algebra would drop in silence.

1 \mod 2             a congruence, read as 1
5,\ldots             a list that goes on, read as 5
1_000                a numeral with a subscript, read as 1
5\text{ or so, 6}    words among mathematics, left out
5\approx 6           a rounded value, left out

An answer that says such a thing is equal to no gold that does not say it too.
"""

from __future__ import annotations

import re
from collections import Counter

_COMMANDS = (
    "ldots vdots ddots mod pmod bmod pod sim simeq cong propto to mapsto gets mid nmid parallel perp implies iff "
    "Rightarrow Leftrightarrow rightarrow leftrightarrow lor vee land wedge lnot neg because therefore"
)
_DROPPED = re.compile(
    rf"\\(?:{'|'.join(_COMMANDS.split())})(?![A-Za-z])"
    r"|(?<=[0-9)}]) ?_ ?\{?[0-9A-Za-z]*\}?"
    r"|:=|(?<![A-Za-z)\]}'])'"
)
_TEXT = re.compile(r"\\text ?\{([^{}]*)\}")
_JOINING = re.compile(r"(?:and|or|if|for|where|when|with|mod|max|min|[A-Za-z])?")
_NAMED = re.compile(r"\s*(?:\\text ?\{[A-Za-z .]{1,40}\}\s*)=(?!=)")
DENYING = "or|and|not|no|nor|never|neither|except|wrong|false"
"""Words, as a pattern, that make of what stands before an equals sign more than a name."""
_DENYING = re.compile(rf"\b(?:{DENYING})\b")
_APPROXIMATION = re.compile(r"\\approx(?![A-Za-z])")


def says_more(answer: str, gold: str) -> bool:
    """Does the answer say something that algebra would drop, and the gold does not say?"""
    if _primes(answer) != _primes(gold):
        return True  # algebra takes A' for A and f' for f
    return bool(_marks(answer) - _marks(gold))


def _primes(text: str) -> int:
    """How many marks as in `f'(x)` and `A'` the value has: what stands behind the name that an equation gives it."""
    return text.rpartition("=")[2].count("'")


def _marks(text: str) -> Counter[str]:
    name = _NAMED.match(text)
    if name and not _DENYING.search(name[0]):
        text = text[name.end() :]
    marks = Counter(match[0].replace(" ", "").replace("{", "").replace("}", "") for match in _DROPPED.finditer(text))
    for match in _TEXT.finditer(text):
        words = match[1].strip().casefold()
        if not _JOINING.fullmatch(words):
            marks[words] += 1
    return marks


def split_approximation(text: str) -> tuple[str, str] | None:
    r"""The two sides of the one `\approx` in a text that is no list; None where there is none, or more than one."""
    sides = _APPROXIMATION.split(text)
    return (sides[0].strip(), sides[1].strip()) if len(sides) == 2 and "," not in text else None


def without_approximations(text: str) -> str:
    return _APPROXIMATION.sub("=", text)
