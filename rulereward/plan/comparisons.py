"""Checks of comparisons, `in` and `is null`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rulereward.kind import (
    BOOL,
    BY_DATA,
    UNIT_INTERVAL,
    Base,
)
from rulereward.lang import tree
from rulereward.lang.source import Span
from rulereward.plan.context import BASE_NAMES, Context, fold, interval_of, undecided
from rulereward.plan.next_steps import range_instead
from rulereward.plan.ranges import decided
from rulereward.plan.typed import (
    Comparison,
    ComparisonOp,
    Const,
    Contains,
    Inverse,
    Items,
    Junction,
    NullTest,
    Typed,
    Window,
)


def check_compare(context: Context, expr: tree.Compare) -> Typed:
    operands = [context.infer(operand) for operand in expr.operands]
    links: list[Typed] = []
    for op, (left, right) in zip(expr.ops, pairwise(operands), strict=True):
        span = left.span.to(right.span)
        if op == "in" or op == "not in":
            link = _membership(context, left, right, span)
            links.append(Inverse(span, link.type, UNIT_INTERVAL, link) if op == "not in" else link)
        else:
            links.append(_comparison(context, op, left, right, span))
    result = links[0]
    for link in links[1:]:
        result = _both(result, link, expr.span)
    return result


def _both(left: Typed, right: Typed, span: Span) -> Typed:
    return Junction(span, BOOL.or_null(left.type.null | right.type.null), UNIT_INTERVAL, "and", left, right)


def _comparison(context: Context, op: ComparisonOp, left: Typed, right: Typed, span: Span) -> Typed:
    bases = {left.type.base, right.type.base}
    if Base.UNDECIDED in bases:
        return undecided(span)
    if Base.NULL in bases:
        return context.error(
            "E0308", "a comparison with null is never true", span, help="write `x is null` or `x is not null`"
        )
    for node in (left, right):
        if node.type.base in (Base.LIST, Base.RANGE):
            what, help = BASE_NAMES[node.type.base], "write `x in ...`"
            if node.type.base is Base.LIST and not isinstance(context.resolve(node), Items):
                help = _LISTED
            return context.error("E0309", f"`{op}` cannot compare {what}", node.span, help=help)
    open_choice = Base.OBJECT if op in ("==", "!=") else Base.NUMBER  # two row values have an order as numbers only
    wanted = next((base for base in (Base.TEXT, Base.NUMBER, Base.BOOL) if base in bases), open_choice)
    if wanted is Base.TEXT and op not in ("==", "!="):
        return context.error("E0309", f"`{op}` compares numbers, not texts", span, help=_TEXTS)
    if wanted is not Base.OBJECT:
        left, right = (
            context.as_base(side, wanted, f"comparing with {BASE_NAMES[wanted]}") for side in (left, right)
        )
    if Base.UNDECIDED in (left.type.base, right.type.base):
        return undecided(span)
    if wanted is Base.NUMBER:
        context.shared_unit((left, right), span, "this compares")
        _warn_decided(context, op, left, right, span)
    return Comparison(span, BOOL.or_null(left.type.null | right.type.null), UNIT_INTERVAL, op, left, right)


def _warn_decided(context: Context, op: ComparisonOp, left: Typed, right: Typed, span: Span) -> None:
    verdict = decided(op, interval_of(left), interval_of(right))
    if verdict is not None:
        word = "true" if verdict else "false"
        context.diagnostics.report(
            "W0403",
            f"this comparison is always {word}",
            span,
            f"{interval_of(left)} {op} {interval_of(right)}",
            help="compare with a value that lies between, or leave the comparison out",
        )


def _membership(context: Context, value: Typed, container: Typed, span: Span) -> Typed:
    container = context.resolve(container)
    if Base.UNDECIDED in (value.type.base, container.type.base):
        return undecided(span)
    if isinstance(container, Window):
        return _inside(context, context.as_base(value, Base.NUMBER, "`in` a range"), container, span)
    if isinstance(container, Items):
        return _one_of(context, value, container.items, span)
    if container.type.base in (Base.TEXT, Base.LIST, Base.OBJECT):
        return _contained(context, value, container, span)
    return context.error(
        "E0307",
        f"the right side of `in` must be a range, a list or a text, but this is {BASE_NAMES[container.type.base]}",
        container.span,
        help=range_instead(container.span),
    )


def _contained(context: Context, value: Typed, container: Typed, span: Span) -> Typed:
    """In a text, in a list of texts, or in a value of the row, which may be a text or a list."""
    null = container.type.null
    if container.type.base is Base.OBJECT:
        null |= BY_DATA
        if value.type.base is Base.NUMBER:
            value = context.plain(value, "what is looked for in a value of the row")
        elif value.type.base is not Base.OBJECT:
            value = context.as_base(value, Base.TEXT, "`in` a value of the row")
    else:
        value = context.as_base(value, Base.TEXT, f"`in` {BASE_NAMES[container.type.base]}")
    if value.type.base is Base.UNDECIDED:
        return undecided(span)
    return Contains(span, BOOL.or_null(value.type.null | null), UNIT_INTERVAL, value, container)


_TEXTS = "texts have `==`, `!=` and `in`; `length(...)` gives the size of a text"
_LISTED = 'compare item by item with `exact_match(list, [...], parts=true)`, or as one text: `join(list, ", ")`'


def _inside(context: Context, value: Typed, window: Window, span: Span) -> Typed:
    ends = [end for end in (window.lo, window.hi) if end is not None]
    if value.type.base is Base.UNDECIDED or not context.units_agree((value, *ends), span, "this compares"):
        return undecided(span)
    parts: list[Typed] = []
    if window.lo is not None:
        parts.append(_comparison(context, ">=", value, window.lo, span))
    if window.hi is not None:
        parts.append(_comparison(context, "<" if window.open_end else "<=", value, window.hi, span))
    return parts[0] if len(parts) == 1 else _both(parts[0], parts[1], span)


def _one_of(context: Context, value: Typed, items: Sequence[Typed], span: Span) -> Typed:
    if not items:
        return Const(span, BOOL, UNIT_INTERVAL, False)
    _warn_list_for_range(context, value, items, span)
    result = _comparison(context, "==", value, items[0], span)
    for item in items[1:]:
        test = _comparison(context, "==", value, item, span)
        null = result.type.null | test.type.null
        result = Junction(span, BOOL.or_null(null), UNIT_INTERVAL, "or", result, test)
    return result


def _warn_list_for_range(context: Context, value: Typed, items: Sequence[Typed], span: Span) -> None:
    """`length(x) in [50, 800]` is two lengths, and was probably meant to be all between them."""
    ends = [fold(context, item) for item in items]
    if value.type.unit is not None and len(ends) == 2 and all(isinstance(end, float) for end in ends):
        lo, hi = items[0].span, items[1].span
        written = "..".join(place.source.text[place.start : place.end] for place in (lo, hi))
        context.diagnostics.report(
            "W0408", "this is true for these two values alone", span, "a list", help=f"a range is written `{written}`"
        )


def check_is_null(context: Context, expr: tree.IsNull) -> Typed:
    value = context.infer(expr.value)
    if isinstance(context.resolve(value), Items | Window):
        what = BASE_NAMES[value.type.base]
        return context.error("E0301", f"{what} that stands in the ruleset is never null", value.span)
    test = NullTest(expr.span, BOOL, UNIT_INTERVAL, value)
    return Inverse(expr.span, BOOL, UNIT_INTERVAL, test) if expr.negated else test
