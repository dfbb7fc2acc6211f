"""The kernel of boxes finds what `boxed_span` finds."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import pytest

from rulereward.data import TextColumn, View, span_view
from rulereward.text.boxed import boxed_span
from rulereward.text.kernels_boxed import boxes

PIECES = [
    "\\boxed", "\\fbox", "\\boxed{", "\\fbox{", "\\boxed 4", "{", "}", "}", "\\", "\\{", "\\}", " ", "\t", "4", "x",
    ".", ",", "+", "-", "/", "%", "ab", "a} ", "\n", "é", "想", "x" * 70, "\\frac{1}{2}", "\\text{ m}", "ed", "b",
]  # fmt: skip


def check(view: View) -> None:
    texts = view.texts()
    for last in (True, False):
        start, end = boxes(view, last=last)
        expected = span_view(view, [None if text is None else boxed_span(text, last=last) for text in texts])
        assert start.tolist() == expected.start.tolist()
        assert end.tolist() == expected.end.tolist()


def view_of(texts: Sequence[str | None]) -> View:
    return TextColumn.from_strings(texts).view()


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 8))])
def test_made_texts(seed: int) -> None:
    draw = random.Random(seed)
    texts = ["".join(draw.choices(PIECES, k=draw.randrange(30))) for _ in range(3000)]
    check(view_of([*texts, None, ""]))


def test_nothing_around_a_window_is_seen() -> None:
    text = "\\\\boxed{1}\\boxed{é{\\}}\\fbox a}想\\boxed -3.5.\\fbox\t{2}\\boxed xy"
    spans = list(itertools.combinations_with_replacement(range(len(text) + 1), 2))
    check(span_view(view_of([text] * len(spans)), spans))


def test_a_box_at_every_place_of_a_block() -> None:
    check(view_of([" " * before + "\\boxed{想}" + " " * after for before in range(130) for after in (0, 1, 54, 64)]))


def test_every_character_of_latin_behind_the_command() -> None:
    check(
        view_of(
            [f"\\boxed{space}{chr(code)}{more}" for code in range(0x250) for space in ("", " ") for more in ("", "7")]
        )
    )


def test_no_rows() -> None:
    assert [len(part) for part in boxes(view_of([]), last=True)] == [0, 0]


def test_boxes_that_are_never_closed_take_no_longer_than_others() -> None:
    """Minutes where each of them is followed to the end of the text; the suite would not end."""
    texts = ["\\boxed{" * 100_000, "\\boxed" * 100_000, "\\" * 500_001 + "boxed{1}", "\\boxed{{" * 100_000]
    for last in (True, False):
        assert boxes(view_of(texts), last=last)[0].tolist() == [-1, -1, 700_000 + 600_000 + 500_001 + 6, -1]
