"""Lowering: from the checked tree to a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rulereward.kind import ANY_NUMBER, NUMBER, Base, Interval
from rulereward.plan.addends import Addend, addends, sole_rule
from rulereward.plan.builder import Builder
from rulereward.plan.fingerprint import fingerprint
from rulereward.plan.nodes import BatchFolding, Branch, Folding, Gate, MonitorPlan, Node, Op, Plan, Term
from rulereward.plan.order import order
from rulereward.plan.origin import names_used
from rulereward.plan.typed import Checked, CheckedMonitor, CheckedScore, Const
from rulereward.plan.verify import verify


def lower(checked: Checked, stubs: frozenset[str] = frozenset()) -> Plan:
    """The plan of a checked ruleset; raises InternalError if it is not a legal one.

    The rules in `stubs` are not measured: each is an input of the batch (`stub.<rule>`), and so are its fields.
    """
    builder = Builder(checked.named, stubs)
    conditions = [builder.is_true(route.when) for route in checked.routes]
    names = [route.name for route in checked.routes]
    scores = zip([*names, None], [*conditions, None], checked.scores, strict=True)
    branches = [_branch(builder, checked, *score) for score in scores]
    reported = {rule.name: builder.named_value(rule.name, rule.value) for rule in checked.rules}
    builder.reward = _routed(builder, checked, branches)
    told = fingerprint(checked)
    monitors = tuple(_monitor(builder, checked, monitor, told) for monitor in checked.monitors)
    plan = replace(
        _plan(checked, builder.nodes, builder.reward, told),
        reported=reported,
        branches=tuple(branches),
        decisions=tuple(builder.decisions),
        monitors=monitors,
        aborts=frozenset(rule.name for rule in checked.rules if rule.aborts),
    )
    plan = order(plan)
    verify(plan)
    return plan


def _plan(checked: Checked, nodes: Sequence[Node], reward: int, told: str) -> Plan:
    """A plan of nothing but nodes; `told` is the ruleset's fingerprint."""
    inputs = frozenset(node.payload for node in nodes if node.op is Op.INPUT)
    return Plan(
        name=checked.name,
        nodes=tuple(nodes),
        reward=reward,
        reported={},
        branches=(Branch(None, None, (), (), reward, reward),),
        decisions=(),
        monitors=(),
        aborts=frozenset(),
        inputs=checked.inputs,
        group=checked.group,
        reads=inputs,
        uses_groups=any(node.op is Op.FOLD for node in nodes),
        uses_step="step" in inputs,
        services=frozenset(node.payload.kind.service for node in nodes if node.served),
        fingerprint=told,
    )


def _branch(
    builder: Builder, checked: Checked, name: str | None, condition: int | None, score: CheckedScore
) -> Branch:
    """The score of one route, or of all other rows."""
    gates = tuple(Gate(gate.name, builder.is_true(gate.when)) for gate in score.gates)
    base, terms = _total(builder, checked, score)
    judged = _finished(builder, score, _clamped(builder, score, base))
    reward = _gated(builder, score, gates, judged)
    return Branch(name, condition, gates, terms, base, reward, names_used(checked.named, score))


def _routed(builder: Builder, checked: Checked, branches: Sequence[Branch]) -> int:
    """The first route that is true gives the score."""
    result = branches[-1].reward
    for route, branch in reversed(list(zip(checked.routes, branches, strict=False))):
        assert branch.condition is not None
        like = replace(route.when, type=NUMBER)
        result = builder.choose(branch.condition, branch.reward, result, like)
    return result


def _monitor(builder: Builder, checked: Checked, monitor: CheckedMonitor, told: str) -> MonitorPlan:
    """The condition over the batch as a plan of its own; what it looks at in each row joins the ruleset's plan."""
    own = Builder(checked.named, frozenset())
    expect = own.add(monitor.expect)
    folds = tuple(
        BatchFolding(
            Folding(fold.aggregate, fold.params),
            builder.add(fold.value),
            None if fold.where is None else builder.is_true(fold.where),
        )
        for fold in own.batch_folds
    )
    plan = order(_plan(checked, own.nodes, expect, told))
    verify(plan)
    return MonitorPlan(monitor.text, monitor.steps, monitor.level, folds, plan)


def _total(builder: Builder, checked: Checked, score: CheckedScore) -> tuple[int, tuple[Term, ...]]:
    """The score before gates and clamp, and its parts for the breakdown."""
    rules = frozenset(rule.name for rule in checked.rules)
    if score.expression is not None:
        total = builder.add(score.expression)
        parts = [
            _addend_term(builder, checked, rules, addend)
            for addend in addends(checked.named, rules, score.expression)
        ]
        return total, tuple(part for part in parts if part is not None)
    return _sum_of_terms(builder, checked, score)


def _addend_term(builder: Builder, checked: Checked, rules: frozenset[str], addend: Addend) -> Term | None:
    """An addend that is all about one rule is that rule's contribution."""
    name = sole_rule(checked.named, rules, addend.value)
    if name is None:
        return None
    value = builder.add(addend.value)
    if addend.negative:
        value = builder.make(Op.NEGATE, (value,), None, addend.value, base=Base.NUMBER)
    return Term(name, value, None, value)


def _sum_of_terms(builder: Builder, checked: Checked, score: CheckedScore) -> tuple[int, tuple[Term, ...]]:
    total: int | None = None
    terms: list[Term] = []
    for term in score.terms:
        value, weight = builder.add(term.value), builder.add(term.weight)
        if term.metric:
            terms.append(Term(term.name, value, weight, None))
            continue
        counted = value
        if score.on_null == "zero" and term.value.type.null:
            zero = builder.constant(0.0, term.value)
            counted = builder.make(Op.DEFAULT, (value, zero), None, term.value, base=Base.NUMBER)
        part = builder.binary("*", weight, counted, term.value)
        terms.append(Term(term.name, value, weight, part))
        total = part if total is None else builder.binary("+", total, part, term.value)
    if total is None:
        total = builder.constant(0.0, Const(checked.span, NUMBER, ANY_NUMBER, 0.0))
    return total, tuple(terms)


def _clamped(builder: Builder, score: CheckedScore, base: int) -> int:
    if score.clamp is None:
        return base
    like = Const(builder.nodes[base].span, NUMBER, Interval(*score.clamp), 0.0)
    return builder.make(Op.CLAMP, (base,), score.clamp, like)


def _finished(builder: Builder, score: CheckedScore, base: int) -> int:
    """What a null score becomes. A gate's own null stays: it masks the sample on purpose."""
    if score.final_null is None:
        return base
    like = Const(builder.nodes[base].span, NUMBER, score.range, 0.0)
    return builder.make(Op.DEFAULT, (base, builder.constant(score.final_null, like)), None, like)


def _gated(builder: Builder, score: CheckedScore, gates: tuple[Gate, ...], base: int) -> int:
    """The first gate that is true gives the reward."""
    result = base
    for checked_gate, gate in reversed(list(zip(score.gates, gates, strict=True))):
        like = replace(checked_gate.when, type=NUMBER)
        result = builder.choose(gate.condition, builder.add(checked_gate.value), result, like)
    return result
