"""Checks of calls: rule kinds, functions of the language, and aggregates over a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rulereward.kind import (
    ANY_NUMBER,
    BOOL,
    BY_DATA,
    BY_TEXT,
    NEVER,
    TEXT,
    UNIT_INTERVAL,
    Aggregate,
    Arg,
    Base,
    Cause,
    Function,
    HasParts,
    Kind,
    Missing,
    Result,
    Type,
)
from rulereward.lang import tree
from rulereward.lang.source import Span
from rulereward.lang.suggest import did_you_mean
from rulereward.lang.words import foreign_function
from rulereward.plan.aggregates import check_aggregate
from rulereward.plan.binding import bind, is_second, shown
from rulereward.plan.constants import make_params
from rulereward.plan.context import BASE_NAMES, Context, fold, interval_of, number, plural, undecided
from rulereward.plan.lists import check_gather, is_list
from rulereward.plan.next_steps import range_instead
from rulereward.plan.origin import reads_completion
from rulereward.plan.tokens import give_tokens
from rulereward.plan.typed import Apply, Const, Items, Measure, Typed, Window


def check_call(context: Context, expr: tree.Call) -> Typed:
    catalogue = context.catalogue
    _check_pin(context, expr)
    if expr.over is not None:
        return check_aggregate(context, expr)
    if expr.where is not None or expr.excluding_self:
        return context.error(
            "E0310", "`where` and `excluding self` belong to an aggregate", expr.span,
            help=f"write `{expr.name}(... where ...) over group`",
        )  # fmt: skip
    if expr.name in catalogue.aggregates:
        return _check_listed(context, expr, catalogue.aggregates[expr.name])
    if expr.name in catalogue.functions:
        return _check_function(context, expr, catalogue.functions[expr.name])
    if expr.name in catalogue.kinds:
        return check_kind(context, expr, catalogue.kinds[expr.name])
    return _unknown(context, expr)


def _check_pin(context: Context, expr: tree.Call) -> None:
    """Report a version that is not the kind's. One that is right changes nothing."""
    if expr.pin is None or expr.pin_span is None:
        return
    kind = context.catalogue.kinds.get(expr.name)
    if kind is None and expr.name in context.catalogue.callables():
        message = f"`{expr.name}` is no rule kind, and only these have versions to ask for"
        context.error("E0211", message, expr.pin_span, help=f"write `{expr.name}(...)`")
    elif kind is not None and kind.version != expr.pin:
        context.error(
            "E0211", f"this is version {kind.version} of `{kind.name}`, and the ruleset asks for {expr.pin}",
            expr.pin_span, "its values can differ",
            help=f"read in the changelog what has changed, then write `{kind.name}@{kind.version}(...)`, "
            "or delete the pin",
        )  # fmt: skip


def _check_listed(context: Context, expr: tree.Call, found: Aggregate) -> Typed:
    """A call without `over` of what is an aggregate: of a list; `min(a, b)` and `max(a, b)` are functions too."""
    reports = context.diagnostics.found
    before = len(reports)
    if len(expr.args) == 1:
        value = context.infer(expr.args[0])
        if value.type.base is Base.UNDECIDED:
            return undecided(expr.span)
        if is_list(context, value):
            return check_gather(context, expr, found, value)
    function = context.catalogue.functions.get(expr.name)
    if function is not None:
        looked = len(reports)
        checked = _check_function(context, expr, function)
        reports[looked:] = [report for report in reports[looked:] if report not in reports[before:looked]]
        return checked
    if context.over_batch:
        help = f"write `{expr.name}(...) over batch`"
        return context.error("E0310", f"`{expr.name}` needs the batch to run over", expr.span, help=help)
    written = ", ".join(["..."] * max(len(expr.args), 2))
    return context.error(
        "E0310", f"`{expr.name}` needs a group to run over, or a list", expr.span,
        help=f"write `{expr.name}(...) over group`: the completions of one prompt; or `{expr.name}([{written}])`",
    )  # fmt: skip


