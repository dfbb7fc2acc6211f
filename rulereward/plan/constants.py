"""Constants of rule kinds: what must be known before any row is seen."""

from __future__ import annotations

from rulereward.kind import Base, Constant
from rulereward.lang import tree
from rulereward.plan.context import BASE_NAMES, Context, fold, plural, suggest
from rulereward.plan.typed import Items, Typed


def constant_value(context: Context, owner: str, constant: Constant, given: tree.Expr) -> object | None:
    """The Python value for a kind's constant, or None after a report."""
    node = context.resolve(context.infer(given))
    if constant.many:
        return _many(context, owner, constant, node)
    return _one(context, owner, constant, node)


def _many(context: Context, owner: str, constant: Constant, node: Typed) -> object | None:
    items = node.items if isinstance(node, Items) else (node,)
    values = [_one(context, owner, constant, item) for item in items]
    return None if any(value is None for value in values) else tuple(values)


def _one(context: Context, owner: str, constant: Constant, node: Typed) -> object | None:
    if node.type.base is Base.UNDECIDED:
        return None
    value = fold(context, node)
    what = f"`{constant.name}` of `{owner}`"
    if value is None:
        context.error("E0317", f"{what} must be a constant", node.span, "not known before the run")
        return None
    base = constant.type.base
    if node.type.base is not base:
        wanted, got = BASE_NAMES[base], BASE_NAMES[node.type.base]
        context.error("E0301", f"{what} needs {wanted}, but this is {got}", node.span, f"this is {got}")
        return None
    if isinstance(value, str):
        return _text(context, what, constant, node, value)
    if isinstance(value, bool):
        return value
    return _number(context, what, constant, node, value)


def _text(context: Context, what: str, constant: Constant, node: Typed, value: str) -> str | None:
    if constant.choices and value not in constant.choices:
        help = suggest(value, constant.choices) or "choices are " + ", ".join(f'"{c}"' for c in constant.choices)
        context.error("E0314", f'{what} cannot be "{value}"', node.span, help=help)
        return None
    return value


def _number(context: Context, what: str, constant: Constant, node: Typed, value: float) -> float | None:
    if node.type.unit != constant.type.unit and not node.type.bare:
        wanted = plural(constant.type.unit) if constant.type.unit else "a plain number"
        context.error("E0302", f"{what} takes {wanted}", node.span)
        return None
    if constant.integer and not value.is_integer():
        context.error("E0313", f"{what} must be a whole number", node.span)
        return None
    if value not in constant.bounds:
        context.error("E0313", f"{what} must lie in {constant.bounds}", node.span, f"{value:g} does not")
        return None
    return int(value) if constant.integer else value
