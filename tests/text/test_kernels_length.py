"""The kernels of lengths count what `words.length_in` does."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulereward.data import TextColumn, View, span_view
from rulereward.text.length_columns import lengths_in
from rulereward.text.words import LengthUnit, length_in

UNITS: tuple[LengthUnit, ...] = ("char", "word", "line", "byte")
EVERY_UNIT = pytest.mark.parametrize("unit", UNITS)
FRAGMENTS = (
    "a", "word ", " ", "\n", "\r", "\r\n", "\t", "\x1c", "\x00", "\x85", "\u2028", "\u3000", "\u00a0", "你", "一好",
    "㐀", "䷀", "鿿", "\ua000", "、", "。", "，", "々", "あ", "ｱ", "é", "한글", "🙂", "\U00020000", "\U0003ffff",
    "İ", "Σ",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=60).map("".join)


def counted(view: View, unit: LengthUnit) -> list[float]:
    return lengths_in(view.column.data, view.start, view.end, unit).tolist()


def characters(last: int = 0x110000) -> list[str]:
    return [chr(code) for code in range(last) if not 0xD800 <= code < 0xE000]


@EVERY_UNIT
def test_every_character_between_others(unit: LengthUnit) -> None:
    everything = characters()
    blocks = [
        "".join(f"x{c}y {c} 我{c}{c}" for c in everything[at : at + 500]) for at in range(0, len(everything), 500)
    ]
    assert counted(TextColumn.from_strings(blocks).view(), unit) == [length_in(block, unit) for block in blocks]


@pytest.mark.slow
@EVERY_UNIT
def test_every_character_alone(unit: LengthUnit) -> None:
    everything = characters()
    assert counted(TextColumn.from_strings(everything).view(), unit) == [length_in(c, unit) for c in everything]


@EVERY_UNIT
@given(texts=st.lists(st.none() | TEXTS, max_size=6))
@settings(deadline=None)
def test_any_texts(unit: LengthUnit, texts: list[str | None]) -> None:
    expected = [0 if text is None else length_in(text, unit) for text in texts]
    assert counted(TextColumn.from_strings(texts).view(), unit) == expected


@EVERY_UNIT
@given(text=TEXTS, data=st.data())
@settings(deadline=None)
def test_windows_of_one_text(unit: LengthUnit, text: str, data: st.DataObject) -> None:
    """Nothing around a window counts, not half a line break either."""
    first = data.draw(st.integers(0, len(text)))
    last = data.draw(st.integers(first, len(text)))
    view = span_view(TextColumn.from_strings([text]).view(), [(first, last)])
    assert counted(view, unit) == [length_in(text[first:last], unit)]


@EVERY_UNIT
@pytest.mark.parametrize("count", [2_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_many_texts(unit: LengthUnit, count: int) -> None:
    draw = random.Random(3)
    texts = ["".join(draw.choices(FRAGMENTS, k=draw.randrange(120))) for _ in range(count)]
    assert counted(TextColumn.from_strings(texts).view(), unit) == [length_in(text, unit) for text in texts]


@EVERY_UNIT
@pytest.mark.parametrize("fragment", ["，", "é", "🙂", "ab", "我", "\u3000", "\r\n", "ｱ"])
def test_where_blocks_meet(unit: LengthUnit, fragment: str) -> None:
    """Kernels read blocks of bytes: characters lie across all of their borders."""
    texts = [padding * shift + fragment + "b c" * 50 + fragment for padding in "a 我" for shift in range(140)]
    assert counted(TextColumn.from_strings(texts).view(), unit) == [length_in(text, unit) for text in texts]


@EVERY_UNIT
def test_no_window_at_all(unit: LengthUnit) -> None:
    view = TextColumn.from_strings([]).view()
    assert lengths_in(view.column.data, view.start, view.end, unit).dtype == np.float64
    assert counted(view, unit) == []
