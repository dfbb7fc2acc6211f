"""Which argument of a call belongs to which parameter."""

from __future__ import annotations

from dataclasses import dataclass

from rulereward.kind import Arg, Signature
from rulereward.lang import tree
from rulereward.lang.suggest import did_you_mean
from rulereward.plan.context import Context


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """The expressions of a call under the names of its parameters."""

    values: dict[str, tree.Expr]
    rest: tuple[tree.Expr, ...]
    complete: bool


def bind(context: Context, expr: tree.Call, signature: Signature) -> Bound:
    """Lay arguments onto parameters; every misfit is reported."""
    before = len(context.diagnostics.found)
    visible = [arg for arg in signature.args if not (arg.implicit and arg.implicit.hidden)]
    single = [arg for arg in visible if not arg.variadic and not is_second(signature, arg)]
    names = [shown(arg) for arg in single]
    values: dict[str, tree.Expr] = dict(zip(names, expr.args, strict=False))
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
        if keyword.name not in names and keyword.name not in constants:
            known = [*names, *constants]
            help = did_you_mean(keyword.name, known) or f"it is written {expr.name}({signature})"
            context.error("E0204", f"`{expr.name}` has no parameter `{keyword.name}`", keyword.name_span, help=help)
            context.infer(keyword.value)
        elif keyword.name in values:
            help = "give it by its place or by its name"
            context.error("E0208", f"`{keyword.name}` is given twice", keyword.name_span, help=help)
        else:
            values[keyword.name] = keyword.value
    _report_missing(context, expr, signature, values)
    return Bound(values, rest, len(context.diagnostics.found) == before)


def _report_missing(context: Context, expr: tree.Call, signature: Signature, values: dict[str, tree.Expr]) -> None:
    needed = [
        shown(arg) for arg in signature.args if arg.required and not arg.variadic and not is_second(signature, arg)
    ]
    needed += [constant.name for constant in signature.constants if constant.required]
    missing = [name for name in needed if name not in values]
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        context.error(
            "E0206", f"`{expr.name}` needs {names}", expr.span, help=f"it is written {expr.name}({signature})"
        )  # fmt: skip


def shown(arg: Arg) -> str:
    """The name an author writes: that of the range for its lower end."""
    return arg.name.removeprefix("lo_") if arg.window else arg.name


def is_second(signature: Signature, arg: Arg) -> bool:
    """Is this the upper end of a window, which the author never writes by itself?"""
    place = signature.args.index(arg)
    return place > 0 and signature.args[place - 1].window


def _count(amount: int) -> str:
    return f"{amount} argument" if amount == 1 else f"{amount} arguments"
