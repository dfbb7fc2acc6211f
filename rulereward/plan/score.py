"""Checks of the score: gates, terms, and what may never reach a reward by accident."""

from __future__ import annotations

import math
from typing import Literal

from rulereward.kind import Base, Cause, Interval
from rulereward.lang import tree
from rulereward.lang.document import GateEntry, RouteEntry, ScoreEntry, TermEntry
from rulereward.lang.layers import score_over
from rulereward.plan.choices import reach
from rulereward.plan.context import Context, fold, interval_of, number, undecided
from rulereward.plan.origin import null_source, other_names
from rulereward.plan.polarity import warn_polarity
from rulereward.plan.ranges import arithmetic_range
from rulereward.plan.typed import CheckedGate, CheckedRoute, CheckedScore, CheckedTerm, Typed, Window

_BOUNDED = "hold it with `clamp`, or its parts with `min(...)`"
_MEANT = "write `1 if ... else 0` where that is meant, or grade it with a shape such as `ramp(x, a..b)`"


def check_route(context: Context, entry: RouteEntry, base: ScoreEntry) -> CheckedRoute:
    """A route with its score laid over the ruleset's own, and checked as that is."""
    when = (
        undecided(entry.span) if entry.when is None else context.infer_as(entry.when, Base.BOOL, "a route's `when`")
    )
    score = base if entry.score is None else score_over(base, entry.score, context.diagnostics)
    checked = check_score(context, score, f"the score of route `{entry.name}`")
    return CheckedRoute(entry.name, _no_text_null(context, when, f"the route `{entry.name}`"), checked)


def check_score(context: Context, entry: ScoreEntry, what: str = "the score") -> CheckedScore:
    """The score of all rows, or of those that a route takes, which `what` then says."""
    gates = tuple(_check_gate(context, gate) for gate in entry.gates or ())
    expression = None
    if entry.expression is not None:
        expression = _judged(context, entry.expression, what)
        warn_polarity(context, expression)
    elif entry.mapping and entry.terms is None:
        help = "list the terms: `terms: {name: weight}`; only a mapping with terms can be laid over"
        context.error("E0013", f"{what} has no `terms`", entry.span, help=help)
    terms = tuple(_check_term(context, term) for term in entry.terms or ())
    on_null = _check_on_null(context, entry, terms)
    clamp = _check_clamp(context, entry.clamp)
    final_null = _check_final_null(context, entry.final_null)
    score_range = _score_range(gates, expression, terms, clamp, final_null)
    if math.isinf(score_range.lo) or math.isinf(score_range.hi):
        context.error("E0405", "the sum of the terms can be too large for a number", entry.span, help=_BOUNDED)
    return CheckedScore(gates, expression, terms, on_null, clamp, final_null, score_range)


def _judged(context: Context, expr: tree.Expr, what: str) -> Typed:
    """A plain number that no completion can turn into a null."""
    node = context.infer_as(expr, Base.NUMBER, what)
    if isinstance(expr, tree.Compare):
        context.diagnostics.report("W0405", f"{what} is a comparison: it is only ever 0 or 1", expr.span, help=_MEANT)
    return _no_text_null(context, context.plain(node, what), what)


def _no_text_null(context: Context, node: Typed, what: str) -> Typed:
    if Cause.TEXT in node.type.null:
        context.diagnostics.report(
            "E0401",
            f"a completion can make {what} null",
            node.span,
            null_source(context.named, node),
            note=other_names(context.named, node),
            help="write what that is worth with `value ?? default`: a policy must not be able to buy a missing value",
        )
    return node


def _check_gate(context: Context, gate: GateEntry) -> CheckedGate:
    when = undecided(gate.span) if gate.when is None else context.infer_as(gate.when, Base.BOOL, "a gate's `when`")
    value: Typed = undecided(gate.span)
    if gate.value is not None:
        value = context.infer_as(gate.value, Base.NUMBER, "a gate's value")
        _no_text_null(context, context.plain(value, "a gate's value"), "a gate's value")
    return CheckedGate(gate.name, _no_text_null(context, when, "a gate"), value)


