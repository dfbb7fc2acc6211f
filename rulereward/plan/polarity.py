"""Warnings about weights that pay for the worse end of a measurement."""

from __future__ import annotations

from rulereward.plan.addends import addends
from rulereward.plan.context import Context, fold
from rulereward.plan.typed import Apply, Arithmetic, Caught, Default, Guarded, Measure, Typed


def warn_polarity(context: Context, node: Typed, weight: Typed | None = None) -> None:
    """Warn where a measurement enters a score, or a weighted term, with the sign opposite to its polarity."""
    factor = 1.0 if weight is None else fold(context, weight)
    if not isinstance(factor, float):
        return
    for addend in addends(context.named, frozenset(), node):
        measured, sign = _scaled(context, addend.value, -factor if addend.negative else factor)
        if measured is None:
            continue
        wrong = (measured.kind.polarity == "lower" and sign > 0) or (measured.kind.polarity == "higher" and sign < 0)
        if wrong:
            better = "less" if measured.kind.polarity == "lower" else "more"
            context.diagnostics.report(
                "W0404", f"this rewards the worse end of `{measured.kind.name}`, of which {better} is better",
                addend.value.span, help="turn the sign around",
            )  # fmt: skip


def _scaled(context: Context, node: Typed, sign: float) -> tuple[Measure | None, float]:
    """The measurement behind a value and the sign it is multiplied by, if it is no more than that."""
    node = context.resolve(node)
    if isinstance(node, Measure):
        return node, sign
    if isinstance(node, Guarded | Caught):
        return _scaled(context, node.value, sign)
    if isinstance(node, Default):
        return _scaled(context, node.left, sign)
    if isinstance(node, Arithmetic) and node.op == "*":
        for constant, other in ((node.left, node.right), (node.right, node.left)):
            value = fold(context, constant)
            if isinstance(value, float):
                return _scaled(context, other, sign * value)
    if isinstance(node, Arithmetic) and node.op == "/":
        value = fold(context, node.right)
        if isinstance(value, float):
            return _scaled(context, node.left, sign * value)
    if isinstance(node, Apply):
        return _shaped(context, node, sign)
    return None, sign


_RISING = frozenset({"clamp", "exp", "log", "round", "sigmoid", "sqrt"})
_FALLING = frozenset({"soft_overlong"})


def _shaped(context: Context, node: Apply, sign: float) -> tuple[Measure | None, float]:
    """The measurement inside a shape that only ever rises, or only ever falls, with its first argument."""
    name = node.function.name
    if name in _RISING:
        return _scaled(context, node.args[0], sign)
    if name in _FALLING:
        return _scaled(context, node.args[0], -sign)
    if name in ("ramp", "cosine"):
        start, to = (fold(context, end) for end in node.args[3:5])
        if isinstance(start, float) and isinstance(to, float):
            return _scaled(context, node.args[0], sign * (to - start))
    return None, sign
