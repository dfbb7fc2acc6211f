"""Rule kinds that measure nothing, so that what remains of a call's time is the engine's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.data import Column, ok_states
from rulereward.kind import Features, Measured, rule


@dataclass(frozen=True, slots=True)
class ConstantParams:
    value: float = 0.5


def _columns(args: Sequence[Column], params: ConstantParams, features: Features) -> Measured:
    return Measured(np.full(len(args[0]), params.value), ok_states(len(args[0])))


@rule(version=1, returns="number", range=(0, 1), columns=_columns)
def constant_by_columns(text: str, params: ConstantParams) -> float:
    """A constant, all rows at once."""
    return params.value


@rule(version=1, returns="number", range=(0, 1))
def constant_by_row(text: str, params: ConstantParams) -> float:
    """A constant, row by row."""
    return params.value
