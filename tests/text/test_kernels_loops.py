"""The kernel of loops finds the loop that the row form finds."""

from __future__ import annotations

import functools
import random
import sys
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulereward.data import TextColumn
from rulereward.text import kernels_loops
from rulereward.text.kernels_loops import Loops, longest_loops
from rulereward.text.loops import folded, longest_loop

MANY = pytest.mark.parametrize("count", [500, pytest.param(20_000, marks=pytest.mark.slow)])
PARAMETERS = [(3, False), (3, True), (12, False), (20, True), (64, False)]
ALPHABETS = (
    "ab", "abc", "123", "aAbB. ", "wait.. \n\t", "01 a\u200b", "你好。", "xyzİ\u212a", "ab1２ ", "-|= \r\n", "éÉ\xad",
)  # fmt: skip


def loops_of(texts: Sequence[str | None], min_chars: int, ignore_digits: bool) -> Loops:
    view = TextColumn.from_strings(texts).view()
    return longest_loops(view.column.data, view.start, view.end, min_chars, ignore_digits)


def expected(text: str, min_chars: int, ignore_digits: bool) -> tuple[int, int, int]:
    loop = longest_loop(text, min_chars, ignore_digits)
    return (len(text), loop.end - loop.start, loop.period) if loop else (len(text), 0, 0)


def check(texts: Sequence[str], min_chars: int, ignore_digits: bool) -> None:
    found = loops_of(texts, min_chars, ignore_digits)
    assert not found.left.any()
    for row, text in enumerate(texts):
        told = found.chars[row], found.inside[row], found.period[row]
        assert told == expected(text, min_chars, ignore_digits), (text, min_chars, ignore_digits)


@functools.cache
def characters() -> list[str]:
    return [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000 and chr(code) != "Σ"]


def made(draw: random.Random) -> str:
    """Up to seven parts: something said several times and broken off, often as long as the one before; or a list."""
    alphabet = draw.choice(ALPHABETS)
    parts: list[str] = []
    for _ in range(draw.randrange(1, 8)):
        said = "".join(draw.choices(alphabet, k=draw.choice([1, 2, 3, 4, 5, 8, 13, 21, 40])))
        sort = draw.random()
        if sort < 0.5:
            parts.append(said * draw.randrange(2, 8) + said[: draw.randrange(len(said) + 1)])
        elif sort < 0.6 and parts:
            parts.append((said * len(parts[-1]))[: len(parts[-1])])
        elif sort < 0.7 and parts:
            parts.append(draw.choice(parts))
        elif sort < 0.8:
            mark = draw.choice([", ", "; "])
            parts.append("".join(f"{draw.choice(['case ', 'Case '])}{i}{mark}" for i in range(draw.randrange(12))))
        elif sort < 0.9:
            parts.append("".join("wait" + "." * draw.randrange(1, 5) for _ in range(draw.randrange(9))))
        else:
            parts.append(said)
    return "".join(parts)


@MANY
@pytest.mark.parametrize(("min_chars", "ignore_digits"), PARAMETERS)
def test_many_texts(min_chars: int, ignore_digits: bool, count: int) -> None:
    draw = random.Random(min_chars)
    check([made(draw) for _ in range(count)], min_chars, ignore_digits)


SAID = st.text(alphabet="abA1２. \n\u200b你", min_size=1, max_size=12)
LOOPED = st.lists(st.tuples(SAID, st.integers(1, 6)).map(lambda pair: pair[0] * pair[1]), max_size=6).map("".join)


WITHOUT_SIGMA = st.text(max_size=30).map(lambda text: text.replace("Σ", ""))


@given(texts=st.lists(LOOPED | WITHOUT_SIGMA, max_size=6), data=st.data())
@settings(deadline=None)
def test_any_texts(texts: list[str], data: st.DataObject) -> None:
    check(texts, data.draw(st.integers(3, 80)), data.draw(st.booleans()))


@pytest.mark.parametrize("ignore_digits", [False, True])
def test_every_character_is_folded_as_in_the_row_form(ignore_digits: bool) -> None:
    """A thousand characters, what they become, and they again: a loop, unless one of them becomes something else."""
    everything, step = characters(), 1_000
    table = kernels_loops._FOLD[ignore_digits]
    below = [c for c in everything if ord(c) < len(table)]
    assert table[list(map(ord, below))].tolist() == [ord(folded(c, ignore_digits)) for c in below]
    said = ["".join(everything[at : at + step]) for at in range(0, len(everything), step)]
    texts = [f"{text}|{folded(text, ignore_digits)}|{text}|" for text in said]
    assert loops_of(texts, 3, ignore_digits).inside.tolist() == list(map(len, texts))
    check(texts[::20], 3, ignore_digits)
    check([c * 3 + "\u200bA" for c in everything[:2_000]], 3, ignore_digits)


