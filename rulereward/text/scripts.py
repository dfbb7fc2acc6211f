"""Scripts of letters, after the Unicode property Script.

A letter is an alphabetic character that belongs to one script: digits, punctuation and marks that scripts share
(Common, Inherited) are none, nor is what prints nothing. Han means all its extensions and radicals. Letters printed
in a style (mathematical `𝐚`, circled `ⓐ`), which Unicode calls Common, count for the script they print: a policy
could write in them unseen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Literal

import regex

from rulereward.text.unseen import PRINTING, UNSEEN_CLASS
from rulereward.text.words import words

ScriptUnit = Literal["letters", "chars", "words"]

SCRIPTS = (
    "Adlam", "Arabic", "Armenian", "Balinese", "Bengali", "Bopomofo", "Cherokee", "Coptic", "Cyrillic", "Devanagari",
    "Ethiopic", "Georgian", "Gothic", "Greek", "Gujarati", "Gurmukhi", "Han", "Hangul", "Hebrew", "Hiragana",
    "Javanese", "Kannada", "Katakana", "Khmer", "Lao", "Latin", "Malayalam", "Mongolian", "Myanmar", "Nko", "Oriya",
    "Runic", "Sinhala", "Syriac", "Tamil", "Telugu", "Thaana", "Thai", "Tibetan", "Tifinagh", "Yi",
)  # fmt: skip
"""The scripts that are named, by their names in Unicode; letters of any other are `Other`."""

OTHER = "Other"

IDEOGRAPHIC = frozenset(("Han", "Hiragana", "Katakana", "Bopomofo"))
"""Scripts of texts without spaces between words in which Han letters stand."""

_WEIGHTS = {"Han": 3, "Hiragana": 2, "Katakana": 2, "Bopomofo": 2, "Hangul": 2}

_COMMON = ("Latin", "Han", "Hiragana", "Katakana", "Cyrillic", "Hangul")
"""The scripts that most texts are written in: runs of these are found by a pattern, others letter by letter."""

_STYLED = {
    "Latin": "\u249c-\u24e9\U0001d400-\U0001d6a5\U0001f110-\U0001f129\U0001f130-\U0001f149\U0001f150-\U0001f169"
    "\U0001f170-\U0001f189",
    "Greek": "\U0001d6a8-\U0001d7cb",
}
_UNSEEN = f"--[{UNSEEN_CLASS}]"
_OF_SCRIPTS = rf"\p{{Alphabetic}}\p{{Script=Han}}--\p{{Script=Common}}--\p{{Script=Inherited}}{_UNSEEN}"
LETTERS = regex.compile(f"[[{_OF_SCRIPTS}]{''.join(_STYLED.values())}]++", regex.V1)
SEEN = regex.compile(f"{PRINTING}++", regex.V1)
"""Runs of letters of any script, and runs of what prints something."""


def letter_count(text: str) -> int:
    """How many letters of any script the text has, in code points."""
    return sum(map(len, LETTERS.findall(text)))


def script_count(text: str, script: str) -> int:
    """How many letters of one of SCRIPTS the text has, in code points."""
    return sum(map(len, letters_of(script).findall(text)))


def script_runs(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[str, int, int]]:
    """The longest runs of letters of one script, in order: (script or OTHER, start, end)."""
    for run in _runs().finditer(text, start, len(text) if end is None else end):
        if run.lastgroup is not None:
            yield run.lastgroup, run.start(), run.end()
            continue
        first = run.start()
        for script, letters in groupby(run[0], _script_of):
            last = first + sum(1 for _ in letters)
            yield script, first, last
            first = last


def weight_of(script: str) -> int:
    """How many letters of an alphabet say about as much as one letter of the script."""
    return _WEIGHTS.get(script, 1)


def script_share(text: str, script: str, of: ScriptUnit) -> float | None:
    """Share of the script: of all letters; of all characters that print something; or of the words with letters, of
    which those count that have no letter of another script, each ideograph and kana being a word. None of no unit.
    """
    if of == "words":
        return _share_of_words(text, script)
    total = letter_count(text) if of == "letters" else sum(map(len, SEEN.findall(text)))
    return script_count(text, script) / total if total else None


def _share_of_words(text: str, script: str) -> float | None:
    hits = total = 0
    for word, times in Counter(words(text)).items():
        letters = letter_count(word)
        total += times * (letters > 0)
        hits += times * (letters > 0 and script_count(word, script) == letters)
    return hits / total if total else None


@cache
def letters_of(script: str) -> regex.Pattern[str]:
    """Runs of letters of one of SCRIPTS."""
    if script not in SCRIPTS:
        raise ValueError(f"no script is called {script!r}")
    return regex.compile(f"{_class_of(script)}++", regex.V1)


@cache
def _runs() -> regex.Pattern[str]:
    """Runs of each common script under its name, and runs of all other letters under none."""
    groups = [f"(?P<{script}>{_class_of(script)}++)" for script in _COMMON]
    rest = "".join(rf"--\p{{Script={script}}}" for script in _COMMON)
    return regex.compile("|".join([*groups, f"[[{_OF_SCRIPTS}{rest}]{_STYLED['Greek']}]++"]), regex.V1)


@cache
def _script_of(letter: str) -> str:
    return next((script for script in SCRIPTS if letters_of(script).match(letter)), OTHER)


def _class_of(script: str) -> str:
    alphabetic = r"" if script == "Han" else r"&&\p{Alphabetic}"
    return rf"[[\p{{Script={script}}}{alphabetic}{_UNSEEN}]{_STYLED.get(script, '')}]"