def _unknown(context: Context, expr: tree.Call) -> Typed:
    for part in (*expr.args, *(keyword.value for keyword in expr.keywords)):
        context.infer(part)
    if expr.name in context.scope.value_names or expr.name in context.scope.inputs:
        return context.error(
            "E0202", f"`{expr.name}` is a value, not a function", expr.name_span,
            help="use it without `( )`",
        )  # fmt: skip
    known = did_you_mean(expr.name, context.catalogue.callables())
    help = known or foreign_function(expr.name) or "`rulereward rules` lists the rule kinds"
    return context.error("E0203", f"unknown function or rule kind `{expr.name}`", expr.name_span, help=help)


def check_kind(context: Context, expr: tree.Call, kind: Kind) -> Typed:
    """A rule kind: per-row arguments, constants, unit and nullability of the result."""
    bound = bind(context, expr, kind.signature)
    constants = make_params(context, kind.name, kind.params, kind.signature.constants, bound, expr.span)
    args = [_kind_argument(context, kind, arg, bound.values.get(arg.name), expr.span) for arg in kind.signature.args]
    if constants is None or not bound.complete or any(arg.type.base is Base.UNDECIDED for arg in args):
        return undecided(expr.span)
    params = constants.params
    args = [_one_text(context, kind, params, *pair) for pair in zip(kind.signature.args, args, strict=True)]
    args = give_tokens(context, kind, params, args, expr.span)
    if any(arg.type.base is Base.UNDECIDED for arg in args):
        return undecided(expr.span)
    takes_null = tuple(_takes_null(arg, given) for arg, given in zip(kind.signature.args, args, strict=True))
    tried = _tried(context, kind, params, args)
    if isinstance(tried, Missing):
        place = next(
            (bound.values[arg.name].span for arg in kind.signature.args[1:] if arg.name in bound.values), expr.span
        )
        return context.error("E0319", f"`{kind.name}` can never measure: {tried.message}", place)
    own = kind.returns.null - BY_DATA if tried else kind.returns.null
    null = own.union(*(arg.type.null for arg, takes in zip(args, takes_null, strict=True) if not takes))
    if own and _measures_against_completion(context, kind, args):
        null |= BY_TEXT
    unit = getattr(params, kind.unit_from) if kind.unit_from else kind.returns.unit
    type = replace(kind.returns, unit=unit, null=null)
    return Measure(expr.span, type, kind.reach(params), kind, tuple(args), params, takes_null)


def _tried(context: Context, kind: Kind, params: object, args: Sequence[Typed]) -> Missing | bool:
    """What the kind makes of data that the ruleset writes out, as far as that can be known before a row is seen.

    Missing where it is no use on any row; true where it is of use, so that nothing can be missing; else false.
    """
    given = [context.resolve(arg) for arg in args[1:]]
    constants = [arg.value for arg in given if isinstance(arg, Const)]
    known = given and len(constants) == len(given) and kind.signature.args[0].nullable
    function = kind.row or kind.ask
    if not known or Cause.DATA not in kind.returns.null or function is None:
        return False
    values = [list(value) if isinstance(value, tuple) else value for value in constants]
    extra = [] if kind.params is None else [params]
    try:
        outcome = function(None, *values, *extra)
    except Exception:  # noqa: BLE001  (a kind that fails without a text does so in the run too, as an error cell)
        return False
    value = outcome.value if isinstance(outcome, Result) else outcome
    return value if isinstance(value, Missing) else kind.row is not None


def _measures_against_completion(context: Context, kind: Kind, args: Sequence[Typed]) -> bool:
    """Does a row value such as a gold answer come from the completion? Then its nulls are the completion's. Warns."""
    found = False
    for arg, given in zip(kind.signature.args, args, strict=True):
        if arg.type.base is Base.OBJECT and arg.implicit is None and reads_completion(context.named, given):
            found = True
            help = f"it is written {kind.name}({kind.signature}): first what the completion says, then what is right"
            message = f"`{arg.name}` of `{kind.name}` comes from the completion itself"
            context.diagnostics.report("W0406", message, given.span, help=help)
    return found


def _takes_null(arg: Arg, given: Typed) -> bool:
    """Is the kind handed this argument's null? Not a text's that only the data can leave out: missing is not zero."""
    only_by_data = arg.type.base is Base.TEXT and arg.implicit is None and given.type.null == BY_DATA
    return arg.nullable and not only_by_data


