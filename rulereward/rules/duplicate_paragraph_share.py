"""The kind `duplicate_paragraph_share`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rulereward.data import Coded, Column, Texts, ok_states
from rulereward.kind import Features, Measured, Result, rule
from rulereward.text.line_columns import repeated_shares
from rulereward.text.reasons import NO_TEXT
from rulereward.text.shares import datatrove_paragraphs, duplicate_share, paragraphs_of

_ABSENT = Result(0.0, reason=NO_TEXT)


@dataclass(frozen=True, slots=True)
class DuplicateParagraphShareParams:
    of: Literal["chars", "paragraphs"] = "chars"
    style: Literal["default", "datatrove"] = "default"
    exact: bool = False


def _columns(args: Sequence[Column], params: DuplicateParagraphShareParams, features: Features) -> Measured | None:
    (texts,) = args
    if params.exact or not isinstance(texts, Texts):
        return None
    view = texts.view
    shares, left = repeated_shares(view, "paragraph", params.style, params.of == "chars", features)
    return Measured(shares, ok_states(len(view)), Coded.where(view.start < 0, NO_TEXT), left=left)


@rule(version=1, returns="number", range=(0, 1), polarity="lower", columns=_columns)
def duplicate_paragraph_share(text: str | None, params: DuplicateParagraphShareParams) -> float | Result:
    """Share of the text in paragraphs that repeat an earlier paragraph.

    Reads: the text alone; a paragraph is what stands between two blank lines. Paragraphs are compared in lower case,
    without white space at the ends of their lines, white space inside these folded, without what prints nothing.
    Returns: 0 (no paragraph twice) to nearly 1; the first time is no repetition. `of="chars"` is the share of the
    characters, `of="paragraphs"` that of the paragraphs. Gopher drops documents above 0.20 of the characters or 0.30
    of the paragraphs.
    `style="datatrove"` gives datatrove's number: paragraphs as they are, between two newlines or more in a row (a
    line of spaces separates none), over the length of the whole text.
    Missing: never; a text that is not there is 0 with reason `no_text`.
    Precision: paragraphs are compared by hashes of 64 bits: two different ones of 1,000 count as one with a chance of
    3e-14, and ones made to be taken for one only raise the share. `exact=true` compares the texts, at Python's speed.
    Gamed by: a change in each paragraph, such as a counter, or no blank lines at all; and by saying nothing.
    Source: Rae et al. 2021 (Gopher), table A1.
    """
    if text is None:
        return _ABSENT
    by_chars = params.of == "chars"
    if params.style == "datatrove":
        return datatrove_paragraphs(text, by_chars)
    return duplicate_share(paragraphs_of(text), by_chars)
