"""Levels: row < group. A row knows its group through one parent index.

A further level below row (a turn of a conversation) would be one more `Parent`; nothing here or above
assumes that rows are the lowest.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from rulereward.data.arrays import I64, Bools


class Level(IntEnum):
    """How often a value occurs: once a row, or once a group."""

    ROW = 0
    GROUP = 1


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Rows with the same prompt. `codes[row]` is the row's group, numbered by first appearance.

    `keyless` marks groups of one row that had no key: nothing may be said over such a group.
    """

    codes: I64
    count: int
    expected_size: int | None
    keyless: Bools

    @staticmethod
    def from_keys(keys: Sequence[Hashable], expected_size: int | None = None) -> Groups:
        """Group rows by equal keys; a row with the key None stands alone and keyless."""
        index: dict[Hashable, int] = {}
        spots = ((("row", row) if key is None else ("key", key)) for row, key in enumerate(keys))
        codes = np.fromiter((index.setdefault(spot, len(index)) for spot in spots), np.int64, len(keys))
        keyless = np.zeros(len(index), dtype=np.bool_)
        keyless[codes[[row for row, key in enumerate(keys) if key is None]]] = True
        return Groups(codes, len(index), expected_size, keyless)

    def members(self) -> list[I64]:
        """The row numbers of each group, ascending."""
        order = np.argsort(self.codes, kind="stable")
        bounds = np.searchsorted(self.codes[order], np.arange(self.count + 1))
        return [order[bounds[code] : bounds[code + 1]] for code in range(self.count)]

    def incomplete(self) -> Bools:
        """Per group: is it keyless, or is its size another than the declared one?"""
        if self.expected_size is None:
            return self.keyless
        wrong: Bools = np.bincount(self.codes, minlength=self.count) != self.expected_size
        return wrong | self.keyless
