"""The kind `top_ngram_share`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from rulereward.data import Coded, Column, Texts, ok_states
from rulereward.kind import Bounds, ConstantError, Features, LocalFile, Measured, Result, rule
from rulereward.text import shares
from rulereward.text.jieba_dictionary import problem_with
from rulereward.text.reasons import NO_TEXT
from rulereward.text.units import HashedUnit, hashed_units, share_of
from rulereward.text.words import ChineseWords, repetition_units

_ABSENT = Result(0.0, reason=NO_TEXT)
_MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class TopNgramShareParams:
    n: Annotated[int, Bounds(lo=1, hi=_MOST_WORDS)] = 2
    tokenizer: ChineseWords = "char"
    style: Literal["default", "datatrove"] = "default"
    exact: bool = False
    dictionary: LocalFile | None = None

    def __post_init__(self) -> None:
        problem = problem_with(self.dictionary, self.tokenizer == "jieba")
        if problem is not None:
            raise ConstantError("dictionary", problem, 'one word a line, for `tokenizer="jieba"`')


def _columns(args: Sequence[Column], params: TopNgramShareParams, features: Features) -> Measured | None:
    (texts,) = args
    if params.exact or not isinstance(texts, Texts):
        return None
    from rulereward.text import kernels_ngrams  # noqa: PLC0415  # loads numba
    from rulereward.text.kernels_length import character_counts  # noqa: PLC0415  # loads numba
    from rulereward.text.kernels_split import joined_words  # noqa: PLC0415  # loads numba

    view = texts.view
    if params.style == "datatrove":
        repeated_pairs = kernels_ngrams.repeated_pairs
        if params.tokenizer == "char":  # the same words that `duplicate_ngram_share` takes
            units = features.of(view, joined_words, False).words
        else:
            units = features.of(view, hashed_units, "jieba split", params.dictionary)
        pairs = features.get(units, repeated_pairs, (), lambda: repeated_pairs(units))
        inside = kernels_ngrams.datatrove_top_chars(units, params.n, pairs)
        chars = features.of(view, character_counts)
    else:
        unit: HashedUnit = "auto" if params.tokenizer == "char" else "jieba auto"
        units = features.of(view, hashed_units, unit, params.dictionary)
        inside, chars = kernels_ngrams.top_chars(units, params.n)
    absent = Coded.where(view.start < 0, NO_TEXT)
    return Measured(share_of(inside, chars), ok_states(len(view)), absent, left=units.special)


def _reach(params: TopNgramShareParams) -> tuple[float, float]:
    """What datatrove counts: each word once for every n-gram it is in, and spaces between."""
    return 0.0, 2.0 * params.n - 1 if params.style == "datatrove" else 1.0


@rule(
    version=1, returns="number", range=(0, 2 * _MOST_WORDS - 1), range_from=_reach, polarity="lower", columns=_columns
)
def top_ngram_share(text: str | None, params: TopNgramShareParams) -> float | Result:
    """Share of the text that the n-gram said most often takes up.

    Reads: the text alone, as the units that `ngram_repetition` takes by default: words in lower case, each ideograph
    and kana a word (`tokenizer="jieba"`: jieba's words, with a user's in `dictionary`). Each character
    counts once, white space not.
    Returns: 0 (no n-gram twice) to 1. Of n-grams that are said equally often, the one that takes up most. Gopher
    drops documents above 0.20 for n = 2, 0.18 for 3 and 0.16 for 4; short texts and small n give more.
    `style="datatrove"` gives datatrove's number: words are split at white space, with their case and punctuation
    (`jieba`: all of jieba's words), an n-gram that is said once counts, and where it overlaps itself its characters
    count again, so that the share can exceed 1. Its words of spaced languages come from spaCy, which cuts
    punctuation off.
    Missing: never; a text that is not there is 0 with reason `no_text`.
    Precision: units are compared by hashes of 64 bits: two different n-grams of 10,000 count as one with a chance of
    3e-12, and ones made to be taken for one only raise the share. `exact=true` compares the units, at Python's speed.
    Gamed by: a loop of many words, of which `duplicate_ngram_share` sees more; and by saying nothing, so never reward
    a low value alone.
    Source: Rae et al. 2021 (Gopher), table A1; an n-gram that is said once is no repetition.
    """
    if text is None:
        return _ABSENT
    if params.style == "datatrove":
        words = shares.datatrove_words(text, params.tokenizer, params.dictionary)
        return shares.datatrove_top_ngram(words, params.n, text)
    units = repetition_units(text, "auto", params.tokenizer, params.dictionary)
    return shares.top_ngram_share(units, params.n)
