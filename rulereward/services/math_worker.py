"""The worker of the service `math`: computer algebra by math-verify, with limits of our own around it.

math-verify's own time limits are off: they end in a verdict, and use a signal that we set ourselves. A process that
hit a limit is not used again, because algebra stopped in the middle may leave anything behind.
"""

from __future__ import annotations

import logging
import os
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

os.environ["SYMPY_GROUND_TYPES"] = "python"  # gmpy2 would abort the process when memory runs out

import math_verify
from latex2sympy2_extended import NormalizationConfig
from math_verify import parser as math_verify_parser
from sympy import Basic, Eq, Expr, FiniteSet, MatrixBase, Rational, nan, zoo

from rulereward.services.math_antlr import to_sympy
from rulereward.services.math_trees import (
    claims_hold,
    close,
    close_values,
    digits_of,
    holds_infinity,
    is_infinite,
    same_case,
    turned,
    value_of,
    written_items,
)
from rulereward.services.time_limit import OutOfTime, TimeLimit
from rulereward.services.worker import Handler, LimitHit, Turn, Worker
from rulereward.text.math_answer import Written, comparisons, read_written
from rulereward.text.math_claims import says_more, split_approximation, without_approximations
from rulereward.text.math_exact import ROUNDED_PLACES, Percent, is_rounded, read_number
from rulereward.text.math_rewrite import for_algebra
from rulereward.text.math_units import Measure
from rulereward.text.math_wrappers import braces_balance

LIMIT_S = 2.0
"""Processor time for one gold, and for one answer with its comparison when that is tried alone."""
FIRST_LIMIT_S = 0.5
"""Processor time for the first try of an answer: most take a hundredth, and the others may come last."""
_GOLDS_KEPT = 1_000
_TOO_MUCH = (OutOfTime, MemoryError, RecursionError)

_AS_WRITTEN = NormalizationConfig(
    basic_latex=True, units=False, malformed_operators=False, nits=True, boxed="last", equations=False
)
_CONFIG = [math_verify.LatexExtractionConfig(boxed_match_priority=0, normalization_config=_AS_WRITTEN)]

# math-verify has no setting for these: it folds the case of letters, parses in the slow way of antlr only, and of a
# chain of equations that it cannot read it takes the last part.
math_verify_parser.latex2sympy = to_sympy
math_verify_parser.get_last_eq = lambda latex: latex

_FLOAT_DIGITS = 30


@dataclass(frozen=True, slots=True)
class _Gold:
    """`parsed` holds each way to read it; empty where it is no expression, None where reading it takes too much."""

    written: Written
    parsed: dict[str, Basic | MatrixBase] | None


class MathHandler:
    """Answers jobs of the service `math`; see `math_service` for what they are."""

    def __init__(self) -> None:
        self._golds: OrderedDict[str, _Gold] = OrderedDict()

    def __call__(self, payload: Any, turn: Turn) -> dict[str, object]:
        golds, answer, percent, units = payload
        read = [self._gold(gold, turn) for gold in golds]
        readable = [gold for gold in read if gold.parsed]
        if not readable:
            too_much = any(gold.parsed is None for gold in read)
            return {"verdict": "gold_unreasonable" if too_much else "gold_unreadable"}
        written = read_written(answer)
        if written.excess is not None:
            return {"verdict": "unreasonable"}
        turn.phase("answer")
        try:
            with TimeLimit(LIMIT_S if turn.lone else FIRST_LIMIT_S):
                return _compare(readable, written, percent, units)
        except _TOO_MUCH:
            _give_way(turn, "answer")
        return {"verdict": "gold_unreasonable" if _is_too_much_for_any(readable, turn) else "unreasonable"}

    def _gold(self, text: str, turn: Turn) -> _Gold:
        known = self._golds.get(text)
        if known is None:
            turn.phase("gold")
            written = read_written(text)
            try:
                with TimeLimit(LIMIT_S):
                    known = _Gold(written, None if written.excess is not None else _readings(written))
            except _TOO_MUCH:
                _give_way(turn, "gold")
                known = _Gold(written, None)
            self._golds[text] = known
            if len(self._golds) > _GOLDS_KEPT:
                self._golds.popitem(last=False)
        self._golds.move_to_end(text)
        return known


