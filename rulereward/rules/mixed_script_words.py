"""The kind `mixed_script_words`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.data import Coded, Column, Texts, ok_states
from rulereward.kind import Features, Measured, Result, rule
from rulereward.text.markup import Markup, without
from rulereward.text.markup_columns import pieces_outside
from rulereward.text.mixed_words import mixed_word_spans
from rulereward.text.reasons import NO_TEXT
from rulereward.text.script_columns import may_mix_scripts

_ABSENT = Result(0.0, {"first": None}, NO_TEXT)
_SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class MixedScriptWordsParams:
    exclude: tuple[Markup, ...] = ("code", "math", "url")


def _columns(args: Sequence[Column], params: MixedScriptWordsParams, features: Features) -> Measured | None:
    """Most texts are in one script, or in Chinese with names: those have no such word, which counting shows."""
    (texts,) = args
    if not isinstance(texts, Texts):
        return None
    view = texts.view
    pieces = features.of(view, pieces_outside, frozenset(params.exclude))
    left = pieces.special | may_mix_scripts(view.column.data, pieces)
    firsts: Coded[str] = Coded(np.zeros(len(view), np.uint8), (None,))
    return Measured(
        np.zeros(len(view)), ok_states(len(view)), Coded.where(view.start < 0, NO_TEXT), {"first": firsts}, left
    )


@rule(
    version=1,
    returns="number",
    range=(0, math.inf),
    polarity="lower",
    unit="word",
    fields={"first": "text"},
    columns=_columns,
)
def mixed_script_words(text: str | None, params: MixedScriptWordsParams) -> Result:
    """How many words mix scripts as no writing does: a sign of collapsed sampling.

    Reads: the text alone, without the code, formulas and addresses that `exclude` names. A word is a run of letters.
    It is mixed where Cyrillic, Greek, Armenian, Georgian and Latin letters meet in it (`приveт`; Greek and Latin only
    where both have two in a row), where a further script stands between Latin letters, and where, in a text and a
    sentence that are written in such an alphabet, Han or kana stand right beside two or more of its letters
    (`resu结果lt`, `answer是`). Right are Chinese and Japanese with foreign names in them (`用Python写`, `Tシャツ`),
    suffixes and prefixes (`API를`, `הAPI`), units and variables (`μm`, `Δx`, `sinα`).
    Returns: the number of such words, in words: divide by `length(text, unit="word")` for a share. `.first` is the
    first of them, at most 60 characters.
    Missing: never; a text that is not there has none, with reason `no_text`.
    Gamed by: a space between the scripts, which `language_consistency` sees; and by saying nothing, so never reward
    a low value alone.
    Source: own definition.
    """
    if text is None:
        return _ABSENT
    text = without(text, params.exclude)
    spans = mixed_word_spans(text)
    first = text[spans[0][0] : min(spans[0][1], spans[0][0] + _SHOWN_CHARS)] if spans else None
    return Result(float(len(spans)), {"first": first})
