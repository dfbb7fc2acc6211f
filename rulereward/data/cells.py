"""Cells: one measured value per row, or the reason there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from rulereward.data.arrays import F64, I64, U8, U16


class State(IntEnum):
    """What is known of a cell. `UNKNOWN` exists only inside a run and never leaves it."""

    OK = 0
    NULL = 1
    SKIPPED = 2
    ERROR = 3
    UNKNOWN = 4


class Reason(NamedTuple):
    """Why a cell is what it is: a stable code for programs and a sentence for people."""

    code: str
    message: str


class ReasonTable:
    """The distinct reasons of one run; a cell stores an index into it. Index 0 means no reason."""

    LIMIT = 65_534
    OTHER = Reason("other", "")

    def __init__(self) -> None:
        self._index: dict[Reason, int] = {}
        self._reasons: list[Reason | None] = [None]

    def add(self, reason: Reason | None) -> int:
        """Index of `reason`. In a nearly full table a reason loses its message, in a full one also its code."""
        if reason is None:
            return 0
        found = self._index.get(reason)
        if found is not None:
            return found
        if len(self._reasons) >= self.LIMIT - 1_000 and reason.message:
            return self.add(Reason(reason.code, ""))
        if len(self._reasons) >= self.LIMIT and reason != self.OTHER:
            return self.add(self.OTHER)
        self._index[reason] = len(self._reasons)
        self._reasons.append(reason)
        return self._index[reason]

    def __getitem__(self, index: int) -> Reason | None:
        return self._reasons[index]

    def __len__(self) -> int:
        return len(self._reasons)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Numbers (or bools as 0 and 1) of shape (rows,), with a state and a reason index each.

    A value whose state is not OK is NaN by convention and must not be read.
    `clean` promises that every state is OK and every reason 0: work on such cells skips both arrays.
    """

    values: F64
    states: U8
    reasons: U16
    clean: bool = False

    def __len__(self) -> int:
        return len(self.values)

    def take(self, rows: I64) -> Cells:
        return Cells(self.values[rows], self.states[rows], self.reasons[rows], self.clean)


def all_ok(values: F64) -> Cells:
    """Clean cells around `values`."""
    size = len(values)
    if size <= _SHARED:
        return Cells(values, _ZERO_STATES[:size], _ZERO_REASONS[:size], True)
    return Cells(values, ok_states(size), no_reasons(size), True)


_SHARED = 4096
"""Up to this many rows, arrays of zeros are shared, read-only."""

_ZERO_STATES: U8 = np.zeros(_SHARED, dtype=np.uint8)
_ZERO_STATES.flags.writeable = False
_ZERO_REASONS: U16 = np.zeros(_SHARED, dtype=np.uint16)
_ZERO_REASONS.flags.writeable = False


def ok_states(size: int) -> U8:
    """`size` states, all OK, read-only where a shared array serves."""
    return _ZERO_STATES[:size] if size <= _SHARED else np.zeros(size, dtype=np.uint8)


def no_reasons(size: int) -> U16:
    """`size` empty reasons, read-only where a shared array serves."""
    return _ZERO_REASONS[:size] if size <= _SHARED else np.zeros(size, dtype=np.uint16)


def filled(size: int, state: State, reason: int = 0, value: float = float("nan")) -> Cells:
    """`size` equal cells."""
    return Cells(np.full(size, value), np.full(size, state, dtype=np.uint8), np.full(size, reason, dtype=np.uint16))
