"""Whether two rewards put the completions of a group in the same order.

Kendall's tau-b, which knows ties: (C - D) / sqrt((C + D + A) (C + D + B)), where of all pairs C stand in the same
order in both rewards, D in opposite ones, A are tied by the second reward only and B by the first only (M. Kendall,
"The treatment of ties in ranking problems", Biometrika 33, 1945). It is 1 for equal orders with equal ties, -1 for
opposite ones, and not defined where one of the rewards ties all of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.data import F64

SAME = 1e-9
"""Rewards that are no further apart are one reward: sums in another order differ in their last digits."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of a group: `tied_a` are tied by the first reward and not by the second, `tied_b` the reverse."""

    same: int
    opposite: int
    tied_a: int
    tied_b: int

    @property
    def order_changes(self) -> bool:
        """Is there a pair that stands differently, ties included?"""
        return bool(self.opposite or self.tied_a or self.tied_b)

    @property
    def tau(self) -> float | None:
        """Kendall's tau-b, None where one reward ties all."""
        untied_a = self.same + self.opposite + self.tied_b
        untied_b = self.same + self.opposite + self.tied_a
        if not untied_a or not untied_b:
            return None
        return (self.same - self.opposite) / math.sqrt(untied_a * untied_b)


def pairs(a: Sequence[float] | F64, b: Sequence[float] | F64) -> Pairs:
    """Count the pairs of one group, a row against all behind it."""
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    same = opposite = tied_a = tied_b = 0
    for row in range(len(first) - 1):
        by_a, by_b = _order(first[row + 1 :] - first[row]), _order(second[row + 1 :] - second[row])
        agreement = by_a * by_b
        same += int(np.count_nonzero(agreement > 0))
        opposite += int(np.count_nonzero(agreement < 0))
        tied_a += int(np.count_nonzero((by_a == 0) & (by_b != 0)))
        tied_b += int(np.count_nonzero((by_a != 0) & (by_b == 0)))
    return Pairs(same, opposite, tied_a, tied_b)


def _order(difference: F64) -> F64:
    return np.where(np.abs(difference) <= SAME, 0.0, np.sign(difference))


def advantages(reward: F64, members: Sequence[int]) -> dict[int, float]:
    """Reward less the group's mean, of the rows that have a reward; empty where fewer than two have one."""
    judged = [row for row in members if math.isfinite(reward[row])]
    if len(judged) < 2:
        return {}
    mean = math.fsum(float(reward[row]) for row in judged) / len(judged)
    found = {row: float(reward[row]) - mean for row in judged}
    return {row: 0.0 if abs(value) <= SAME else value for row, value in found.items()}
