"""Checks of calls: rule kinds, functions of the language, and aggregates over a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rulereward.kind import (
    ANY_NUMBER,
    BOOL,
    BY_DATA,
    BY_TEXT,
    NEVER,
    NUMBER,
    OBJECT,
    TEXT,
    UNIT_INTERVAL,
    Aggregate,
    Arg,
    Base,
    Function,
    Kind,
    Signature,
    Type,
)
from rulereward.lang import tree
from rulereward.lang.source import Span
from rulereward.lang.words import foreign_function
from rulereward.plan.constants import constant_value
from rulereward.plan.context import BASE_NAMES, Context, fold, interval_of, number, plural, suggest, undecided
from rulereward.plan.origin import reads_completion
from rulereward.plan.typed import Apply, Const, Fold, Items, Measure, Typed, Window


def check_call(context: Context, expr: tree.Call) -> Typed:
    catalogue = context.catalogue
    if expr.over is not None:
        return _check_aggregate(context, expr)
    if expr.where is not None or expr.excluding_self:
        return context.error(
            "E0310", "`where` and `excluding self` belong to an aggregate", expr.span,
            help=f"write `{expr.name}(... where ...) over group`",
        )  # fmt: skip
    if expr.name in catalogue.functions:
        return _check_function(context, expr, catalogue.functions[expr.name])
    if expr.name in catalogue.kinds:
        return check_kind(context, expr, catalogue.kinds[expr.name])
    if expr.name in catalogue.aggregates:
        return context.error(
            "E0310", f"`{expr.name}` needs a group to run over", expr.span,
            help=f"write `{expr.name}(...) over group`: the completions of one prompt",
        )  # fmt: skip
    return _unknown(context, expr)


def _unknown(context: Context, expr: tree.Call) -> Typed:
    for part in (*expr.args, *(keyword.value for keyword in expr.keywords)):
        context.infer(part)
    if expr.name in context.scope.value_names or expr.name in context.scope.inputs:
        return context.error(
            "E0202", f"`{expr.name}` is a value, not a function", expr.name_span,
            help="use it without `( )`",
        )  # fmt: skip
    known = suggest(expr.name, context.catalogue.callables())
    help = known or foreign_function(expr.name) or "`rulereward rules` lists the rule kinds"
    return context.error("E0203", f"unknown function or rule kind `{expr.name}`", expr.name_span, help=help)


@dataclass(frozen=True, slots=True, eq=False)
class _Bound:
    """The expressions of a call under the names of its parameters."""

    values: dict[str, tree.Expr]
    rest: tuple[tree.Expr, ...]
    complete: bool


def _bind(context: Context, expr: tree.Call, signature: Signature) -> _Bound:
    """Lay arguments onto parameters; every misfit is reported."""
    before = len(context.diagnostics.found)
    visible = [arg for arg in signature.args if not (arg.implicit and arg.implicit.hidden)]
    single = [arg for arg in visible if not arg.variadic and not _is_second(signature, arg)]
    shown = [_shown(arg) for arg in single]
    values: dict[str, tree.Expr] = dict(zip(shown, expr.args, strict=False))
    rest = expr.args[len(single) :]
    if rest and not any(arg.variadic for arg in visible):
        context.error(
            "E0205",
            f"`{expr.name}` takes {_count(len(single))}, {len(expr.args)} given",
            rest[0].span.to(rest[-1].span),
            help=f"it is written {expr.name}({signature})",
        )
    constants = {constant.name for constant in signature.constants if constant.implicit is None}
    for keyword in expr.keywords:
        if keyword.name not in shown and keyword.name not in constants:
            known = [*shown, *constants]
            help = suggest(keyword.name, known) or f"it is written {expr.name}({signature})"
            context.error("E0204", f"`{expr.name}` has no parameter `{keyword.name}`", keyword.name_span, help=help)
            context.infer(keyword.value)
        elif keyword.name in values:
            context.error("E0208", f"`{keyword.name}` is given twice", keyword.name_span)
        else:
            values[keyword.name] = keyword.value
    _report_missing(context, expr, signature, values)
    return _Bound(values, rest, len(context.diagnostics.found) == before)


def _report_missing(context: Context, expr: tree.Call, signature: Signature, values: dict[str, tree.Expr]) -> None:
    needed = [
        _shown(arg) for arg in signature.args if arg.required and not arg.variadic and not _is_second(signature, arg)
    ]
    needed += [constant.name for constant in signature.constants if constant.required]
    missing = [name for name in needed if name not in values]
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        context.error(
            "E0206", f"`{expr.name}` needs {names}", expr.span, help=f"it is written {expr.name}({signature})"
        )  # fmt: skip


def _shown(arg: Arg) -> str:
    return arg.name.removeprefix("lo_") if arg.window else arg.name


def _is_second(signature: Signature, arg: Arg) -> bool:
    """Is this the upper end of a window, which the author never writes by itself?"""
    place = signature.args.index(arg)
    return place > 0 and signature.args[place - 1].window


def _count(amount: int) -> str:
    return f"{amount} argument" if amount == 1 else f"{amount} arguments"


def check_kind(context: Context, expr: tree.Call, kind: Kind) -> Typed:
    """A rule kind: per-row arguments, constants, unit and nullability of the result."""
    bound = _bind(context, expr, kind.signature)
    args = [_kind_argument(context, kind, arg, bound.values.get(arg.name), expr.span) for arg in kind.signature.args]
    constants: dict[str, object] = {}
    for constant in kind.signature.constants:
        given = bound.values.get(constant.name)
        if constant.implicit is not None:
            constants[constant.name] = context.scope.constants[constant.implicit.source]
        elif given is not None:
            value = constant_value(context, kind.name, constant, given)
            if value is None:
                return undecided(expr.span)
            constants[constant.name] = value
    if not bound.complete or any(arg.type.base is Base.UNDECIDED for arg in args):
        return undecided(expr.span)
    params = kind.params(**constants) if kind.params is not None else None
    takes_null = tuple(_takes_null(arg, given) for arg, given in zip(kind.signature.args, args, strict=True))
    null = kind.returns.null.union(*(arg.type.null for arg, takes in zip(args, takes_null, strict=True) if not takes))
    if kind.returns.null and _measures_against_completion(context, kind, args):
        null |= BY_TEXT
    unit = getattr(params, kind.unit_from) if kind.unit_from else kind.returns.unit
    type = replace(kind.returns, unit=unit, null=null)
    return Measure(expr.span, type, kind.reach(params), kind, tuple(args), params, takes_null)


def _measures_against_completion(context: Context, kind: Kind, args: Sequence[Typed]) -> bool:
    """Does a row value such as a gold answer come from the completion? Then its nulls are the completion's. Warns."""
    found = False
    for arg, given in zip(kind.signature.args, args, strict=True):
        if arg.type.base is Base.OBJECT and reads_completion(context.named, given):
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
    value = context.infer_as(given, arg.type.base, f"`{arg.name}` of `{kind.name}`")
    if arg.type.base is Base.OBJECT:
        value = _as_object(context, value)
    if value.type.base in (Base.LIST, Base.RANGE):
        what = BASE_NAMES[value.type.base]
        return context.error("E0301", f"`{arg.name}` of `{kind.name}` cannot be {what}", given.span)
    if arg.type.base is Base.NUMBER and value.type.unit != arg.type.unit and not value.type.bare:
        wanted = plural(arg.type.unit) if arg.type.unit else "a plain number"
        got = plural(value.type.unit) if value.type.unit else "a plain number"
        return context.error("E0302", f"`{arg.name}` takes {wanted}, but this is {got}", given.span)
    return value


