"""Pieces that follow the same tokens: those are computed once, and seen by all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rulereward.services.lm.windows import Ids, Piece

_WORTHWHILE = 16
"""A shorter beginning is not shared: reaching it costs more than computing it again."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Pieces, by number, of one forward pass. Where `shared` is not empty they all follow just these tokens."""

    pieces: tuple[int, ...]
    shared: Ids
    size: int
    """Tokens that the model is given."""


def units_of(pieces: Sequence[Piece], numbers: Iterable[int], budget: int, share: bool) -> list[Unit]:
    """The pieces of these numbers as units of at most `budget` tokens, or of one piece."""
    groups: dict[Ids, list[int]] = {}
    units = []
    for number in numbers:
        piece = pieces[number]
        if share and piece.first >= _WORTHWHILE:
            groups.setdefault(piece.context, []).append(number)
        else:
            units.append(Unit((number,), (), piece.size))
    for shared, members in groups.items():
        units.extend(_split(pieces, shared, members, budget))
    return units


def _split(pieces: Sequence[Piece], shared: Ids, members: Sequence[int], budget: int) -> Iterator[Unit]:
    """A group as units that keep to the budget; each computes the shared tokens again."""
    chosen: list[int] = []
    size = len(shared)
    for number in members:
        own = pieces[number].size - len(shared)
        if chosen and size + own > budget:
            yield _unit(chosen, shared, size)
            chosen, size = [], len(shared)
        chosen.append(number)
        size += own
    yield _unit(chosen, shared, size)


def _unit(numbers: list[int], shared: Ids, size: int) -> Unit:
    return Unit(tuple(numbers), shared if len(numbers) > 1 else (), size)
