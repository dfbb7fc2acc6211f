"""What nodes of a plan are made of."""

from __future__ import annotations

from collections.abc import Collection

from rulereward.plan.nodes import Op, Plan


def nodes_below(plan: Plan, *roots: int, stop: Collection[int] = ()) -> set[int]:
    """These nodes and everything that they are computed from, but for `stop` and what only that needs."""
    seen: set[int] = set()
    pending = [*roots]
    while pending:
        current = pending.pop()
        if current not in seen and current not in stop:
            seen.add(current)
            pending += plan.nodes[current].args
    return seen


def measured_at(plan: Plan, node: int) -> int:
    """The node that measures a rule, behind its `when` and `on_error`."""
    while plan.nodes[node].op in (Op.GUARD, Op.CATCH):
        node = plan.nodes[node].args[-1]
    return node
