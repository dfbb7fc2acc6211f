"""Keywords one by one and all at once give the same counts."""

from __future__ import annotations

import sys
import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from rulereward.text import keywords as module
from rulereward.text.instructions.reading import Reading
from rulereward.text.instructions.registry import CONSTRAINTS
from rulereward.text.keywords import FEW, as_printed, keyword_counts
from rulereward.text.normalize import fold_width
from rulereward.text.unseen import WITHOUT_UNSEEN

LETTERS = "ab_1 京北ア한.e\u0301'’"
FILLERS = [f"zz{number}" for number in range(FEW + 1)]


@given(
    text=st.text(LETTERS, max_size=40),
    keywords=st.lists(st.text(LETTERS, min_size=1, max_size=4), unique=True, max_size=8),
)
def test_one_by_one_and_all_at_once(text: str, keywords: list[str]) -> None:
    few = keyword_counts(text, keywords)
    assert few == keyword_counts(text, [*keywords, *FILLERS])[: len(keywords)]
    assert all(count <= text.count(keyword) for count, keyword in zip(few, keywords, strict=True))


@given(text=st.text("京北 ", max_size=40), keyword=st.text("京北", min_size=1, max_size=3))
def test_chinese_keywords_are_counted_as_texts(text: str, keyword: str) -> None:
    assert keyword_counts(text, [keyword]) == [text.count(keyword)]


WHOLE = [
    ("art", "start", 0), ("art", "art_work", 0), ("art", "my_art", 0), ("art", "a__art", 0), ("art", "_art_", 1),
    ("art", "__art__ art", 2), ("_work", "art_work", 0), ("art_work", "an art_work", 1), ("art", "art's pop-art", 2),
    ("art", "art1", 0), ("art", "art\u0301", 0), ("it's", "it’s art", 1), ("it’s", "it's art", 1),
    ("c++", "c++ c+++", 2), ("python", "用python写", 1), ("京", "北京大学", 1), ("서울", "서울은", 1),
    ("コーヒー", "缶コーヒーを", 1), ("แมว", "แมวกิน", 1), ("སྐད", "བོད་སྐད་", 1), ("ད", "བོད་སྐད་", 0),
]  # fmt: skip


@pytest.mark.parametrize(("keyword", "text", "count"), WHOLE)
def test_whole_words(keyword: str, text: str, count: int) -> None:
    assert keyword_counts(as_printed(text), [as_printed(keyword)]) == [count]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("b\u200ba\u00add", "bad"),
        ("ｂａｄ，！", "bad,!"),
        ("cafe\u0301", "café"),
        ("it’s itʼs it＇s", "it's it's it's"),
        ("e" + "\u0301" * 100, "é" + "\u0301" * 29),
        ("\u200b", ""),
    ],
)
def test_as_printed(text: str, printed: str) -> None:
    assert as_printed(text) == printed


def test_what_the_quick_looks_miss_is_no_mark_and_as_wide_as_it_prints() -> None:
    """A combining mark in a run of its like would be cut off, a wide character made narrow."""
    marks, wide = regex.compile(r"\p{M}"), module._WIDE
    for character in map(chr, range(0x80, sys.maxunicode + 1)):
        if marks.match(character) or unicodedata.combining(character):
            assert module._MAY_BE_MANY_MARKS.match(character * 31), hex(ord(character))
        narrow = fold_width(character) != unicodedata.normalize("NFC", character)
        assert (wide.match(character) is not None) == narrow, hex(ord(character))


@given(st.text("aé\u0301\u0323’ʼ＇，\u3000\u200b\ufe0f\u1100\u1161\u11a8京\u2126—\u2212\u0338=", max_size=60))
def test_as_printed_step_by_step(text: str) -> None:
    """One translation after the other, as they are described."""
    cut = regex.sub(r"(\p{M}{30})\p{M}+", r"\1", text.translate(WITHOUT_UNSEEN))
    assert as_printed(text) == fold_width(cut).replace("’", "'").replace("ʼ", "'")


def test_marks_strewn_elsewhere_do_not_keep_a_word_apart() -> None:
    assert as_printed("cafe\u0301 x" + "\u0302" * 500_000).startswith("café ")


@pytest.mark.parametrize(("keyword", "text", "count"), WHOLE)
def test_constraints_count_the_same_words(keyword: str, text: str, count: int) -> None:
    check = CONSTRAINTS["keywords:word_count_different_numbers"].bind({"keyword": keyword, "frequency": count})
    assert check(Reading(text))


def test_many_keywords_in_a_megabyte() -> None:
    keywords = [f"w{number}" for number in range(10_000)]
    assert sum(keyword_counts("w123 w9999 w10000 " * 60_000, keywords)) == 120_000
    nested = ["x" + "a" * number for number in range(100)]
    assert sum(keyword_counts("a" * 1_000_000, nested)) == 0
    assert keyword_counts("_" * 1_000_000, ["_", "__"]) == [1_000_000, 500_000]
