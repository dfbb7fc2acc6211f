"""The kind `ngram_repetition`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from rulereward.data import F64, Column, Reason, Texts, View, ok_states
from rulereward.errors import InternalError
from rulereward.kind import Bounds, Features, Measured, Result, rule
from rulereward.text.ngrams import distinct_and_total, repeated_share
from rulereward.text.words import RepetitionUnit, repetition_units

_NO_TEXT = Reason("no_text", "there is no text to measure")


@dataclass(frozen=True, slots=True)
class NgramRepetitionParams:
    n: Annotated[int, Bounds(lo=1, hi=100)] = 3
    unit: RepetitionUnit = "auto"


def _columns(args: Sequence[Column], params: NgramRepetitionParams, features: Features) -> Measured:
    (texts,) = args
    if not isinstance(texts, Texts):
        raise InternalError("ngram_repetition reads texts")
    view = texts.view
    values = features.get(view, "ngram_repetition", params, lambda: _shares(view, params))
    absent = view.start < 0
    reasons = [_NO_TEXT if missing else None for missing in absent] if absent.any() else None
    return Measured(values, ok_states(len(view)), reasons)


def _shares(view: View, params: NgramRepetitionParams) -> F64:
    try:
        from rulereward.text.kernels_ngrams import ngram_counts  # noqa: PLC0415  # loads numba
    except ImportError:  # no numba here: the row form, text by text
        return np.array([_share(text, params) for text in view.texts()], dtype=np.float64)
    distinct, total, special = ngram_counts(view.column.data, view.start, view.end, params.n, params.unit)
    values = np.zeros(len(view))
    np.divide(distinct, total, out=values, where=total > 0)
    values = np.where(total > 0, 1.0 - values, 0.0)
    for row in np.flatnonzero(special):
        values[row] = _share(view.text(int(row)), params)
    return values


def _share(text: str | None, params: NgramRepetitionParams) -> float:
    return 0.0 if text is None else repeated_share(*distinct_and_total(repetition_units(text, params.unit), params.n))


@rule(version=1, returns="number", range=(0, 1), polarity="lower", columns=_columns)
def ngram_repetition(text: str | None, params: NgramRepetitionParams) -> float | Result:
    """Share of the n-grams that repeat an earlier one: 1 - distinct / all.

    Reads: the text alone, in lower case. `unit="auto"` takes words as units, each ideograph and kana as a word of its
    own, and cuts runs of more than 64 characters without a boundary (`hahaha...`, a thousand newlines) into pieces
    of 8; `word` does not cut them; `char` takes every character.
    Returns: 0 (no n-gram twice) up to nearly 1. Fewer than `n` units give 0. Long texts repeat more than short ones
    by nature, characters more than words.
    Missing: never; a text that is not there is 0 with reason `no_text`.
    Gamed by: loops with a change in every n-th unit (a counter, one more dot each time), which need
    a larger view than n-grams; and by saying nothing, so never reward a low value alone.
    Source: open-r1's repetition penalty (n = 3), which equals -max_penalty * this for texts of spaced words.
    """
    return Result(0.0, reason=_NO_TEXT) if text is None else _share(text, params)
