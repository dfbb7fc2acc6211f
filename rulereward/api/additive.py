"""A score as a plain sum of weighted parts, for trainers that add up several reward functions by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rulereward.errors import ConfigurationError
from rulereward.plan.nodes import Op, Plan, Term


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a sum. `node` computes its value; `rule` is the name it is shown under."""

    rule: str
    node: int
    weight: float


class _NoSumError(Exception):
    """Why a score is no sum of weighted parts."""


def additive_parts(plan: Plan) -> tuple[Part, ...]:
    """The parts whose values, each times its weight, add up to the score; one for each name.

    Raises ConfigurationError, with the reason, for a score that is more than a sum with constant weights.
    """
    try:
        return _parts(plan)
    except _NoSumError as reason:
        raise ConfigurationError(
            f"the score of `{plan.name}` cannot be cut into one function for each part: {reason}; "
            "use the one function with the whole score"
        ) from None


def _parts(plan: Plan) -> tuple[Part, ...]:
    if plan.gates:
        raise _NoSumError(f"the gate `{plan.gates[0].name}` gives a reward of its own")
    op = plan.nodes[plan.reward].op
    if op is Op.CLAMP:
        raise _NoSumError("it has a `clamp`")
    if op is Op.DEFAULT:
        raise _NoSumError("it has a `final_null`, or a `??` around all of it")
    terms = [term for term in plan.terms if term.contribution is not None]
    _check_covered(plan, terms)
    names = [term.rule for term in terms]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise _NoSumError(f"`{twice}` stands in two parts of it")
    return tuple(_part(plan, term) for term in terms)


def _check_covered(plan: Plan, terms: Sequence[Term]) -> None:
    """Nothing is added but what the terms contribute: constants, products of rules, choices between them."""
    left = [_unsigned(plan, term.contribution) for term in terms if term.contribution is not None]
    pending = [(plan.reward, 1.0)]
    while pending:
        found = _unsigned(plan, *pending.pop())
        if found in left:
            left.remove(found)
            continue
        node, sign = plan.nodes[found[0]], found[1]
        if node.op is not Op.ARITHMETIC or node.payload not in ("+", "-"):
            raise _NoSumError("a part of it belongs to no single rule")
        pending += [(node.args[0], sign), (node.args[1], sign if node.payload == "+" else -sign)]


def _unsigned(plan: Plan, node: int, sign: float = 1.0) -> tuple[int, float]:
    """A node without the signs in front of it, and what they come to."""
    while plan.nodes[node].op is Op.NEGATE:
        node, sign = plan.nodes[node].args[0], -sign
    return node, sign


def _part(plan: Plan, term: Term) -> Part:
    """The value and the weight of a term; of an addend `0.1 * format` the weight is 0.1."""
    if term.weight is not None:
        weight = plan.nodes[term.weight]
        if weight.op is not Op.CONST:
            raise _NoSumError(f"the weight of `{term.rule}` is no constant")
        return Part(term.rule, term.value, float(weight.payload))
    value, sign = _unsigned(plan, term.value)
    node = plan.nodes[value]
    if node.op is Op.ARITHMETIC and node.payload == "*":
        for factor, other in (node.args, node.args[::-1]):
            if plan.nodes[factor].op is Op.CONST:
                return Part(term.rule, other, sign * float(plan.nodes[factor].payload))
    return Part(term.rule, value, sign)
