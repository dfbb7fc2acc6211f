"""One written answer, read as far as text alone allows, and what two of them prove about each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rulereward.text.math_exact import Expression, Percent, read_number
from rulereward.text.math_limits import MAX_DIGITS, excess
from rulereward.text.math_normal import MAX_CHARS, normal_form
from rulereward.text.math_proofs import prove_equal
from rulereward.text.math_reading import read_exact
from rulereward.text.math_units import Measure, split_measure
from rulereward.text.math_values import Exact, letters
from rulereward.text.math_words import complaint, is_verbal, same_words
from rulereward.text.math_wrappers import braces_balance

Units = Literal["loose", "strict"]

_THE_SAME = ({"pound", "lb"}, {"pound", "£"})
_PERHAPS_THE_SAME = ({"degree", "degree C"}, {"degree", "degree F"})
_REMEMBERED_CHARS = 400
_WORDS = re.compile(r"[$ ]*\\(?:text|textbf|textit|textrm|mbox) ?\{ *[A-Za-z]{2,40}[ .]*\}[$ .]*")
_SHORT_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Written:
    """A normal form and what was read from it.

    `exact` is its number or list of numbers without the unit; `verbal` says that it is words, which are compared as
    words. `excess` and `complaint` say why algebra should not look at it, and why it cannot serve as a gold.
    """

    text: str
    measure: Measure
    exact: Exact | None = None
    verbal: bool = False
    excess: str | None = None
    complaint: str | None = None

    @property
    def blank(self) -> bool:
        """Is nothing written?"""
        return not self.text and self.excess is None

    @property
    def usable(self) -> bool:
        """Can it serve as a gold, as far as text alone can tell?"""
        return self.exact is not None or (self.excess is None and self.complaint is None)


def read_written(text: str) -> Written:
    """Read an answer or a gold. Linear in the text, whatever it holds; short ones are remembered."""
    bare = text.strip()
    return _remembered(bare) if len(bare) <= _REMEMBERED_CHARS else _read(bare)


def _read(bare: str) -> Written:
    if _SHORT_INTEGER.fullmatch(bare):
        return Written(bare, Measure(bare), read_number(bare))
    if len(bare) > MAX_CHARS and not (bare.isascii() and bare.lstrip("+-").isdigit()):
        return Written("", Measure(""), excess=f"it is longer than {MAX_CHARS:,} characters")
    normal = normal_form(bare)
    if _WORDS.fullmatch(bare) and normal.isalpha():
        return Written(normal, Measure(normal), verbal=True)
    measure = split_measure(normal)
    exact = read_exact(normal if measure.unit is None else measure.value)
    if exact is not None and letters(exact) and (is_verbal(normal) or complaint(normal) is not None):
        exact = None  # words are no products of their letters
    too_much = excess(normal) if exact is None or len(normal) > MAX_DIGITS else None
    if exact is not None or too_much is not None:
        return Written(normal, measure, exact, excess=too_much)
    return Written(normal, measure, verbal=is_verbal(normal), complaint=complaint(normal))


_remembered = lru_cache(maxsize=8_192)(_read)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the texts of a gold and an answer prove: `equal` is None where it takes algebra.

    `path` says what decided, `why` says it as a clause for a person.
    """

    equal: bool | None
    path: Literal["words", "units", "exact", "text", "open"]
    why: str


_SAME_WORDS = Verdict(True, "words", "the words are the same")
_OTHER_WORDS = Verdict(False, "words", "the words differ")
_NO_WORDS = Verdict(False, "words", "the answer is words and the gold is mathematics")
_SAME_TEXT = Verdict(True, "text", "the normal forms are the same")
_NO_EXPRESSION = Verdict(False, "text", "the answer is cut off: its braces do not balance")
_OPEN = Verdict(None, "open", "it takes algebra")
_OTHER_BRACKETS = Verdict(False, "text", "a set is no tuple and no interval")
_PROVED = {
    True: Verdict(True, "exact", "the exact values are the same"),
    False: Verdict(False, "exact", "the exact values differ"),
    None: _OPEN,
}


