"""From checked nodes to nodes of a plan: names are gone afterwards, and equal work is one node."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rulereward.data import Level
from rulereward.kind import ANY_NUMBER, UNIT_INTERVAL, Base, Interval
from rulereward.plan.nodes import Decision, Folding, Gathering, Measurement, Node, Op
from rulereward.plan.ranges import arithmetic_range
from rulereward.plan.stubs import STUB, Stubs
from rulereward.plan.typed import (
    Apply,
    Arithmetic,
    ArithmeticOp,
    BatchFold,
    Cases,
    Caught,
    Choice,
    Comparison,
    Const,
    Contains,
    Convert,
    Default,
    Field,
    Fold,
    Gather,
    Guarded,
    Input,
    Inverse,
    Item,
    Junction,
    Measure,
    Negated,
    NullTest,
    Pick,
    Ref,
    Reward,
    Typed,
)

BATCH = "batch."
"""`batch.0` is the column with the first aggregate over the batch."""


class Builder:
    """Adds nodes, each distinct one once."""

    def __init__(self, named: Mapping[str, Typed], stubs: frozenset[str]) -> None:
        self.named = named
        self.stubs = stubs
        self.given = Stubs(named, stubs)
        self.nodes: list[Node] = []
        self.decisions: list[Decision] = []
        self.batch_folds: list[BatchFold] = []
        """The aggregates over the batch, in the order in which they became inputs."""
        self.reward: int | None = None
        """The node that a monitor reads as the reward."""
        self._known: dict[tuple[object, ...], int] = {}
        self._lowered: dict[int, int] = {}

    def add(self, node: Typed) -> int:
        """The id of the node that computes a checked expression."""
        found = self._lowered.get(id(node))
        if found is None:
            found = self._lowered[id(node)] = _LOWER[type(node)](self, node)
        return found

    def make(
        self,
        op: Op,
        args: tuple[int, ...],
        payload: Any,
        like: Typed,
        *,
        base: Base | None = None,
        reach: Interval | None = None,
        level: Level = Level.ROW,
    ) -> int:
        """A node with the type and place of `like`, unless told otherwise."""
        base = like.type.base if base is None else base
        key = _key(op, args, payload, base)
        if key not in self._known:
            served = op is Op.MEASURE and payload.kind.service is not None
            self._known[key] = len(self.nodes)
            self.nodes.append(
                Node(
                    id=len(self.nodes),
                    op=op,
                    args=args,
                    payload=payload,
                    base=base,
                    level=level,
                    range=like.range if reach is None else reach,
                    span=like.span,
                    expensive=served or any(self.nodes[arg].expensive for arg in args),
                )
            )
        return self._known[key]

    def take_over(self, nodes: Sequence[Node]) -> None:
        """Start from the nodes of a finished plan: equal work is then found under its id there."""
        self.nodes = list(nodes)
        self._known = {_key(node.op, node.args, node.payload, node.base): node.id for node in nodes}

    def named_value(self, name: str, like: Typed) -> int:
        """What a name stands for; of a rule that is stubbed, the column that stands in for it."""
        if name in self.stubs:
            return self.make(Op.INPUT, (), f"{STUB}{name}", like)
        return self.add(self.named[name])

    def is_true(self, node: Typed) -> int:
        return self.make(Op.IS_TRUE, (self.add(node),), None, node, base=Base.BOOL)

    def constant(self, value: float | None, like: Typed) -> int:
        reach = ANY_NUMBER if value is None else Interval(value, value)
        return self.make(Op.CONST, (), value, like, base=Base.NULL if value is None else Base.NUMBER, reach=reach)

    def binary(self, op: ArithmeticOp, left: int, right: int, like: Typed) -> int:
        reach = arithmetic_range(op, self.nodes[left].range, self.nodes[right].range)
        return self.make(Op.ARITHMETIC, (left, right), op, like, base=Base.NUMBER, reach=reach)

    def choose(self, condition: int, then: int, otherwise: int, like: Typed) -> int:
        reach = self.nodes[then].range.union(self.nodes[otherwise].range)
        return self.make(Op.IF, (condition, then, otherwise), None, like, reach=reach)


def _key(op: Op, args: tuple[int, ...], payload: Any, base: Base) -> tuple[object, ...]:
    """What makes two nodes the same work. Floats go by their digits, for 0.0 and -0.0 are equal to Python."""
    return op, args, type(payload), repr(payload) if isinstance(payload, float) else payload, base


def _simple(op: Op, parts: Callable[[Any], tuple[Typed, ...]], payload: Callable[[Any], Any] = lambda _: None) -> Any:
    def lower_node(builder: Builder, node: Typed) -> int:
        return builder.make(op, tuple(builder.add(part) for part in parts(node)), payload(node), node)

    return lower_node


def _lower_ref(builder: Builder, node: Ref) -> int:
    return builder.named_value(node.name, node)


def _lower_field(builder: Builder, node: Field) -> int:
    owner = builder.given.rule_of(node)
    if owner is not None:
        return builder.make(Op.INPUT, (), f"{STUB}{owner}.{node.name}", node)
    return builder.make(Op.FIELD, (builder.add(node.measure),), node.name, node)


def _lower_guarded(builder: Builder, node: Guarded) -> int:
    if builder.given.lifts(node):
        return builder.add(node.value)
    return builder.make(Op.GUARD, (builder.add(node.condition), builder.add(node.value)), None, node)


def _lower_apply(builder: Builder, node: Apply) -> int:
    op = Op.TEXT if node.function.base in (Base.TEXT, Base.LIST) else Op.NUMERIC
    return builder.make(op, tuple(builder.add(arg) for arg in node.args), node.function, node)


def _lower_cases(builder: Builder, node: Cases) -> int:
    """Nested choices, in which a null condition counts as not true."""
    result = builder.add(node.otherwise)
    conditions = [builder.is_true(condition) for condition, _ in node.arms]
    for condition, (_, value) in reversed(list(zip(conditions, node.arms, strict=True))):
        result = builder.choose(condition, builder.add(value), result, node)
    builder.decisions.append(Decision(node.span, tuple(conditions), result))
    return result


def _lower_choice(builder: Builder, node: Choice) -> int:
    args = tuple(builder.add(part) for part in (node.condition, node.then, node.otherwise))
    result = builder.make(Op.IF, args, None, node)
    builder.decisions.append(Decision(node.span, args[:1], result))
    return result


def _lower_batch_fold(builder: Builder, node: BatchFold) -> int:
    """The result, computed apart from the plan, as an input."""
    builder.batch_folds.append(node)
    return builder.make(Op.INPUT, (), f"{BATCH}{len(builder.batch_folds) - 1}", node)


def _lower_reward(builder: Builder, _: Reward) -> int:
    assert builder.reward is not None, "only a monitor reads the reward"
    return builder.reward


def _lower_fold(builder: Builder, node: Fold) -> int:
    parts = (node.value,) if node.where is None else (node.value, node.where)
    args = tuple(builder.add(part) for part in parts)
    folding = Folding(node.aggregate, node.params, node.excluding_self)
    level = Level.ROW if node.excluding_self else node.aggregate.level
    folded = builder.make(Op.FOLD, args, folding, node, level=level)
    return folded if level is Level.ROW else builder.make(Op.SPREAD, (folded,), None, node)


def _lower_pick(builder: Builder, node: Pick) -> int:
    """Nested choices by the place of each item, counted from either end."""
    index = builder.add(node.index)

    def stands_at(place: int) -> int:
        number = builder.constant(float(place), node.index)
        return builder.make(Op.COMPARE, (index, number), "==", node.index, base=Base.BOOL, reach=UNIT_INTERVAL)

    result = builder.constant(None, node)
    for place in reversed(range(len(node.items))):
        chosen = (stands_at(place), stands_at(place - len(node.items)))
        either = builder.make(Op.OR, chosen, None, node.index, base=Base.BOOL, reach=UNIT_INTERVAL)
        item = builder.add(node.items[place])
        result = builder.make(Op.IF, (either, item, result), None, node)
    return result


def _lower_junction(builder: Builder, node: Junction) -> int:
    op = Op.AND if node.op == "and" else Op.OR
    return builder.make(op, (builder.add(node.left), builder.add(node.right)), None, node)


_LOWER: dict[type[Typed], Callable[[Builder, Any], int]] = {
    Const: _simple(Op.CONST, lambda _: (), lambda node: node.value),
    Input: _simple(Op.INPUT, lambda _: (), lambda node: node.column),
    Ref: _lower_ref,
    Measure: _simple(
        Op.MEASURE, lambda node: node.args, lambda node: Measurement(node.kind, node.params, node.takes_null)
    ),
    Field: _lower_field,
    Apply: _lower_apply,
    Convert: _simple(Op.CONVERT, lambda node: (node.value,), lambda node: node.to),
    Junction: _lower_junction,
    Arithmetic: _simple(Op.ARITHMETIC, lambda node: (node.left, node.right), lambda node: node.op),
    Negated: _simple(Op.NEGATE, lambda node: (node.value,)),
    Comparison: _simple(Op.COMPARE, lambda node: (node.left, node.right), lambda node: node.op),
    Contains: _simple(Op.CONTAINS, lambda node: (node.needle, node.text)),
    NullTest: _simple(Op.IS_NULL, lambda node: (node.value,)),
    Inverse: _simple(Op.NOT, lambda node: (node.value,)),
    Choice: _lower_choice,
    Cases: _lower_cases,
    Default: _simple(Op.DEFAULT, lambda node: (node.left, node.right)),
    Guarded: _lower_guarded,
    Caught: _simple(Op.CATCH, lambda node: (node.value,), lambda node: node.replacement),
    Item: _simple(Op.ITEM, lambda node: (node.value, node.index)),
    Pick: _lower_pick,
    Gather: _simple(
        Op.GATHER, lambda node: node.items, lambda node: Gathering(node.aggregate, node.params, node.each)
    ),
    Fold: _lower_fold,
    BatchFold: _lower_batch_fold,
    Reward: _lower_reward,
}
