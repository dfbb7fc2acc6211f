"""Which rows have which score: the route that takes a row, as far as a run knows it yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np

from rulereward.data import Bools, Cells, Column
from rulereward.engine.values import ERROR, OK
from rulereward.plan.nodes import Branch, Plan


@dataclass(frozen=True, slots=True, eq=False)
class BranchRows:
    """The rows that are in a branch, and those of them whose reward no gate gives."""

    all: Bools
    open: Bools


@dataclass(frozen=True, slots=True, eq=False)
class SortedRows:
    """Rows by branch; `unsortable` are those whose route is an error."""

    branches: Sequence[BranchRows]
    unsortable: Bools


def sort_rows(plan: Plan, values: Sequence[Column], size: int) -> SortedRows:
    """The rows of each branch, without those of which that is not known yet."""
    found: list[BranchRows] = []
    unrouted = np.ones(size, dtype=np.bool_)
    unsortable = np.zeros(size, dtype=np.bool_)
    for branch in plan.branches:
        inside = unrouted
        if branch.condition is not None:
            condition = cast(Cells, values[branch.condition])
            inside = unrouted & (condition.states == OK) & (condition.values == 1.0)
            unsortable |= unrouted & (condition.states == ERROR)
            unrouted = unrouted & (condition.states == OK) & (condition.values == 0.0)
        found.append(BranchRows(inside, _open_rows(branch, values, inside)))
    return SortedRows(found, unsortable)


def _open_rows(branch: Branch, values: Sequence[Column], inside: Bools) -> Bools:
    """Rows of a branch of which it is known that no gate gives their reward; an errored gate ends the search."""
    undecided = inside
    failed = np.zeros(len(inside), dtype=np.bool_)
    for gate in branch.gates:
        condition = cast(Cells, values[gate.condition])
        failed |= undecided & (condition.states == ERROR)
        undecided = undecided & (condition.states == OK) & (condition.values == 0.0)
    return undecided | failed


def needing(plan: Plan, node: int, rows: SortedRows) -> Bools:
    """Rows on which an expensive rule is wanted: their gates are open, and their route has a use for it."""
    wanted = rows.unsortable.copy()
    for branch, left_out in zip(rows.branches, _needless(plan), strict=True):
        if node not in left_out:
            wanted |= branch.open
    return wanted


@lru_cache(maxsize=256)
def _needless(plan: Plan) -> tuple[frozenset[int], ...]:
    """For each branch the reported nodes that some other branch reads by name, and this one does not."""
    read = frozenset[str]().union(*(branch.uses for branch in plan.branches))
    found: list[frozenset[int]] = []
    for branch in plan.branches:
        wanted = {node for rule, node in plan.reported.items() if rule in branch.uses or rule not in read}
        found.append(frozenset(plan.reported.values()) - wanted)
    return tuple(found)
