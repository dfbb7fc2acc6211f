"""Which words behind a number can be a unit that we do not know."""

from __future__ import annotations

_MAX_WORDS = 3
_MAX_CHARS_ZH = 4
_NO_UNIT = frozenset(
    [
        "or",
        "and",
        "not",
        "no",
        "nor",
        "but",
        "yet",
        "so",
        "if",
        "then",
        "than",
        "as",
        "is",
        "are",
        "was",
        "be",
        "to",
        "at",
        "via",
        "maybe",
        "perhaps",
        "actually",
        "probably",
        "possibly",
        "wait",
        "either",
        "neither",
        "both",
        "instead",
        "rather",
        "also",
        "else",
        "except",
        "correction",
        "sorry",
        "error",
        "wrong",
        "false",
        "true",
        "never",
        "plus",
        "minus",
        "times",
        "over",
        "divided",
        "squared",
        "cubed",
        "equals",
        "equal",
        "point",
        "negative",
        "half",
        "third",
        "quarter",
        "percent",
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
        "seventy",
        "eighty",
        "ninety",
        "hundred",
        "thousand",
        "million",
        "billion",
        "trillion",
        "dozen",
        "score",
        "double",
        "triple",
        "infinity",
        "mod",
    ]
)
"""Words that make another answer of what stands before them: `5 or six`, `5 million`."""
_NO_UNIT_ZH = frozenset("或和与及非不没否万亿千百十半零一二两三四五六七八九点倍分几多约加减乘除负")


def could_be_unit(words: str) -> bool:
    """Can words that are no known unit be one: a few words, of letters alone, that say nothing else?"""
    parts = words.replace("/", " ").replace(".", " ").replace("·", " ").split()
    if not 1 <= len(parts) <= _MAX_WORDS or not all(part.replace("-", "").isalpha() for part in parts):
        return False
    if any(part.lower() in _NO_UNIT for name in parts for part in name.split("-")):
        return False
    return all(part.isascii() or (len(part) <= _MAX_CHARS_ZH and _NO_UNIT_ZH.isdisjoint(part)) for part in parts)
