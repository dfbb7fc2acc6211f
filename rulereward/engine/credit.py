"""Credit: each rule's share of the advantage.

In a group the advantage of a completion is its reward less the group's mean. A part of the reward has the share
cov(part, reward) / var(reward) of it; the shares of all parts of one group sum to 1. The credit of a rule is the mean
of its shares over the groups whose rewards differ at all. Means and deviations over rows hide this: a rule that is
equal throughout a group teaches nothing there, however large it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from rulereward.data import F64, I64

REST = "(rest)"
"""Whatever no single rule contributed: constants, mixed parts, gates."""

TIED = 1e-12
"""A variance of rewards at or below this counts as no spread."""


@dataclass(slots=True)
class CreditTally:
    """Sums over the groups seen so far, so that blocks can be added one by one."""

    groups: int = 0
    rows: int = 0
    """Rows in these groups: those alone in theirs, and those without a reward, are in none."""
    tied: int = 0
    shares: dict[str, float] = field(default_factory=dict)
    spread: dict[str, int] = field(default_factory=dict)

    def add(self, reward: F64, parts: Mapping[str, F64], rules: Mapping[str, F64], members: Sequence[I64]) -> None:
        """Count the groups of one block. NaN marks rows without a value; such rows are left out of their group."""
        # lists, of which each group picks a few elements: arrays cost more for a few than for many
        rewarded: list[float] = reward.tolist()
        listed_parts = {name: np.nan_to_num(values, nan=0.0).tolist() for name, values in parts.items()}
        listed_rules = {name: values.tolist() for name, values in rules.items()}
        for rows in members:
            judged = [row for row in rows.tolist() if math.isfinite(rewarded[row])]
            if len(judged) < 2:
                continue
            self.groups += 1
            self.rows += len(judged)
            self._count_spread(listed_rules, judged)
            rewards = [rewarded[row] for row in judged]
            variance = covariance(rewards, rewards)
            if not TIED < variance < math.inf:
                self.tied += 1
                continue
            for name, share in _shares(rewards, variance, listed_parts, judged).items():
                self.shares[name] = self.shares.get(name, 0.0) + share

    def _count_spread(self, rules: Mapping[str, Sequence[float]], rows: Sequence[int]) -> None:
        for name, values in rules.items():
            known = [value for row in rows if math.isfinite(value := values[row])]
            differs = any(value != known[0] for value in known)
            self.spread[name] = self.spread.get(name, 0) + differs

    def credit(self) -> dict[str, float]:
        """Mean share per part over the groups with spread; empty where there was none."""
        told = self.groups - self.tied
        return {name: total / told for name, total in self.shares.items()} if told else {}


def _shares(
    rewards: list[float], variance: float, parts: Mapping[str, Sequence[float]], rows: Sequence[int]
) -> dict[str, float]:
    shares: dict[str, float] = {}
    for name, values in parts.items():
        shares[name] = covariance([values[row] for row in rows], rewards) / variance
    shares[REST] = 1.0 - math.fsum(shares.values())
    return shares


def covariance(a: Sequence[float], b: Sequence[float]) -> float:
    """Population covariance, in two passes; infinite where a sum on the way is beyond all floats."""
    try:
        mean_a, mean_b = math.fsum(a) / len(a), math.fsum(b) / len(b)
        return math.fsum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True)) / len(a)
    except (OverflowError, ValueError):  # ValueError: infinities of both signs
        return math.inf