def _is_too_much_for_any(golds: list[_Gold], turn: Turn) -> bool:
    """Is it the gold that cannot be compared? Then it takes too much beside the plainest answer as well."""
    turn.phase("gold")
    try:
        with TimeLimit(LIMIT_S):
            _compare(golds, read_written("1"), "strict", "loose")
    except _TOO_MUCH:
        return True
    return False


def _give_way(turn: Turn, phase: str) -> None:
    """Have the job tried again alone, unless this was that try. Raises LimitHit."""
    turn.spoiled = True
    if not turn.lone:
        raise LimitHit(phase)


def _readings(gold: Written) -> dict[str, Basic | MatrixBase]:
    """The gold without its unit, and whole where its unit may be variables. Infinite and undefined ones are none."""
    texts = {gold.measure.value, gold.text} if gold.measure.letters else {gold.measure.value}
    parsed = {text: _parse(text) for text in texts}
    return {text: value for text, value in parsed.items() if value is not None and value not in (zoo, nan)}


def _parse(text: str) -> Basic | MatrixBase | None:
    """The expression that the whole text spells; math-verify would also be content with a part of it."""
    if not text or not braces_balance(text):
        return None
    number = read_number(text)
    if number is not None:
        value = Rational(number.scaled.numerator, number.scaled.denominator)
        return value.evalf(_FLOAT_DIGITS) if number.places >= ROUNDED_PLACES else value
    sides = split_approximation(text)
    if sides is not None:
        return _approximated(*sides)
    text = for_algebra(without_approximations(text))
    found = _parse_as_it_stands(text)
    if found is None and ("\\pm" in text or "\\mp" in text):  # math-verify knows no double sign inside a fraction
        upper = _parse_as_it_stands(text.replace("\\pm", "+").replace("\\mp", "-"))
        lower = _parse_as_it_stands(text.replace("\\pm", "-").replace("\\mp", "+"))
        if upper is not None and lower is not None:
            return FiniteSet(*_members(upper), *_members(lower))
    return found


def _parse_as_it_stands(text: str) -> Basic | MatrixBase | None:
    found = math_verify.parse(
        f"\\boxed{{{text}}}",
        _CONFIG,
        fallback_mode="no_fallback",
        extraction_mode="first_match",
        parsing_timeout=None,
    )
    return found[0] if found else None


def _approximated(text: str, rounded: str) -> Basic | MatrixBase | None:
    r"""What stands before the sign of `2\pi \approx 6.28` if the decimal behind it is right, else a false equation.

    Before it may also stand a name or nothing: then the decimal is all that is said.
    """
    right = _parse(rounded)
    left = _parse(text)
    if right is None or (text and left is None):
        return None
    if left is None:
        return right
    number = read_number(rounded)
    exact = value_of(left)
    if isinstance(exact, Expr) and not exact.free_symbols:
        near = number is not None and close(exact, right, absolute=0.5 * 10.0**-number.places)
        return left if near else Eq(exact, right, evaluate=False)
    return Eq(left, right, evaluate=False)


def _members(value: Basic | MatrixBase) -> tuple[Any, ...]:
    return value.args if isinstance(value, FiniteSet) else (value,)


