"""Units of text: characters, words, lines, bytes, and `auto`, the units in which repetition is looked for.

Words are what stands between white space, in lower case, except that every ideograph and kana is a word of its own:
a Chinese text is not one word. `auto` also drops what prints nothing, and cuts runs without a boundary (`hahaha...`,
Thai, a thousand newlines) into short pieces, so that a loop inside them is seen.
"""

from __future__ import annotations

import re
from typing import Literal

LengthUnit = Literal["char", "word", "line", "byte"]
RepetitionUnit = Literal["auto", "word", "char"]

LONG_RUN = 64
"""Characters up to which a run without a boundary is one unit of `auto`."""

PIECE = 8
"""Characters of the pieces that a longer run is cut into. They start with the run: equal runs, equal pieces."""

SPECIAL_LOWER = "\u0130\u03a3\u212a"
"""Upper-case characters whose lower case is longer, depends on what follows, or is ASCII: kernels leave them out."""

UNSEEN = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
"""Characters that print nothing: strewn into a loop they would make every round of it another text."""

LEFT_TO_ROWS = SPECIAL_LOWER + UNSEEN
"""Kernels leave texts with one of these characters to the row form."""

IDEOGRAPHS = (
    (0x3005, 0x3007),  # iteration mark, closing mark, zero
    (0x3041, 0x312F),  # hiragana, katakana, bopomofo
    (0x31A0, 0x31BF),  # bopomofo extended
    (0x31F0, 0x31FF),  # katakana extensions
    (0x3400, 0x4DBF),  # Han extension A
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # Han compatibility
    (0xFF66, 0xFF9F),  # half-width katakana
    (0x20000, 0x3FFFF),  # the two planes of Han extensions
)
"""Code points that are words by themselves, both ends included."""

_IDEOGRAPH_CLASS = "".join(f"{chr(first)}-{chr(last)}" for first, last in IDEOGRAPHS)
_WITHOUT_UNSEEN = dict.fromkeys(map(ord, UNSEEN))
_WORD = re.compile(rf"[{_IDEOGRAPH_CLASS}]|[^\s{_IDEOGRAPH_CLASS}]+")
_RUN = re.compile(rf"[{_IDEOGRAPH_CLASS}]|[^\s{_IDEOGRAPH_CLASS}]+|\s+")


def words(text: str) -> list[str]:
    """Lower-case words; of a text without ideographs and kana these are `text.lower().split()`."""
    return _WORD.findall(text.lower())


def repetition_units(text: str, unit: RepetitionUnit) -> list[str]:
    """The units whose n-grams are counted, all in lower case; `char` are all characters, white space included."""
    if unit == "char":
        return list(text.lower())
    if unit == "word":
        return words(text)
    units: list[str] = []
    for run in _RUN.findall(text.lower().translate(_WITHOUT_UNSEEN)):
        if len(run) > LONG_RUN:
            units.extend(run[start : start + PIECE] for start in range(0, len(run), PIECE))
        elif not run.isspace():
            units.append(run)
    return units


def length_in(text: str, unit: LengthUnit) -> int:
    """How long the text is: code points, words, lines (a last newline begins none), or UTF-8 bytes."""
    if unit == "char":
        return len(text)
    if unit == "word":
        return sum(1 for _ in _WORD.finditer(text))
    if unit == "byte":
        return len(text.encode("utf-8"))
    return text.count("\n") + (not text.endswith("\n")) if text else 0
