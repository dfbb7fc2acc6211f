"""The kind `repetition_loop`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from rulereward.data import Coded, Column, Texts, ok_states
from rulereward.kind import Bounds, Features, Measured, Result, Unit, rule
from rulereward.text.loops import ROUNDS, longest_loop
from rulereward.text.reasons import NO_TEXT
from rulereward.text.units import share_of


@dataclass(frozen=True, slots=True)
class RepetitionLoopParams:
    min_chars: Annotated[int, Bounds(lo=ROUNDS), Unit("char")] = 64
    ignore_digits: bool = False


def _columns(args: Sequence[Column], params: RepetitionLoopParams, features: Features) -> Measured | None:
    (texts,) = args
    if not isinstance(texts, Texts):
        return None
    from rulereward.text.kernels_loops import longest_loops  # noqa: PLC0415  # loads numba

    view = texts.view
    loops = features.of(view, longest_loops, params.min_chars, params.ignore_digits)
    fields = {"period": loops.period.astype(np.float64), "rounds": share_of(loops.inside, loops.period)}
    shares, absent = share_of(loops.inside, loops.chars), Coded.where(view.start < 0, NO_TEXT)
    return Measured(shares, ok_states(len(view)), absent, fields, loops.left)


@rule(
    version=1,
    returns="number",
    range=(0, 1),
    polarity="lower",
    fields={"period": "number", "rounds": "number"},
    columns=_columns,
)
def repetition_loop(text: str | None, params: RepetitionLoopParams) -> Result:
    """Share of the text inside its longest loop, a stretch that says one thing again and again: the model got stuck.

    Reads: the text alone. A loop is a stretch of at least `min_chars` characters, anywhere in the text, that is
    periodic for three rounds or more; a round may be a part of a word, or many paragraphs. Rounds are the same
    whatever their letter case, however much white space and however many of one character stand in a row (`wait..`,
    `wait...`), and whatever in them prints nothing. Digits must be the same, unless `ignore_digits=true`.
    Returns: 0 (no loop) to 1 (nothing but one). `.period` is the length of the first round in characters and
    `.rounds` how many of it the loop is long, both 0 without a loop. Sound solutions stay below 0.15 (a power that is
    multiplied out), texts with a table below 0.25 (a line of dashes); a short function that says one pattern three
    times can reach 0.5. With `ignore_digits` a list of numbers, or of cases checked one by one, is a loop too, and
    sound solutions reach 0.5. For Chinese, which says more in a character, half of `min_chars` will do.
    Missing: never; a text that is not there is 0 with reason `no_text`.
    Gamed by: a word in between every few rounds, which begins another loop each time (`duplicate_ngram_share` sees
    through that); numbers that count up, unless they are ignored; and by saying nothing, so never reward a low value
    alone.
    Source: own definition: the longest of the maximal repetitions (Kolpakov and Kucherov 1999) of exponent 3 or more.
    """
    if text is None:
        return Result(0.0, {"period": 0.0, "rounds": 0.0}, NO_TEXT)
    loop = longest_loop(text, params.min_chars, params.ignore_digits)
    if loop is None:
        return Result(0.0, {"period": 0.0, "rounds": 0.0})
    return Result((loop.end - loop.start) / len(text), {"period": float(loop.period), "rounds": loop.rounds})