def _compare(golds: list[_Gold], answer: Written, percent: Percent, units: Any) -> dict[str, object]:
    parsed: dict[str, Basic | MatrixBase | None] = {}
    for gold in golds:
        assert gold.parsed is not None
        if gold.written.text == answer.text:
            return {"verdict": "equal"}
        for ours, theirs in comparisons(gold.written, answer, units):
            if says_more(for_algebra(theirs.value), for_algebra(ours.value)):
                continue
            if theirs.value not in parsed:
                parsed[theirs.value] = _parse(theirs.value)
            expected, given = gold.parsed.get(ours.value), parsed[theirs.value]
            if expected is not None and given is not None and _same(expected, ours, given, theirs, percent):
                return {"verdict": "equal"}
    if parsed and all(value is None for value in parsed.values()):
        return {"verdict": "unequal", "reason": "unparsable"}
    return {"verdict": "unequal"}


def _same(
    expected: Basic | MatrixBase, ours: Measure, given: Basic | MatrixBase, theirs: Measure, percent: Percent
) -> bool:
    if ours.percent == theirs.percent:
        rounded = _rounded(ours, given)
        rounded = _rounded(theirs, expected) if rounded is None else rounded
        return _equal(expected, given) if rounded is None else rounded
    if percent == "loose" and _equal(expected, given):
        return True
    if not (isinstance(expected, Expr | Eq) and isinstance(given, Expr | Eq)):
        return False  # a list with a percent sign is none without
    return _equal(_scaled(expected, ours), _scaled(given, theirs))


def _rounded(decimal: Measure, value: Basic | MatrixBase) -> bool | None:
    """Is a decimal of many places a value rounded to them? None where that is not the question."""
    number = read_number(decimal.value)
    exact = None if number is None or number.places < ROUNDED_PLACES else digits_of(value, number.places)
    return None if number is None or exact is None else is_rounded(number, exact)


def _scaled(value: Basic | MatrixBase, measure: Measure) -> Basic | MatrixBase:
    """With the percent sign taken at its word, where that makes sense."""
    if not measure.percent:
        return value
    if isinstance(value, Eq):
        return Eq(value.lhs, _scaled(value.rhs, measure), evaluate=False)
    return value * Rational(1, 100) if isinstance(value, Expr) else value


def _equal(expected: Basic | MatrixBase, given: Basic | MatrixBase) -> bool:
    """math-verify's verdict, but where it is "equal" more must hold.

    It takes the right side of any equation for its value, so that 3 = 5 is 5; it drops repeated items; it folds the
    case of letters; and it compares rounded to six places, where all numbers that are nearly 0 are equal: 1/2006!
    and 1/2004!.
    """
    if is_infinite(expected) or is_infinite(given):
        return bool(expected == given)
    if holds_infinity(given) or holds_infinity(expected):
        return False
    given = turned(given)
    if not claims_hold(expected, given, _verified) or not same_case(expected, given):
        return False
    items = written_items(value_of(expected))
    if items and written_items(value_of(given)) > items:
        return False
    return _verified(expected, given) and close_values(expected, given)


def _verified(expected: Any, given: Any) -> bool:
    return bool(math_verify.verify(expected, given, allow_set_relation_comp=True, timeout_seconds=None))


_TYPICAL = (
    ("\\frac{x}{2}+1", "1+\\frac{2x}{4}"),
    ("(x+1)^2", "x^2+2x+1"),
    ("(1,\\frac{\\pi}{2})", "(1,0.5\\pi)"),
    ("\\{1,\\sqrt{2}\\}", "\\{\\sqrt{2},1\\}"),
    ("[0,\\pi)", "[0,3)"),
    ("y=2x+1", "2x+1=y"),
)
"""Compared once before there are jobs. The first use of each part of the libraries builds tables and imports modules,
which costs a job in a cold process four times what it costs in one that has seen these."""


def _start() -> Handler:
    logging.disable(logging.CRITICAL)  # math-verify warns that its time limits are off
    for gold, answer in _TYPICAL:
        written = read_written(gold)
        _compare([_Gold(written, _readings(written))], read_written(answer), "strict", "loose")
    return MathHandler()


WORKER = Worker(_start, address_space_bytes=2 << 30, recycle_bytes=512 << 20)