def _check_term(context: Context, term: TermEntry) -> CheckedTerm:
    value = _term_value(context, term)
    weight = undecided(term.span) if term.weight is None else _judged(context, term.weight, "a weight")
    metric = fold(context, weight) == 0.0
    if not metric:
        _no_text_null(context, context.plain(value, f"the term `{term.name}`"), f"the term `{term.name}`")
        warn_polarity(context, value, weight)
    return CheckedTerm(term.name, value, weight, metric)


def _term_value(context: Context, term: TermEntry) -> Typed:
    """A term names a rule or let entry, or brings its own value under its own name."""
    found = context.infer(tree.Name(term.span, term.name))
    node = context.as_base(found, Base.NUMBER, f"the term `{term.name}`")
    if isinstance(term.value, tree.Compare):
        context.diagnostics.report(
            "W0405", f"the term `{term.name}` is a comparison: it is only ever 0 or 1", term.value.span, help=_MEANT
        )
    return node


def _check_on_null(
    context: Context, entry: ScoreEntry, terms: tuple[CheckedTerm, ...]
) -> Literal["zero", "propagate"]:
    if entry.on_null is not None:
        return "zero" if entry.on_null.text == "zero" else "propagate"
    nullable = [term for term in terms if not term.metric and Cause.DATA in term.value.type.null]
    if nullable:
        names = ", ".join(f"`{term.name}`" for term in nullable)
        context.error(
            "E0402",
            f"a term may be null where its data is missing: {names}",
            nullable[0].value.span,
            "may be null",
            help="write `on_null: propagate` (such rows get no reward) or `on_null: zero` (the term counts as 0)",
        )
    return "propagate"


def _check_clamp(context: Context, expr: tree.Expr | None) -> tuple[float, float] | None:
    if expr is None:
        return None
    window = context.resolve(context.infer(expr))
    if window.type.base is Base.UNDECIDED:
        return None
    if not isinstance(window, Window) or window.type.unit is not None:
        context.error("E0311", "`clamp` needs a range of plain numbers", expr.span, help="write `clamp: -1..1`")
        return None
    ends = (window.lo or number(float("-inf"), expr.span), window.hi or number(float("inf"), expr.span))
    lo, hi = (fold(context, end) for end in ends)
    if lo is None or hi is None:
        context.error("E0317", "the ends of `clamp` must be constants", expr.span, help="write `clamp: -1..1`")
        return None
    return float(lo), float(hi)


def _check_final_null(context: Context, expr: tree.Expr | None) -> float | None:
    if expr is None:
        return None
    node = context.infer_as(expr, Base.NUMBER, "`final_null`")
    value = fold(context, context.plain(node, "`final_null`"))
    if value is None and node.type.base is not Base.UNDECIDED:
        context.error("E0317", "`final_null` must be a constant number", expr.span, help="write `final_null: 0`")
    return float(value) if isinstance(value, bool | int | float) else None


def _score_range(
    gates: tuple[CheckedGate, ...],
    expression: Typed | None,
    terms: tuple[CheckedTerm, ...],
    clamp: tuple[float, float] | None,
    final_null: float | None,
) -> Interval:
    total = interval_of(expression) if expression is not None else Interval(0.0, 0.0)
    for term in terms:
        if not term.metric:
            part = arithmetic_range("*", interval_of(term.weight), interval_of(term.value))
            total = arithmetic_range("+", total, part)
    if clamp is not None:
        lo, hi = clamp
        total = Interval(min(max(total.lo, lo), hi), min(max(total.hi, lo), hi))
    for gate in gates:
        if gate.value.type.base is not Base.NULL:
            total = total.union(reach([gate.value]))
    return total if final_null is None else total.union(Interval(final_null, final_null))
