"""The kind `ngram_repetition`."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from rulereward.data import Coded, Column, Texts, ok_states
from rulereward.kind import Bounds, ConstantError, Features, Implicit, LocalFile, Measured, Result, rule
from rulereward.text.jieba_dictionary import problem_with
from rulereward.text.jieba_words import jieba_words
from rulereward.text.ngrams import distinct_and_total, repeated_share
from rulereward.text.reasons import NO_TEXT
from rulereward.text.tokens import token_ids_of
from rulereward.text.units import HashedUnit, hashed_units
from rulereward.text.words import ChineseWords, repetition_units


@dataclass(frozen=True, slots=True)
class NgramRepetitionParams:
    n: Annotated[int, Bounds(lo=1, hi=100)] = 3
    unit: Literal["auto", "word", "char", "tok"] = "auto"
    tokenizer: ChineseWords = "char"
    style: Literal["default", "open_r1", "open_r1_zh", "trl", "swift"] = "default"
    exact: bool = False
    dictionary: LocalFile | None = None
    token_file: Annotated[LocalFile | None, Implicit("tokenizer", hidden=True)] = None

    def __post_init__(self) -> None:
        if self.style != "default" and self.unit != "auto":
            raise ConstantError("unit", f'`style="{self.style}"` says what the units are', "leave `unit` out")
        if self.tokenizer == "jieba" and (self.style != "default" or self.unit in ("char", "tok")):
            where = f'style="{self.style}"' if self.style != "default" else f'unit="{self.unit}"'
            help = 'leave `tokenizer` out, or use `unit="auto"` or `"word"`'
            raise ConstantError("tokenizer", f"`{where}` says what the units are", help)
        problem = problem_with(self.dictionary, self.tokenizer == "jieba" or self.style == "open_r1_zh")
        if problem is not None:
            raise ConstantError("dictionary", problem, 'one word a line, for `tokenizer="jieba"`')

    @property
    def counts_tokens(self) -> bool:
        return self.unit == "tok" or self.style == "trl"

    @property
    def hashed_unit(self) -> HashedUnit | None:
        """The unit that kernels count, None where the row form does."""
        if self.exact or self.unit == "tok" or self.style == "trl":
            return None
        if self.style != "default":
            return "jieba cut" if self.style == "open_r1_zh" else "lower split"
        if self.tokenizer == "jieba":
            return "jieba word" if self.unit == "word" else "jieba auto"
        return self.unit


def _columns(args: Sequence[Column], params: NgramRepetitionParams, features: Features) -> Measured | None:
    texts, _ = args
    unit = params.hashed_unit
    if unit is None or not isinstance(texts, Texts):
        return None
    from rulereward.text.kernels_ngrams import distinct_ngrams  # noqa: PLC0415  # loads numba

    view = texts.view
    units = features.of(view, hashed_units, unit, params.dictionary)
    distinct, total = distinct_ngrams(units, params.n)
    values = np.zeros(len(view))
    np.divide(distinct, total, out=values, where=total > 0)
    values = np.where(total > 0, 1.0 - values, 0.0)
    return Measured(values, ok_states(len(view)), Coded.where(view.start < 0, NO_TEXT), left=units.special)


def _share(text: str, token_ids: object | None, params: NgramRepetitionParams) -> float:
    return repeated_share(*distinct_and_total(_units(text, token_ids, params), params.n))


def _units(text: str, token_ids: object | None, params: NgramRepetitionParams) -> Sequence[Hashable]:
    if params.style in ("open_r1", "swift"):
        return text.lower().split()
    if params.style == "open_r1_zh":
        return jieba_words(text, params.dictionary)
    if params.unit == "tok" or params.style == "trl":
        return token_ids_of(text, token_ids, params.token_file)
    return repetition_units(text, params.unit, params.tokenizer, params.dictionary)


@rule(version=1, returns="number", range=(0, 1), polarity="lower", columns=_columns)
def ngram_repetition(
    text: str | None,
    token_ids: Annotated[object | None, Implicit("token_ids", hidden=True)],
    params: NgramRepetitionParams,
) -> float | Result:
    """Share of the n-grams that repeat an earlier one: 1 - distinct / all.

    Reads: the text alone, in lower case. `unit="auto"` takes words as units, each ideograph and kana as a word of its
    own, and cuts runs of more than 64 characters without a boundary (`hahaha...`, a thousand newlines) into pieces
    of 8, so that a loop inside them is seen; what prints nothing is left out. `word` does neither; `char` takes every
    character; `tok` the trainer's token ids (column `completion_ids`) where the text is the whole completion, else
    the tokens of the ruleset's `tokenizer`. With `tokenizer="jieba"` words that hold an ideograph or kana are cut
    into jieba's words; `dictionary` names a file of further words, as jieba reads it: a word a line, perhaps with
    its frequency.
    Returns: 0 (no n-gram twice) up to nearly 1. Fewer than `n` units give 0. Long texts repeat more than short ones
    by nature, characters more than words.
    `style` gives the share of a well-known penalty, to be multiplied by its (negative) maximum: `open_r1` and `swift`
    (words between white space, in lower case: a Chinese text is one word), `open_r1_zh` (open-r1 with language `zh`:
    all that jieba cuts, case, white space and punctuation included), `trl` (token ids, as `unit="tok"`).
    Missing: never; a text that is not there is 0 with reason `no_text`. Tokens that nothing can count are an error.
    Precision: units are compared by hashes of 64 bits: two different n-grams of 10,000 count as one with a chance of
    3e-12, and ones made to be taken for one only raise the share. `exact=true` compares the units, at Python's speed.
    Gamed by: loops with a change in every n-th unit (a counter, one more dot each time), which need
    a larger view than n-grams (`repetition_loop`); and by saying nothing, so never reward a low value alone.
    Source: the repetition penalty of Yeo et al. 2025 (Demystifying Long Chain-of-Thought, appendix C.2), which
    open-r1, TRL and ms-swift share and whose units they choose differently (n = 3 in all).
    """
    return Result(0.0, reason=NO_TEXT) if text is None else _share(text, token_ids, params)
