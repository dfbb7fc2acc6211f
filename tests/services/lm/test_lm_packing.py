"""How pieces are laid out: by hand, and as laws."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from rulereward.services.lm.packing import Segment, packs, padded_batches
from rulereward.services.lm.prefixes import units_of
from rulereward.services.lm.windows import Piece

PROMPT = tuple(range(100, 120))


def test_two_texts_side_by_side() -> None:
    (pack,) = packs([Piece((1, 2, 3, 4), 1), Piece((5, 6, 7), 2)], range(2), 100, share=True)
    assert pack.ids == [1, 2, 3, 5, 6]
    assert pack.positions == [0, 1, 2, 0, 1]
    assert pack.segments == [Segment(0, 3), Segment(3, 5)]
    assert (pack.pieces, pack.counts) == ([0, 1], [3, 1])
    assert (pack.rows, pack.targets) == ([0, 1, 2, 4], [2, 3, 4, 7])


def test_a_shared_prompt_stands_there_once() -> None:
    """Its last place predicts the first token of each text; a text of one token has no place of its own."""
    pieces = [Piece((*PROMPT, 1, 2, 3), 20), Piece((*PROMPT, 4), 20), Piece((*PROMPT, 5, 6), 20)]
    (pack,) = packs(pieces, range(3), 100, share=True)
    assert pack.ids == [*PROMPT, 1, 2, 5]
    assert pack.positions == [*range(20), 20, 21, 20]
    assert pack.segments == [Segment(0, 20), Segment(20, 22, (0, 20)), Segment(22, 23, (0, 20))]
    assert (pack.rows, pack.targets) == ([19, 20, 21, 19, 19, 22], [1, 2, 3, 4, 5, 6])


def test_a_short_or_single_beginning_is_not_shared() -> None:
    pieces = [Piece((9, 1, 2), 1), Piece((9, 3, 4), 1), Piece((*PROMPT, 1, 2), 20)]
    assert [unit.shared for unit in units_of(pieces, range(3), 100, share=True)] == [(), (), ()]


def test_a_group_that_is_too_large_computes_its_prompt_again() -> None:
    pieces = [Piece((*PROMPT, *range(6)), 20) for _ in range(5)]
    units = units_of(pieces, range(5), 31, share=True)
    assert [(unit.pieces, unit.size) for unit in units] == [((0, 1), 30), ((2, 3), 30), ((4,), 25)]


PIECES = st.lists(
    st.builds(
        lambda context, length: Piece((*context, *range(length)), len(context)),
        st.sampled_from([(7,), PROMPT, PROMPT[:17], (5, 6, 7)]),
        st.integers(1, 12),
    ),
    max_size=12,
)


@given(PIECES, st.integers(1, 80), st.booleans())
def test_each_piece_is_run_once_within_the_budget(pieces: list[Piece], budget: int, share: bool) -> None:
    found = packs(pieces, range(len(pieces)), budget, share)
    assert sorted(number for pack in found for number in pack.pieces) == list(range(len(pieces)))
    for pack in found:
        assert len(pack.ids) <= budget or len(pack.pieces) == 1
        assert Counter(place for one in pack.segments for place in range(one.start, one.end)) == Counter(
            range(len(pack.ids))
        )
        assert _read_back(pack.ids, pack.segments, pack.rows, pack.targets, pack.counts) == [
            (pieces[number].ids, pieces[number].first) for number in pack.pieces
        ]


def _read_back(
    ids: list[int], segments: list[Segment], rows: list[int], targets: list[int], counts: list[int]
) -> list[tuple[tuple[int, ...], int]]:
    """Each piece as the places tell it: what its first target's place sees, and then the targets."""
    found = []
    start = 0
    for count in counts:
        row = rows[start]
        (segment,) = [one for one in segments if one.start <= row < one.end]
        before = range(*segment.prefix) if segment.prefix else range(0)
        context = [ids[place] for place in (*before, *range(segment.start, row + 1))]
        found.append(((*context, *targets[start : start + count]), len(context)))
        start += count
    return found


@given(PIECES, st.integers(1, 80))
def test_padded_passes_count_their_padding(pieces: list[Piece], budget: int) -> None:
    found = padded_batches(pieces, range(len(pieces)), budget)
    assert sorted(number for batch in found for number in batch) == list(range(len(pieces)))
    for batch in found:
        assert len(batch) == 1 or len(batch) * max(pieces[number].size for number in batch) <= budget
