"""Byte forms of the functions that give spans: each equals its `scalar` in every row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np

from rulereward.data import I64, MISSING, Column, Texts, View
from rulereward.kind import LEFT_TO_SCALAR, ByteSpans, Features
from rulereward.text.answer_lines import answer_span_from_first_line
from rulereward.text.numbers import last_number_span
from rulereward.text.spans import Span


def _views(args: Sequence[Column]) -> list[View]:
    return [cast(Texts, column).view for column in args]


LONGEST_MARK = 64
"""Bytes of a mark that are looked for at every place. A longer one comes from data, and Python's search is linear."""


def _are_long(marks: Sequence[View]) -> bool:
    return any(int(np.max(mark.end - mark.start, initial=0)) > LONGEST_MARK for mark in marks)


def after_windows(args: Sequence[Column], _: Features) -> ByteSpans | None:
    from rulereward.text.kernels_between import after_mark  # noqa: PLC0415  # loads numba

    texts, *marks = _views(args)
    return None if _are_long(marks) else after_mark(texts, *marks)


def before_windows(args: Sequence[Column], _: Features) -> ByteSpans | None:
    from rulereward.text.kernels_between import before_mark  # noqa: PLC0415  # loads numba

    texts, *marks = _views(args)
    return None if _are_long(marks) else before_mark(texts, *marks)


def between_windows(args: Sequence[Column], _: Features) -> ByteSpans | None:
    from rulereward.text.kernels_between import last_pair  # noqa: PLC0415  # loads numba

    texts, *marks = _views(args)
    return None if _are_long(marks) else last_pair(texts, *marks)


def strip_windows(args: Sequence[Column], _: Features) -> ByteSpans:
    from rulereward.text.kernels_between import stripped  # noqa: PLC0415  # loads numba

    return stripped(*_views(args))


def last_line_windows(args: Sequence[Column], _: Features) -> ByteSpans:
    from rulereward.text.kernels_between import last_lines  # noqa: PLC0415  # loads numba

    return last_lines(*_views(args))


def boxed_windows(args: Sequence[Column], _: Features) -> ByteSpans:
    from rulereward.text.kernels_boxed import boxes  # noqa: PLC0415  # loads numba

    texts, picks = _views(args)
    return boxes(texts, last=picks.text(0) == "last")  # the same in all rows: it is a choice


def last_number_windows(args: Sequence[Column], _: Features) -> ByteSpans:
    from rulereward.text.kernels_hints import last_line_with_digit  # noqa: PLC0415  # loads numba

    (texts,) = _views(args)
    return _found_from(last_line_with_digit(texts), texts, lambda text: last_number_span(text.partition("\n")[0]))


def answer_line_windows(args: Sequence[Column], _: Features) -> ByteSpans:
    from rulereward.text.kernels_hints import last_line_with_answer  # noqa: PLC0415  # loads numba

    (texts,) = _views(args)
    return _found_from(last_line_with_answer(texts), texts, answer_span_from_first_line)


def _found_from(first: I64, texts: View, scalar: Callable[[str], Span | None]) -> ByteSpans:
    """What `scalar` finds from `first` on; where that is nothing, something may yet stand before."""
    parts = View(texts.column, first, texts.end, texts.source)
    starts, ends = [MISSING] * len(parts), [MISSING] * len(parts)
    for row, origin in enumerate(parts.start.tolist()):
        if origin >= 0:
            text = parts.text(row) or ""
            span = scalar(text)
            starts[row] = LEFT_TO_SCALAR if span is None else origin + _size(text[: span[0]])
            ends[row] = MISSING if span is None else starts[row] + _size(text[span[0] : span[1]])
    return np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
