"""N-grams of units."""

from __future__ import annotations

from collections.abc import Sequence


def distinct_and_total(units: Sequence[str], n: int) -> tuple[int, int]:
    """How many different n-grams the units have, and how many in all."""
    total = max(len(units) - n + 1, 0)
    return len(set(zip(*(units[first:] for first in range(n)), strict=False))), total


def repeated_share(distinct: int, total: int) -> float:
    """Share of the n-grams that repeat an earlier one: 1 - distinct / total, 0 where there is none."""
    return 1.0 - distinct / total if total else 0.0
