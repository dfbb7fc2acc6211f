"""The kernels of markup leave what `markup.without` leaves, and those of fences find what `fences` finds."""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_markup import ALL, LEFT
from test_markup import FRAGMENTS as HOSTILE

from rulereward.data import TextColumn, View, span_view
from rulereward.text import markup_columns
from rulereward.text.fences import MAX_INDENT, fences
from rulereward.text.kernels_fences import closed_fences
from rulereward.text.markup import ENVIRONMENTS, FUNCTIONS, Markup, excluded_spans
from rulereward.text.markup_columns import pieces_outside

CHOICES: list[tuple[Markup, ...]] = [some for size in (1, 2, 3) for some in combinations(ALL, size)]
MARKS = (
    "`", "``", "```", "\n", "\n\n", "\n \t\n", "$", "$", "$$", "\\(", "\\)", "\\[", "\\]", "\\begin{align}",
    "\\end{align}", "\\begin{align*}", "\\end{align*}", "\\begin{foo}", "\\end{foo}", "\\begin{array}{c|c}",
    "\\end{array}", "~~~", "```\n", "\n```\n", "- ", "1. ", "http://", "HttpS://", "www.", "wwW", "ttps", "h", "w",
    ":", "/", ".", ")", "a", "bb ", "我们", " ", "5", "\\", "\\\\", "{", "}", "\\$", "\\`", "$5 and $6", " $", "$ ",
    "²", "２", "\u3000",
)  # fmt: skip
FORMULAS = (
    "$", "$", "\\(", "\\)", "\\[", "\\]", "\\text{", "\\text ", "\\textbf{", "\\textbfabcdefg{", "\\mbox{", "}",
    "{", "abc ", "defg ", "xy ", "bb ", "x", "我", "한", "\\quad ", "\\qquad", "\\,", "\\frac{a}{b}", "\\mathrm",
    "\\rm", "\\operatorname", "*", "é", "ééé", "=", "_", "\\\\", " ", ", ", "'", "sin", "\\sin", "Sin ",
    "Let us now ", "we can see that", "\\begin{array}{cc}", "\\begin{array}{cc ", "\\end{array}", "{lcr}", "~",
    "\n", "`", "ΣΑΣ", "İ", "math", "text", "\u00a0", "\u2028", "12", "-", "\\`", "\\%", "ABC",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(MARKS + FORMULAS) | st.text(max_size=4), max_size=50).map("".join)


def found(view: View, exclude: Collection[Markup]) -> list[list[str] | None]:
    """The pieces of each text, None where it is left to the row form."""
    data = view.column.data
    pieces = pieces_outside(data, view.start, view.end, exclude)
    texts: list[list[str] | None] = [None if special else [] for special in pieces.special]
    for row, start, end in zip(pieces.row, pieces.start, pieces.end, strict=True):
        texts[row].append(data[start:end].tobytes().decode())
    return texts


def expected(text: str, exclude: Collection[Markup]) -> list[str]:
    pieces = [""]
    end = 0
    for first, last in [*excluded_spans(text, exclude), (len(text), len(text))]:
        pieces[-1] += text[end:first]
        pieces += [""] if pieces[-1] and last > first else []
        end = last
    return [piece for piece in pieces if piece]


def check(texts: Sequence[str], exclude: Collection[Markup] = ALL) -> int:
    """How many texts are left to the row form; of the others the pieces are compared."""
    left = 0
    for text, pieces in zip(texts, found(TextColumn.from_strings(texts).view(), exclude), strict=True):
        if pieces is None:
            left += 1
        else:
            assert pieces == expected(text, exclude), (text, exclude)
    return left


def test_the_cases_of_the_row_form() -> None:
    texts = [text for text, _ in LEFT]
    for exclude in CHOICES:
        assert check(texts, exclude) == 0


@given(texts=st.lists(TEXTS, max_size=5), exclude=st.sampled_from(CHOICES))
@settings(deadline=None)
def test_any_texts(texts: list[str], exclude: tuple[Markup, ...]) -> None:
    check(texts, exclude)


