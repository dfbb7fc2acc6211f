"""The last box, looked for from the end, is the one that a pass over the whole text finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.text.boxed import _boxes, boxed_span

PIECES = ["\\boxed", "\\fbox", "{", "}", "\\", "\\{", "\\}", " ", "4", "x", ".", "\\boxed{", "a} ", "\n"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_from_the_end_and_from_the_beginning(text: str) -> None:
    assert boxed_span(text) == max(_boxes(text), default=None)


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("\\boxed{1} \\boxed{2}", "2"),
        ("\\boxed{1} \\boxed{2", "1"),
        ("\\boxed{1 \\fbox{2} 3}", "2"),
        ("\\boxed{1} \\\\boxed{2}", "1"),
        ("\\boxed{1} \\\\\\boxed{2}", "2"),
        ("\\boxed{1} \\boxed 2.", "2"),
        ("\\boxed{1} \\boxedness{2}", "1"),
        ("\\boxed{1}" + "\\boxed{" * 10, "1"),
        ("\\boxed{1}" + "\\" * 101 + "boxed{2}", "2"),
        ("\\boxed{1}" + "\\" * 100 + "boxed{2}", "1"),
    ],
)
def test_the_last_box(text: str, box: str) -> None:
    span = boxed_span(text)
    assert span is not None
    assert text[slice(*span)] == box


def test_boxes_that_are_never_closed_take_no_longer_than_others() -> None:
    """Minutes where each of them is followed to the end of the text; the suite would not end."""
    for text in ("\\boxed{" * 100_000, "\\boxed" * 100_000, "\\" * 500_000 + "boxed{1}"):
        boxed_span(text)
