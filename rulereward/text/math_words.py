"""Is a gold answer something that can be read, and is it mathematics or words?"""

from __future__ import annotations

import re

from rulereward.text.math_symbols import PLAIN_NAMES
from rulereward.text.math_units import split_measure
from rulereward.text.math_wrappers import braces_balance

_SHORT_WORDS = frozenset(("yes", "no", "odd", "even", "true", "false", "none", "dne"))
_JOINING = frozenset(("and", "or", "if", "for", "where", "when", "with", "mod", "max", "min", "gcd", "lcm", "det"))
_LONGEST_PRODUCT = 3
"""Up to this many letters in a row are a product of variables, more are a word."""

_NO_ANSWER = frozenset(
    (
        "answers may vary", "answers will vary", "answers vary", "answer may vary", "answer varies", "proof",
        "see solution", "see explanation", "see figure", "see proof", "na", "n/a", "tbd",
        "略", "证明略", "见解析", "答案不唯一",
    )
)  # fmt: skip
"""What data sets write where there is no one answer, folded."""

_COMMAND = re.compile(r"\\[A-Za-z]+")
_TEXT = re.compile(r"\\text ?\{([^{}]*)\}")
_ENVIRONMENT = re.compile(r"\\(?:begin|end) ?\{[a-z]+\*?\}(?: ?\{[lcr| ]*\})?")
_LETTERS = re.compile(r"[^\W\d_]+")
_CLOCK = re.compile(r"(?<![0-9.])[0-9]{1,2}:[0-5][0-9](?![0-9.]*[0-9])")
_STRAY = re.compile(r"\.\.|[?\"#@`~]|(?<![0-9A-Za-z)\]}]):|:(?! ?[0-9A-Za-z(\\])|…")
_FOLDED = re.compile(r"[\s.,;:!?'\"“”‘’()-]+")


def is_verbal(text: str) -> bool:
    """Is a normal form words and not mathematics: `Friday`, `no solution`, `偶函数`? `xy` and `A` are mathematics."""
    bare = _TEXT.sub(lambda match: match[1], text)
    if any(character in "\\{}^_=<>+*/|[]%$0123456789" for character in bare):
        return False
    words = _LETTERS.findall(bare)
    return any(len(w) > _LONGEST_PRODUCT or not w.isascii() or w.casefold() in _SHORT_WORDS for w in words)


def same_words(a: str, b: str) -> bool:
    """Do two normal forms say the same words, case, spacing and punctuation aside?"""
    return fold_words(a) == fold_words(b) != ""


def fold_words(text: str) -> str:
    return _FOLDED.sub(" ", _TEXT.sub(lambda match: f" {match[1]} ", text)).strip().casefold()


def complaint(text: str) -> str | None:
    """Why a gold in normal form cannot be read as an answer, as a clause for a person; None where it can be.

    Algebra systems make something of almost any text (`4:30p..` became a product), so what they would have to skip
    or misread is refused first: clock times, doubled dots, stray punctuation, words between mathematics.
    """
    if not text:
        return "it is empty"
    if fold_words(text) in _NO_ANSWER:
        return "it says that there is no one answer"
    if is_verbal(text):
        return None
    if not braces_balance(text):
        return "its braces do not balance"
    measure = split_measure(text)
    bare = _ENVIRONMENT.sub(" ", measure.value)
    if _CLOCK.search(bare):
        return "it is a time of day, or a ratio that looks like one"
    stray = _STRAY.search(bare)
    if stray:
        return f"`{stray[0]}` is not part of an expression"
    for match in _TEXT.finditer(bare):
        if any(len(word) > 1 and word.casefold() not in _JOINING for word in _LETTERS.findall(match[1])):
            return f"`{match[1].strip()}` stands among mathematics"
    bare = _COMMAND.sub(" ", _TEXT.sub(" ", bare))
    for word in _LETTERS.findall(bare):
        if not word.isascii() or (len(word) > _LONGEST_PRODUCT + 1 and word not in PLAIN_NAMES):
            return f"`{word}` stands among mathematics"
    if not any(character.isalnum() for character in text) and "\\" not in text:
        return "there is nothing in it to read"
    return None