def _as_object(context: Context, value: Typed) -> Typed:
    """A list of constants as the JSON list it stands for: `exact_match(x, ["Paris", "Lyon"])`."""
    items = context.resolve(value)
    if not isinstance(items, Items):
        return value
    values = tuple(item for item in (fold(context, item) for item in items.items) if item is not None)
    return Const(value.span, OBJECT, ANY_NUMBER, values) if len(values) == len(items.items) else value


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
    bound = _bind(context, expr, function.signature)
    args: list[Typed] = []
    for arg in function.signature.args:
        if arg.variadic:
            args += [context.infer_as(part, arg.type.base, f"`{expr.name}`") for part in bound.rest]
        elif arg.window:
            args += _window_ends(context, expr, bound.values.get(_shown(arg)))
        elif not _is_second(function.signature, arg):
            args.append(_function_argument(context, expr, arg, bound.values.get(arg.name)))
    if not bound.complete or any(arg.type.base is Base.UNDECIDED for arg in args):
        return undecided(expr.span)
    return _apply(context, expr, function, args)


def _function_argument(context: Context, expr: tree.Call, arg: Arg, given: tree.Expr | None) -> Typed:
    if given is None:
        return _default(arg, expr.span)
    value = context.infer_as(given, arg.type.base, f"`{arg.name}` of `{expr.name}`")
    if arg.choices and not (isinstance(value, Const) and value.value in arg.choices):
        written = str(value.value) if isinstance(value, Const) else ""
        help = suggest(written, arg.choices) or "choices are " + ", ".join(f'"{choice}"' for choice in arg.choices)
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
            help="write a range such as `200..800`",
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
    null = function.null
    if null == BY_TEXT and not any(reads_completion(context.named, node) for node in args):
        null = BY_DATA  # what finds nothing in a prompt or a column is no doing of the completion
    for arg, node in zip(declared, args, strict=False):
        null |= NEVER if arg.nullable else node.type.null
    bare = bool(sharing) and function.keeps_unit and all(node.type.bare for node in sharing)
    type = Type(function.base, unit if function.keeps_unit else None, null, bare)
    reach = UNIT_INTERVAL if function.base is Base.BOOL else function.range(*intervals)
    return Apply(expr.span, type, reach, function, tuple(args))


