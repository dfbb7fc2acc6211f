"""The order of a plan: what leads to a service comes first, so that its work is under way while ours goes on."""

from __future__ import annotations

import heapq
from dataclasses import replace

from rulereward.plan.below import nodes_below
from rulereward.plan.nodes import BatchFolding, Branch, Decision, Gate, MonitorPlan, Node, Op, Plan, Term


def order(plan: Plan) -> Plan:
    """The same plan with its nodes in topological order: ancestors of served measurements, then by cost."""
    urgent = nodes_below(plan, *(node.id for node in plan.nodes if node.served))
    ranks = {node.id: _rank(node, urgent) for node in plan.nodes}
    waiting = {node.id: len(set(node.args)) for node in plan.nodes}
    users: dict[int, list[int]] = {node.id: [] for node in plan.nodes}
    for node in plan.nodes:
        for arg in set(node.args):
            users[arg].append(node.id)
    ready = [(ranks[node.id], node.id) for node in plan.nodes if not waiting[node.id]]
    heapq.heapify(ready)
    new_ids: dict[int, int] = {}
    while ready:
        _, old = heapq.heappop(ready)
        new_ids[old] = len(new_ids)
        for user in users[old]:
            waiting[user] -= 1
            if not waiting[user]:
                heapq.heappush(ready, (ranks[user], user))
    return _renumbered(plan, new_ids)


def _rank(node: Node, urgent: set[int]) -> int:
    """Smaller is earlier: the way to a service, then arithmetic, then the reading of texts, then measuring."""
    if node.id in urgent:
        return 0
    return {Op.TEXT: 2, Op.MEASURE: 3}.get(node.op, 1)


def _renumbered(plan: Plan, new_ids: dict[int, int]) -> Plan:
    def moved(node: Node) -> Node:
        return replace(node, id=new_ids[node.id], args=tuple(new_ids[arg] for arg in node.args))

    def place(old: int | None) -> int | None:
        return None if old is None else new_ids[old]

    def term(old: Term) -> Term:
        return Term(old.rule, new_ids[old.value], place(old.weight), place(old.contribution))

    def branch(old: Branch) -> Branch:
        return replace(
            old,
            condition=place(old.condition),
            gates=tuple(Gate(gate.name, new_ids[gate.condition]) for gate in old.gates),
            terms=tuple(term(part) for part in old.terms),
            base=new_ids[old.base],
            reward=new_ids[old.reward],
        )

    def monitor(old: MonitorPlan) -> MonitorPlan:
        folds = (BatchFolding(fold.folding, new_ids[fold.value], place(fold.where)) for fold in old.folds)
        return replace(old, folds=tuple(folds))

    def decision(old: Decision) -> Decision:
        conditions = tuple(new_ids[condition] for condition in old.conditions)
        return Decision(old.span, conditions, new_ids[old.result])

    return replace(
        plan,
        nodes=tuple(sorted((moved(node) for node in plan.nodes), key=lambda node: node.id)),
        reward=new_ids[plan.reward],
        reported={name: new_ids[old] for name, old in plan.reported.items()},
        branches=tuple(branch(old) for old in plan.branches),
        decisions=tuple(decision(old) for old in plan.decisions),
        monitors=tuple(monitor(old) for old in plan.monitors),
    )
