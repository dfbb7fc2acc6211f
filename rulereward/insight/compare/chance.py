"""Whether chance alone explains that a predicate holds on so many of the differing rows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rulereward.data import I64, Bools

MOST_CHANCE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Differing rows of one kind against those that agree.

    `units` number the groups of the rows. Completions of one prompt share its gold and much else, so where a pair of
    predicates is judged a group counts once: among many pairs there is always one that picks out a single prompt.
    """

    differ: Bools
    agree: Bools
    units: I64

    def is_sure(self, first: Bools, second: Bools | None, tried: int) -> bool:
        """Is chance no explanation, neither of the whole nor of what each predicate of a pair adds to the other?

        `tried` is the number of predicates looked at: that many times, or pairs of them, chance had its turn.
        """
        if second is None:
            rows = [int(mask.sum()) for mask in (self.differ & first, self.agree & first, self.differ, self.agree)]
            return tail(*rows) * tried < MOST_CHANCE
        both = self._counts(first & second)
        among = ((np.ones_like(first), tried * tried / 2), (first, tried), (second, tried))
        return all(tail(*both, *self._counts(where)) * times < MOST_CHANCE for where, times in among)

    def _counts(self, where: Bools) -> tuple[int, int]:
        """Groups with a differing, and with an agreeing row there."""
        return len(np.unique(self.units[self.differ & where])), len(np.unique(self.units[self.agree & where]))


def tail(hits: int, wrong: int, total: int, others: int) -> float:
    """P(at least so many hits) among `hits + wrong` draws without replacement from `total` hits and `others`.

    The tail of the hypergeometric distribution.
    """
    drawn = hits + wrong
    whole = _log_choose(total + others, drawn)
    return math.fsum(
        math.exp(_log_choose(total, found) + _log_choose(others, drawn - found) - whole)
        for found in range(hits, min(drawn, total) + 1)
        if drawn - found <= others
    )


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
