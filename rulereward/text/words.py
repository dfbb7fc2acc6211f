"""Units of text: characters, words, lines, bytes, and `auto`, the units in which repetition is looked for.

Words are what stands between white space, in lower case, except that every ideograph and kana is a word of its own:
a Chinese text is not one word. `auto` also drops what prints nothing, and cuts runs without a boundary (`hahaha...`,
Thai, a thousand newlines) into short pieces, so that a loop inside them is seen. For repetition Chinese can also be
cut into the words of jieba.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from rulereward.text.jieba_dictionary import DictionaryFile
from rulereward.text.jieba_words import jieba_words
from rulereward.text.spans import lines
from rulereward.text.unseen import UNSEEN, WITHOUT_UNSEEN

LengthUnit = Literal["char", "word", "line", "byte"]
RepetitionUnit = Literal["auto", "word", "char"]
ChineseWords = Literal["char", "jieba"]
"""What a word of Chinese is: a character, or what jieba cuts."""

LONG_RUN = 64
"""Characters up to which a run without a boundary is one unit of `auto`."""

PIECE = 8
"""Characters of the pieces that a longer run is cut into. They start with the run: equal runs, equal pieces."""

SPECIAL_LOWER = "\u0130\u03a3\u212a"
"""Upper-case characters whose lower case is longer, depends on what follows, or is ASCII: kernels leave them out."""

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

IDEOGRAPH_CLASS = "".join(f"{chr(first)}-{chr(last)}" for first, last in IDEOGRAPHS)
"""The same, to stand within the brackets of a regular expression."""

_WORD = re.compile(rf"[{IDEOGRAPH_CLASS}]|[^\s{IDEOGRAPH_CLASS}]+")
_IDEOGRAPH = re.compile(f"[{IDEOGRAPH_CLASS}]")
_BLANK_OR_NOT = re.compile(r"\s+|\S+")
_RUN = re.compile(rf"[{IDEOGRAPH_CLASS}]|[^\s{IDEOGRAPH_CLASS}]+|\s+")


def words(text: str) -> list[str]:
    """Lower-case words; of a text without ideographs and kana these are `text.lower().split()`."""
    return _WORD.findall(text.lower())


def repetition_units(
    text: str, unit: RepetitionUnit, chinese: ChineseWords = "char", dictionary: DictionaryFile | None = None
) -> list[str]:
    """The units whose n-grams are counted, all in lower case; `char` are all characters, white space included.

    With `jieba`, words that have an ideograph or kana in them are cut by jieba, perhaps with a user dictionary, which
    makes every mark of punctuation in them a unit.
    """
    if unit == "char":
        return list(text.lower())
    if unit == "auto":
        text = text.translate(WITHOUT_UNSEEN)
    runs = (
        [run.lower() for run in _jieba_runs(text, dictionary)] if chinese == "jieba" else _RUN.findall(text.lower())
    )
    if unit == "word":
        return [run for run in runs if not run.isspace()]
    units: list[str] = []
    for run in runs:
        if len(run) > LONG_RUN:
            units.extend(run[start : start + PIECE] for start in range(0, len(run), PIECE))
        elif not run.isspace():
            units.append(run)
    return units


def _jieba_runs(text: str, dictionary: DictionaryFile | None) -> Iterator[str]:
    """Runs of white space, words without an ideograph or kana, and what jieba cuts the others into."""
    for run in _BLANK_OR_NOT.findall(text):
        if _IDEOGRAPH.search(run):
            yield from jieba_words(run, dictionary)
        else:
            yield run


def length_in(text: str, unit: LengthUnit) -> int:
    """How long the text is: code points, words, lines (`spans.lines`), or UTF-8 bytes."""
    if unit == "char":
        return len(text)
    if unit == "word":
        return sum(1 for _ in _WORD.finditer(text))
    if unit == "byte":
        return len(text.encode("utf-8"))
    return len(lines(text))
