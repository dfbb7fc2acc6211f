"""The kind `duplicate_line_share`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rulereward.data import Coded, Column, Texts, ok_states
from rulereward.kind import Features, Measured, Result, rule
from rulereward.text.line_columns import repeated_shares
from rulereward.text.reasons import NO_TEXT
from rulereward.text.shares import datatrove_lines, duplicate_share, lines_of

_ABSENT = Result(0.0, reason=NO_TEXT)


@dataclass(frozen=True, slots=True)
class DuplicateLineShareParams:
    of: Literal["chars", "lines"] = "chars"
    style: Literal["default", "datatrove"] = "default"
    exact: bool = False


def _columns(args: Sequence[Column], params: DuplicateLineShareParams, features: Features) -> Measured | None:
    (texts,) = args
    if params.exact or not isinstance(texts, Texts):
        return None
    view = texts.view
    shares, left = repeated_shares(view, "line", params.style, params.of == "chars", features)
    return Measured(shares, ok_states(len(view)), Coded.where(view.start < 0, NO_TEXT), left=left)


@rule(version=1, returns="number", range=(0, 1), polarity="lower", columns=_columns)
def duplicate_line_share(text: str | None, params: DuplicateLineShareParams) -> float | Result:
    r"""Share of the text in lines that repeat an earlier line.

    Reads: the text alone, line by line; blank lines are none. Lines are compared in lower case, without white space
    at their ends, white space inside them folded, without what prints nothing.
    Returns: 0 (no line twice) to nearly 1; the first time is no repetition. `of="chars"` is the share of the
    characters, `of="lines"` that of the lines. Gopher drops documents above 0.20 of the characters or 0.30 of the
    lines.
    `style="datatrove"` gives datatrove's number: lines as they are, an empty one at the start or the end included,
    over the length of the whole text.
    Missing: never; a text that is not there is 0 with reason `no_text`.
    Precision: lines are compared by hashes of 64 bits: two different ones of 1,000 count as one with a chance of
    3e-14, and ones made to be taken for one only raise the share. `exact=true` compares the texts, at Python's speed.
    Gamed by: a change in each line, such as a counter, or no line breaks at all; and by saying nothing. By lines,
    short ones that recur by nature (`\[`, `}`, `---`) count as much as long ones: sound solutions reach 0.5.
    Source: Rae et al. 2021 (Gopher), table A1.
    """
    if text is None:
        return _ABSENT
    by_chars = params.of == "chars"
    return (
        datatrove_lines(text, by_chars) if params.style == "datatrove" else duplicate_share(lines_of(text), by_chars)
    )
