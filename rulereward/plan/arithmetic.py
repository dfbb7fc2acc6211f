"""Checks of `+ - * / **` and of the minus sign."""

from __future__ import annotations

from dataclasses import replace

from rulereward.kind import (
    Base,
    Type,
)
from rulereward.lang import tree
from rulereward.plan.context import Context, interval_of, number, plural, undecided
from rulereward.plan.next_steps import kept_away
from rulereward.plan.ranges import arithmetic_range, undefined_arithmetic
from rulereward.plan.typed import (
    Arithmetic,
    Const,
    Negated,
    Typed,
)

_PLAIN = "divide first, to drop the unit: `x / 1char`, with the unit that `x` has"
_WORDS = {"+": "this adds", "-": "this subtracts", "*": "this multiplies", "/": "this divides", "**": "this powers"}


def check_binary(context: Context, expr: tree.Binary) -> Typed:
    left = context.infer_as(expr.left, Base.NUMBER, f"`{expr.op}`")
    right = context.infer_as(expr.right, Base.NUMBER, f"`{expr.op}`")
    if Base.UNDECIDED in (left.type.base, right.type.base):
        return undecided(expr.span)
    _warn_loose_default(context, expr)
    unit = _result_unit(context, expr, left, right)
    a, b = interval_of(left), interval_of(right)
    trouble = undefined_arithmetic(expr.op, a, b)
    if trouble is not None:
        return context.error(
            "E0405",
            f"this can be undefined: {trouble}",
            expr.right.span,
            f"lies in {b}",
            help=f"keep it away from there, for example `{kept_away(expr.right.span, b, right.type.unit)}`; "
            "a completion could bring it about",
        )
    bare = left.type.bare and right.type.bare
    type = Type(Base.NUMBER, unit, left.type.null | right.type.null, bare)
    return Arithmetic(expr.span, type, arithmetic_range(expr.op, a, b), expr.op, left, right)


def _result_unit(context: Context, expr: tree.Binary, left: Typed, right: Typed) -> str | None:
    units = (left.type.unit, right.type.unit)
    if expr.op in ("+", "-"):
        return context.shared_unit((left, right), expr.span, _WORDS[expr.op])
    if expr.op == "/":
        if units[1] is None:
            return units[0]
        if units[0] is None and not left.type.bare:
            help = "divide numbers of one unit, or a written-out number, which takes on any unit"
            context.error("E0302", f"this divides a plain number by {plural(units[1])}", expr.span, help=help)
        elif units[0] is not None:
            context.shared_unit((left, right), expr.span, _WORDS["/"])
        return None
    if expr.op == "*" and None not in units:
        context.error(
            "E0316", "two numbers with units cannot be multiplied", expr.span, "both have a unit", help=_PLAIN
        )
        return None
    if expr.op == "**" and any(units):
        context.error("E0316", "a number with a unit has no power", expr.span, help=_PLAIN)
        return None
    return units[0] or units[1]


def _warn_loose_default(context: Context, expr: tree.Binary) -> None:
    for side in (expr.left, expr.right):
        if expr.op in ("*", "/") and isinstance(side, tree.Coalesce) and not side.parenthesised:
            context.diagnostics.report(
                "W0402",
                f"`??` binds tighter than `{expr.op}`",
                side.span,
                "this is read as one value",
                help="write the parentheses",
            )


def check_negate(context: Context, expr: tree.Negate) -> Typed:
    value = context.infer_as(expr.value, Base.NUMBER, "`-`")
    if value.type.base is Base.UNDECIDED:
        return value
    if isinstance(value, Const) and isinstance(value.value, float):
        return number(-value.value, expr.span, value.type.unit, bare=value.type.bare)
    inside = interval_of(value)
    type = replace(value.type, base=Base.NUMBER)
    return Negated(expr.span, type, replace(inside, lo=-inside.hi, hi=-inside.lo), value)
