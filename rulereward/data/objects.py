"""Texts and JSON objects with a state per row: the non-numeric values that flow through a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.data.arrays import I64, U8, U16
from rulereward.data.cells import Cells, State, no_reasons, ok_states
from rulereward.data.column import MISSING, TextColumn, View


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """One text per row. Where the state is not OK the view's start is negative."""

    view: View
    states: U8
    reasons: U16
    clean: bool = False

    def __len__(self) -> int:
        return len(self.states)

    def take(self, rows: I64) -> Texts:
        return Texts(self.view.take(rows), self.states[rows], self.reasons[rows], self.clean)

    @staticmethod
    def of(texts: Sequence[str | None], null_reason: int = 0) -> Texts:
        """Texts from strings; None is a null for `null_reason`."""
        return Texts.of_view(TextColumn.from_strings(texts).view(), null_reason)

    @staticmethod
    def of_view(view: View, null_reason: int = 0) -> Texts:
        """Texts from a view; a missing window is a null for `null_reason`."""
        absent = view.start == MISSING
        if not absent.any():
            return Texts(view, ok_states(len(view)), no_reasons(len(view)), clean=True)
        states = np.where(absent, np.uint8(State.NULL), np.uint8(State.OK))
        reasons = np.where(absent, np.uint16(null_reason), np.uint16(0))
        return Texts(view, states, reasons)


@dataclass(frozen=True, slots=True, eq=False)
class Objects:
    """One plain JSON value per row (str, int, float, bool, list, dict). None only where the state is not OK."""

    values: tuple[object, ...]
    states: U8
    reasons: U16
    clean: bool = False

    def __len__(self) -> int:
        return len(self.values)

    def take(self, rows: I64) -> Objects:
        picked = tuple(self.values[row] for row in rows)
        return Objects(picked, self.states[rows], self.reasons[rows], self.clean)

    @staticmethod
    def of(values: Sequence[object], null_reason: int = 0) -> Objects:
        """Objects from values; None is a null for `null_reason`."""
        absent = np.fromiter((value is None for value in values), np.bool_, len(values))
        if not absent.any():
            return Objects(tuple(values), ok_states(len(values)), no_reasons(len(values)), clean=True)
        states = np.where(absent, np.uint8(State.NULL), np.uint8(State.OK))
        reasons = np.where(absent, np.uint16(null_reason), np.uint16(0))
        return Objects(tuple(values), states, reasons)


Column = Cells | Texts | Objects
"""A value per row of any type: what an input holds and what a plan node evaluates to."""
