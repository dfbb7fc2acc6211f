"""`think_format` and `tag_count` by kernels equal their row forms, whatever tags a ruleset declares."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from typing import Any

import pytest

from rulereward.data import Texts
from rulereward.engine.fields import field_value
from rulereward.kind import Features, Kind, Measured, result_of
from rulereward.rules.tag_count import TagCountParams, tag_count
from rulereward.rules.think_format import ThinkFormatParams, think_format
from rulereward.text.kernels_tags import find_tags
from rulereward.text.unseen import visible_length

Row = tuple[str | None, str | None]
"""Completion and prompt."""

THINK, ANSWER = ("think", "<think>", "</think>"), ("answer", "<answer>", "</answer>")
USUAL = (*THINK[1:], *ANSWER[1:])

SECTIONS: list[tuple[tuple[str, str, str], ...]] = [
    (THINK,),
    (THINK, ANSWER),
    (ANSWER, THINK),
    (),
    (("t", "【思考】", "【/思考】"),),
    (("t", "<think>", "</think>"), ("u", "<thinking>", "</think>")),  # one is the other's beginning; one closes both
    (("t", "aa", "ab"), ("u", "bab", "a")),  # they overlap each other and themselves
    (("t", "a", "aaa"),),
    (("t", "<think>\n", "\n</think>\n"),),
    (("t", "\n", "\n\n"), ("u", " ", "\t")),  # of white space
    (("t", "<think>😀<answer>", "</think>\n<answer>\n</answer>"),),  # longer than 8 bytes
    (("t", "\ud800", "</think>"),),  # stands in no text
]
TOKENS = [(), ("<|im_end|>", "</s>"), ("</s>", "", "\n", "a")]
CONSTANTS: list[dict[str, Any]] = [
    {}, {"trailing": True}, {"min_chars": 0}, {"min_chars": 2, "trailing": True}, {"min_chars": 10**30},
    {"prefilled": "yes"}, {"prefilled": "no"},
]  # fmt: skip

PIECES = [
    *USUAL, "\n", "\n\n", "\r\n", " ", "\t", "\u3000", "\x1c", "\u1680", "\u200b", "\u0301", "x", "想", "é", "😀",
    "\U00020000", "\U000e0001", "\U0005a000", "\x00", "<", "<<<", "</think", ">", "<think>\n", "\n</think>\n",
    "\n<answer>\n", "\n</answer>", "</think>\n<answer>", "a" * 70, "aa", "a", "bab", "<|im_end|>", "</s>", "【思考】",
    "【/思考】", "<thinking>", "<think>😀<answer>",
]  # fmt: skip
WELL_FORMED = ["<think>", "\n", "x", "\n", "</think>", "\n", "<answer>", "\n", "4", "\n", "</answer>", ""]
PROMPTS = [None, "", "<think>", "2+2?<think>\n", "<answer> \u3000", "【思考】", "aa", "a\n", "<think> y", "<", " "]


def made(count: int, seed: int = 0) -> list[str | None]:
    """Texts of pieces, half of them well formed but for a few that are left out, doubled, moved or put in."""
    draw = random.Random(seed)
    return [_disturbed(draw) if draw.random() < 0.5 else _mixed(draw) for _ in range(count)]


def _mixed(draw: random.Random) -> str | None:
    return None if draw.random() < 0.05 else "".join(draw.choices(PIECES, k=draw.randrange(14)))


def _disturbed(draw: random.Random) -> str:
    pieces = list(WELL_FORMED)
    for _ in range(draw.randrange(4)):
        place = draw.randrange(len(pieces))
        change = draw.randrange(4)
        if change < 2:
            piece = pieces.pop(place) if len(pieces) > 1 else ""
            if change:
                pieces.insert(draw.randrange(len(pieces) + 1), piece)
        else:
            pieces.insert(place, pieces[place] if change == 2 else draw.choice(PIECES))
    return "".join(pieces)


def measured(kind: Kind, rows: Sequence[Row], params: Any, features: Features | None = None) -> Measured | None:
    assert kind.columns is not None
    columns = [Texts.of([row[place] for row in rows]) for place in (0, 1)]
    return kind.columns(columns, params, features or Features())


def check(kind: Kind, rows: Sequence[Row], params: Any) -> set[str]:
    """The columns form equals the row form, or leaves a row to it. What was wrong with the rows that it told."""
    assert kind.row is not None
    found = measured(kind, rows, params)
    assert found is not None
    codes = set()
    for place, row in enumerate(rows):
        if found.left is not None and found.left[place]:
            assert any(ord(c) > 0xFFFF for c in row[0] or ""), "the table holds what shows here"
            continue
        expected = result_of(kind.row(*row, params))
        reason = None if found.reasons is None else found.reasons[place]
        fields = {name: field_value(column, place) for name, column in found.fields.items()}
        assert (found.values[place], reason, fields) == (expected.value, expected.reason, expected.fields), row
        codes.add(reason.code if reason else "")
    return codes


def rows_made(count: int, seed: int = 0) -> list[Row]:
    draw = random.Random(seed)
    return [(text, draw.choice(PROMPTS)) for text in made(count, seed)]


def check_all(rows: Sequence[Row]) -> None:
    codes = set()
    for sections, tokens in itertools.product(SECTIONS, TOKENS):
        for constants in CONSTANTS:
            params = ThinkFormatParams(**constants, sections=sections, special_tokens=tokens)
            codes |= check(think_format, rows, params)
    assert codes == {
        "", "no_text", "tag_missing", "unclosed", "tag_repeated", "out_of_order", "text_before", "text_between",
        "section_blank", "text_after",
    }  # fmt: skip
    for style, tokens in itertools.product(("open_r1", "trl", "swift"), TOKENS):
        codes = check(think_format, rows, ThinkFormatParams(style=style, special_tokens=tokens))
        assert codes == {"", "no_text", "off_style"}
    for sections, prefilled in itertools.product(SECTIONS, ("auto", "yes", "no")):
        check(tag_count, rows, TagCountParams(prefilled=prefilled, sections=sections))
    check(tag_count, rows, TagCountParams(style="open_r1"))


def test_kinds_equal_their_row_form() -> None:
    check_all(rows_made(400))


@pytest.mark.slow
def test_kinds_equal_their_row_form_on_many_texts() -> None:
    check_all(rows_made(20_000, seed=1))


CHARACTERS = [chr(code) for code in [*range(0xD800), *range(0xE000, 0x10000), *range(0x10000, 0x110000, 97)]]


def test_every_character_in_front_of_a_section() -> None:
    found = measured(think_format, [(f"{c}<think>x</think>", None) for c in CHARACTERS], ThinkFormatParams())
    assert found is not None
    assert found.values.tolist() == [c.isspace() for c in CHARACTERS]


def test_every_character_in_a_section() -> None:
    found = measured(think_format, [(f"<think>{c}</think>", None) for c in CHARACTERS], ThinkFormatParams())
    assert found is not None
    assert found.left is not None
    assert found.left.tolist() == [ord(c) > 0xFFFF for c in CHARACTERS]
    told = [c for c in CHARACTERS if ord(c) <= 0xFFFF]
    assert found.values[: len(told)].tolist() == [visible_length(c) > 0 for c in told]


def test_no_rows_and_only_missing_ones() -> None:
    for texts in ([], [None, None]):
        check(think_format, [(text, None) for text in texts], ThinkFormatParams())
        check(tag_count, [(text, None) for text in texts], TagCountParams(style="open_r1"))


@pytest.mark.parametrize("sections", [(("t", "", "</t>"),), tuple((f"s{i}", f"<{i}>", f"</{i}>") for i in range(42))])
def test_sections_that_are_left_to_the_row_form(sections: tuple[tuple[str, str, str], ...]) -> None:
    assert measured(think_format, [("<0>x</0>", None)], ThinkFormatParams(sections=sections)) is None
    assert measured(tag_count, [("<0>x</0>", None)], TagCountParams(sections=sections)) is None


def test_as_many_sections_as_a_code_has_room_for() -> None:
    sections = tuple((f"s{i}", f"<{i}>", f"</{i}>") for i in range(41))
    well = "".join(f"<{i}>x</{i}>" for i in range(41))
    texts = [well, well[:-1], f"{well}x", f"x{well}", well.replace("x</40>", "</40>"), well.replace("<40>", "x<40>")]
    texts += [f"{well}</40>", well[3:], None]
    codes = check(think_format, [(text, None) for text in texts], ThinkFormatParams(sections=sections))
    assert len(codes) == 9


def test_kinds_that_read_the_same_view_search_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from rulereward.text import kernels_tags

    searched = []

    def counted(buffer: Any, start: Any, end: Any, tags: tuple[str, ...]) -> Any:
        searched.append(tags)
        return find_tags(buffer, start, end, tags)

    monkeypatch.setattr(kernels_tags, "find_tags", counted)
    columns, features = [Texts.of(["<think>a</think>"]), Texts.of(["<think>"])], Features()
    assert think_format.columns is not None
    assert tag_count.columns is not None
    for style in ("default", "open_r1", "trl", "swift"):
        think_format.columns(columns, ThinkFormatParams(style=style, special_tokens=("</s>",)), features)
    for style in ("default", "open_r1"):
        tag_count.columns(columns, TagCountParams(style=style, sections=(THINK,)), features)
    assert searched == [USUAL]


HOSTILE = {
    "first bytes": "<" * 1_000_000,
    "opening tags": "<think>" * 150_000,
    "middles": "<think>\n" + "\n</think>\n<answer>\n" * 50_000,
    "white space in front of answers": "<think></think>" + " " * 400_000 + "x" + "<answer>" * 50_000,
    "tokens at the end": "<think>x</think>" + "</s> " * 200_000,
    "white space": "<think>" + " " * 1_000_000 + "</think>",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_a_megabyte_of(text: str) -> None:
    for style in ("default", "open_r1", "trl", "swift"):
        check(think_format, [(text, None)], ThinkFormatParams(style=style, special_tokens=("</s>",)))
