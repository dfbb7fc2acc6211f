"""The kernels of tags find what `str` finds, and what the row forms see at the ends of texts."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest

from rulereward.data import TextColumn, span_view
from rulereward.text.kernels_tags import end_with, ends_before, find_tags
from rulereward.text.sections import end_before_special_tokens, given_by_prompt
from rulereward.text.tag_bytes import SHOWN, SPACE, character_classes
from rulereward.text.unseen import visible_length

USUAL = ("<think>", "</think>", "<answer>", "</answer>")
TAGS = [
    USUAL,
    ("【思考】", "【/思考】"),
    ("<think>", "</think>", "<thinking>"),  # one is the other's beginning
    ("aa", "ab", "bab", "a", "aaa"),  # they overlap each other and themselves
    ("\n", "\n\n", "<think>\n", "\n</think>\n"),
    ("<think>😀<answer>", "</think>\n<answer>\n</answer>"),  # longer than 8 bytes
    ("\ud800", "</think>"),  # stands in no text
]
PIECES = [
    *USUAL, "\n", "\n\n", " ", "\u3000", "x", "想", "é", "😀", "\x00", "<", "<<<", "</think", ">", "<think>\n",
    "\n</think>\n", "</think>\n<answer>", "\n</answer>", "a" * 70, "aa", "a", "bab", "【思考】", "【/思考】",
    "<thinking>", "<think>😀<answer>",
]  # fmt: skip


def made(count: int) -> list[str]:
    draw = random.Random(0)
    return ["".join(draw.choices(PIECES, k=draw.randrange(14))) for _ in range(count)]


def places(text: str, tag: str) -> list[int]:
    """Where `str.count` counts the tag, in bytes."""
    found = []
    at = text.find(tag)
    while at >= 0:
        found.append(len(text[:at].encode()))
        at = text.find(tag, at + len(tag))
    return found


def check_events(view: Any, tags: tuple[str, ...]) -> None:
    events = find_tags(view.column.data, view.start, view.end, tags)
    for row, text in enumerate(view.texts()):
        own = slice(events.offsets[row], events.offsets[row + 1])
        found, which = events.places[own] - view.start[row], events.which[own]
        assert (np.diff(found) >= 0).all()
        for index, tag in enumerate(tags):
            assert found[which == index].tolist() == ([] if text is None else places(text, tag)), (text, tag)


@pytest.mark.parametrize("tags", TAGS, ids=str)
def test_tags_stand_where_str_counts_them(tags: tuple[str, ...]) -> None:
    check_events(TextColumn.from_strings([*made(1000), None, "", "<think>" * 200, "a" * 999]).view(), tags)


@pytest.mark.parametrize("tags", [USUAL, ("aa", "bab"), ("想</think>", "é")], ids=str)
def test_nothing_around_a_window_is_seen(tags: tuple[str, ...]) -> None:
    text = "é<think>想想想</think>\n<answer>aaabab</answer>" + "x" * 60 + "aaa<think>想</think>é"
    spans = list(itertools.combinations_with_replacement(range(len(text) + 1), 2))
    check_events(span_view(TextColumn.from_strings([text] * len(spans)).view(), spans), tags)


def test_a_first_byte_at_every_place_of_a_block() -> None:
    texts = [" " * before + "<think>" + " " * after for before in range(130) for after in (0, 1, 7, 57, 64)]
    check_events(TextColumn.from_strings(texts).view(), USUAL)


def test_classes_are_those_of_the_row_form() -> None:
    classes = character_classes().tolist()
    characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    assert {c for c in characters if c.isspace()} == {chr(code) for code, kind in enumerate(classes) if kind == SPACE}
    table = [c for c in characters if ord(c) < len(classes)]
    assert [classes[ord(c)] == SHOWN for c in table] == [visible_length(c) > 0 for c in table]


@pytest.mark.parametrize("tokens", [("<|im_end|>", "</s>"), ("</s>", "\n", "a"), ("aa", "a" * 70), ("😀", "想")])
def test_where_a_text_ends_without_special_tokens(tokens: tuple[str, ...]) -> None:
    draw = random.Random(1)
    ends = [*tokens, " ", "\n", "\u3000", "\u2028", "x"]
    texts = [f"{text}{''.join(draw.choices(ends, k=draw.randrange(6)))}" for text in made(1000)]
    view = TextColumn.from_strings([*texts, None]).view()
    cut = ends_before(view.column.data, view.start, view.end, tokens) - view.start
    assert cut[:-1].tolist() == [len(text[: end_before_special_tokens(text, tokens)].encode()) for text in texts]


@pytest.mark.parametrize("tag", ["<think>", "【思考】", "a", "\n", "x" * 20])
def test_the_end_of_a_prompt(tag: str) -> None:
    blank = ["", " ", "\n\n", "\u3000\x85", "\x1c", "\u200b", "<"]
    prompts = [None, *made(300), *(f"{text}{tag}{end}" for text in ("", "想", tag[1:]) for end in blank)]
    view = TextColumn.from_strings(prompts).view()
    found = end_with(view.column.data, view.start, view.end, tag)
    assert found.tolist() == [given_by_prompt(prompt, tag) for prompt in prompts]
