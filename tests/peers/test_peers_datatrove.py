"""datatrove's released Gopher filter and what we call by its name."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from made_texts import MANY, made_texts
from peer_files import datatrove_gopher, scored

from rulereward.text.shares import datatrove_words

gopher = datatrove_gopher()

CHANCE = random.Random(0)
FIRST = made_texts(MANY // 2)
AGAIN = ["\n\n".join(CHANCE.choices(FIRST[at : at + 3], k=4)) for at in range(MANY // 2)]
"""Texts with paragraphs that are said twice."""

TEXTS = FIRST + AGAIN
FEW = TEXTS[:400] + AGAIN[:100]  # for what takes many calls of the filter

words_of = cache(datatrove_words)  # jieba's are asked for by two measures

Limits = Callable[[float], dict[str, object]]
Share = Callable[[str], float]


def piece_share(pieces_of: Callable[[str], list[str]], which: int) -> Share:
    """The share that the filter compares with a limit: `which` is 0 for that of the pieces, 1 for the characters."""

    def share(text: str) -> float:
        pieces = pieces_of(text)
        return gopher.find_duplicates(pieces)[which] / (len(text) if which else len(pieces))

    return share


def top_share(n: int, cut: str) -> Share:
    def share(text: str) -> float:
        grams = gopher.get_n_grams(words_of(text, cut), n)
        return gopher.find_top_duplicate(grams) / len(text) if grams else 0.0

    return share


def duplicate_share(n: int, cut: str) -> Share:
    return lambda text: gopher.find_all_duplicate(words_of(text, cut), n) / len(text)


def lines(text: str) -> list[str]:
    return re.split("\n+", text)


def paragraphs(text: str) -> list[str]:
    return re.split("\n{2,}", text.strip())


def ngram_measures() -> Iterator[tuple[str, Share, Limits]]:
    for name, share, limit in (
        ("top_ngram_share", top_share, "top_n_grams"),
        ("duplicate_ngram_share", duplicate_share, "dup_n_grams"),
    ):
        for n, cut in ((1, "char"), (2, "char"), (4, "char"), (10, "char"), (3, "jieba")):
            constants = f'n={n}, tokenizer="{cut}", style="datatrove"'
            yield f"{name}(completion, {constants})", share(n, cut), lambda at, n=n, limit=limit: {limit: ((n, at),)}


MEASURES: list[tuple[str, Share, Limits]] = [
    ('duplicate_line_share(completion, of="lines", style="datatrove")', piece_share(lines, 0),
     lambda limit: {"dup_line_frac": limit}),
    ('duplicate_line_share(completion, of="chars", style="datatrove")', piece_share(lines, 1),
     lambda limit: {"dup_line_char_frac": limit}),
    ('duplicate_paragraph_share(completion, of="paragraphs", style="datatrove")', piece_share(paragraphs, 0),
     lambda limit: {"dup_para_frac": limit}),
    ('duplicate_paragraph_share(completion, of="chars", style="datatrove")', piece_share(paragraphs, 1),
     lambda limit: {"dup_para_char_frac": limit}),
    *ngram_measures(),
]  # fmt: skip
"""Our rule, the share that the filter takes with the released functions, and the option with its limit."""

NONE_OF_THEM = {
    "dup_line_frac": None,
    "dup_line_char_frac": None,
    "dup_para_frac": None,
    "dup_para_char_frac": None,
    "top_n_grams": (),
    "dup_n_grams": (),
}


def keeps(text: str, limits: dict[str, object]) -> bool:
    """Does the released filter keep the text, with these limits alone?"""
    theirs: Any = gopher.GopherRepetitionFilter(**(NONE_OF_THEM | limits))
    return theirs.filter(SimpleNamespace(text=text)) is True


every_measure = pytest.mark.parametrize(("rule", "share", "limits"), MEASURES, ids=[rule for rule, *_ in MEASURES])


@every_measure
def test_their_functions(rule: str, share: Share, limits: Limits) -> None:
    """The released functions on the same words, for every text."""
    theirs = [share(text) if text else 0.0 for text in TEXTS]
    assert scored(rule, TEXTS) == theirs
    assert sum(value > 0 for value in theirs) > MANY / 20


@every_measure
def test_the_filter_draws_its_line_at_our_number(
    rule: str, share: Share, limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text is dropped if its share is above the limit: kept at our number, dropped at the next smaller one."""
    cut = "jieba" if "jieba" in rule else "char"
    monkeypatch.setattr(gopher, "split_into_words", lambda text, _: datatrove_words(text, cut))
    ours = scored(rule, FEW)
    for text, value in zip(FEW, ours, strict=True):
        if text:
            assert keeps(text, limits(max(value, 5e-324))), text
            assert not value or not keeps(text, limits(math.nextafter(value, 0.0))), text
    assert sum(value > 0 for value in ours) > 50


def test_an_empty_text() -> None:
    """Their filter drops it before it measures; we measure 0."""
    assert gopher.GopherRepetitionFilter().filter(SimpleNamespace(text="")) == (False, "empty")
    for rule, *_ in MEASURES:
        assert scored(rule, [""]) == [0.0]


def test_an_ngram_that_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """They drop a short text for it; to us it is no repetition."""
    monkeypatch.setattr(gopher, "split_into_words", lambda text, _: text.split())
    assert not keeps("The answer is 42.", {"top_n_grams": ((2, 0.2),)})
    assert scored("top_ngram_share(completion)", ["The answer is 42."]) == [0.0]


@pytest.mark.filterwarnings("ignore")  # jieba's and spaCy's own
def test_chinese_words(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """For Chinese its words are those that spaCy has jieba cut, without white space."""
    for needed in ("spacy", "jieba", "loguru"):
        pytest.importorskip(needed)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # where jieba writes its cache
    from datatrove.utils.text import split_into_words

    for text in filter(None, made_texts()):
        assert split_into_words(text, "zho_Hani") == datatrove_words(text, "jieba"), text
