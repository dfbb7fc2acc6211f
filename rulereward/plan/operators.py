"""Checks of literals, arithmetic, comparisons, logic and choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rulereward.kind import (
    ANY_NUMBER,
    BOOL,
    BY_DATA,
    BY_TEXT,
    NEVER,
    TEXT,
    UNIT_INTERVAL,
    UNITS,
    Base,
    Cause,
    Interval,
    Type,
)
from rulereward.lang import tree
from rulereward.lang.source import Span
from rulereward.plan.context import BASE_NAMES, Context, fold, interval_of, number, plural, suggest, undecided
from rulereward.plan.next_steps import kept_away, range_instead
from rulereward.plan.origin import null_source, reads_completion
from rulereward.plan.ranges import arithmetic_range, decided, undefined_arithmetic
from rulereward.plan.typed import (
    Arithmetic,
    Cases,
    Choice,
    Comparison,
    ComparisonOp,
    Const,
    Contains,
    Default,
    Inverse,
    Items,
    Junction,
    Negated,
    NullTest,
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
        help = suggest(expr.unit, UNITS) or f"units are {', '.join(UNITS)}"
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
    if isinstance(lo, Const) and isinstance(hi, Const) and lo.range.lo > hi.range.lo:
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


_ONE_TYPE = "all must be numbers, all texts, or all true or false"
_NEVER = "leave the `??` out, with what stands behind it"
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
