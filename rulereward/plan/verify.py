"""What a legal plan is. Runs on every plan, so that a wrong lowering fails here and not while scoring."""

from __future__ import annotations

from rulereward.data import Level
from rulereward.errors import InternalError
from rulereward.kind import Base, Function
from rulereward.plan.nodes import Folding, Gathering, Measurement, Node, Op, Plan

ARITY = {
    Op.CONST: 0,
    Op.INPUT: 0,
    Op.FIELD: 1,
    Op.ARITHMETIC: 2,
    Op.NEGATE: 1,
    Op.CLAMP: 1,
    Op.COMPARE: 2,
    Op.CONTAINS: 2,
    Op.CONVERT: 1,
    Op.IS_NULL: 1,
    Op.IS_TRUE: 1,
    Op.NOT: 1,
    Op.AND: 2,
    Op.OR: 2,
    Op.IF: 3,
    Op.DEFAULT: 2,
    Op.GUARD: 2,
    Op.CATCH: 1,
    Op.ITEM: 2,
    Op.SPREAD: 1,
}
NUMBERS = frozenset({Base.NUMBER, Base.BOOL, Base.NULL})
CONDITIONS = frozenset({Base.BOOL, Base.NULL})
TESTED_FIRST = frozenset({Op.IF, Op.GUARD})


def verify(plan: Plan) -> None:
    """Raise InternalError unless the plan is legal."""
    for index, node in enumerate(plan.nodes):
        _require(node.id == index, node, f"stands at place {index}")
        _require(all(0 <= arg < index for arg in node.args), node, "reads a node that comes later")
        _require(node.op not in ARITY or len(node.args) == ARITY[node.op], node, f"has {len(node.args)} args")
        _verify_types(plan, node)
        _verify_payload(plan, node)
        _verify_level(plan, node)
    places = {plan.reward, *plan.reported.values(), *plan.watched}
    for branch in plan.branches:
        places |= {branch.base, branch.reward, *(gate.condition for gate in branch.gates)}
        places |= set() if branch.condition is None else {branch.condition}
    if not all(0 <= place < len(plan.nodes) for place in places):
        raise InternalError("a root of the plan is not one of its nodes")
    if plan.nodes[plan.reward].base not in NUMBERS:
        raise InternalError("the reward of the plan is not a number")


def _require(holds: bool, node: Node, complaint: str) -> None:
    if not holds:
        raise InternalError(f"illegal plan: node {node.id} ({node.op.value}, from {node.span}) {complaint}")


def _verify_types(plan: Plan, node: Node) -> None:
    bases = [plan.nodes[arg].base for arg in node.args]
    if node.op in (Op.ARITHMETIC, Op.NEGATE, Op.CLAMP):
        _require(all(base in NUMBERS for base in bases), node, f"computes with {bases}")
    if node.op in (Op.AND, Op.OR, Op.NOT, Op.IS_TRUE):
        _require(all(base in CONDITIONS for base in bases), node, f"decides by {bases}")
    if node.op in TESTED_FIRST:
        _require(bases[0] in CONDITIONS, node, f"is decided by {bases[0]}")
    _require(node.base not in (Base.RANGE, Base.UNDECIDED), node, f"has no value of base {node.base}")


def _verify_payload(plan: Plan, node: Node) -> None:
    if node.op is Op.MEASURE:
        _require(isinstance(node.payload, Measurement), node, "measures nothing")
        expected = len(node.payload.kind.signature.args)
        _require(len(node.args) == expected, node, f"gives {len(node.args)} of {expected} arguments")
    if node.op is Op.FIELD:
        _require(plan.nodes[node.args[0]].op is Op.MEASURE, node, "is a field of something that was not measured")
    if node.op in (Op.TEXT, Op.NUMERIC):
        _require(isinstance(node.payload, Function), node, "calls nothing")
        _require(
            (node.op is Op.TEXT) == (node.payload.base in (Base.TEXT, Base.LIST)),
            node,
            "gives another type than it says",
        )
    if node.op is Op.FOLD:
        _require(isinstance(node.payload, Folding) and len(node.args) in (1, 2), node, "folds nothing")
    if node.op is Op.GATHER:
        _require(isinstance(node.payload, Gathering) and len(node.args) > 0, node, "gathers nothing")
        _require(node.payload.each is None or len(node.args) == 1, node, "gathers several lists")


def _verify_level(plan: Plan, node: Node) -> None:
    levels = {plan.nodes[arg].level for arg in node.args}
    if node.op is Op.SPREAD:
        _require(levels == {Level.GROUP} and node.level is Level.ROW, node, "spreads no group value")
    else:
        _require(Level.GROUP not in levels, node, "mixes levels")
        _require(node.level is Level.ROW or node.op is Op.FOLD, node, "is a group value without a fold")