def _check_aggregate(context: Context, expr: tree.Call) -> Typed:
    assert expr.over is not None
    assert expr.over_span is not None
    if expr.over != "group":
        help = "write `over group`: the completions of one prompt"
        return context.error("E0212", f"nothing can be aggregated over `{expr.over}`", expr.over_span, help=help)
    found = context.catalogue.aggregates.get(expr.name)
    if found is None:
        help = suggest(expr.name, context.catalogue.aggregates) or "aggregates are " + ", ".join(
            sorted(context.catalogue.aggregates)
        )
        return context.error("E0203", f"unknown aggregate `{expr.name}`", expr.name_span, help=help)
    if expr.excluding_self:
        return context.error("E0318", "`excluding self` is not supported by this version", expr.span)
    if len(expr.args) != 1 or expr.keywords:
        return context.error(
            "E0205", f"`{expr.name} over group` takes 1 value", expr.span,
            help=f"write `{expr.name}(value) over group` or `{expr.name}(value where condition) over group`",
        )  # fmt: skip
    value = context.infer_as(expr.args[0], found.takes, f"`{expr.name}`")
    where = context.infer_as(expr.where, Base.BOOL, "`where`") if expr.where is not None else None
    if value.type.base is Base.UNDECIDED or (where is not None and where.type.base is Base.UNDECIDED):
        return undecided(expr.span)
    return Fold(
        expr.span, _fold_type(context, found, value, where), found.range(interval_of(value)), found, value, where
    )


def _fold_type(context: Context, found: Aggregate, value: Typed, where: Typed | None) -> Type:
    """Null where too few members are present: nulls are left out, and `where` may pick nobody."""
    null = value.type.null if found.needs > 0 else NEVER
    if found.needs > 1:
        null |= BY_DATA
    if where is not None and found.needs > 0:
        null |= BY_TEXT if reads_completion(context.named, where) else BY_DATA
    if found.gives is Base.BOOL:
        return BOOL.or_null(null)
    return replace(NUMBER, unit=value.type.unit if found.keeps_unit else None, null=null)
