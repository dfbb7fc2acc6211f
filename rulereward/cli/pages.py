"""What `rulereward rules` prints: the list, and the page of one kind, function or aggregate."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from rulereward.cli.examples import aggregate_example, function_example, kind_example, literal, shown_signature
from rulereward.data import Level
from rulereward.kind import ANY_NUMBER, Aggregate, Arg, Base, Constant, Function, Interval, Kind, Type
from rulereward.plan.catalogue import Catalogue
from rulereward.plan.context import plural
from rulereward.plan.layout import aligned, folded

_LABEL = re.compile(r"[A-Z][a-z]+(?: by)?: ")

_BETTER = {"higher": "higher is better", "lower": "lower is better", "band": "a band is better", "none": ""}
_BASES = {
    Base.BOOL: "true/false",
    Base.NUMBER: "number",
    Base.TEXT: "text",
    Base.LIST: "list of texts",
    Base.OBJECT: "row value",
}


def catalogue_list(catalogue: Catalogue) -> str:
    """All names with what they give and their summaries."""
    kinds = [
        [kind.name, _values(kind), "" if kind.polarity == "none" else kind.polarity, kind.summary]
        for kind in catalogue.kinds.values()
    ]
    functions = [
        [shown_signature(function.name, function.signature), _summary(function.doc)]
        for function in sorted(catalogue.functions.values(), key=lambda function: function.name)
    ]
    aggregates = [
        [aggregate.name, "any value" if aggregate.takes is None else _BASES[aggregate.takes], _summary(aggregate.doc)]
        for aggregate in sorted(catalogue.aggregates.values(), key=lambda aggregate: aggregate.name)
    ]
    sections = [
        ("rule kinds: name, values, which end is better", kinds),
        ("functions", functions),
        ("aggregates, as in `mean(x) over group` or `mean([a, b])`: name, what they take", aggregates),
    ]
    return "\n\n".join("\n".join([title, *aligned(rows)]) for title, rows in sections)


def rulesets_list(descriptions: Mapping[str, str]) -> str:
    """The shipped rulesets with what they say of themselves."""
    rows = [[name, description] for name, description in descriptions.items()]
    return "\n".join(["rulesets, as in `-r math`: name, what it rewards", *aligned(rows)])


def page(catalogue: Catalogue, name: str) -> str | None:
    """The pages of everything with that name (`min` is a function and an aggregate), None for an unknown one."""
    pages: list[list[str]] = []
    if name in catalogue.kinds:
        pages.append(list(_kind_page(catalogue.kinds[name])))
    if name in catalogue.functions:
        pages.append(list(_function_page(catalogue.functions[name])))
    if name in catalogue.aggregates:
        pages.append(list(_aggregate_page(catalogue.aggregates[name])))
    return "\n\n".join("\n".join(lines) for lines in pages) or None


def _kind_page(kind: Kind) -> Iterable[str]:
    yield from folded(f"{shown_signature(kind.name, kind.signature)}: {_values(kind)}{_widened(kind)}")
    yield ""
    yield from _documentation(kind.doc)
    visible = [arg for arg in kind.signature.args if not (arg.implicit and arg.implicit.hidden)]
    constants = [constant for constant in kind.signature.constants if constant.implicit is None]
    fields = [[f".{name}", _field(type, kind.field_ranges[name])] for name, type in kind.fields.items()]
    served = f", measured by the `{kind.service}` service" if kind.service else ""
    better = f", {_BETTER[kind.polarity]}" if _BETTER[kind.polarity] else ""
    yield from _section("for each row", [[arg.name, _argument(arg)] for arg in visible])
    yield from _section("constants", [[constant.name, _constant(constant)] for constant in constants])
    yield from _section("further values", fields)
    yield from _section("example", [[kind_example(kind)]])
    yield ""
    yield f"version {kind.version}{better}{served}"


def _function_page(function: Function) -> Iterable[str]:
    gives = _BASES[function.base] + (" or null" if function.null else "")
    yield f"{shown_signature(function.name, function.signature)}: {gives}"
    yield ""
    yield from _documentation(function.doc)
    choices = [[arg.name, _choices(arg.choices)] for arg in function.signature.args if arg.choices]
    yield from _section("constants", choices)
    yield from _section("example", [[function_example(function)]])


def _aggregate_page(aggregate: Aggregate) -> Iterable[str]:
    each = ", one for each member" if aggregate.level is Level.ROW else ""
    gives = "one of the values" if aggregate.gives is None else _BASES[aggregate.gives]
    yield f"{shown_signature(aggregate.name, aggregate.signature)} over group: {gives}{each}"
    yield ""
    yield from _documentation(aggregate.doc)
    yield from _section("constants", [[item.name, _constant(item)] for item in aggregate.constants])
    if aggregate.needs == 1:
        yield "Null where no member has a value."
    elif aggregate.needs:
        yield f"Null where fewer than {aggregate.needs} members have a value."
    if aggregate.level is Level.GROUP:
        name, constants = aggregate.name, "".join(f", {item.name}=..." for item in aggregate.constants)
        yield f"Of a list: `{name}([a, b]{constants})`. Of the other members: `{name}(x excluding self) over group`."
    yield from _section("example", [[aggregate_example(aggregate)]])


def _section(title: str, rows: Sequence[Sequence[str]]) -> Iterable[str]:
    if rows:
        yield ""
        yield title
        yield from aligned(rows)


def _summary(doc: str) -> str:
    """The first sentence."""
    first = " ".join(doc.strip().partition("\n\n")[0].split())
    sentence, end, _ = first.partition(". ")
    return sentence + end.strip()


def _documentation(doc: str) -> Iterable[str]:
    """The docstring folded anew; `Reads:` and its like begin paragraphs."""
    for number, block in enumerate(doc.strip().split("\n\n")):
        if number:
            yield ""
        paragraph: list[str] = []
        for line in block.splitlines():
            if _LABEL.match(line) and paragraph:
                yield from folded(" ".join(paragraph))
                paragraph = []
            paragraph.append(line)
        yield from folded(" ".join(paragraph))


def _values(kind: Kind) -> str:
    if kind.returns.base is Base.BOOL:
        found = "true/false"
    else:
        unit = f" of its {kind.unit_from}" if kind.unit_from else _unit(kind.returns)
        found = f"{default_range(kind)}{unit}"
    return f"{found} or null" if kind.returns.null else found


def _widened(kind: Kind) -> str:
    return "" if default_range(kind) == kind.range else f"; constants can widen it to {kind.range}"


def default_range(kind: Kind) -> Interval:
    """Where values lie with the constants a call leaves out; with some that it must give, anywhere in the range."""
    if kind.params is None or any(constant.required for constant in kind.signature.constants):
        return kind.range
    return kind.reach(kind.params())


def _unit(type: Type) -> str:
    return f" {plural(type.unit)}" if type.unit else ""


def _field(type: Type, within: Interval) -> str:
    return f"{type} in {within}" if type.base is Base.NUMBER and within != ANY_NUMBER else str(type)


def _argument(arg: Arg) -> str:
    found = _BASES[arg.type.base] + (f" of{_unit(arg.type)}" if arg.type.unit else "")
    if arg.many:
        found += " or list of texts"
    if arg.implicit is not None:
        return f"{found}, the {arg.implicit.source} unless given"
    return found if arg.required else f"{found}, {literal(arg.default)} unless given"


def _constant(constant: Constant) -> str:
    if constant.choices:
        found = _choices(constant.choices)
    else:
        found = "path of a file" if constant.file else _BASES[constant.type.base]
        found = "whole number" if constant.integer else found
        found += (f" of{_unit(constant.type)}" if constant.type.unit else "") + _bounds(constant.bounds)
    if constant.many:
        found = f"a list: {found}"
    return f"{found}; required" if constant.required else f"{found}; {literal(constant.default)} unless given"


def _choices(choices: Sequence[str]) -> str:
    return ", ".join(literal(choice) for choice in choices)


def _bounds(bounds: Interval) -> str:
    low = "" if math.isinf(bounds.lo) else f" from {bounds.lo:g}"
    return low + ("" if math.isinf(bounds.hi) else f" up to {bounds.hi:g}")
