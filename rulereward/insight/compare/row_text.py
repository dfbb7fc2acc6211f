"""One row's texts taken apart: thinking, boxes, the answer and the gold, for predicates to look at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rulereward.data.cached import cached_property
from rulereward.insight.compare.asked import Asked
from rulereward.text.boxed import boxed_spans

OPEN, CLOSE = "<think>", "</think>"
MOST_ANSWER = 200
"""Characters of an answer that are looked at; a longer last line is none."""

_ANSWER_TAG = re.compile(r"<answer>([^<]*)</answer>")
_SEPARATOR = re.compile(r"(?<=\d)(?:,|\{,\}|\\,|\\!|，|\s)+(?=\d{3}(?!\d))")
_BLANKS = re.compile(r"\s+")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?%?")


@dataclass(frozen=True)
class RowText:
    """The texts of a row."""

    asked: Asked

    @property
    def text(self) -> str:
        """The completion."""
        return self.asked.completion

    @cached_property
    def thinking_end(self) -> int:
        """Where the thinking ends: at the last closing tag; at the end, where it was opened and never closed."""
        end = self.text.rfind(CLOSE)
        if end >= 0:
            return end
        opened = OPEN in self.text or self.asked.prompt.rstrip().endswith(OPEN)
        return len(self.text) if opened else 0

    @cached_property
    def boxes(self) -> list[str]:
        """The contents of all boxes, of the thinking too."""
        return [self.text[start:end].strip() for start, end in boxed_spans(self.text)]

    @cached_property
    def inner_boxes(self) -> list[str]:
        """Those in the thinking."""
        return [self.text[start:end].strip() for start, end in boxed_spans(self.text) if start < self.thinking_end]

    @cached_property
    def outer_boxes(self) -> list[str]:
        """Those behind the thinking."""
        return self.boxes[len(self.inner_boxes) :]

    @cached_property
    def final(self) -> str:
        """What stands behind the thinking."""
        return self.text[self.thinking_end :].removeprefix(CLOSE)

    @cached_property
    def answer(self) -> str:
        """The last box behind the thinking; where there is no box at all, the `<answer>` or else the last line."""
        if self.boxes:
            return self.outer_boxes[-1][:MOST_ANSWER] if self.outer_boxes else ""
        tagged = _ANSWER_TAG.findall(self.final)
        if tagged:
            return str(tagged[-1]).strip()[:MOST_ANSWER]
        lines = [line.strip() for line in self.final.splitlines() if line.strip()]
        return lines[-1] if lines and len(lines[-1]) <= MOST_ANSWER else ""

    @cached_property
    def behind(self) -> str:
        """The text behind the last box."""
        spans = boxed_spans(self.text)
        return self.text[spans[-1][1] + 1 :].strip(" \n\t.$)]}\\") if spans else ""

    @cached_property
    def gold(self) -> str:
        """The gold as a text; the first of several."""
        value = self.asked.answer
        if isinstance(value, Sequence) and not isinstance(value, str):
            value = value[0] if value else ""
        return "" if value is None else str(value).strip()

    @cached_property
    def plain_answer(self) -> str:
        """The answer without blanks and without separators of thousands, its case folded."""
        return _plain(self.answer)

    @cached_property
    def plain_gold(self) -> str:
        """The same of the gold."""
        return _plain(self.gold)

    def is_gold(self, boxes: Sequence[str]) -> bool:
        """Is one of these boxes the gold, however it is written?"""
        return self.plain_gold != "" and any(_plain(box) == self.plain_gold for box in boxes)

    @cached_property
    def same_number(self) -> bool:
        """Are answer and gold numbers of the same value?"""
        first, second = (_number(text) for text in (self.plain_answer, self.plain_gold))
        return first is not None and first == second


def _plain(text: str) -> str:
    return _BLANKS.sub("", _SEPARATOR.sub("", text)).strip("$.").casefold()


def _number(text: str) -> float | None:
    return float(text.rstrip("%")) if len(text) < MOST_ANSWER and _NUMBER.fullmatch(text) else None
