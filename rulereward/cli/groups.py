"""Spread and credit over a whole run, in bounded memory, wherever in the input the rows of a group stand."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from rulereward.data import F64
from rulereward.engine.credit import CreditTally

MOST_ROWS = 100_000


class GroupSample:
    """Rewards, contributions and rule values of whole groups.

    All groups, until there are more rows than `most_rows`; then a half of the groups, then a quarter, and so on.
    Which groups stay hangs on their keys alone, so a kept group is always whole, and the sample is of the whole run.
    """

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most_rows = most_rows
        self._groups = np.zeros(0, dtype=np.uint64)
        self._columns: dict[tuple[str, str], F64] = {}
        self._halvings = 0

    @property
    def is_whole(self) -> bool:
        """Are all groups of the run in it?"""
        return self._halvings == 0

    def add(
        self, keys: Sequence[Hashable], reward: F64, contributions: Mapping[str, F64], rules: Mapping[str, F64]
    ) -> None:
        """Count in rows with their group keys (None for a row without a group). NaN stands for no value."""
        groups = np.fromiter((_number(key) for key in keys), np.uint64, len(keys))
        keyed = np.fromiter((key is not None for key in keys), np.bool_, len(keys))
        kept = np.flatnonzero(keyed & self._kept(groups))
        added = {("reward", ""): reward}
        added |= {("part", name): values for name, values in contributions.items()}
        added |= {("rule", name): values for name, values in rules.items()}
        self._groups = np.concatenate([self._groups, groups[kept]])
        for column, values in added.items():
            self._columns[column] = np.concatenate([self._columns.get(column, np.zeros(0)), values[kept]])
        while len(self._groups) > self._most_rows:
            self._halve()

    def _kept(self, groups: NDArray[np.uint64]) -> NDArray[np.bool_]:
        mask = np.uint64((1 << self._halvings) - 1)
        kept: NDArray[np.bool_] = (groups & mask) == 0
        return kept

    def _halve(self) -> None:
        self._halvings += 1
        kept = self._kept(self._groups)
        self._groups = self._groups[kept]
        self._columns = {column: values[kept] for column, values in self._columns.items()}

    def tally(self) -> CreditTally:
        """Spread, ties and credit over the groups in the sample."""
        tally = CreditTally()
        if not len(self._groups):
            return tally
        order = np.argsort(self._groups, kind="stable")
        starts = np.flatnonzero(np.diff(self._groups[order])) + 1
        tally.add(
            self._columns["reward", ""],
            {name: values for (what, name), values in self._columns.items() if what == "part"},
            {name: values for (what, name), values in self._columns.items() if what == "rule"},
            np.split(order, starts),
        )
        return tally


def _number(key: Hashable) -> int:
    """64 bits of a group's key, the same in every process."""
    return int.from_bytes(blake2b(repr(key).encode("utf-8", "backslashreplace"), digest_size=8).digest())
