"""Checks of lists: their aggregates without `over`, and their items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rulereward.data import Level
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
    Base,
    Cause,
    Type,
)
from rulereward.lang import tree
from rulereward.lang.source import Span
from rulereward.plan.binding import bind
from rulereward.plan.choices import merge, reach
from rulereward.plan.constants import make_params
from rulereward.plan.context import BASE_NAMES, Context, fold, plural, undecided
from rulereward.plan.origin import null_source, reads_completion
from rulereward.plan.ranges import bounded
from rulereward.plan.typed import Const, Gather, Item, Items, Pick, Typed

MANY = float("inf")
"""How many items a list has whose length only the row knows."""


def is_list(context: Context, value: Typed) -> bool:
    """Can this be a list? A value of the row can."""
    return isinstance(context.resolve(value), Items) or value.type.base in (Base.LIST, Base.OBJECT)


def check_gather(context: Context, expr: tree.Call, found: Aggregate, value: Typed) -> Typed:
    """An aggregate of a list, the one argument of a call without `over`."""
    if found.level is Level.ROW:
        return context.error(
            "E0310", f"`{expr.name}` gives each member of a group its place, and a list has no members", expr.span,
            help=f"write `{expr.name}(x) over group`: the completions of one prompt",
        )  # fmt: skip
    bound = bind(context, expr, found.signature)
    constants = make_params(context, found.name, found.params, found.constants, bound, expr.span)
    listed = context.resolve(value)
    each = None if isinstance(listed, Items) else _read_as(context, found, value)
    items = _written_items(context, found, listed, value.span) if isinstance(listed, Items) else (value,)
    if constants is None or not bound.complete or any(item.type.base is Base.UNDECIDED for item in items):
        return undecided(expr.span)
    if each is Base.UNDECIDED:
        return undecided(expr.span)
    if each is None:
        member, within, most = _common(context, items, value.span), reach(items), float(len(items))
    else:
        member, within, most = Type(each), UNIT_INTERVAL if each is Base.BOOL else bounded(ANY_NUMBER), MANY
    if member.base is Base.UNDECIDED:
        return undecided(expr.span)
    null = _null(context, found, items, each)
    if found.gives is not None:
        number = replace(NUMBER, unit=member.unit, bare=member.bare) if found.keeps_unit else NUMBER
        member = BOOL if found.gives is Base.BOOL else number
    if each is None:
        items = tuple(context.as_base(item, found.takes or member.base, "an item") for item in items)
    return Gather(
        expr.span, replace(member, null=null), found.range(within, most), found, constants.params, items, each
    )


def _written_items(context: Context, found: Aggregate, listed: Items, span: Span) -> tuple[Typed, ...]:
    """The items of a list that is written out, each as the aggregate takes it."""
    if not listed.items:
        return (context.error("E0301", f"`{found.name}` has nothing to aggregate", span, "this list is empty"),)
    items = [_fitting(context, found, item, f"an item of `{found.name}`") for item in listed.items]
    return tuple(_sure_item(context, found, item) for item in items)


def _fitting(context: Context, found: Aggregate, item: Typed, what: str) -> Typed:
    if found.takes is not None:
        return context.as_base(item, found.takes, what)
    if item.type.base in (Base.LIST, Base.RANGE):
        return context.error("E0301", f"{what} cannot be {BASE_NAMES[item.type.base]}", item.span)
    return item


def _sure_item(context: Context, found: Aggregate, item: Typed) -> Typed:
    """An item that is null is left out: no completion may choose that. A majority says itself that it may be null."""
    if Cause.TEXT not in item.type.null or found.gives is None:
        return item
    return context.error(
        "E0401", "a completion can make this item null, which is then left out", item.span,
        null_source(context.named, item), help="write what that is worth with `value ?? default`",
    )  # fmt: skip


def _common(context: Context, items: Sequence[Typed], span: Span) -> Type:
    """The one type of all items; units are reported where they differ."""
    if any(item.type.base is Base.NUMBER for item in items) and not context.units_agree(
        items, span, "this list holds"
    ):
        return undecided(span).type
    return merge(context, items, span, "the items of this list")


def _read_as(context: Context, found: Aggregate, value: Typed) -> Base:
    """What the items of a list are read as, undecided after a report that the aggregate takes no such list."""
    if value.type.base is Base.OBJECT:
        return found.takes or Base.OBJECT
    if found.takes in (None, Base.TEXT):
        return Base.TEXT
    wanted = "true/false values" if found.takes is Base.BOOL else "numbers"
    context.error(
        "E0301", f"`{found.name}` takes {wanted}, but this is a list of texts", value.span, "these are texts",
        help="`distinct(texts)` counts the different ones, and `texts[1] is null` says that there is no second",
    )  # fmt: skip
    return Base.UNDECIDED


def _null(context: Context, found: Aggregate, items: Sequence[Typed], each: Base | None) -> frozenset[Cause]:
    """Null where too few items have a value, or where they decide nothing."""
    causes = NEVER.union(*(item.type.null for item in items))
    by_text = any(reads_completion(context.named, item) for item in items)
    if each is not None:
        null = causes
        if items[0].type.base is Base.OBJECT or found.needs > 0:
            null |= BY_TEXT if by_text else BY_DATA
    elif sum(not item.type.null for item in items) >= found.needs:
        null = NEVER
    else:
        null = causes | (BY_DATA if len(items) < found.needs else NEVER)
    if found.tied and (each is not None or len(items) > 1):
        null |= BY_TEXT if by_text else BY_DATA
    return null


def check_index(context: Context, expr: tree.Index) -> Typed:
    """`value[index]` of a list that is written out, of a list of texts, or of a value of the row."""
    value, index = context.infer(expr.value), context.infer(expr.index)
    listed = context.resolve(value)
    if Base.UNDECIDED in (value.type.base, index.type.base):
        return undecided(expr.span)
    if isinstance(listed, Items):
        return _picked(context, listed, index, expr.span)
    if value.type.base not in (Base.LIST, Base.OBJECT):
        help = (
            "parts of a text are `before(...)`, `after(...)`, `between(...)`"
            if value.type.base is Base.TEXT
            else None
        )
        what = f"only lists and values of the row have items, and this is {BASE_NAMES[value.type.base]}"
        return context.error("E0301", what, value.span, help=help)
    if value.type.base is Base.LIST or index.type.base not in (Base.TEXT, Base.OBJECT):
        index = _place(context, index)
    if index.type.base is Base.UNDECIDED:
        return undecided(expr.span)
    by_text = any(reads_completion(context.named, part) for part in (value, index))
    null = value.type.null | index.type.null | (BY_TEXT if by_text else BY_DATA)
    plain = TEXT if value.type.base is Base.LIST else OBJECT
    return Item(expr.span, plain.or_null(null), ANY_NUMBER, value, index)


def check_key(context: Context, value: Typed, expr: tree.Attribute) -> Typed:
    """`value.name` of an object of the row."""
    key = Const(expr.name_span, TEXT, ANY_NUMBER, expr.name)
    null = BY_TEXT if reads_completion(context.named, value) else BY_DATA
    return Item(expr.span, value.type.or_null(null), ANY_NUMBER, value, key)


def _place(context: Context, index: Typed) -> Typed:
    """The index as the number of an item."""
    if index.type.base is Base.BOOL:
        return context.error("E0301", "an index needs a number, but this is a true/false value", index.span)
    place = context.as_base(index, Base.NUMBER, "an index")
    if place.type.base is Base.UNDECIDED:
        return place
    if place.type.unit is not None:
        message = f"an index must be a plain number, but this counts {plural(place.type.unit)}"
        return context.error("E0315", message, place.span)
    number = fold(context, place)
    if isinstance(number, float) and not number.is_integer():
        help = "`list[0]` is the first item, `list[-1]` the last"
        return context.error("E0313", "an index must be a whole number", place.span, help=help)
    return place


def _picked(context: Context, listed: Items, index: Typed, span: Span) -> Typed:
    """One of the items that the ruleset writes out."""
    place = _place(context, index)
    count = len(listed.items)
    if Base.UNDECIDED in (place.type.base, *(item.type.base for item in listed.items)):
        return undecided(span)
    number = fold(context, place)
    if isinstance(number, float):
        if -count <= number < count:
            return listed.items[int(number)]
        there = "is empty" if count == 0 else f"has {count} items" if count > 1 else "has 1 item"
        return context.error("E0313", f"this list {there}, and none is number {number:g}", place.span)
    type = merge(context, listed.items, span, "the items of this list") if listed.items else undecided(span).type
    if type.base is Base.UNDECIDED:
        return undecided(span)
    items = tuple(
        item if type.base is Base.NULL else context.as_base(item, type.base, "an item") for item in listed.items
    )
    chosen_by_text = reads_completion(context.named, place)
    null = type.null | place.type.null | (BY_TEXT if chosen_by_text else BY_DATA)
    return Pick(span, replace(type, null=null), reach(items), place, items)
