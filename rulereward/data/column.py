"""Text columns and views: all texts of a batch in one UTF-8 buffer, and windows into it.

A kind sees views only. The view law: a function of a view equals the same function of the view's text
as a column of its own, so nothing may look at the bytes around a window.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.data.arrays import I64, U8, Bools

PADDING = 16
"""Spare zero bytes behind every buffer, so that a kernel may load a whole word at the end."""

_SURROGATE = re.compile("[\ud800-\udfff]")

MISSING = -1
"""The start offset of a text that is not there."""


@dataclass(frozen=True, slots=True, eq=False)
class TextColumn:
    """Immutable texts: UTF-8 bytes `data` (padded) and `offsets` of shape (rows + 1,).

    `repaired` marks rows that held a lone surrogate, each replaced by U+FFFD; `absent`, where it is not None, rows
    without a text.
    """

    data: U8
    offsets: I64
    repaired: Bools
    strings: list[str | None]
    """The texts as they were given (repaired), or as they have been asked for: row functions need not decode them."""
    absent: Bools | None = None

    @staticmethod
    def from_strings(texts: Sequence[str | None]) -> TextColumn:
        """Pack texts; None becomes an empty window that `view()` marks as missing."""
        repaired = np.zeros(len(texts), dtype=np.bool_)
        try:
            pieces = [b"" if text is None else text.encode() for text in texts]
        except UnicodeEncodeError:
            texts = _repaired(texts, repaired)
            pieces = [b"" if text is None else text.encode() for text in texts]
        absent = None
        if None in texts:
            absent = np.fromiter((text is None for text in texts), np.bool_, len(texts))
        return _packed(pieces, repaired, list(texts), absent)

    @staticmethod
    def from_utf8(pieces: Sequence[memoryview]) -> TextColumn:
        """Pack texts that are valid UTF-8 already; they become strings only where somebody asks for one."""
        return _packed(pieces, np.zeros(len(pieces), dtype=np.bool_), [None] * len(pieces), None)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def view(self) -> View:
        """Every row as a whole."""
        start = self.offsets[:-1]
        if self.absent is not None:
            start = np.where(self.absent, MISSING, start)
        return View(self, start, self.offsets[1:], np.arange(len(self), dtype=np.int64))

    def string(self, row: int) -> str:
        """The text of one row; that of one without a text is empty."""
        text = self.strings[row]
        if text is None:
            text = self.data[self.offsets[row] : self.offsets[row + 1]].tobytes().decode("utf-8")
            self.strings[row] = text
        return text


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Windows [start, end) in bytes into one column; a negative start is a missing text.

    `source` is the column's row each window lies in.
    """

    column: TextColumn
    start: I64
    end: I64
    source: I64

    def __len__(self) -> int:
        return len(self.start)

    def take(self, rows: I64) -> View:
        """The views of `rows`; copies three integer arrays and no text."""
        return View(self.column, self.start[rows], self.end[rows], self.source[rows])

    def text(self, row: int) -> str | None:
        """The text of one row, None where it is missing."""
        start, end = int(self.start[row]), int(self.end[row])
        if start < 0:
            return None
        origin = int(self.source[row])
        offsets = self.column.offsets
        if start == offsets[origin] and end == offsets[origin + 1]:
            return self.column.string(origin)
        return self.column.data[start:end].tobytes().decode("utf-8")

    def texts(self) -> list[str | None]:
        """All texts in row order."""
        return [self.text(row) for row in range(len(self))]


def _packed(
    pieces: Sequence[bytes | memoryview], repaired: Bools, strings: list[str | None], absent: Bools | None
) -> TextColumn:
    offsets = np.zeros(len(pieces) + 1, dtype=np.int64)
    np.cumsum([len(piece) for piece in pieces], out=offsets[1:])
    data = np.frombuffer(b"".join([*pieces, bytes(PADDING)]), dtype=np.uint8)
    return TextColumn(data, offsets, repaired, strings, absent)


def _repaired(texts: Sequence[str | None], repaired: Bools) -> list[str | None]:
    """The texts without lone surrogates; the rows that had one are marked."""
    found: list[str | None] = list(texts)
    for row, text in enumerate(texts):
        if text is not None and _SURROGATE.search(text):
            found[row] = replace_surrogates(text)
            repaired[row] = True
    return found


def replace_surrogates(text: str) -> str:
    """Each lone surrogate replaced by U+FFFD; surrogate pairs become the character they spell."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def span_view(base: View, spans: Iterable[tuple[int, int] | None]) -> View:
    """Narrow each window of `base` to a span in code points; None makes it missing."""
    start = np.full(len(base), MISSING, dtype=np.int64)
    end = np.full(len(base), MISSING, dtype=np.int64)
    for row, span in enumerate(spans):
        if span is None:
            continue
        first, last = span
        origin = int(base.start[row])
        if first == last == 0:
            start[row] = end[row] = origin
            continue
        text = base.text(row)
        assert text is not None, "a span of a missing text"
        if len(text) == int(base.end[row]) - origin:  # one byte per character
            start[row], end[row] = origin + first, origin + last
        else:
            start[row] = origin + len(text[:first].encode("utf-8"))
            end[row] = start[row] + len(text[first:last].encode("utf-8"))
    return View(base.column, start, end, base.source)
