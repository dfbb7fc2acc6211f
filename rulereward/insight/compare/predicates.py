"""Predicates by the hundred: alike ones taken together, opposites, and on how many rows two of them hold at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rulereward.data import F64, Bools
from rulereward.insight.compare.features import Feature

CHUNK_ROWS = 8192
"""Rows counted at a time, so that memory does not grow with the data."""

Pool = list[tuple[Feature, tuple[Feature, ...]]]
"""Features, each with those that hold on the same rows."""


class Literal(NamedTuple):
    """A predicate, or its opposite."""

    feature: Feature
    holds: bool

    @property
    def name(self) -> str:
        """For programs; `not ` in front of the opposite."""
        return self.feature.name if self.holds else f"not {self.feature.name}"

    @property
    def where(self) -> Bools:
        """The rows on which it holds."""
        return self.feature.holds if self.holds else ~self.feature.holds


def distinct(features: Sequence[Feature], told: Bools) -> Pool:
    """One feature of those that hold on the same rows, with the others."""
    found: dict[bytes, list[Feature]] = {}
    for feature in features:
        found.setdefault(np.packbits(feature.holds & told).tobytes(), []).append(feature)
    return [(same[0], tuple(same[1:])) for same in found.values()]


def holding(literals: Sequence[Literal], size: int) -> Bools:
    where = np.ones(size, dtype=np.bool_)
    for literal in literals:
        where &= literal.where
    return where


def together(pool: Pool, rows: Bools) -> F64:
    """On how many of `rows` two literals hold at once: the features first, then their opposites."""
    found = np.zeros((2 * len(pool), 2 * len(pool)))
    places = np.flatnonzero(rows)
    for start in range(0, len(places) if pool else 0, CHUNK_ROWS):
        chunk = places[start : start + CHUNK_ROWS]
        held = np.array([feature.holds[chunk] for feature, _ in pool], dtype=np.float64)
        both = np.concatenate([held, 1.0 - held])
        found += both @ both.T
    return found


def rests_on_weak(pool: Pool) -> Bools:
    """Which literals (on the diagonal) and pairs are weak; in a pair an opposite is weak too, for it says little."""
    weak = np.array([feature.weak for feature, _ in pool], dtype=np.bool_)
    in_pairs = np.concatenate([weak, np.ones_like(weak)])
    found: Bools = in_pairs[:, None] & in_pairs[None, :]
    np.fill_diagonal(found, np.concatenate([weak, weak]))
    return found
