"""Texts in pieces: every token scored once, with as much before it as fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_models import rolling

from rulereward.services.lm.windows import Piece, fits, last_part, whole, windows


def test_a_text_that_fits_is_one_piece() -> None:
    assert fits((0,), (1, 2, 3), 3)
    assert whole((0,), (1, 2, 3)) == [Piece((0, 1, 2, 3), 1)]
    assert not fits((0,), (1, 2, 3), 2)


def test_nothing_to_score_is_no_piece() -> None:
    assert whole((0,), ()) == windows((0,), (), 4, 2) == last_part((0, 1, 2), (), 2) == []


@pytest.mark.parametrize(
    ("context", "capacity", "stride", "expected"),
    [
        # The model is given three tokens at most, and predicts the one behind them.
        ((0,), 3, 3, [((0, 1, 2, 3), 1), ((3, 4, 5, 6), 1), ((4, 5, 6, 7), 3)]),
        ((0,), 3, 2, [((0, 1, 2, 3), 1), ((2, 3, 4, 5), 2), ((4, 5, 6, 7), 2)]),
        ((0,), 3, 1, [((0, 1, 2, 3), 1), *(((n - 3, n - 2, n - 1, n), 3) for n in (4, 5, 6, 7))]),
        # A prompt takes its part of the first window, and one that fills it leaves no room for more than a stride.
        ((-1, 0), 3, 2, [((-1, 0, 1, 2), 2), ((1, 2, 3, 4), 2), ((3, 4, 5, 6), 2), ((4, 5, 6, 7), 3)]),
        ((-4, -3, -2, -1, 0), 3, 2, [((-1, 0, 1, 2), 2), ((1, 2, 3, 4), 2), ((3, 4, 5, 6), 2), ((4, 5, 6, 7), 3)]),
    ],
)
def test_windows(context: tuple[int, ...], capacity: int, stride: int, expected: list[object]) -> None:
    found = windows(context, (1, 2, 3, 4, 5, 6, 7), capacity, stride)
    assert [(piece.ids, piece.first) for piece in found] == expected


@given(st.integers(1, 12), st.integers(0, 40), st.integers(1, 9), st.data())
def test_each_token_is_scored_once_and_follows_what_it_follows_in_the_text(
    before: int, length: int, capacity: int, data: st.DataObject
) -> None:
    stride = data.draw(st.integers(1, capacity))
    context, completion = tuple(range(-before, 0)), tuple(range(length))
    found = windows(context, completion, capacity, stride)
    assert [token for piece in found for token in piece.ids[piece.first :]] == list(completion)
    for place, piece in enumerate(found):
        assert list(piece.ids) == list(range(piece.ids[0], piece.ids[-1] + 1))
        assert 1 <= piece.size <= capacity
        assert piece.first >= 1
        assert piece.ids[0] == -before or piece.size == capacity
        assert place == 0 or piece.scored <= stride


@given(st.integers(1, 40), st.integers(1, 9), st.data())
def test_windows_are_those_of_lm_evaluation_harness(length: int, most: int, data: st.DataObject) -> None:
    kept = data.draw(st.integers(1, most))
    tokens = list(range(1, length + 1))
    ours = windows((0,), tuple(tokens), most, most - kept + 1)
    assert [(list(piece.ids[:-1]), list(piece.ids[piece.first :])) for piece in ours] == rolling(
        tokens, 0, most, kept
    )


@pytest.mark.parametrize(
    ("context", "completion", "expected"),
    [
        ((0, 1), (2, 3), [((0, 1, 2, 3), 2)]),
        ((0, 1, 2), (3, 4), [((1, 2, 3, 4), 2)]),  # less of the prompt is seen
        ((0,), (1, 2, 3, 4, 5), [((2, 3, 4, 5), 1)]),  # two tokens of the completion are not scored
    ],
)
def test_the_last_part(context: tuple[int, ...], completion: tuple[int, ...], expected: list[object]) -> None:
    assert [(piece.ids, piece.first) for piece in last_part(context, completion, 3)] == expected
