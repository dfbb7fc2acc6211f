"""The kind `length`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from rulereward.data import Coded, Column, Texts, ok_states
from rulereward.kind import Features, Implicit, LocalFile, Measured, Result, rule
from rulereward.text.length_columns import lengths_in
from rulereward.text.reasons import NO_TEXT
from rulereward.text.sentences import sentence_spans
from rulereward.text.tokens import token_ids_of
from rulereward.text.words import length_in

_ABSENT = Result(0.0, reason=NO_TEXT)


@dataclass(frozen=True, slots=True)
class LengthParams:
    unit: Literal["char", "word", "tok", "line", "sentence", "byte"] = "char"
    token_file: Annotated[LocalFile | None, Implicit("tokenizer", hidden=True)] = None

    @property
    def counts_tokens(self) -> bool:
        return self.unit == "tok"


def _columns(args: Sequence[Column], params: LengthParams, features: Features) -> Measured | None:
    texts, _ = args
    if params.unit in ("tok", "sentence") or not isinstance(texts, Texts):
        return None
    view = texts.view
    values = features.of(view, lengths_in, params.unit)
    return Measured(values, ok_states(len(view)), Coded.where(view.start < 0, NO_TEXT))


@rule(version=1, returns="number", range=(0, math.inf), unit_from="unit", columns=_columns)
def length(
    text: str | None,
    token_ids: Annotated[object | None, Implicit("token_ids", hidden=True)],
    params: LengthParams,
) -> float | Result:
    """How long a text is, in characters, words, tokens, lines, sentences or bytes.

    Reads: the text alone. `char` counts code points; `word` what stands between white space, each ideograph and kana
    being a word of its own; `line` lines, where a last newline begins no further one; `sentence` sentences that hold
    a letter or a digit, Chinese ones included; `byte` bytes of UTF-8. `tok` counts the trainer's own token ids
    (column `completion_ids`, special tokens included) where the text is the whole completion and the row has them,
    and else the tokens of the ruleset's `tokenizer`, without special ones.
    Returns: a number of that unit, 0 for an empty text.
    Missing: never; a text that is not there has length 0, with reason `no_text`. Tokens that nothing can count are
    an error.
    Gamed by: padding where longer is better, saying less where shorter is; characters are not tokens, and invisible
    ones count. Give a window (`decay`, `soft_overlong`) rather than a slope.
    Source: own definition.
    """
    if text is None:
        return _ABSENT
    if params.unit == "tok":
        return float(len(token_ids_of(text, token_ids, params.token_file)))
    if params.unit == "sentence":
        return float(len(sentence_spans(text)))
    return float(length_in(text, params.unit))
