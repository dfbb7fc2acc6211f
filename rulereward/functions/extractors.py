"""Extractors: parts of a text. What is not found is a text null; a matcher turns that into false.

They look at the text they are given and nothing else, so an answer in the thinking is not taken for the answer of
`after(completion, "</think>")`. Where a text offers several, which one counts is fixed, the same everywhere: of
answers the last, so that a list of guesses is worth its last guess; of markers the first, so that everything a reader
of the completion sees behind the thinking is looked at.
"""

from __future__ import annotations

from typing import Literal

from rulereward.functions.windows import (
    after_windows,
    answer_line_windows,
    before_windows,
    between_windows,
    boxed_windows,
    last_line_windows,
    last_number_windows,
    strip_windows,
)
from rulereward.kind import BY_TEXT, Function, function
from rulereward.text.answer_lines import answer_span
from rulereward.text.boxed import boxed_span, boxed_spans
from rulereward.text.fences import code_block_span
from rulereward.text.numbers import last_number_span
from rulereward.text.pairs import pair_spans, without_between
from rulereward.text.spans import Span, lines_from_end, trimmed


@function("span", null=BY_TEXT, windows=after_windows)
def after(text: str, marker: str) -> Span | None:
    """What follows the first occurrence of `marker`, up to the end.

    The first, not the last: a policy that writes `</think>` again cannot hide what it wrote in between. Null where
    the marker does not occur, or is empty.
    """
    start = text.find(marker) if marker else -1
    return (start + len(marker), len(text)) if start >= 0 else None


@function("span", null=BY_TEXT, windows=before_windows)
def before(text: str, marker: str) -> Span | None:
    """What precedes the first occurrence of `marker`; with `after` and the marker it makes up the text.

    Null where the marker does not occur, or is empty.
    """
    end = text.find(marker) if marker else -1
    return (0, end) if end >= 0 else None


@function("span", null=BY_TEXT, windows=between_windows)
def between(text: str, open: str, close: str) -> Span | None:
    """What the last pair of `open` and `close` encloses.

    Pairs are read from the left: a `close` belongs to the nearest `open` before it, and each mark to one pair, so
    content holds neither mark. The last complete pair counts, as with every extractor of answers; a pair that is not
    closed is none. Null without a pair, or where a mark is empty.
    """
    pairs = pair_spans(text, open, close)
    return pairs[-1] if pairs else None


@function("texts", null=BY_TEXT)
def between_all(text: str, open: str, close: str) -> list[str] | None:
    """What each pair of `open` and `close` encloses, in order; pairs are those of `between`. Null without a pair."""
    return [text[start:end] for start, end in pair_spans(text, open, close)] or None


@function("span", null=BY_TEXT, windows=boxed_windows)
def boxed(text: str, pick: Literal["last", "first"] = "last") -> Span | None:
    r"""The content of the last (or first) `\boxed{...}`, `\fbox{...}` or `\boxed 42`.

    Braces must balance. A box that is never closed is no box; of a box within a box the inner one counts.
    """
    return boxed_span(text, last=pick == "last")


@function("texts", null=BY_TEXT)
def boxed_all(text: str) -> list[str] | None:
    """The content of every box, in order; boxes are those of `boxed`. Null without one."""
    return [text[start:end] for start, end in boxed_spans(text)] or None


@function("span", null=BY_TEXT)
def code_block(text: str, language: str = "") -> Span | None:
    """The code in the last Markdown fence of a language; `""`, the default, takes any fence.

    `py` and `python3` are `python`, and so on with the common names. Where no fence is named `python`, the last one
    without a name is taken for it. A fence that is never closed runs to the end. Null without such a fence.
    """
    return code_block_span(text, language)


@function("text")
def drop_between(text: str, open: str, close: str) -> str:
    """The text without what stands from each `open` to the next `close`, and without the marks.

    An `open` that is never closed drops the rest: of thinking that was cut off nothing shows.
    """
    return without_between(text, open, close)


@function("text")
def join(texts: list[str], separator: str) -> str:
    """The texts of a list as one, with the separator between them."""
    return separator.join(texts)


@function("span", null=BY_TEXT, windows=last_number_windows)
def last_number(text: str) -> Span | None:
    """The last number, with sign, thousands separators, fraction or percent; digits within a name are none."""
    return last_number_span(text)


@function("span", null=BY_TEXT, windows=answer_line_windows)
def answer_line(text: str) -> Span | None:
    """What the last announcement of an answer announces: "Answer: 5", "**Answer**: 5", "The answer is 5",
    "答案：5", 【答案】5; the rest of the line, or the next line. Null where nothing follows it.
    """
    return answer_span(text)


@function("span", null=BY_TEXT, windows=last_line_windows)
def last_line(text: str) -> Span | None:
    """The last line that is not blank, without white space at its ends. Null where all are blank."""
    for start, end in lines_from_end(text):
        first, last = trimmed(text, start, end)
        if first < last:
            return first, last
    return None


@function("span", windows=strip_windows)
def strip(text: str) -> Span:
    """The text without white space at its ends."""
    return trimmed(text, 0, len(text))


@function("text")
def lower(text: str) -> str:
    """The text in lower case."""
    return text.lower()


EXTRACTORS: tuple[Function, ...] = (
    after, before, between, between_all, boxed, boxed_all, last_number, answer_line, code_block, last_line,
    drop_between, strip, lower, join,
)  # fmt: skip
