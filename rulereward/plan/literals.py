"""Checks of what is written out: numbers, texts, truth values, null, lists and ranges."""

from __future__ import annotations

from rulereward.kind import (
    ANY_NUMBER,
    BOOL,
    BY_DATA,
    TEXT,
    UNIT_INTERVAL,
    UNITS,
    Base,
    Cause,
    Type,
)
from rulereward.lang import tree
from rulereward.lang.suggest import did_you_mean
from rulereward.plan.context import Context, interval_of, number
from rulereward.plan.typed import (
    Const,
    Items,
    Typed,
    Window,
)


def check_number(context: Context, expr: tree.Number) -> Typed:
    value = float(expr.text.replace("_", ""))
    if not expr.unit:
        return number(value, expr.span, bare=True)
    if expr.unit == "%":
        return number(value / 100.0, expr.span, bare=True)
    if expr.unit not in UNITS:
        help = did_you_mean(expr.unit, UNITS) or f"units are {', '.join(UNITS)}"
        if expr.unit in ("k", "K", "M"):
            help = "write the number out: 1k can mean 1000 or 1024"
        return context.error("E0303", f"unknown unit `{expr.unit}`", expr.span, help=help)
    unit, factor = UNITS[expr.unit]
    return number(value * factor, expr.span, unit)


def check_text(_: Context, expr: tree.Text) -> Typed:
    return Const(expr.span, TEXT, ANY_NUMBER, expr.value)


def check_bool(_: Context, expr: tree.Bool) -> Typed:
    return Const(expr.span, BOOL, UNIT_INTERVAL, expr.value)


def check_null(_: Context, expr: tree.Null) -> Typed:
    return Const(expr.span, Type(Base.NULL, null=BY_DATA), ANY_NUMBER, None)


def check_list(context: Context, expr: tree.ListOf) -> Typed:
    return Items(expr.span, Type(Base.LIST), ANY_NUMBER, tuple(context.infer(item) for item in expr.items))


def check_range(context: Context, expr: tree.Range) -> Typed:
    ends = [context.infer_as(end, Base.NUMBER, "an end of a range") if end else None for end in (expr.lo, expr.hi)]
    lo, hi = ends
    present = [end for end in ends if end is not None]
    unit = context.shared_unit(present, expr.span, "this range mixes")
    if lo is not None and hi is not None and interval_of(lo).lo > interval_of(hi).hi:  # also by way of parameters
        return context.error(
            "E0304",
            "this range is empty",
            expr.span,
            "the first end is larger than the second",
            help="a range is written from the smaller to the larger end",
        )
    null = frozenset[Cause]().union(*(end.type.null for end in present))
    bare = all(end.type.bare for end in present)
    return Window(expr.span, Type(Base.RANGE, unit, null, bare), ANY_NUMBER, lo, hi, expr.open_end)
