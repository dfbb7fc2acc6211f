"""Checks of logic, `??`, `if` and `case`, and what their branches have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rulereward.kind import (
    ANY_NUMBER,
    BOOL,
    BY_TEXT,
    NEVER,
    UNIT_INTERVAL,
    Base,
    Cause,
    Interval,
    Type,
)
from rulereward.lang import tree
from rulereward.lang.source import Span
from rulereward.plan.context import BASE_NAMES, Context, interval_of, undecided
from rulereward.plan.origin import null_source, reads_completion
from rulereward.plan.typed import (
    Cases,
    Choice,
    Const,
    Default,
    Inverse,
    Items,
    Junction,
    Typed,
)

_ONE_TYPE = "all must be numbers, all texts, or all true or false"
_NEVER = "leave the `??` out, with what stands behind it"


def check_not(context: Context, expr: tree.Not) -> Typed:
    value = context.infer_as(expr.value, Base.BOOL, "`not`")
    return Inverse(expr.span, BOOL.or_null(value.type.null), UNIT_INTERVAL, value)


def check_logical(context: Context, expr: tree.Logical) -> Typed:
    left = context.infer_as(expr.left, Base.BOOL, f"`{expr.op}`")
    right = context.infer_as(expr.right, Base.BOOL, f"`{expr.op}`")
    null = left.type.null | right.type.null
    return Junction(expr.span, BOOL.or_null(null), UNIT_INTERVAL, expr.op, left, right)


def check_coalesce(context: Context, expr: tree.Coalesce) -> Typed:
    left, right = context.infer(expr.left), context.infer(expr.right)
    type = merge(context, (left, right), expr.span, "the two sides of `??`")
    if type.base is Base.UNDECIDED:
        return undecided(expr.span)
    if not left.type.null:
        context.diagnostics.report(
            "W0401", "`??` has no effect here", expr.left.span, "this is never null", help=_NEVER
        )
    null = right.type.null if left.type.null else NEVER
    if null and Cause.TEXT in left.type.null:
        null |= BY_TEXT  # the completion decides whether the right side, and its null, is taken
    type = replace(type, null=null)
    left, right = (_branch(context, side, type) for side in (left, right))
    return Default(expr.span, type, reach((left, right)), left, right)


def check_conditional(context: Context, expr: tree.Conditional) -> Typed:
    condition = context.infer_as(expr.condition, Base.BOOL, "a condition")
    then, otherwise = context.infer(expr.value), context.infer(expr.otherwise)
    type = merge(context, (then, otherwise), expr.span, "the two branches")
    if type.base is Base.UNDECIDED:
        return undecided(expr.span)
    then, otherwise = (_branch(context, side, type) for side in (then, otherwise))
    type = type.or_null(condition.type.null | _chosen_null(context, (condition,), (then, otherwise)))
    return Choice(expr.span, type, reach((then, otherwise)), condition, then, otherwise)


def check_case(context: Context, expr: tree.Case) -> Typed:
    conditions = [
        _sure_condition(context, context.infer_as(arm.condition, Base.BOOL, "a `case` condition"))
        for arm in expr.arms
    ]
    values = [context.infer(arm.value) for arm in expr.arms]
    if expr.otherwise is None:
        return context.error(
            "E0312",
            "this `case` has no `else` arm",
            expr.span,
            help="add `else => 0`, or `else => null` where the rule does not apply",
        )
    values.append(context.infer(expr.otherwise))
    type = merge(context, values, expr.span, "the arms")
    if type.base is Base.UNDECIDED:
        return undecided(expr.span)
    values = [_branch(context, value, type) for value in values]
    type = type.or_null(_chosen_null(context, conditions, values))
    arms = tuple(zip(conditions, values[:-1], strict=True))
    return Cases(expr.span, type, reach(values), arms, values[-1])


def _sure_condition(context: Context, condition: Typed) -> Typed:
    """A condition of `case`, in which a null counts as not true: no completion may choose the next arm that way."""
    if Cause.TEXT not in condition.type.null:
        return condition
    return context.error(
        "E0401",
        "a completion can make this condition null, which counts as not true",
        condition.span,
        null_source(context.named, condition),
        help="write what that is worth with `value ?? default`, for example `(x < 1) ?? true`",
    )


def _chosen_null(context: Context, conditions: Sequence[Typed], values: Sequence[Typed]) -> frozenset[Cause]:
    """A branch that says `null` is the completion's to choose where a condition depends on the completion."""
    says_null = any(isinstance(value, Const) and value.value is None for value in values)
    chosen = says_null and any(reads_completion(context.named, condition) for condition in conditions)
    return BY_TEXT if chosen else NEVER


def merge(context: Context, nodes: Sequence[Typed], span: Span, what: str) -> Type:
    """The type of a value that is one of `nodes`: bools among numbers count as numbers, `null` fits everything."""
    bases = {node.type.base for node in nodes} - {Base.NULL}
    null = frozenset[Cause]().union(*(node.type.null for node in nodes))
    if Base.UNDECIDED in bases:
        return undecided(span).type
    if Base.RANGE in bases or any(isinstance(context.resolve(node), Items) for node in nodes):
        return context.error(
            "E0306", f"{what} cannot be ranges or lists that stand in the ruleset", span, help=_ONE_TYPE
        ).type
    if not bases:
        return Type(Base.NULL, null=null)
    if bases == {Base.BOOL, Base.NUMBER}:
        bases = {Base.NUMBER}
    if Base.OBJECT in bases and len(bases) == 2:
        bases -= {Base.OBJECT}
    if len(bases) > 1:
        names = " and ".join(sorted(BASE_NAMES[base] for base in bases))
        return context.error("E0306", f"{what} differ: {names}", span, help=_ONE_TYPE).type
    (base,) = bases
    unit = context.shared_unit(nodes, span, f"{what} mix") if base is Base.NUMBER else None
    bare = all(node.type.bare for node in nodes)
    return Type(base, unit, null, bare)


def reach(nodes: Sequence[Typed]) -> Interval:
    """Where a value that is one of `nodes` can lie; `null` adds nothing."""
    intervals = [interval_of(node) for node in nodes if node.type.base is not Base.NULL]
    if not intervals:
        return ANY_NUMBER
    return Interval(min(interval.lo for interval in intervals), max(interval.hi for interval in intervals))


def _branch(context: Context, node: Typed, type: Type) -> Typed:
    return context.as_base(node, type.base, "this branch") if type.base is not Base.NULL else node
