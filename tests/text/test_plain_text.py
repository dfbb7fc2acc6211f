"""Values in few words."""

from __future__ import annotations

import pytest

from rulereward.text.plain_text import written_value
from rulereward.text.value_match import Members, Pairs


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        ([1, 2.5, "a"], '[1, 2.5, "a"]'),
        ((1,), "(1,)"),
        ((), "()"),
        ({1: [True]}, "{1: [True]}"),
        (Pairs([(1, 2), ("a", Members([3]))]), '{1: 2, "a": {3}}'),
    ],
)
def test_whole(value: object, text: str) -> None:
    assert written_value(value, 100) == text


def test_cut_off() -> None:
    assert written_value(list(range(1_000_000)), 10) == "[0, 1, 2, …"


def test_deep_values_take_no_recursion() -> None:
    value: list[object] = []
    for _ in range(10_000):
        value = [value]
    assert written_value(value, 30_000) == "[" * 10_001 + "]" * 10_001