def _kind_argument(context: Context, kind: Kind, arg: Arg, given: tree.Expr | None, span: Span) -> Typed:
    if given is None and arg.implicit is not None:
        filled = context.scope.inputs[arg.implicit.source]
        return context.as_base(filled, arg.type.base, f"`{arg.name}`")
    if given is None:
        return _default(arg, span)
    value = context.infer(given)
    if arg.type.base in (Base.OBJECT, Base.LIST):
        value = _as_object(context, value, arg.type)
    takes_lists = arg.many or arg.type.base is Base.OBJECT
    if takes_lists and value.type.base is Base.LIST and not _is_literal(context, value):
        return value
    value = context.as_base(value, arg.type.base, f"`{arg.name}` of `{kind.name}`")
    if value.type.base in (Base.LIST, Base.RANGE) and value.type.base is not arg.type.base:
        what = BASE_NAMES[value.type.base]
        return context.error(
            "E0301", f"`{arg.name}` of `{kind.name}` cannot be {what}", given.span, f"this is {what}"
        )
    if arg.type.base is Base.NUMBER and value.type.unit != arg.type.unit and not value.type.bare:
        wanted = plural(arg.type.unit) if arg.type.unit else "a plain number"
        got = plural(value.type.unit) if value.type.unit else "a plain number"
        return context.error("E0302", f"`{arg.name}` takes {wanted}, but this is {got}", given.span)
    return value


def _one_text(context: Context, kind: Kind, params: Any, arg: Arg, given: Typed) -> Typed:
    """The argument, unless it is a list and the constants ask for one text: nobody said which of them counts."""
    if not arg.many or given.type.base is not Base.LIST or not isinstance(params, HasParts) or params.parts:
        return given
    return context.error(
        "E0301", f"`{arg.name}` of `{kind.name}` needs one text, but this is a list of texts", given.span,
        "this is a list", help="add `parts=true` to compare each, or take one: `boxed(...)`, `between(...)`",
    )  # fmt: skip


def _is_literal(context: Context, value: Typed) -> bool:
    """Is this a list that stands in the ruleset?"""
    return isinstance(context.resolve(value), Items)


def _as_object(context: Context, value: Typed, type: Type) -> Typed:
    """A list of constants as the JSON list it stands for: `exact_match(x, ["Paris", "Lyon"])`."""
    items = context.resolve(value)
    if not isinstance(items, Items):
        return value
    values = tuple(item for item in (fold(context, item) for item in items.items) if item is not None)
    if len(values) < len(items.items) or (type.base is Base.LIST and not all(isinstance(v, str) for v in values)):
        return value
    return Const(value.span, type, ANY_NUMBER, values)


def _default(arg: Arg, span: Span) -> Typed:
    """The value of a parameter that was left out."""
    if isinstance(arg.default, bool):
        return Const(span, BOOL, UNIT_INTERVAL, arg.default)
    if isinstance(arg.default, int | float):
        return number(float(arg.default), span, bare=True)
    if isinstance(arg.default, str):
        return Const(span, TEXT, ANY_NUMBER, arg.default)
    return Const(span, Type(Base.NULL, null=BY_DATA), ANY_NUMBER, None)


def _check_function(context: Context, expr: tree.Call, function: Function) -> Typed:
    bound = bind(context, expr, function.signature)
    args: list[Typed] = []
    for arg in function.signature.args:
        if arg.listed:
            args += _listed_arguments(context, expr, arg, bound.rest)
        elif arg.variadic:
            args += [context.infer_as(part, arg.type.base, f"`{expr.name}`") for part in bound.rest]
        elif arg.window:
            args += _window_ends(context, expr, bound.values.get(shown(arg)))
        elif not is_second(function.signature, arg):
            args.append(_function_argument(context, expr, arg, bound.values.get(arg.name)))
    if not bound.complete or any(arg.type.base is Base.UNDECIDED for arg in args):
        return undecided(expr.span)
    return _apply(context, expr, function, args)


