"""The kind `duplicate_ngram_share`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from rulereward.data import Coded, Column, Texts, ok_states
from rulereward.kind import Bounds, ConstantError, Features, LocalFile, Measured, Result, rule
from rulereward.text import shares
from rulereward.text.jieba_dictionary import problem_with
from rulereward.text.reasons import NO_TEXT
from rulereward.text.units import hashed_units, share_of
from rulereward.text.words import ChineseWords, repetition_units

_ABSENT = Result(0.0, reason=NO_TEXT)


@dataclass(frozen=True, slots=True)
class DuplicateNgramShareParams:
    n: Annotated[int, Bounds(lo=1, hi=20)] = 5
    tokenizer: ChineseWords = "char"
    style: Literal["default", "datatrove"] = "default"
    exact: bool = False
    dictionary: LocalFile | None = None

    def __post_init__(self) -> None:
        problem = problem_with(self.dictionary, self.tokenizer == "jieba")
        if problem is not None:
            raise ConstantError("dictionary", problem, 'one word a line, for `tokenizer="jieba"`')


def _columns(args: Sequence[Column], params: DuplicateNgramShareParams, features: Features) -> Measured | None:
    (texts,) = args
    by_jieba = params.tokenizer == "jieba"
    if params.exact or not isinstance(texts, Texts) or (by_jieba and params.style == "datatrove"):
        return None  # whether words of jieba run together are the same, hashes of words do not tell
    from rulereward.text import kernels_ngrams, kernels_split  # noqa: PLC0415  # loads numba
    from rulereward.text.kernels_length import character_counts  # noqa: PLC0415  # loads numba

    view = texts.view
    if params.style == "datatrove":
        joined = features.of(view, kernels_split.joined_words, params.n < kernels_split.FEWEST)
        units = joined.words
        inside = kernels_ngrams.datatrove_duplicate_chars(joined, params.n)
        chars = features.of(view, character_counts)
    else:
        units = features.of(view, hashed_units, "jieba auto" if by_jieba else "auto", params.dictionary)
        inside, chars = kernels_ngrams.duplicate_chars(units, params.n)
    absent = Coded.where(view.start < 0, NO_TEXT)
    return Measured(share_of(inside, chars), ok_states(len(view)), absent, left=units.special)


@rule(version=1, returns="number", range=(0, 1), polarity="lower", columns=_columns)
def duplicate_ngram_share(text: str | None, params: DuplicateNgramShareParams) -> float | Result:
    """Share of the text that lies in n-grams which repeat an earlier one.

    Reads: the text alone, as the units that `ngram_repetition` takes by default: words in lower case, each ideograph
    and kana a word (`tokenizer="jieba"`: jieba's words, with a user's in `dictionary`). Each character
    counts once, white space not.
    Returns: 0 (no n-gram twice) to nearly 1; the first time is no repetition. Gopher drops documents above 0.15 for
    n = 5, falling by 0.01 with each n to 0.10 for n = 10; worked solutions repeat their formulas, and one in twenty
    is above 0.30 for n = 5, 0.15 for n = 10. Five ideographs are less than five words: for Chinese take a larger n.
    `style="datatrove"` gives datatrove's number: words are split at white space, with their case and punctuation
    (`jieba`: all of jieba's words), n-grams are compared without the spaces in them, and of repetitions that overlap
    only the first counts. Its words of spaced languages come from spaCy, which cuts punctuation off.
    Missing: never; a text that is not there is 0 with reason `no_text`.
    Precision: units are compared by hashes of 64 bits: two different n-grams of 10,000 count as one with a chance of
    3e-12, and ones made to be taken for one only raise the share. `exact=true` compares the units, at Python's speed.
    Gamed by: a change in every n-th word, such as a counter (`repetition_loop` can ignore numbers); and by saying
    nothing, so never reward a low value alone.
    Source: Rae et al. 2021 (Gopher), table A1.
    """
    if text is None:
        return _ABSENT
    if params.style == "datatrove":
        words = shares.datatrove_words(text, params.tokenizer, params.dictionary)
        return shares.datatrove_duplicate_ngrams(words, params.n, text)
    units = repetition_units(text, "auto", params.tokenizer, params.dictionary)
    return shares.duplicate_ngram_share(units, params.n)
