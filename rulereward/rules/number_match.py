"""The kind `number_match`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from rulereward.data import Reason
from rulereward.kind import Bounds, Missing, Result, rule
from rulereward.text.golds import gold_texts
from rulereward.text.numbers import parse_number

_NO_ANSWER = Result(False, {"extracted": None}, Reason("no_answer", "no answer was found"))
_ANSWER_UNREADABLE = Reason("answer_unreadable", "the answer is not a number and nothing else")
_GOLD_MISSING = Missing("gold_missing", "there is no gold answer")
_GOLD_UNREADABLE = Missing("gold_unreadable", "the gold answer is not a number or a list with one")


@dataclass(frozen=True, slots=True)
class NumberMatchParams:
    abs_tol: Annotated[float, Bounds(lo=0.0)] = 0.0
    rel_tol: Annotated[float, Bounds(lo=0.0)] = 0.0


@rule(version=1, returns="bool", polarity="higher", null=("data",), fields={"extracted": "text"})
def number_match(text: str | None, gold: object | None, params: NumberMatchParams) -> Result | Missing:
    r"""Is the answer the gold number?

    Reads: the answer, usually an extractor's (`last_number(final)`), which must be one number as a whole: decimal,
    fraction, percent, scientific or mixed, with thousands separators, in LaTeX or plain; and the gold, a number, a
    text that spells one, or a list of alternatives. Both are read exactly, integers of up to 4,000 digits included.
    Returns: true when |answer - gold| is at most `abs_tol` or at most `rel_tol` times |gold|, computed in fractions,
    the tolerances taken as the decimals they are written as. `50%` is 0.5. `.extracted` is the answer as it stood.
    Missing: a data null where the gold is missing (`gold_missing`) or holds no number (`gold_unreadable`). An answer
    that is missing or blank is false with reason `no_answer`; one that is not a number (`5 cm`, `3 or 4`) is false
    with reason `answer_unreadable`.
    Gamed by: nothing inside the answer; a `rel_tol` as wide as the distance between likely answers rewards guesses.
    Source: own definition.
    """
    if gold is None:
        return _GOLD_MISSING
    golds = [number for item in gold_texts(gold) if (number := parse_number(item)) is not None]
    if not golds:
        return _GOLD_UNREADABLE
    if text is None or not text.strip():
        return _NO_ANSWER
    extracted = {"extracted": text.strip()}
    answer = parse_number(text)
    if answer is None:
        return Result(False, extracted, _ANSWER_UNREADABLE)
    return Result(any(_is_close(answer, number, params) for number in golds), extracted)


def _is_close(answer: Fraction, gold: Fraction, params: NumberMatchParams) -> bool:
    if answer == gold:
        return True
    distance = abs(answer - gold)
    return distance <= _as_written(params.abs_tol) or distance <= _as_written(params.rel_tol) * abs(gold)


def _as_written(tolerance: float) -> Fraction:
    """0.1 as one tenth and not as the binary number next to it."""
    return Fraction(repr(tolerance))
