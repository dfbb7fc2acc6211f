"""Columns with the values that rules are given instead of being measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rulereward.data import Cells, Column, Reason, ReasonTable, State, Texts
from rulereward.errors import InputError
from rulereward.kind import Base
from rulereward.plan.nodes import Op, Plan

STUBBED_NULL = Reason("stubbed", "the value was given as missing")


def stub_column(plan: Plan, name: str, rows: Sequence[Mapping[str, object] | Reason], reasons: ReasonTable) -> Column:
    """The values under `name` (`stub.<rule>`) of the rows: numbers, true and false, None for null, a Reason for an
    error; for a field that is a text, texts. Raises InputError for a row without one, and for another value.
    """
    base = next(node.base for node in plan.nodes if node.op is Op.INPUT and node.payload == name)
    values = [row if isinstance(row, Reason) else row.get(name, _ABSENT) for row in rows]
    states = np.array([_state(value) for value in values], dtype=np.uint8)
    why = [STUBBED_NULL if value is None else value if isinstance(value, Reason) else None for value in values]
    indices = np.array([reasons.add(reason) for reason in why], dtype=np.uint16)
    for value in values:
        _check(name, base, value)
    if base is Base.TEXT:
        texts = [value if isinstance(value, str) else None for value in values]
        return Texts(Texts.of(texts).view, states, indices)
    numbers = [float(value) if isinstance(value, int | float) else float("nan") for value in values]
    return Cells(np.array(numbers), states, indices)


_ABSENT = object()


def _state(value: object) -> State:
    return State.NULL if value is None else State.ERROR if isinstance(value, Reason) else State.OK


def _check(name: str, base: Base, value: object) -> None:
    if value is None or isinstance(value, Reason):
        return
    if value is _ABSENT:
        raise InputError(f"a row has no `{name}`, which stands in for a rule")
    fits = isinstance(value, str) if base is Base.TEXT else isinstance(value, int | float)
    if not fits:
        raise InputError(f"`{name}` cannot be {value!r}: give a number, true, false or nothing")
