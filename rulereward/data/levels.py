"""Levels: row < group. A row knows its group through one parent index.

A further level below row (a turn of a conversation) would be one more `Parent`; nothing here or above
assumes that rows are the lowest.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    """Rows with the same prompt. `codes[row]` is the row's group, numbered by first appearance."""

    codes: I64
    count: int
    expected_size: int | None = None

    @staticmethod
    def from_keys(keys: Sequence[object], expected_size: int | None = None) -> Groups:
        """Group rows by equal keys (hashable)."""
        index: dict[object, int] = {}
        codes = np.fromiter((index.setdefault(key, len(index)) for key in keys), np.int64, len(keys))
        return Groups(codes, len(index), expected_size)

    def members(self) -> list[I64]:
        """The row numbers of each group, ascending."""
        order = np.argsort(self.codes, kind="stable")
        bounds = np.searchsorted(self.codes[order], np.arange(self.count + 1))
        return [order[bounds[code] : bounds[code + 1]] for code in range(self.count)]

    def incomplete(self) -> Bools:
        """Per group: does its size differ from the declared one? All false where none was declared."""
        if self.expected_size is None:
            return np.zeros(self.count, dtype=np.bool_)
        sizes: Bools = np.bincount(self.codes, minlength=self.count) != self.expected_size
        return sizes
