"""The kind `script_ratio`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.data import Coded, Column, State, Texts
from rulereward.kind import ConstantError, Features, Measured, Missing, rule
from rulereward.lang.suggest import did_you_mean
from rulereward.text.markup import Markup, without
from rulereward.text.markup_columns import pieces_outside
from rulereward.text.script_columns import script_shares
from rulereward.text.scripts import SCRIPTS, ScriptUnit, script_share

_NO_LETTERS = Missing("no_letters", "the text has nothing to take the share of")
_NAMES = "scripts have their names in Unicode: Han, Latin, Hiragana, Katakana, Hangul, Cyrillic, Arabic"
_SCRIPT_MEANT = {
    "chinese": "Han", "hanzi": "Han", "cjk": "Han", "zh": "Han", "english": "Latin", "en": "Latin",
    "japanese": "Hiragana", "kana": "Hiragana", "korean": "Hangul", "russian": "Cyrillic",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScriptRatioParams:
    script: str
    of: ScriptUnit = "letters"
    exclude: tuple[Markup, ...] = ("code", "math", "url")

    def __post_init__(self) -> None:
        if self.script not in SCRIPTS:
            folded = self.script.strip().casefold()
            meant = _SCRIPT_MEANT.get(folded) or {name.casefold(): name for name in SCRIPTS}.get(folded)
            help = f"did you mean `{meant}`?" if meant else did_you_mean(self.script, SCRIPTS)
            raise ConstantError("script", f"no script is called `{self.script}`", help or _NAMES)


def _columns(args: Sequence[Column], params: ScriptRatioParams, features: Features) -> Measured | None:
    (texts,) = args
    if not isinstance(texts, Texts):
        return None
    pieces = features.of(texts.view, pieces_outside, frozenset(params.exclude))
    shares = script_shares(texts.view.column.data, pieces, params.script, params.of)
    none = np.isnan(shares)
    return Measured(shares, none * np.uint8(State.NULL), Coded.where(none, _NO_LETTERS.reason), left=pieces.special)


@rule(version=1, returns="number", range=(0, 1), null=("text",), columns=_columns)
def script_ratio(text: str, params: ScriptRatioParams) -> float | Missing:
    r"""Share of a script in the letters of a text.

    Reads: the text alone, without what `exclude` names: `code` (closed fences, inline code), `math` (`$...$`,
    `\(...\)`, environments; `\text{}`, ideographs and formulas that hold prose stay, and so do words, where those of
    all formulas are more than a few names), `url`. An unclosed fence or formula is text. Letters are alphabetic
    characters of a script, after the Unicode property Script with all Han extensions; digits, punctuation and emoji
    are none. `script` is `Han Latin Hiragana Katakana Hangul Cyrillic Arabic ...`.
    Returns: 0 to 1. `of="letters"` divides the letters of the script by all letters; `"chars"` by all characters that
    print something; `"words"` counts words, each ideograph and kana being one, which have letters of it alone, among
    those that have letters: an English word in a Chinese text then weighs as one character and not as seven.
    Missing: a text null where there is nothing to divide by (`no_letters`), and where the text is.
    Gamed by: writing the other language inside closed code, in addresses (`www.let.us/now_compute`), in formulas
    letter by letter or as made-up commands (`\Let\us`), or in digits and symbols; by writing little; and by repeating
    one character. Leave out of `exclude` what is not asked for: code, addresses, formulas.
    Source: own definition.
    """
    share = script_share(without(text, params.exclude), params.script, params.of)
    return _NO_LETTERS if share is None else share
