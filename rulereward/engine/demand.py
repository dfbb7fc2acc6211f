"""Demand: which cells the roots of a plan still need, given what is known.

Walks the plan backwards. A lazy operation asks for its further arguments only where its first one, already known,
leaves the result open; so the demanded set is exactly what a lazy walk over one row would touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from rulereward.data import Bools, Cells, Column, Groups, Level
from rulereward.engine.values import NULL, OK, UNKNOWN
from rulereward.plan.nodes import Node, Op, Plan

LAZY = frozenset({Op.AND, Op.OR, Op.IF, Op.DEFAULT, Op.GUARD})
"""Operations that need their further arguments only where the first leaves the result open."""

Demanded = list[Bools | None]
"""Per node the cells that are needed and unknown; None for none at all."""


def demand(
    plan: Plan,
    values: Sequence[Column],
    complete: Sequence[bool],
    roots: Iterable[tuple[int, Bools]],
    groups: Groups | None,
) -> Demanded:
    """What each node must still compute so that the roots become known where they are wanted."""
    needed: Demanded = [None] * len(plan.nodes)
    for root, wanted in roots:
        _ask(needed, complete, root, wanted)
    for node in reversed(plan.nodes):
        wanted_here = needed[node.id]
        if wanted_here is None:
            continue
        still = wanted_here & (values[node.id].states == UNKNOWN)
        if not still.any():
            needed[node.id] = None
            continue
        needed[node.id] = still
        _ask_arguments(node, still, needed, values, complete, groups)
    return needed


def touched(
    plan: Plan, values: Sequence[Column], roots: Iterable[tuple[int, Bools]], groups: Groups | None
) -> Demanded:
    """Of a finished run: the cells that a lazy walk from the roots looks at, per node; None for none at all."""
    needed: Demanded = [None] * len(plan.nodes)
    known = [False] * len(plan.nodes)
    for root, wanted in roots:
        _ask(needed, known, root, wanted)
    for node in reversed(plan.nodes):
        wanted_here = needed[node.id]
        if wanted_here is not None:
            _ask_arguments(node, wanted_here, needed, values, known, groups)
    return needed


@lru_cache(maxsize=256)
def first_demand(plan: Plan, thrifty: bool) -> tuple[int, ...] | None:
    """The nodes that are needed on every row whatever its values: what `demand` says while nothing is known yet.

    None where that does not follow from the plan: a row that is alone in its group needs no value for the others.
    """
    if any(node.op is Op.FOLD and node.payload.excluding_self for node in plan.nodes):
        return None
    wanted = {plan.reward}
    one_way = len(plan.branches) == 1 and not plan.gates
    terms = [] if len(plan.branches) > 1 else [term.value for term in plan.terms]
    for root in (*plan.reported.values(), *plan.watched, *terms):
        if one_way or not (thrifty and plan.nodes[root].expensive):
            wanted.add(root)
    if one_way:
        wanted |= {part for term in plan.terms for part in (term.weight, term.contribution) if part is not None}
    for node in reversed(plan.nodes):
        if node.id in wanted:
            with_where = node.op is Op.FOLD and len(node.args) == 2
            wanted |= {node.args[1]} if with_where else set(node.args[:1] if node.op in LAZY else node.args)
    return tuple(sorted(wanted))


def _ask(needed: Demanded, complete: Sequence[bool], node: int, wanted: Bools) -> None:
    if not complete[node]:
        earlier = needed[node]
        needed[node] = wanted if earlier is None else earlier | wanted


def _ask_arguments(
    node: Node,
    wanted: Bools,
    needed: Demanded,
    values: Sequence[Column],
    complete: Sequence[bool],
    groups: Groups | None,
) -> None:
    args = node.args
    if node.op in LAZY:
        first = args[0]
        _ask(needed, complete, first, wanted)
        for arg, open_there in zip(args[1:], _left_open(node.op, values[first]), strict=True):
            _ask(needed, complete, arg, wanted & open_there)
    elif node.op is Op.FOLD:
        assert groups is not None
        _ask_members(node, wanted, needed, values, complete, groups)
    elif node.op is Op.SPREAD:
        assert groups is not None
        asked = np.zeros(groups.count, dtype=np.bool_)
        asked[groups.codes[wanted]] = True
        _ask(needed, complete, args[0], asked)
    else:
        for arg in args:
            _ask(needed, complete, arg, wanted)


def _left_open(op: Op, first: Column) -> list[Bools]:
    """For each further argument: where the first, known there, makes the result depend on it."""
    if op is Op.DEFAULT:
        return [first.states == NULL]
    assert isinstance(first, Cells)
    fine = first.states == OK
    true = fine & (first.values == 1.0)
    if op is Op.GUARD:
        return [true]
    if op is Op.IF:
        return [true, fine & ~true]
    decisive = true if op is Op.OR else fine & ~true
    return [(first.states != UNKNOWN) & ~decisive]


def _ask_members(
    node: Node,
    wanted: Bools,
    needed: Demanded,
    values: Sequence[Column],
    complete: Sequence[bool],
    groups: Groups,
) -> None:
    """All members of a wanted group, those that `where` selects if there is one."""
    if node.level is Level.ROW:
        asked = np.zeros(groups.count, dtype=np.bool_)
        asked[groups.codes[wanted]] = True
    else:
        asked = wanted
    asked = asked & ~groups.incomplete()
    members = asked[groups.codes]
    if node.payload.excluding_self:
        asking = np.bincount(groups.codes[wanted], minlength=groups.count)
        members = members & (asking[groups.codes] > wanted)  # another row asks
    if len(node.args) == 2:
        where = values[node.args[1]]
        assert isinstance(where, Cells)
        _ask(needed, complete, node.args[1], members)
        members = members & (where.states == OK) & (where.values == 1.0)
    _ask(needed, complete, node.args[0], members)
