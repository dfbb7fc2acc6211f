"""Parameters: constants of a ruleset that a run can set, each of the type that its default has."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

from rulereward.kind import ANY_NUMBER, BOOL, TEXT, UNIT_INTERVAL, Base, Type
from rulereward.lang import tree
from rulereward.lang.diagnostics import Label
from rulereward.lang.document import Document, Entry
from rulereward.lang.parse import parse_expression
from rulereward.lang.placed_text import PlacedText
from rulereward.lang.source import Span
from rulereward.lang.suggest import did_you_mean
from rulereward.plan.context import BASE_NAMES, Context, fold, number, plural, undecided
from rulereward.plan.typed import Const, Items, Ref, Typed, Window

ParamValue = bool | int | float | str | Sequence["bool | int | float | str"]
"""What a parameter can be set to. A text is an expression (`8192tok`), unless the parameter is itself a text."""


def check_given(context: Context, document: Document, given: Mapping[str, ParamValue]) -> None:
    """Report values for parameters that the ruleset does not have."""
    known = [entry.name for entry in document.params]
    for name in given:
        if name not in known:
            listed = f"its parameters are {', '.join(known)}" if known else "it has no `params`"
            what = f"the ruleset has no parameter `{name}`"
            place = Span(document.source, document.span.start, document.span.start)
            context.error("E0501", what, place, help=did_you_mean(name, known) or listed)


def param_value(context: Context, entry: Entry, given: ParamValue | None) -> Typed:
    """The value of a parameter: its default, or what a run has `given` for it."""
    default = _default(context, entry)
    if given is None or default.type.base is Base.UNDECIDED:
        return default
    value = _given_value(context, entry, default.type, given)
    return value if value.type.base is Base.UNDECIDED else _fitted(context, entry, default, value)


def _default(context: Context, entry: Entry) -> Typed:
    """What the ruleset says, of the type that the parameter has in a ruleset below."""
    if entry.value is None:
        return undecided(entry.span)
    word = _unknown_word(context, entry.value)
    if word is not None:
        message = f"the parameter `{entry.name}` must be a constant, and `{word.name}` is none"
        return context.error("E0317", message, word.span, help=f'a text stands in quotes: `"{word.name}"`')
    default = context.infer(entry.value)
    if _is_undecided(default):
        return undecided(entry.span)
    if not _is_constant(context, default):
        message = f"the parameter `{entry.name}` must be a constant"
        return context.error("E0317", message, entry.value.span, "not known before the run")
    below = None if entry.below is None else _default(context, entry.below)
    return (
        default
        if below is None or below.type.base is Base.UNDECIDED
        else _fitted(context, entry.below or entry, below, default)
    )


def constant_text(named: Mapping[str, Typed], node: Typed) -> str:
    """A constant as it is written: `4096tok`, `"trl"`, `[1, 2]`, `0..1`."""
    while isinstance(node, Ref):
        node = named[node.name]
    if isinstance(node, Items):
        return f"[{', '.join(constant_text(named, item) for item in node.items)}]"
    if isinstance(node, Window):
        lo, hi = ("" if end is None else constant_text(named, end) for end in (node.lo, node.hi))
        return f"{lo}..{'<' if node.open_end else ''}{hi}"
    value = node.value if isinstance(node, Const) else node.range.lo
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return f"{str(value).removesuffix('.0')}{node.type.unit or ''}"


def _is_constant(context: Context, node: Typed) -> bool:
    node = context.resolve(node)
    if isinstance(node, Items):
        return all(_is_constant(context, item) for item in node.items)
    if isinstance(node, Window):
        return all(_is_constant(context, end) for end in (node.lo, node.hi) if end is not None)
    return fold(context, node) is not None


def _unknown_word(context: Context, expr: tree.Expr) -> tree.Name | None:
    """A word in a default that names nothing: most likely a text without its quotes."""
    for part in expr.items if isinstance(expr, tree.ListOf) else (expr,):
        if isinstance(part, tree.Name) and part.name not in context.scope.names():
            return part
    return None


def _is_undecided(node: Typed) -> bool:
    parts = node.items if isinstance(node, Items) else (node,)
    return any(part.type.base is Base.UNDECIDED for part in parts)


def _given_value(context: Context, entry: Entry, wanted: Type, given: ParamValue) -> Typed:
    """What was given as a checked value. A text for anything but a text is read as an expression."""
    placed = PlacedText.of(str(given), f"parameter {entry.name}")
    span = placed.whole
    if isinstance(given, str) and wanted.base is not Base.TEXT:
        before = len(context.diagnostics.found)
        parsed = parse_expression(placed, context.diagnostics)
        if parsed is None or len(context.diagnostics.found) > before:
            return undecided(span)
        value = context.infer(parsed)
        if value.type.base is Base.UNDECIDED or _is_constant(context, value):
            return value
        return _misfit(context, entry, span, "must be a constant")
    return _python_value(context, entry, span, given)


def _python_value(context: Context, entry: Entry, span: Span, given: object) -> Typed:
    if isinstance(given, bool):
        return Const(span, BOOL, UNIT_INTERVAL, given)
    if isinstance(given, str):
        return Const(span, TEXT, ANY_NUMBER, given)
    if isinstance(given, int | float) and abs(given) < _TOO_LARGE and math.isfinite(given):
        return number(float(given), span, bare=True)
    if isinstance(given, list | tuple) and not any(isinstance(item, list | tuple) for item in given):
        items = tuple(_python_value(context, entry, span, item) for item in given)
        return Items(span, Type(Base.LIST), ANY_NUMBER, items)
    return _misfit(context, entry, span, "must be a finite number, a text, true or false, or a list of those")


_TOO_LARGE = 1e300


def _fitted(context: Context, entry: Entry, default: Typed, value: Typed) -> Typed:
    """The value as one of the default's type; a plain number takes on its unit."""
    wanted, found = default.type, value.type
    if found.base is not wanted.base:
        message = f"must be {BASE_NAMES[wanted.base]}, but this is {BASE_NAMES[found.base]}"
        return _misfit(context, entry, value.span, message)
    if wanted.base is not Base.NUMBER or wanted.unit == found.unit:
        return value
    plain = fold(context, value)
    if found.bare and isinstance(plain, float):
        return number(plain, value.span, wanted.unit)
    counted = plural(wanted.unit) if wanted.unit else "a plain number"
    return _misfit(context, entry, value.span, f"takes {counted}")


def _misfit(context: Context, entry: Entry, span: Span, message: str) -> Typed:
    declared = Label(entry.span, "declared here")
    help = "give it a value of the same type and unit as its default"
    context.diagnostics.report(
        "E0502", f"the parameter `{entry.name}` {message}", span, help=help, secondary=declared
    )
    return undecided(span)
