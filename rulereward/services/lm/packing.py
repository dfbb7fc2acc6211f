"""Pieces laid out in forward passes under a budget of tokens.

A packed pass is one row without padding. Each segment of it sees itself, and the segment that it continues if there
is one; `rows` are the places whose output predicts a scored token, so that nothing is computed for the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rulereward.services.lm.prefixes import Unit, units_of
from rulereward.services.lm.windows import Ids, Piece


@dataclass(frozen=True, slots=True)
class Segment:
    """Tokens `start` to `end` of a row, in order. `prefix` is where the tokens before them stand, in the same row."""

    start: int
    end: int
    prefix: tuple[int, int] | None = None

    @property
    def given(self) -> int:
        """How many tokens its last one sees, itself among them."""
        return self.end - self.start + (0 if self.prefix is None else self.prefix[1] - self.prefix[0])


@dataclass(slots=True)
class Pack:
    """One row for one forward pass. `rows[i]` is the place that predicts `targets[i]`; the targets of the pieces
    `pieces` (numbers) follow each other, `counts` of them each.
    """

    ids: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    pieces: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def add(self, unit: Unit, pieces: Sequence[Piece]) -> None:
        """Lay a unit behind what is there."""
        prefix = self._lay(unit.shared, 0, None) if unit.shared else None
        for number in unit.pieces:
            piece = pieces[number]
            skipped = len(unit.shared)
            start, end = self._lay(piece.ids[skipped:-1], skipped, prefix)
            before = start - skipped  # where its first token would stand if nothing were shared
            rows = list(range(before + piece.first - 1, end))
            if prefix is not None:
                rows[0] = prefix[1] - 1
            self.rows += rows
            self.targets += piece.ids[piece.first :]
            self.pieces.append(number)
            self.counts.append(piece.scored)

    def _lay(self, ids: Ids, position: int, prefix: tuple[int, int] | None) -> tuple[int, int]:
        start = len(self.ids)
        end = start + len(ids)
        self.ids += ids
        self.positions += range(position, position + len(ids))
        if ids:
            self.segments.append(Segment(start, end, prefix))
        return start, end


def packs(pieces: Sequence[Piece], numbers: Iterable[int], budget: int, share: bool) -> list[Pack]:
    """Packed passes over the pieces of these numbers, the longest first. A unit above the budget goes alone."""
    made: list[Pack] = []
    for unit in sorted(units_of(pieces, numbers, budget, share), key=lambda unit: -unit.size):
        if not made or len(made[-1].ids) + unit.size > budget:
            made.append(Pack())
        made[-1].add(unit, pieces)
    return made


def padded_batches(pieces: Sequence[Piece], numbers: Iterable[int], budget: int) -> list[list[int]]:
    """Numbers of pieces for passes padded to the longest, which count the padding, the longest first."""
    batches: list[list[int]] = []
    longest = 0
    for number in sorted(numbers, key=lambda number: -pieces[number].size):
        if batches and (len(batches[-1]) + 1) * longest <= budget:
            batches[-1].append(number)
        else:
            batches.append([number])
            longest = pieces[number].size
    return batches