@pytest.mark.parametrize(
    ("text", "inside", "period"),
    [
        ("ababab cdcdcd", 6, 2),  # the first
        ("abcabcabc|dedededed", 9, 2),  # of periods up to 1, 2, 4, ... those of the lower bound first
        ("abcdeabcdeabcde|fgh.fgh.fgh.fgh", 15, 4),
        ("wxyzwxyzwxyz|abcabcabcabc", 12, 4),
        ("abcabcabcabc|wxyzwxyzwxyz", 12, 3),
        ("-----|ababa.ababab", 6, 2),
        ("------ababab", 6, 1),  # a run of one character before all others
        ("wait..wait...wait.", 18, 6),
        ("x.......y.x..y....x.y......", 27, 10),
        ("\u200b\u200b\u200b", 3, 1),
        ("\u200bababab\u200b", 8, 3),
        ("no loop at all", 0, 0),
        ("", 0, 0),
    ],
)
def test_examples(text: str, inside: int, period: int) -> None:
    found = loops_of([text, None, text], 3, False)
    assert found.chars.tolist() == [len(text), 0, len(text)]
    assert found.inside.tolist() == [inside, 0, inside]
    assert found.period.tolist() == [period, 0, period]
    assert expected(text, 3, False) == (len(text), inside, period)


def fibonacci(length: int) -> str:
    shorter, longer = "1", "2"
    while len(longer) < length:
        shorter, longer = longer, longer + shorter
    return longer[:length]


def nested(times: int, length: int) -> str:
    """Said several times with a new character behind, all of it again several times, and so on."""
    text, mark = "ab", 0x4E00
    while len(text) < length:
        text, mark = text * times + chr(mark), mark + 1
    return text[:length]


def thue_morse(length: int) -> str:
    return "".join("12"[place.bit_count() & 1] for place in range(length))


LENGTH = 12_000
STRUCTURED = {
    "Fibonacci": fibonacci(LENGTH),
    "said twice, twice": nested(2, LENGTH),
    "said three times, three times": nested(3, LENGTH),
    "loops broken now and then": "".join("ab" * 45 + chr(0x4E00 + place) for place in range(LENGTH // 91)),
    "each loop a little longer": "".join("abc" * (20 + place) + chr(0x4E00 + place) for place in range(70)),
    "two digits at random": "".join(random.Random(1).choices("12", k=LENGTH)),
    "runs of digits": "".join("1" * (place % 7) + "2" for place in range(LENGTH // 4)),
    "the ruler": "".join(chr(97 + (place & -place).bit_length()) for place in range(1, LENGTH)),
    "steps of a line": "".join(str(place * 1_000 // 1_414 % 2) for place in range(LENGTH)),
    "lines of dashes": "".join("-" * 60 + f"\n{place * place} is {place}\n" for place in range(LENGTH // 75)),
    "a loop that begins in the middle": "".join(map(str, range(1_500))) + "abcdefg, " * 700,
    "counting": ", ".join(map(str, range(2_500))),
    "no loops": thue_morse(LENGTH),
}


@pytest.mark.parametrize("text", STRUCTURED.values(), ids=STRUCTURED)
def test_texts_with_much_structure(text: str) -> None:
    for min_chars, ignore_digits in PARAMETERS:
        check([text, "!" + text + text[:700]], min_chars, ignore_digits)


def test_what_sums_cannot_tell_apart_is_left_to_the_row_form() -> None:
    """The two halves of this text differ in every item by the same number, once more and once less, so that their
    sums differ by a product of as many even numbers as the length has halves: a multiple of a power of two."""
    texts = ["ababab", thue_morse(1 << 16), "ababab"]
    found = loops_of(texts, 3, False)
    assert found.left.tolist() == [False, True, False]
    assert found.inside[[0, 2]].tolist() == [6, 6]
    assert longest_loop(texts[1], 3) is None


def test_sigma_is_left_to_the_row_form() -> None:
    assert loops_of(["ΑΣ ας ασ ", "ας ας ας ", "Σ"], 3, False).left.tolist() == [True, False, True]


def test_windows_cut_anywhere() -> None:
    """What lies around a window does not count: the same loops as of the texts by themselves."""
    draw = random.Random(3)
    data = TextColumn.from_strings([made(draw) for _ in range(400)]).data
    places = [at for at in range(len(data) - 16) if data[at] & 0xC0 != 0x80]
    starts = range(0, len(places), 29)
    cuts = [sorted((places[at], draw.choice(places[max(0, at - 400) : at + 400]))) for at in starts]
    first, last = (np.array([cut[end] for cut in cuts], dtype=np.int64) for end in (0, 1))
    texts = [data[a:b].tobytes().decode() for a, b in cuts]
    found, own = longest_loops(data, first, last, 3, False), loops_of(texts, 3, False)
    for cut, whole in ((found.chars, own.chars), (found.inside, own.inside), (found.period, own.period)):
        assert cut.tolist() == whole.tolist()
    check(texts[::5], 3, False)


def test_no_rows_and_nothing_but_missing_ones() -> None:
    assert [len(array) for array in (loops_of([], 3, False).chars, loops_of([], 3, False).left)] == [0, 0]
    assert loops_of([None, None], 3, False).chars.tolist() == [0, 0]


def test_a_bound_above_every_number_of_the_machine() -> None:
    assert loops_of(["ab" * 50], 10**30, False).inside.tolist() == [0]
