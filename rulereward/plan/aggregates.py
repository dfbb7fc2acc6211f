"""Checks of aggregates over a group, and over the batch of a monitor."""

from __future__ import annotations

import math
from dataclasses import replace

from rulereward.data import Level
from rulereward.kind import BOOL, BY_DATA, BY_TEXT, NEVER, NUMBER, Aggregate, Base, Type
from rulereward.lang import tree
from rulereward.lang.source import Span
from rulereward.lang.suggest import did_you_mean
from rulereward.plan.binding import bind
from rulereward.plan.constants import Params, make_params
from rulereward.plan.context import BASE_NAMES, Context, interval_of, undecided
from rulereward.plan.origin import reads_completion
from rulereward.plan.typed import BatchFold, Fold, Typed


def check_aggregate(context: Context, expr: tree.Call) -> Typed:
    """An aggregate over the members of a row's group, with its constants."""
    assert expr.over is not None
    assert expr.over_span is not None
    over_batch = expr.over == "batch" and context.over_batch
    if expr.over != "group" and not over_batch:
        return _wrong_level(context, expr.over, expr.over_span)
    found = context.catalogue.aggregates.get(expr.name)
    if found is None:
        help = did_you_mean(expr.name, context.catalogue.aggregates) or "aggregates are " + ", ".join(
            sorted(context.catalogue.aggregates)
        )
        return context.error("E0203", f"unknown aggregate `{expr.name}`", expr.name_span, help=help)
    if expr.excluding_self and (found.level is Level.ROW or over_batch):
        why = (
            "no row is part of a batch for itself" if over_batch else "it sets each member against the others anyway"
        )
        return context.error("E0310", f"`{expr.name} over {expr.over}` has no `excluding self`", expr.span, help=why)
    if len(expr.args) != 1 or (expr.keywords and not found.constants):
        written = f"{expr.name}({found.signature}) over group"
        return context.error(
            "E0205", f"`{expr.name} over group` takes 1 value", expr.span,
            help=f"write `{written}`, or `{written.replace('(x', '(x where condition', 1)}`",
        )  # fmt: skip
    bound = bind(context, expr, found.signature)
    constants = make_params(context, found.name, found.params, found.constants, bound, expr.span)
    context.over_batch = False  # no batch is a member of a batch
    value = _member(context, found, context.infer(expr.args[0]))
    where = context.infer_as(expr.where, Base.BOOL, "`where`") if expr.where is not None else None
    context.over_batch = over_batch
    undecidable = value.type.base is Base.UNDECIDED or (where is not None and where.type.base is Base.UNDECIDED)
    if undecidable or constants is None or not bound.complete:
        return undecided(expr.span)
    type = _fold_type(context, found, value, where, excluding_self=expr.excluding_self)
    if over_batch:
        return _batch_fold(context, expr, found, constants, type, value, where)
    within = found.range(interval_of(value), math.inf)
    return Fold(expr.span, type, within, found, constants.params, value, where, expr.excluding_self)


def _member(context: Context, found: Aggregate, value: Typed) -> Typed:
    """The value of each member, as the aggregate takes it."""
    if found.takes is not None:
        return context.as_base(value, found.takes, f"`{found.name}`")
    if value.type.base in (Base.LIST, Base.RANGE):
        message = f"`{found.name} over group` cannot compare {BASE_NAMES[value.type.base]}"
        return context.error("E0301", message, value.span)
    return value


def _wrong_level(context: Context, level: str, span: Span) -> Typed:
    if level == "batch":
        help = "a reward must not hang on the batch that a row happens to be in: write `over group`"
        return context.error("E0212", "`over batch` stands in `expect` of a monitor only", span, help=help)
    help = "write `over group`: the completions of one prompt"
    return context.error("E0212", f"nothing can be aggregated over `{level}`", span, help=help)


def _batch_fold(
    context: Context,
    expr: tree.Call,
    found: Aggregate,
    constants: Params,
    type: Type,
    value: Typed,
    where: Typed | None,
) -> Typed:
    """One number for a whole batch, so neither a place for each row nor an aggregate of texts."""
    if found.level is Level.ROW or found.takes not in (Base.NUMBER, Base.BOOL):
        help = "`over batch` has mean, sum, min, max, median, quantile, std, count, any, all"
        return context.error("E0409", f"`{expr.name}` gives no one number for a batch", expr.name_span, help=help)
    return BatchFold(
        expr.span, type, found.range(interval_of(value), math.inf), found, constants.params, value, where
    )


def _fold_type(
    context: Context, found: Aggregate, value: Typed, where: Typed | None, *, excluding_self: bool
) -> Type:
    """Null where too few members are present: nulls are left out, `where` may pick nobody, and one may be alone."""
    null = value.type.null if found.needs > 0 else NEVER
    if found.needs > 1 or (excluding_self and found.needs > 0):
        null |= BY_DATA
    if where is not None and found.needs > 0:
        null |= BY_TEXT if reads_completion(context.named, where) else BY_DATA
    if found.tied:
        read = (value,) if where is None else (value, where)
        null |= BY_TEXT if any(reads_completion(context.named, part) for part in read) else BY_DATA
    if found.gives is None:
        return replace(value.type, null=null)
    if found.gives is Base.BOOL:
        return BOOL.or_null(null)
    return replace(NUMBER, unit=value.type.unit if found.keeps_unit else None, null=null)
