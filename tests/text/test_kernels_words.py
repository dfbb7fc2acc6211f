"""The kernels of words, n-grams and lines see what the row forms see."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from rulereward.data import TextColumn, View
from rulereward.text import kernels_lines, kernels_ngrams, kernels_split, kernels_words, shares
from rulereward.text.ngrams import distinct_and_total
from rulereward.text.unit_tables import LOWER
from rulereward.text.units import Units, hashed_units
from rulereward.text.words import IDEOGRAPHS, LEFT_TO_ROWS, SPECIAL_LOWER, repetition_units

LAST = 0x110000
FRAGMENTS = (
    "the", "The ", "a bc", "ab c", " ", "  ", "\n", "\r\n", "\r", "\n\n", "\t", "\u3000", "\x85", "\u2028", "你好",
    "中", "、", "。", "ha" * 40, "é", "É", "ß", "Ä", "привет", "ПРИВЕТ", "안녕", "𠮷", "😀", "x" * 7, "x" * 8,
    "x" * 9, "\x00", "\x1c", "ÿ", "\ufffd", "=====", "- ", "1.5", "ﾊ", "ー",
)  # fmt: skip
MANY = pytest.mark.parametrize("count", [1_500, pytest.param(20_000, marks=pytest.mark.slow)])
SPECIAL = ("İ", "Σ", "\u212a", "\u200b", "\U000e0001", "\xad")


def characters() -> list[str]:
    return [chr(code) for code in range(LAST) if not 0xD800 <= code < 0xE000]


def made(count: int, special: float = 0.05) -> list[str]:
    draw = random.Random(7)
    texts = []
    for _ in range(count):
        pieces = draw.choices(FRAGMENTS, k=draw.randrange(40))
        pieces += draw.choices(pieces, k=draw.randrange(20)) if pieces else []
        if draw.random() < special:
            pieces.append(draw.choice(SPECIAL))
        texts.append("".join(pieces))
    return texts


def of(view: View, function: Callable[..., object], *parameters: object) -> object:
    return function(view.column.data, view.start, view.end, *parameters)


UNITS: dict[str, tuple[Callable[[str], list[str]], str]] = {
    "auto": (lambda text: repetition_units(text, "auto"), LEFT_TO_ROWS),
    "word": (lambda text: repetition_units(text, "word"), LEFT_TO_ROWS),
    "char": (lambda text: repetition_units(text, "char"), "".join(c for c in LEFT_TO_ROWS if ord(c) < 0x20000)),
    "split": (str.split, ""),
    "lower split": (lambda text: text.lower().split(), SPECIAL_LOWER),
    "folded": (lambda text: text.lower().split(), LEFT_TO_ROWS),
}
"""What each kernel gives, by the row form, and the characters for which it leaves a text to it."""


def units_of(windows: tuple[np.ndarray, np.ndarray, np.ndarray], unit: str) -> Units:
    if unit == "split":
        return kernels_split.joined_words(*windows, every=False).words
    return kernels_split.split_hashes(*windows, "folded") if unit == "folded" else hashed_units(*windows, unit)


def names(hashes: np.ndarray) -> list[int]:
    """Equal hashes by equal numbers, in the order of their first places."""
    known: dict[int, int] = {}
    return [known.setdefault(value, len(known)) for value in hashes.tolist()]


def check_units(texts: list[str], unit: str) -> None:
    """The same units, told apart across all texts, of the same lengths, but for texts that are left to the rows."""
    row_form, left = UNITS[unit]
    found = units_of(_windows(texts), unit)
    special = [any(character in text for character in left) for text in texts]
    assert found.special.tolist() == special
    expected = [[] if skip else row_form(text) for text, skip in zip(texts, special, strict=True)]
    flat = [word for row in expected for word in row]
    count = len(flat)
    assert np.diff(found.offsets).tolist() == list(map(len, expected))
    if unit != "lower split":
        assert found.chars[:count].tolist() == list(map(len, flat))
    known: dict[str, int] = {}
    assert names(found.hashes[:count]) == [known.setdefault(word, len(known)) for word in flat]


def _windows(texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    view = TextColumn.from_strings(texts).view()
    return view.column.data, view.start, view.end


def test_the_tables_are_pythons() -> None:
    spaces = {code for code, kind in enumerate(kernels_words._CLASSES) if kind == 0}
    assert spaces == {ord(c) for c in characters() if c.isspace()}
    cased = [c for c in characters() if c.lower() != c]
    assert all(ord(c) < len(LOWER) for c in cased)
    assert {c for c in cased if len(c.lower()) > 1 or (not c.isascii() and c.lower().isascii())} <= set(SPECIAL_LOWER)
    assert max(last for _, last in IDEOGRAPHS) + 1 == kernels_words._IDEOGRAPHS_END


@pytest.mark.parametrize("unit", UNITS)
def test_every_character_between_two_words(unit: str) -> None:
    """Each character, alone and inside a word, counts as in the row form."""
    left = UNITS[unit][1]
    everything = [c for c in characters() if c not in left and (ord(c) < 0x3000 or ord(c) % 7 == 0 or unit == "auto")]
    step = 5000
    check_units(
        ["".join(f"x{c}y {c} " for c in everything[at : at + step]) for at in range(0, len(everything), step)], unit
    )
    check_units(["plain", *(f"a {c} b" for c in left)], unit)


@MANY
@pytest.mark.parametrize("unit", UNITS)
def test_many_texts(unit: str, count: int) -> None:
    check_units(made(count), unit)


@pytest.mark.parametrize("unit", UNITS)
def test_windows_cut_anywhere(unit: str) -> None:
    """What lies around a window does not count: the same units as of the texts by themselves."""
    data, *_ = _windows(made(400, special=0))
    places = [at for at in range(len(data) - 16) if data[at] & 0xC0 != 0x80]
    draw = random.Random(3)
    cuts = [sorted(draw.sample(places, 2)) for _ in range(300)]
    first, last = (np.array([cut[end_] for cut in cuts], dtype=np.int64) for end_ in (0, 1))
    last = np.minimum(last, first + 300)
    while (tails := data[last] & 0xC0 == 0x80).any():
        last[tails] -= 1
    texts = [data[a:b].tobytes().decode() for a, b in zip(first.tolist(), last.tolist(), strict=True)]
    cut, own = units_of((data, first, last), unit), units_of(_windows(texts), unit)
    assert cut.offsets.tolist() == own.offsets.tolist()
    count = own.offsets[-1]
    assert cut.hashes[:count].tolist() == own.hashes[:count].tolist()
    assert cut.chars[: len(own.chars[:count])].tolist() == own.chars[:count].tolist()


def test_missing_texts_and_none_at_all() -> None:
    view = TextColumn.from_strings([None, "a b", None]).view()
    found = of(view, kernels_split.split_hashes, "folded")
    assert isinstance(found, Units)
    assert found.offsets.tolist() == [0, 0, 2, 2]
    empty = TextColumn.from_strings([]).view()
    for unit in UNITS:
        found = units_of((empty.column.data, empty.start, empty.end), unit)
        assert found.offsets.tolist() == [0]
        assert [len(array) for array in kernels_ngrams.distinct_ngrams(found, 3)] == [0, 0]


@MANY
@pytest.mark.parametrize("n", [1, 2, 3, 10])
def test_ngrams(n: int, count: int) -> None:
    texts = made(count, special=0)
    units = hashed_units(*_windows(texts), "auto")
    rows = [repetition_units(text, "auto") for text in texts]
    counted = zip(*(array.tolist() for array in kernels_ngrams.distinct_ngrams(units, n)), strict=True)
    assert list(counted) == [distinct_and_total(row, n) for row in rows]
    for kernel, row_form in (
        (kernels_ngrams.top_chars, shares.top_ngram_share),
        (kernels_ngrams.duplicate_chars, shares.duplicate_ngram_share),
    ):
        inside, chars = (array.tolist() for array in kernel(units, n))
        assert chars == [sum(map(len, row)) for row in rows]
        found = [part / whole if part else 0.0 for part, whole in zip(inside, chars, strict=True)]
        assert found == [row_form(row, n) for row in rows]


@MANY
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 7])
def test_ngrams_as_datatrove_counts_them(n: int, count: int) -> None:
    texts = made(count)
    joined = kernels_split.joined_words(*_windows(texts), every=n < kernels_split.FEWEST)
    pairs = kernels_ngrams.repeated_pairs(joined.words)
    top = kernels_ngrams.datatrove_top_chars(joined.words, n, pairs).tolist()
    again = kernels_ngrams.datatrove_duplicate_chars(joined, n).tolist()
    for text, most, repeated in zip(texts, top, again, strict=True):
        row = text.split()
        assert shares.datatrove_top_ngram(row, n, text) == (most / len(text) if most else 0.0)
        assert shares.datatrove_duplicate_ngrams(row, n, text) == (repeated / len(text) if repeated else 0.0)


def cut(letters: str, draw: random.Random, longest: int) -> str:
    """The letters with spaces in other places each time."""
    words, at = [], 0
    while at < len(letters):
        size = draw.randint(1, longest)
        words.append(letters[at : at + size])
        at += size
    return " ".join(words)


@pytest.mark.parametrize("n", [4, 5, 6, 8, 10])
def test_words_run_together_are_compared_by_their_letters_alone(n: int) -> None:
    """The same letters again, cut into other words, shorter and longer than what the kernel reads of them first."""
    draw = random.Random(n)
    texts = []
    for _ in range(1_000):
        letters = "".join(draw.choices(draw.choice(("ab", "abcdefgh", "a\xe9中𠮷")), k=draw.randrange(200)))
        longest = draw.choice((1, 2, 4, 9, 18))
        again = letters[draw.randrange(20) :]
        texts.append(" ".join((cut(letters, draw, longest), "-" * draw.randrange(3), cut(again, draw, longest))))
    found = kernels_ngrams.datatrove_duplicate_chars(
        kernels_split.joined_words(*_windows(texts), every=n < kernels_split.FEWEST), n
    )
    shares_found = [chars / len(text) for chars, text in zip(found.tolist(), texts, strict=True)]
    assert shares_found == [shares.datatrove_duplicate_ngrams(text.split(), n, text) for text in texts]
    assert sum(share > 0 for share in shares_found) > 100


@MANY
def test_lines_and_paragraphs(count: int) -> None:
    texts = made(count, special=0)
    words, breaks = kernels_split.split_lines(*_windows(texts), "folded")
    for found, row_form in (
        (kernels_lines.line_duplicates(words, breaks), shares.lines_of),
        (kernels_lines.paragraph_duplicates(words, breaks), shares.paragraphs_of),
    ):
        for row, text in enumerate(texts):
            pieces = row_form(text)
            expected = len(pieces), sum(map(len, pieces)), *shares.duplicates(pieces)
            assert (found.count[row], found.chars[row], found.again[row], found.again_chars[row]) == expected


@MANY
def test_lines_and_paragraphs_as_datatrove_counts_them(count: int) -> None:
    edges = ["", "\n", "\n\n", "  ", " \u3000a\n\nb\x85 ", "a\n\n\na", "b \n \n\nb", "a\nb\n\na\nb", "ab\n\na\nb"]
    texts = [*made(count), *edges]
    lines, paragraphs = kernels_lines.datatrove_duplicates(*_windows(texts))
    for row, text in enumerate(texts):
        pieces = shares._NEWLINES.split(text)
        assert (lines.count[row], lines.again[row], lines.again_chars[row]) == (
            len(pieces),
            *shares.duplicates(pieces),
        )
        pieces = shares._BLANK_LINES.split(text.strip())
        expected = len(pieces), *shares.duplicates(pieces)
        assert (paragraphs.count[row], paragraphs.again[row], paragraphs.again_chars[row]) == expected
