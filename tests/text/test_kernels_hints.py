"""Lines that the kernels pass over hold no number, and announce no answer."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence

import pytest

from rulereward.data import I64, TextColumn, View, span_view
from rulereward.text.answer_lines import _MARKER, answer_span, answer_span_from_first_line
from rulereward.text.kernels_hints import last_line_with_answer, last_line_with_digit
from rulereward.text.numbers import last_number_span

PIECES = [
    "answer", "Answer", "ANSWERS", "anſwer", "answerſ", "nswer", "a", "答案", "答", "案", " is", " IS ", " ıs ", "：",
    ":", " :", "*", "__", "`", "是", "为", "【", "】", "[", "]", "the ", "final ", "\n", "\n", "\n\n", "\r\n", " ",
    "“", "”", "4", "½", "１", "٤", "⅞", "↉", "→", "，", "H2O", "想", "é", "😀", "x" * 70, "\u2028",
]  # fmt: skip


def view_of(texts: Sequence[str | None]) -> View:
    return TextColumn.from_strings(texts).view()


def check(texts: Sequence[str | None], kernel: Callable[[View], I64], holds: Callable[[str], object]) -> None:
    """Behind the line that the kernel gives there is nothing, and it begins where a line does."""
    view = view_of(texts)
    for row, start in enumerate(kernel(view).tolist()):
        text, place = texts[row] or "", start - int(view.start[row])
        if start < 0:
            assert not holds(text), text
            continue
        encoded = text.encode()
        assert place == 0 or encoded[place - 1 : place] == b"\n"
        assert not holds(encoded[place:].decode().partition("\n")[2]), text


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 8))])
def test_made_texts(seed: int) -> None:
    draw = random.Random(seed)
    texts = ["".join(draw.choices(PIECES, k=draw.randrange(14))) for _ in range(3000)]
    check([*texts, None, ""], last_line_with_digit, last_number_span)
    check([*texts, None, ""], last_line_with_answer, _MARKER.search)


def test_every_character_that_is_a_number() -> None:
    characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    numbers = [c for c in characters if c.isnumeric() and last_number_span(c)]
    found = last_line_with_digit(view_of(characters)) >= 0
    assert [c for c, is_found in zip(characters, found.tolist(), strict=True) if is_found] == numbers
    assert len(numbers) == 10 + 10 + 19  # plain and full-width digits, fractions in one character


def test_every_character_within_and_behind_the_words() -> None:
    characters = [chr(code) for code in (*range(0x3100), *range(0xFE00, 0x10000))]
    forms = (
        "an{}wer: 5",
        "answer{}5",
        "answer {}5",
        "answers{}: 5",
        "答案{}5",
        "答案 {}5",
        "answer{}：5",
        "ANSWER is{}5",
    )
    for form in forms:
        texts = [form.format(character) for character in characters]
        check(texts, last_line_with_answer, _MARKER.search)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Answer: 4", "Answer: 4"),
        ("the answer is\n4\n", "the answer is\n4\n"),
        ("x\nANSWERS**: 4\nthe answer to it\n", "ANSWERS**: 4\nthe answer to it\n"),
        ("x\n【答案】A\n“answer”", "【答案】A\n“answer”"),
        ("my answer", None),
        ("", None),
    ],
)
def test_from_which_line_on_answers_are_looked_for(text: str, line: str | None) -> None:
    (start,) = last_line_with_answer(view_of([text])).tolist()
    assert (text.encode()[start:].decode() if start >= 0 else None) == line


@pytest.mark.parametrize(
    "text", ["Answer: 4", "Answer:\n\n4\nx", "no", "", "\nx", "**Answer**: **4**\n", "答案是 \u3000"]
)
def test_an_announcement_in_the_first_line(text: str) -> None:
    assert answer_span_from_first_line(text) == answer_span(text)


def test_nothing_around_a_window_is_seen() -> None:
    text = "1\n答案：4\nx answer is 4\n½"
    spans = list(itertools.combinations_with_replacement(range(len(text) + 1), 2))
    view = span_view(view_of([text] * len(spans)), spans)
    alone = view_of(view.texts())
    for kernel in (last_line_with_answer, last_line_with_digit):
        within, whole = kernel(view), kernel(alone)
        assert (within - view.start)[within >= 0].tolist() == (whole - alone.start)[whole >= 0].tolist()
        assert (within < 0).tolist() == (whole < 0).tolist()
