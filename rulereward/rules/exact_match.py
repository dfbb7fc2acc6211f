"""The kind `exact_match`."""

from __future__ import annotations

from dataclasses import dataclass

from rulereward.data import Reason
from rulereward.kind import Missing, Result, rule
from rulereward.text.golds import gold_texts
from rulereward.text.normalize import Normalization, normal_form

_NO_ANSWER = Result(False, {"extracted": None}, Reason("no_answer", "no answer was found"))
_GOLD_MISSING = Missing("gold_missing", "there is no gold answer")
_GOLD_UNREADABLE = Missing("gold_unreadable", "the gold answer is empty or no text, number or list of these")


@dataclass(frozen=True, slots=True)
class ExactMatchParams:
    normalize: Normalization = "space"


@rule(version=1, returns="bool", polarity="higher", null=("data",), fields={"extracted": "text"})
def exact_match(text: str | None, gold: object | None, params: ExactMatchParams) -> Result | Missing:
    r"""Is the answer the gold answer, character for character, in a normal form?

    Reads: the answer, usually an extractor's (`boxed(final)`), as a whole: it looks for nothing inside it; and the
    gold, a text, a number, or a list of alternatives. `normalize` says what does not matter: `none` nothing; `space`
    white space, full width, `$` or `\text{}` or `**` around the whole, thousands separators of a number, a final
    full stop; `case` also upper and lower case; `squad` also punctuation and English articles.
    Returns: true when the forms are equal for one alternative. An answer whose form is empty matches nothing.
    `.extracted` is the answer in its normal form.
    Missing: a data null where the gold is missing (`gold_missing`) or empty or a mapping (`gold_unreadable`). An
    answer that is missing or blank is false with reason `no_answer`.
    Gamed by: nothing inside the answer; choose an extractor that takes one answer, and from the right section.
    Source: `squad` follows the SQuAD 1.1 evaluation script, except that signs, decimal points and symbols within
    names stay (`1.5` is not `15`, `C++` not `C#`) and an answer that is only an article is kept.
    """
    if gold is None:
        return _GOLD_MISSING
    golds = {form for alternative in gold_texts(gold) if (form := normal_form(alternative, params.normalize))}
    if not golds:
        return _GOLD_UNREADABLE
    answer = normal_form(text, params.normalize) if text is not None else ""
    return Result(answer in golds, {"extracted": answer}) if answer else _NO_ANSWER
