r"""A normal form as math-verify reads it rightly: what it would misread or refuse, in words that it knows.

\sin 30^\circ        30 degrees inside a function are an angle, not a number with a unit
\{x | x > 2\}        the set of a condition is the condition
\lg x                the logarithm to base 10
\gamma               a letter, which it takes for Euler's constant; \Gamma without an argument as well
"""

from __future__ import annotations

import re

_ANGLE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?\^ ?(?:\{ ?\\circ ?\}|\\circ)")
_FUNCTION_OF_ANGLE = re.compile(r"\\(?:arc)?(?:sin|cos|tan|cot|sec|csc)(?![A-Za-z])")
_BUILDER = re.compile(r"\\\{ ?[A-Za-z] ?(?:\\in ?\\mathbb ?\{ ?R ?\} ?)?(?:\||\\mid|:) ?(.+)\\\}")
_GAMMA = re.compile(r"\\(gamma|Gamma(?! ?\())(?![A-Za-z])(?: ?_ ?(?:\{ ?([0-9A-Za-z]{1,8}) ?\}|([0-9A-Za-z])))?")
_LG = re.compile(r"\\lg(?![A-Za-z])")


def has_angle(text: str) -> bool:
    """Are the degrees in this text arguments of a function, so that they must not be taken for its unit?"""
    return _FUNCTION_OF_ANGLE.search(text) is not None


def for_algebra(text: str) -> str:
    """The text to hand to the algebra system."""
    builder = _BUILDER.fullmatch(text)
    if builder:
        text = builder[1].strip()
    if has_angle(text):
        text = _ANGLE.sub(r"(\\frac{\1\\pi}{180})", text)
    text = _GAMMA.sub(lambda match: f"g_{{{match[1]}{match[2] or match[3] or ''}}}", text)
    return _LG.sub(r"\\log_{10}", text)
