"""What prints nothing."""

from __future__ import annotations

import sys

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from rulereward.text.unseen import PRINTING, UNSEEN, visible_length

LETTERS = "a你\u0301ी \n\x00\u200b\ufeff\u2800\u3164\U000e0080\u1160!"


def test_what_is_ignorable_is_what_unicode_says() -> None:
    ignorable = regex.compile(r"\p{Default_Ignorable_Code_Point}")
    assert set(UNSEEN) == {char for code in range(sys.maxunicode + 1) if ignorable.fullmatch(char := chr(code))}


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        (" \n\u200b\ufeff\x00", 0),
        (" a ", 1),
        ("a b", 2),
        ("a" + " \u200b" * 600 + "b", 2),
        ("\u200b你\u200b好\u2060", 2),
        ("\u2800\u3164\uffa0\U000e0080", 0),
        ("\u0301\u20dd", 0),  # marks on nothing
        ("cafe\u0301", 4),
        ("\u0301e\u0301e", 2),
        ("\u0378\ufdd0\U000e0fff", 0),  # no characters
    ],
)
def test_visible_length(text: str, length: int) -> None:
    assert visible_length(text) == length


@given(st.text(LETTERS, max_size=12) | st.text())
def test_visible_length_is_that_of_what_shows(text: str) -> None:
    shown = [
        char
        for char in text
        if not (char.isspace() or char in UNSEEN or char == "\u2800")
        and regex.match(r"[\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Cn}]", char) is None  # by its version of Unicode, not Python's
    ]
    assert visible_length(text) == len(shown)


@pytest.mark.parametrize(("char", "prints"), [("a", True), ("\u0301", True), ("🙂", True), ("\u2800", False)])
def test_printing(char: str, prints: bool) -> None:
    assert (regex.fullmatch(PRINTING, char, regex.V1) is not None) == prints