def judge(gold: Written, answer: Written, percent: Percent, units: Units) -> Verdict:
    """Are the two equal, as far as that can be proved from the texts?

    `loose` leaves a unit aside that only one side writes; two known units must be the same in any case.
    """
    if gold.verbal:
        return _SAME_WORDS if same_words(gold.text, answer.text) else _OTHER_WORDS
    if gold.exact is None:
        return _OPEN
    if gold.text == answer.text:
        return _SAME_TEXT
    if not answer.blank and not braces_balance(answer.text):
        return _NO_EXPRESSION
    if answer.verbal:
        return _NO_WORDS
    if answer.exact is None or _is_word(gold) or _is_word(answer):
        return _OPEN
    if (gold.measure.letters and letters(answer.exact)) or (answer.measure.letters and letters(gold.exact)):
        return _OPEN  # 5 m may be five metres or a product
    if not _units_agree(gold.measure, answer.measure, units):
        theirs, ours = answer.measure.unit or "no unit", gold.measure.unit or "none"
        return Verdict(False, "units", f"the answer has {theirs}, the gold {ours}")
    if not comparisons(gold, answer, units):
        return _OTHER_BRACKETS
    return _PROVED[prove_equal(gold.exact, answer.exact, percent)]


def prove(gold: Written, answer: Written, percent: Percent, units: Units) -> bool | None:
    """The bare verdict of `judge`."""
    return judge(gold, answer, percent, units).equal


def _is_word(written: Written) -> bool:
    """Is it several letters and nothing else? `cat` and `act` are the same product and may be different words."""
    return isinstance(written.exact, Expression) and len(written.text) > 1 and written.text.isalpha()


def _units_agree(a: Measure, b: Measure, units: Units) -> bool:
    """Do the units of a gold and of an answer agree?

    A known unit is no other one; `5 boys` and `5 children` may be the same, and degrees lack their scale. A base
    may be left out by an answer only: without one the gold is in base 10, where 101_2 is another number.
    """
    if a.unit == b.unit or {a.unit, b.unit} in _THE_SAME or (a.unit is None and b.unit == "base 10"):
        return True
    if units == "strict" or (a.unit is None and b.unit is not None and b.unit.startswith("base ")):
        return False
    if a.unit is None or b.unit is None:
        return True
    if not (a.known or b.known):
        return ("/" in a.unit) == ("/" in b.unit)  # a price each is no number of things
    return {a.unit, b.unit} in _PERHAPS_THE_SAME


def comparisons(gold: Written, answer: Written, units: Units) -> list[tuple[Measure, Measure]]:
    """Which readings algebra has to compare; the two are equal if any pair is.

    None are left where units differ, or where one is a set and the other a tuple or interval, of several items each.

    A unit of plain letters may be variables instead, so that `5 m` is also read whole where the other has no unit.
    """
    a, b = gold.measure, answer.measure
    pairs = [(a, b)] if _units_agree(a, b, units) else []
    if (a.letters and b.unit is None) or (b.letters and a.unit is None):
        pairs.insert(0, (Measure(gold.text), Measure(answer.text)))
    return [pair for pair in pairs if {_bracket(pair[0].value), _bracket(pair[1].value)} not in _CLASHES]


_CLASHES = ({"{", "("}, {"{", "["})


def _bracket(text: str) -> str:
    """The bracket around the whole of a list of several items, empty where there is none."""
    if not text.endswith((")", "]", "\\}")):
        return ""
    depth = commas = 0
    last = len(text) - 1
    for at, character in enumerate(text):
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth == 0 and at < last:
                return ""
        elif character == "," and depth == 1:
            commas += 1
    opening = text.removeprefix("\\")[:1]
    return opening if commas else ""
