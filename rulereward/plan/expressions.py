"""From a parsed expression to a checked one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rulereward.kind import ANY_NUMBER, BY_DATA, OBJECT, Base
from rulereward.lang import tree
from rulereward.lang.diagnostics import Label
from rulereward.lang.source import Span
from rulereward.lang.suggest import did_you_mean
from rulereward.plan import arithmetic, choices, comparisons, literals
from rulereward.plan.calls import check_call
from rulereward.plan.context import Context, undecided
from rulereward.plan.lists import check_index, check_key
from rulereward.plan.next_steps import other_name
from rulereward.plan.origin import leads_to
from rulereward.plan.typed import Caught, Field, Guarded, Input, Items, Measure, Ref, Typed, Window


def infer(context: Context, expr: tree.Expr) -> Typed:
    """Check one expression; what is wrong is reported and stands in as an undecided value."""
    return _CHECKS[type(expr)](context, expr)


def _check_name(context: Context, expr: tree.Name) -> Typed:
    scope, name = context.scope, expr.name
    if name in scope.value_names:
        return _reference(context, name, expr.span)
    if name in scope.sections:
        return scope.sections[name](expr.span)
    if name in scope.inputs:
        found = scope.inputs[name]
        return replace(found, span=expr.span)
    return _unknown_name(context, expr)


def _reference(context: Context, name: str, span: Span) -> Typed:
    target = context.scope.values(name, span)
    if target is None or target.type.base is Base.UNDECIDED:
        return undecided(span)
    resolved = context.resolve(target)
    if isinstance(resolved, Window | Items):
        return resolved
    return Ref(span, target.type, target.range, name)


_SUGGESTED = 20
"""Findings up to which unknown names are compared with all known ones."""

_NAMES = "names are inputs, sections, rules and let entries; a column is read as `row.name`"
_NAMESPACES = {
    "row": "a column is read as `row.name`",
    "group": "groups are used as `mean(x) over group`",
    "batch": "`over batch` stands in `expect` of a monitor only",
    "reward": "the reward cannot be read inside the ruleset",
}


def _unknown_name(context: Context, expr: tree.Name) -> Typed:
    if expr.name in _NAMESPACES:
        return context.error("E0209", f"`{expr.name}` is not a value", expr.span, help=_NAMESPACES[expr.name])
    if expr.name in context.catalogue.callables():
        return context.error(
            "E0201", f"`{expr.name}` is a function and needs `( )`", expr.span, help=f"write `{expr.name}(...)`"
        )
    if expr.name in context.scope.removed:
        taken = Label(context.scope.removed[expr.name], "taken away here")
        help = "leave it there, or put something else here"
        message = f"`{expr.name}` is not there any more"
        context.diagnostics.report("E0201", message, expr.span, help=help, secondary=taken)
        return undecided(expr.span)
    first = len(context.diagnostics.found) < _SUGGESTED  # looking for near names takes time for each name there is
    help = (did_you_mean(expr.name, context.scope.names()) if first else None) or other_name(expr.name) or _NAMES
    return context.error("E0201", f"unknown name `{expr.name}`", expr.span, help=help)


def _check_attribute(context: Context, expr: tree.Attribute) -> Typed:
    path = _row_path(expr)
    if path is not None:
        written = leads_to(path, context.scope.written_paths)
        return Input(expr.span, OBJECT.or_null(BY_DATA), ANY_NUMBER, f"row.{path}", written)
    value = context.infer(expr.value)
    if value.type.base is Base.UNDECIDED:
        return value
    if value.type.base is Base.OBJECT:
        return check_key(context, value, expr)
    return _field(context, value, expr)


def _row_path(expr: tree.Expr) -> str | None:
    """The dotted path of `row.a.b`, None for anything else."""
    names: list[str] = []
    while isinstance(expr, tree.Attribute):
        names.append(expr.name)
        expr = expr.value
    return ".".join(reversed(names)) if names and isinstance(expr, tree.Name) and expr.name == "row" else None


def _field(context: Context, value: Typed, expr: tree.Attribute) -> Typed:
    """A field of a name bound to one kind's call; `when` of the rule holds for its fields too."""
    target = context.resolve(value)
    conditions: list[Typed] = []
    while isinstance(target, Guarded | Caught):
        if isinstance(target, Guarded):
            conditions.append(target.condition)
        target = context.resolve(target.value)
    if not isinstance(target, Measure):
        return context.error(
            "E0210", f"`{expr.name}` is not a field", expr.name_span,
            help="only a name bound to one rule kind's call has fields",
        )  # fmt: skip
    fields = target.kind.fields
    if expr.name not in fields:
        known = ", ".join(f"`{name}`" for name in fields) or "none"
        help = did_you_mean(expr.name, fields) or f"its fields: {known}"
        return context.error("E0210", f"`{target.kind.name}` has no field `{expr.name}`", expr.name_span, help=help)
    type = fields[expr.name].or_null(value.type.null)
    field: Typed = Field(expr.span, type, target.kind.field_ranges[expr.name], target, expr.name)
    for condition in conditions:
        field = Guarded(expr.span, field.type, field.range, condition, field)
    return field


_CHECKS: dict[type[tree.Expr], Callable[[Context, Any], Typed]] = {
    tree.Number: literals.check_number,
    tree.Text: literals.check_text,
    tree.Bool: literals.check_bool,
    tree.Null: literals.check_null,
    tree.Name: _check_name,
    tree.Attribute: _check_attribute,
    tree.Index: check_index,
    tree.ListOf: literals.check_list,
    tree.Range: literals.check_range,
    tree.Call: check_call,
    tree.Binary: arithmetic.check_binary,
    tree.Negate: arithmetic.check_negate,
    tree.Coalesce: choices.check_coalesce,
    tree.Compare: comparisons.check_compare,
    tree.IsNull: comparisons.check_is_null,
    tree.Not: choices.check_not,
    tree.Logical: choices.check_logical,
    tree.Conditional: choices.check_conditional,
    tree.Case: choices.check_case,
}