def _listed_arguments(context: Context, expr: tree.Call, arg: Arg, given: Sequence[tree.Expr]) -> list[Typed]:
    """The values of a parameter that is written as one list."""
    help = f"it is written {expr.name}({context.catalogue.functions[expr.name].signature})"
    if len(given) != 1:
        return [
            context.error("E0205", f"`{expr.name}` takes one list, {len(given)} values given", expr.span, help=help)
        ]
    value = context.infer(given[0])
    items = context.resolve(value)
    if value.type.base is Base.UNDECIDED:
        return [value]
    if not isinstance(items, Items) or not items.items:
        message = f"`{expr.name}` needs a list that is written out, with at least one item"
        return [context.error("E0301", message, given[0].span, help=help)]
    return [context.as_base(item, arg.type.base, f"an item of `{expr.name}`") for item in items.items]


def _function_argument(context: Context, expr: tree.Call, arg: Arg, given: tree.Expr | None) -> Typed:
    if given is None:
        return _default(arg, expr.span)
    value = context.infer(given)
    if arg.type.base is Base.LIST:
        value = _as_object(context, value, arg.type)
    value = context.as_base(value, arg.type.base, f"`{arg.name}` of `{expr.name}`")
    if value.type.base is Base.LIST and _is_literal(context, value):
        return context.error(
            "E0301", f"`{arg.name}` of `{expr.name}` needs a list of texts", given.span, "no list of texts"
        )
    if arg.choices and not (isinstance(value, Const) and value.value in arg.choices):
        written = str(value.value) if isinstance(value, Const) else ""
        help = did_you_mean(written, arg.choices) or "choices are " + ", ".join(
            f'"{choice}"' for choice in arg.choices
        )
        return context.error(
            "E0314", f"`{arg.name}` of `{expr.name}` must be one of its choices", given.span, help=help
        )
    return value


def _window_ends(context: Context, expr: tree.Call, given: tree.Expr | None) -> list[Typed]:
    if given is None:
        return [undecided(expr.span), undecided(expr.span)]
    window = context.resolve(context.infer(given))
    if isinstance(window, Window):
        lo = window.lo if window.lo is not None else number(float("-inf"), window.span, bare=True)
        hi = window.hi if window.hi is not None else number(float("inf"), window.span, bare=True)
        return [lo, hi]
    if window.type.base is not Base.UNDECIDED:
        context.error(
            "E0311", f"`{expr.name}` needs a range here, but this is {BASE_NAMES[window.type.base]}", given.span,
            help=range_instead(given.span),
        )  # fmt: skip
    return [undecided(given.span), undecided(given.span)]


def _apply(context: Context, expr: tree.Call, function: Function, args: Sequence[Typed]) -> Typed:
    declared = list(function.signature.args)
    while len(declared) < len(args):
        declared.append(declared[-1])  # the variadic parameter repeats
    sharing = [node for arg, node in zip(declared, args, strict=False) if arg.shares]
    unit = context.shared_unit(sharing, expr.span, f"`{expr.name}` mixes")
    for arg, node in zip(declared, args, strict=False):
        if arg.type.base is Base.NUMBER and not arg.shares:
            context.plain(node, f"`{arg.name}` of `{expr.name}`")
    intervals = [interval_of(node) for node in args]
    trouble = function.undefined(*intervals)
    if trouble is not None:
        return context.error(
            "E0405", f"`{expr.name}` can be undefined: {trouble}", expr.span,
            help="keep its argument in range, for example `max(x, 1)` or `clamp(x, 0..1)`; "
            "a completion could bring it about",
        )  # fmt: skip
    doubt = function.doubtful(*intervals)
    if doubt is not None:
        help = "set both: where one is a parameter, the other can follow from it (`buffer: max_len / 4`)"
        context.diagnostics.report("W0407", f"`{expr.name}`: {doubt}", expr.span, help=help)
    null = function.null
    if null == BY_TEXT and not any(reads_completion(context.named, node) for node in args):
        null = BY_DATA  # what finds nothing in a prompt or a column is no doing of the completion
    for arg, node in zip(declared, args, strict=False):
        null |= NEVER if arg.nullable and not function.three_valued else node.type.null
    bare = bool(sharing) and function.keeps_unit and all(node.type.bare for node in sharing)
    type = Type(function.base, unit if function.keeps_unit else None, null, bare)
    reach = UNIT_INTERVAL if function.base is Base.BOOL else function.range(*intervals)
    return Apply(expr.span, type, reach, function, tuple(args))