@pytest.mark.parametrize("count", [5_000, pytest.param(40_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("fragments", [MARKS, FORMULAS, MARKS + FORMULAS], ids=["marks", "formulas", "both"])
def test_many_texts(fragments: tuple[str, ...], count: int) -> None:
    draw = random.Random(1)
    texts = ["".join(draw.choices(fragments, k=draw.choice((3, 8, 15, 30, 60)))) for _ in range(count)]
    assert check(texts) < count / 4
    for exclude in CHOICES[:-1]:
        check(texts[: count // 10], exclude)


@given(text=TEXTS, data=st.data())
@settings(deadline=None)
def test_windows_of_one_text(text: str, data: st.DataObject) -> None:
    """Nothing around a window counts: not the `$` behind, not the digit before, no fence around it."""
    first = data.draw(st.integers(0, len(text)))
    last = data.draw(st.integers(first, len(text)))
    (pieces,) = found(span_view(TextColumn.from_strings([text]).view(), [(first, last)]), ALL)
    assert pieces in (None, expected(text[first:last], ALL))


CONTEXTS = (
    "{c}$ x$", "$ x{c}$", "$ x${c}", "$x{c}$1", "$aa{c}bb cc dd$", "$aa{c}{c}bb cc dd$",
    "\\quad$aa \\quad{c}{c} bb cc$", "$\\{c}{c}{c} aa bb cc$", "$abc{c}defghijkl mnopq$", "\\(\\text{c}{{ab}}\\)",
    "\\(\\mbox{{{c}}}x\\)", "http://a{c}b", "www.{c}", "a\n{c}\n$\n$", "$a\\{c}b$", "{c}```\na\n```",
    "```\na\n```{c}\n```", "`{c}`", "h{c}ttp://a", "\\begin{{array}}{{{c}}}aa bb cc dd\\end{{array}}",
)  # fmt: skip


def test_characters_of_every_class_in_every_place() -> None:
    """The first and the last character of each run of one class, and all of Latin, Greek and what is between."""
    both = markup_columns._markup_classes() + 256 * markup_columns._mark_classes().astype(np.int64)
    edges = np.flatnonzero(np.diff(both))
    codes = sorted({*range(0x250), *edges.tolist(), *(edges + 1).tolist()})
    shown = [chr(code) for code in codes if not 0xD800 <= code < 0xE000]
    for context in CONTEXTS:
        check([context.format(c=character) for character in shown])


def test_names() -> None:
    names = [
        *ENVIRONMENTS,
        *(name + "*" for name in ENVIRONMENTS),
        "Align",
        "aligne",
        "alignatx",
        "alig",
        "pmatrixx",
        "",
    ]
    texts = [f"a \\begin{{{name}}}b\\end{{{end}}} c" for name in names for end in (name, "align")]
    words = [*FUNCTIONS, *map(str.upper, FUNCTIONS), "sinx", "operatorname", "subequation"]
    texts += [f"$abcdefghijklmnop {name}$" for name in words]
    commands = (
        "quad",
        "qquad",
        "quads",
        "mathrm",
        "mathb",
        "mathbbbbbbbbb",
        "mathbbbbbbbbbb",
        "mathRm",
        "textabcdefg",
    )
    commands += (
        "operatorname",
        "operatornames",
        "mbox",
        "hboxx",
        "rm",
        "it",
        "bf",
        "sf",
        "tt",
        "ttt",
        "text*",
        "quad*",
    )
    texts += [f"$aa \\{name} bb cc dd$" for name in commands] + [f"$aa \\{name}{{bb}} cc dd$" for name in commands]
    assert check(texts) == 0


def test_texts_left_to_the_row_form() -> None:
    texts = ["$\\text{a $b$}$", "`" * 64 + "a" + "`" * 64, "$" * 64 + "a", "$ééé$", "- " * 64 + "```\na\n```"]
    assert found(TextColumn.from_strings(texts).view(), ALL) == [None] * len(texts)
    easy = ["\\text{a `} b", "$éé$", "`" * 63 + "a" + "`" * 63, "- " * 62 + "```\na\n" + "  " * 62 + "```"]
    assert check(easy) == 1  # a tick is a mark that may close


def test_missing_and_no_texts() -> None:
    view = TextColumn.from_strings([None, "a $b$", None]).view()
    assert found(view, ALL) == [[], ["a "], []]
    assert found(view, ()) == [[], ["a $b$"], []]
    assert found(TextColumn.from_strings([]).view(), ALL) == []


@pytest.mark.parametrize("fragment", HOSTILE)
def test_a_megabyte_of(fragment: str) -> None:
    text = fragment * (1_000_000 // len(fragment))
    found(TextColumn.from_strings([text]).view(), ALL)


def test_a_megabyte_of_openings_before_prose_that_closes_them() -> None:
    text = "\\(" * 500_000 + "aa bb cc dd\\)"
    assert found(TextColumn.from_strings([text]).view(), ALL) == [[text]]


FENCES = (
    "```", "````", "``", "`", "~~~", "~~~~", "\n", "\n", "\n", "\r\n", "\r", "  ", "   ", "    ", "\t", " ", "- ",
    "* ", "+", "1. ", "12) ", "123456789. ", "1234567890. ", "-     ", "python", "a", "```py\n", "\n```\n",
    "\n~~~ \t\n", "你好", "é", "\u3000", "- - - ", "-",
)  # fmt: skip


@pytest.mark.parametrize("count", [10_000, pytest.param(60_000, marks=pytest.mark.slow)])
def test_fences(count: int) -> None:
    draw = random.Random(2)
    texts = ["".join(draw.choices(FENCES, k=draw.randrange(40))) for _ in range(count)]
    view = TextColumn.from_strings(texts).view()
    kernel = closed_fences(view.column.data, view.start, view.end, MAX_INDENT)
    assert not kernel.special.any()
    for row, text in enumerate(texts):
        own = range(kernel.offsets[row], kernel.offsets[row + 1])
        blocks = [text[slice(*block.outer)] for block in fences(text) if block.closed]
        shown = [view.column.data[kernel.start[fence] : kernel.end[fence]].tobytes().decode() for fence in own]
        assert shown == blocks, text


DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.mark.skipif(not DATA.is_dir(), reason="the real rollouts lie beside the project, not in it")
@pytest.mark.parametrize("name", ["math_rollouts", "gaokao_zh_rollouts"])
def test_real_rollouts(name: str) -> None:
    lines = (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    assert check([json.loads(line)["completion"] for line in lines]) == 0
