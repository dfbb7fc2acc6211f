"""The kind `language_consistency`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.data import Coded, Column, Reason, Texts, ok_states
from rulereward.kind import Features, Measured, Missing, Result, rule
from rulereward.text.language_columns import UNDECIDED, shares_by_script
from rulereward.text.languages import read_target, target_share
from rulereward.text.markup import Markup, without
from rulereward.text.markup_columns import pieces_outside
from rulereward.text.reasons import NO_TEXT

_ABSENT = Result(0.0, reason=NO_TEXT)
_NO_LETTERS_FOUND = Reason("no_letters", "the text has no letters")
_NO_LETTERS = Result(0.0, reason=_NO_LETTERS_FOUND)
_TARGET_MISSING = Missing("target_missing", "no language is asked for")


_MOST_TARGETS = 8
"""Different targets that are looked at by columns, one after the other."""


@dataclass(frozen=True, slots=True)
class LanguageConsistencyParams:
    exclude: tuple[Markup, ...] = ("code", "math", "url")


def _columns(args: Sequence[Column], params: LanguageConsistencyParams, features: Features) -> Measured | None:
    """What the scripts decide, for a few targets; texts in the target's script are left to the detector."""
    texts, targets = args
    if not isinstance(texts, Texts) or not isinstance(targets, Texts):
        return None
    names = targets.view.texts()
    if len(different := set(names)) > _MOST_TARGETS:
        return None
    view = texts.view
    pieces = features.of(view, pieces_outside, frozenset(params.exclude))
    shares = np.full(len(view), UNDECIDED)
    for name in different:
        if name is not None and (target := read_target(name)) is not None:
            asked = np.fromiter((other == name for other in names), np.bool_, len(names))
            shares[asked] = shares_by_script(view.column.data, pieces, target)[asked]
    empty = np.isnan(shares)
    left = (shares == UNDECIDED) | (view.start < 0)
    return Measured(
        np.where(empty, 0.0, shares), ok_states(len(view)), Coded.where(empty, _NO_LETTERS_FOUND), left=left
    )


@rule(version=1, returns="number", range=(0, 1), polarity="higher", null=("data",), columns=_columns)
def language_consistency(
    text: str | None, target: str | None, params: LanguageConsistencyParams
) -> float | Missing | Result:
    r"""Share of the sentences that are in the target language, by the weight of their letters.

    Reads: the text, without the code, formulas and addresses that `exclude` names (an unclosed fence or formula is
    text), and the target: an ISO 639 code (`zh en ja ru fr`), perhaps with a region or form (`zh-Hant`, `en-US`), or
    the English name. A sentence is in the script that most of its letters are of, a Han letter weighing as three and
    kana and Hangul as two; what is longer than 400 characters is judged in pieces. Han with kana is Japanese, Han
    alone Chinese. Languages that share a script are told apart by py3langid (the extra `language`), which is asked
    only where the target shares the script; short sentences are put together until they have 20 letters.
    Returns: 0 (none) to 1 (all). Sentences without letters do not count. Terms and names inside a sentence of the
    target are part of it. Doubt is for the target: sentences the detector is not sure of, and texts of fewer than 20
    letters, in the right script.
    Missing: a data null where the target is missing (`target_missing`) or not known (`target_unknown`). A text
    without letters is 0 with reason `no_letters`, one that is not there 0 with reason `no_text`. Where the detector
    is needed and not installed the row is an error.
    Gamed by: mixing within sentences, up to half of each: add `script_ratio`; by writing the other language in
    closed code, in addresses or in formulas letter by letter (leave out of `exclude` what is not asked for); by
    saying little. One sentence of the target for ever is consistent too: add a measure of loops.
    Source: the idea is the language consistency reward of DeepSeek-R1 (section 2.3.2: the share of words in the
    target language in the chain of thought); sentences, weights and the detector are own definitions.
    """
    if target is None or not target.strip():
        return _TARGET_MISSING
    language = read_target(target)
    if language is None:
        return Missing("target_unknown", f"no language is known as `{target.strip()[:40]}`")
    if text is None:
        return _ABSENT
    share = target_share(without(text, params.exclude), language)
    return _NO_LETTERS if share is None else share
