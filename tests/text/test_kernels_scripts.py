"""The kernels of scripts count what `scripts.script_share` does, and know which texts mix no scripts."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulereward.data import TextColumn, View, span_view
from rulereward.text import script_columns
from rulereward.text.markup_columns import pieces_outside
from rulereward.text.mixed_words import mixed_word_spans
from rulereward.text.script_columns import may_mix_scripts, script_shares
from rulereward.text.scripts import ScriptUnit, script_share

UNITS: tuple[ScriptUnit, ...] = ("letters", "chars", "words")
EVERY_UNIT = pytest.mark.parametrize("of", UNITS)
SOME_SCRIPTS = ("Han", "Latin", "Greek", "Katakana", "Hangul")
FRAGMENTS = (
    "a", "Word ", " ", "\n", "\x1c", "\x00", "~", "\x7f", "5", "!", "你", "一好", "㐀", "䷀", "鿿", "\ua000", "、",
    "。", "〃", "々", "，", "！", "１", "Ａ", "あ", "ア", "ｱ", "ー", "é", "ß", "привет", "α", "Σ", "ΑΣ", "한글",
    "🙂", "\u0301", "\u200b", "\u3000", "\u00a0", "\U00020000", "𝐚", "ⓐ", "İ", "\u212a", "\u2126", "µ", "ㄅ",
    "\u2800",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=60).map("".join)


def shares(view: View, script: str, of: ScriptUnit) -> list[float | None]:
    pieces = pieces_outside(view.column.data, view.start, view.end, ())
    found = script_shares(view.column.data, pieces, script, of).tolist()
    return [None if math.isnan(share) else share for share in found]


def characters(last: int = 0x110000) -> list[str]:
    return [chr(code) for code in range(last) if not 0xD800 <= code < 0xE000]


def test_characters_that_the_kernel_does_not_look_up_have_one_class() -> None:
    for script in SOME_SCRIPTS:
        for classes in (script_columns._letter_classes(script), script_columns._mixing_classes()):
            letters = [*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1)]
            others = [code for code in range(0x21, 0x7F) if code not in letters]
            assert len(set(classes[letters])) == 1
            assert len(set(classes[[*others, 0x3001, 0x3002, *range(0xFF01, 0xFF21)]])) == 1
            assert len(set(classes[0x4E00:0xA000])) == 1
            assert not classes[[*range(0x21), 0x7F]].any()


def test_lower_case_splits_no_word() -> None:
    """The kernel reads the lower case of each character; that of U+0130 is `i` and a mark, which is no letter."""
    classes = script_columns._word_classes("Latin")
    assert classes[ord("İ")] == classes[ord("i")]
    assert classes[0x307] == 0
    assert {c for c in characters() if len(c.lower()) > 1} == {"İ"}


@EVERY_UNIT
@pytest.mark.parametrize("script", ["Han", "Latin"])
def test_every_character_between_others(script: str, of: ScriptUnit) -> None:
    everything = characters(0x20000)  # and all of them alone, below
    blocks = ["".join(f"{c} a{c}{c}" for c in everything[at : at + 200]) for at in range(0, len(everything), 200)]
    found = shares(TextColumn.from_strings(blocks).view(), script, of)
    assert found == [script_share(block, script, of) for block in blocks]


@pytest.mark.slow
@EVERY_UNIT
@pytest.mark.parametrize("script", SOME_SCRIPTS)
def test_every_character_alone(script: str, of: ScriptUnit) -> None:
    everything = characters()
    found = shares(TextColumn.from_strings(everything).view(), script, of)
    assert found == [script_share(character, script, of) for character in everything]


@EVERY_UNIT
@given(texts=st.lists(TEXTS, max_size=6), script=st.sampled_from(SOME_SCRIPTS))
@settings(deadline=None)
def test_any_texts(of: ScriptUnit, texts: list[str], script: str) -> None:
    found = shares(TextColumn.from_strings(texts).view(), script, of)
    assert found == [script_share(text, script, of) for text in texts]


@EVERY_UNIT
@given(text=TEXTS, data=st.data())
@settings(deadline=None)
def test_windows_of_one_text(of: ScriptUnit, text: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(text)))
    last = data.draw(st.integers(first, len(text)))
    view = span_view(TextColumn.from_strings([text]).view(), [(first, last)])
    assert shares(view, "Han", of) == [script_share(text[first:last], "Han", of)]


@EVERY_UNIT
@pytest.mark.parametrize("count", [1_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_many_texts(of: ScriptUnit, count: int) -> None:
    draw = random.Random(5)
    texts = ["".join(draw.choices(FRAGMENTS, k=draw.randrange(120))) for _ in range(count)]
    view = TextColumn.from_strings(texts).view()
    for script in SOME_SCRIPTS:
        assert shares(view, script, of) == [script_share(text, script, of) for text in texts]


@EVERY_UNIT
@pytest.mark.parametrize("fragment", ["，", "é", "🙂", "。", "一", "䷀", "ａ"])
def test_where_blocks_meet(of: ScriptUnit, fragment: str) -> None:
    texts = [padding * shift + fragment + "b c" * 50 + fragment for padding in "a 我" for shift in range(140)]
    found = shares(TextColumn.from_strings(texts).view(), "Han", of)
    assert found == [script_share(text, "Han", of) for text in texts]


def test_missing_and_no_texts() -> None:
    assert shares(TextColumn.from_strings([None, "我", None]).view(), "Han", "letters") == [None, 1.0, None]
    assert shares(TextColumn.from_strings([]).view(), "Han", "words") == []


MIXED = (
    "a", "ab", "the ", "é", "при", " ", "в", "α", "αβ", "我", "结果", "。", ". ", "\n", "カ", "ひ", "ㄅ", "한",
    "글", "ا", "נ", "𝐚", "1", ",", "-", "\u0301", "ա", "ა", "आ", "ใ", "!",
)  # fmt: skip


@pytest.mark.parametrize("count", [3_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_texts_that_cannot_mix_scripts(count: int) -> None:
    draw = random.Random(9)
    texts = []
    for _ in range(count):
        alphabet = draw.sample(MIXED, draw.randrange(2, 9))
        texts.append("".join(draw.choices(alphabet, k=draw.randrange(25))))
    view = TextColumn.from_strings(texts).view()
    mixes = may_mix_scripts(view.column.data, pieces_outside(view.column.data, view.start, view.end, ()))
    assert not any(mixed_word_spans(text) for text, may in zip(texts, mixes, strict=True) if not may)
    assert 0 < np.count_nonzero(mixes) < count
