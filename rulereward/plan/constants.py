"""Constants of rule kinds: what must be known before any row is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rulereward.errors import ConstantError
from rulereward.kind import Base, Constant, HasConcerns, LocalFile
from rulereward.lang import tree
from rulereward.lang.source import Span
from rulereward.lang.suggest import did_you_mean
from rulereward.plan.binding import Bound
from rulereward.plan.context import BASE_NAMES, Context, fold, plural
from rulereward.plan.typed import Items, Typed, Window


@dataclass(frozen=True, slots=True)
class Params:
    """The constants of a call as its kind wants them; `params` is None where it takes none."""

    params: Any


def make_params(
    context: Context, owner: str, params: type | None, constants: Sequence[Constant], bound: Bound, span: Span
) -> Params | None:
    """The params dataclass of a call, or None after a report of what is wrong with a constant."""
    values: dict[str, object] = {}
    for constant in constants:
        given = bound.values.get(constant.name)
        if constant.implicit is not None:
            values[constant.name] = context.scope.constants[constant.implicit.source]
        elif given is not None:
            values[constant.name] = constant_value(context, owner, constant, given)
    if params is None:
        return Params(None)
    if not bound.complete or None in [values.get(name, "") for name in bound.values]:
        return None
    try:
        made = params(**values)
    except ConstantError as error:
        given = bound.values.get(error.parameter)
        context.error("E0319", error.message, span if given is None else given.span, help=error.help)
        return None
    for concern in made.concerns() if isinstance(made, HasConcerns) else ():
        given = bound.values.get(concern.parameter)
        place = span if given is None else given.span
        context.diagnostics.report("W0407", concern.message, place, help=concern.help)
    return Params(made)


def constant_value(context: Context, owner: str, constant: Constant, given: tree.Expr) -> object | None:
    """The Python value for a kind's constant, or None after a report."""
    node = context.resolve(context.infer(given))
    if isinstance(given, tree.Name) and node.type.base is not Base.UNDECIDED:
        node = replace(node, span=given.span)  # what is wrong with it is wrong here, where it is used
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
    what = f"`{constant.name}` of `{owner}`"
    base = constant.type.base
    is_no_value = isinstance(node, Items | Window) or node.type.base is Base.NULL
    value = fold(context, node)
    if value is None and not is_no_value:
        help = "write the value itself: it is the same for all rows"
        context.error("E0317", f"{what} must be a constant", node.span, "not known before the run", help=help)
        return None
    if value is None or node.type.base is not base:
        wanted, got = BASE_NAMES[base], BASE_NAMES[node.type.base]
        context.error("E0301", f"{what} needs {wanted}, but this is {got}", node.span, f"this is {got}")
        return None
    if isinstance(value, str):
        return _text(context, what, constant, node, value)
    if isinstance(value, bool):
        return value
    return _number(context, what, constant, node, value)


def _text(context: Context, what: str, constant: Constant, node: Typed, value: str) -> str | LocalFile | None:
    if constant.file:
        return local_file(context, what, beside_ruleset(value, node.span), node.span)
    if constant.choices and value not in constant.choices:
        help = did_you_mean(value, constant.choices) or "choices are " + ", ".join(f'"{c}"' for c in constant.choices)
        context.error("E0314", f'{what} cannot be "{value}"', node.span, help=help)
        return None
    return value


def _number(context: Context, what: str, constant: Constant, node: Typed, value: float) -> float | None:
    if node.type.unit != constant.type.unit and not node.type.bare:
        wanted = plural(constant.type.unit) if constant.type.unit else "a plain number"
        context.error("E0302", f"{what} takes {wanted}", node.span, f"this is in {plural(node.type.unit or '')}")
        return None
    if constant.integer and not value.is_integer():
        context.error("E0313", f"{what} must be a whole number", node.span, f"{value:g} is none")
        return None
    if value not in constant.bounds:
        context.error("E0313", f"{what} must lie in {constant.bounds}", node.span, f"{value:g} does not")
        return None
    return int(value) if constant.integer else value


def beside_ruleset(written: str, span: Span) -> Path:
    """The place a ruleset names by a path, which is relative to the ruleset's own folder."""
    return Path(span.source.name).parent / Path(written).expanduser()


def local_file(context: Context, what: str, path: Path, span: Span, *, help: str | None = None) -> LocalFile | None:
    """The file at a path, None after a report where it cannot be read."""
    try:
        return LocalFile.of(path)
    except (OSError, ValueError) as error:  # a path with a null character is a ValueError
        reason = getattr(error, "strerror", None) or error
        context.error("E0320", f"{what} cannot be read: {path}: {reason}", span, help=help)
        return None
