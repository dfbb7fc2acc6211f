"""The kind `chinese_ratio`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.data import Coded, Column, State, Texts
from rulereward.kind import Features, Measured, Missing, rule
from rulereward.text.markup import Markup, without
from rulereward.text.markup_columns import pieces_outside
from rulereward.text.script_columns import script_shares
from rulereward.text.scripts import ScriptUnit, script_share

_NO_LETTERS = Missing("no_letters", "the text has nothing to take the share of")


@dataclass(frozen=True, slots=True)
class ChineseRatioParams:
    of: ScriptUnit = "letters"
    exclude: tuple[Markup, ...] = ("code", "math", "url")


def _columns(args: Sequence[Column], params: ChineseRatioParams, features: Features) -> Measured | None:
    (texts,) = args
    if not isinstance(texts, Texts):
        return None
    pieces = features.of(texts.view, pieces_outside, frozenset(params.exclude))
    shares = script_shares(texts.view.column.data, pieces, "Han", params.of)
    none = np.isnan(shares)
    return Measured(shares, none * np.uint8(State.NULL), Coded.where(none, _NO_LETTERS.reason), left=pieces.special)


@rule(version=1, returns="number", range=(0, 1), null=("text",), columns=_columns)
def chinese_ratio(text: str, params: ChineseRatioParams) -> float | Missing:
    r"""Share of Han characters in the letters of a text.

    Reads: the text alone, without the code, formulas and addresses that `exclude` names, as `script_ratio` does.
    Returns: 0 to 1, exactly `script_ratio(text, script="Han")`. A Chinese sentence with a long English name in it
    has few Han letters (`我用TensorFlow` has 2 of 12): `of="words"` counts such a name as one.
    Missing: a text null where there is nothing to divide by (`no_letters`), and where the text is.
    Gamed by: the ways to game `script_ratio`, and by Japanese: kanji are Han. `language_consistency` tells them
    apart.
    Source: own definition.
    """
    share = script_share(without(text, params.exclude), "Han", params.of)
    return _NO_LETTERS if share is None else share
