"""The kernels of marks find what `str` finds, and strip what `str.isspace` calls white space."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from rulereward.data import I64, TextColumn, View, span_view
from rulereward.functions.extractors import after, before, between, last_line, strip
from rulereward.text.kernels_between import after_mark, before_mark, last_lines, last_pair, sections, stripped
from rulereward.text.sections import section_span
from rulereward.text.spans import Span

PIECES = [
    "<a>",
    "</a>",
    "a",
    "aa",
    "ab",
    "想",
    "é",
    "<",
    "x" * 70,
    " ",
    "\n",
    "\r",
    "\u3000",
    "\u2028",
    "😀",
    "",
    "b",
]
MARKS = ["<a>", "</a>", "a", "aa", "aba", "想", "é想", "", "x" * 9, "x" * 71, "<", "\n"]
Found = tuple[I64, I64]


def made(count: int, seed: int = 0) -> list[str | None]:
    draw = random.Random(seed)
    texts = ("".join(draw.choices(PIECES, k=draw.randrange(16))) for _ in range(count))
    return [None if draw.random() < 0.03 else text for text in texts]


def view_of(texts: Sequence[str | None]) -> View:
    return TextColumn.from_strings(texts).view()


def check(view: View, found: Found, spans: Sequence[Span | None]) -> None:
    """The windows that are found are those of the spans."""
    expected = span_view(view, spans)
    assert found[0].tolist() == expected.start.tolist()
    assert found[1].tolist() == expected.end.tolist()


def spans_of(
    texts: Sequence[str | None], scalar: Callable[..., Span | None], *marks: Sequence[str]
) -> list[Span | None]:
    rows = zip(texts, *marks, strict=True)
    return [None if text is None else scalar(text, *others) for text, *others in rows]


def check_marks(texts: View, opens: Sequence[str], closes: Sequence[str]) -> None:
    """All kernels that look for marks."""
    said, opening, closing = texts.texts(), view_of(opens), view_of(closes)
    check(texts, after_mark(texts, opening), spans_of(said, after.scalar, opens))
    check(texts, before_mark(texts, opening), spans_of(said, before.scalar, opens))
    check(texts, last_pair(texts, opening, closing), spans_of(said, between.scalar, opens, closes))
    given = np.arange(len(texts)) % 2 == 0
    rows = zip(said, opens, closes, given.tolist(), strict=True)
    spans = [None if text is None else section_span(text, *marks) for text, *marks in rows]
    check(texts, sections(texts, given, opening, closing), spans)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 8))])
def test_what_marks_enclose(seed: int) -> None:
    texts, draw = made(2500, seed), random.Random(seed)
    check_marks(view_of(texts), draw.choices(MARKS, k=len(texts)), draw.choices(MARKS, k=len(texts)))


@pytest.mark.parametrize(("open", "close"), [("<a>", "</a>"), ("aa", "aba"), ("想", "é"), ("x" * 60, "a")])
def test_nothing_around_a_window_is_seen(open: str, close: str) -> None:
    text = "é<a>想想</a>aabaaéab" + "x" * 65 + "aaa<a>想</a>é"
    spans = list(itertools.combinations_with_replacement(range(0, len(text) + 1, 2), 2))
    view = span_view(view_of([text] * len(spans)), spans)
    check_marks(view, [open] * len(spans), [close] * len(spans))


def test_a_mark_at_every_place_of_a_block() -> None:
    texts = [" " * before + "</a>" + " " * after for before in range(130) for after in (0, 1, 60, 61, 64)]
    check_marks(view_of(texts), ["</a>"] * len(texts), [" " * 9] * len(texts))


def test_the_nearest_of_many_opening_marks() -> None:
    texts = view_of(["<a>" * count + "x" + "</a>" * 2 for count in range(40)])
    opening, closing = ["<a>"] * 40, ["</a>"] * 40
    check_marks(texts, opening, closing)
    found = last_pair(texts, view_of(opening), view_of(closing))
    assert View(texts.column, *found, texts.source).texts() == [None] + ["x"] * 39


def check_space(view: View) -> None:
    texts = view.texts()
    check(view, stripped(view), spans_of(texts, strip.scalar))
    check(view, last_lines(view), spans_of(texts, last_line.scalar))


def test_white_space_at_the_ends() -> None:
    check_space(view_of(made(4000)))


def test_every_code_point() -> None:
    characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    start, end = stripped(view_of(characters))
    assert (start == end).tolist() == [character.isspace() for character in characters]
    check_space(view_of([f"{c} {c}想{c}\n{c}" for c in characters if c < "\u3100"]))


def test_windows_cut_at_any_place() -> None:
    text = "\u3000é \n 想\u2028\r\n\x85 a\x1c\n\u00a0\n"
    spans = list(itertools.combinations_with_replacement(range(len(text) + 1), 2))
    check_space(span_view(view_of([text] * len(spans)), spans))


def test_no_rows() -> None:
    nobody = view_of([])
    for found in (
        after_mark(nobody, nobody),
        stripped(nobody),
        last_lines(nobody),
        last_pair(nobody, nobody, nobody),
    ):
        assert [len(part) for part in found] == [0, 0]


def test_long_texts_take_no_longer_than_others() -> None:
    """Minutes where any of them is read again for each of its marks; the suite would not end."""
    texts = [
        "<a>" * 300_000,
        "<a></a>" * 150_000,
        "</a>" * 250_000,
        "<a>" * 300_000 + "</a>",
        "\n" * 10**6,
        " " * 10**6,
    ]
    view = view_of(texts)
    opens, closes = view_of(["<a>"] * len(texts)), view_of(["</a>"] * len(texts))
    assert (last_pair(view, opens, closes)[0] >= 0).tolist() == [False, True, False, True, False, False]
    assert (last_lines(view)[0] >= 0).tolist() == [True, True, True, True, False, False]
