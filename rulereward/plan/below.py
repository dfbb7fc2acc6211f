"""What a node of a plan is made of."""

from __future__ import annotations

from rulereward.plan.nodes import Op, Plan


def nodes_below(plan: Plan, root: int) -> set[int]:
    """A node and everything that it is computed from."""
    seen: set[int] = set()
    pending = [root]
    while pending:
        current = pending.pop()
        if current not in seen:
            seen.add(current)
            pending += plan.nodes[current].args
    return seen


def measured_at(plan: Plan, node: int) -> int:
    """The node that measures a rule, behind its `when` and `on_error`."""
    while plan.nodes[node].op in (Op.GUARD, Op.CATCH):
        node = plan.nodes[node].args[-1]
    return node
