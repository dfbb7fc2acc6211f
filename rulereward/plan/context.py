"""What every check needs: the names in scope, the catalogue, and where findings go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from rulereward.kind import ANY_NUMBER, BY_DATA, NUMBER, UNDECIDED, UNIT_INTERVAL, Base, Interval, Type
from rulereward.lang import tree
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.source import Span
from rulereward.plan.catalogue import Catalogue
from rulereward.plan.ranges import bounded
from rulereward.plan.typed import Const, Convert, Ref, Typed

BASE_NAMES = {
    Base.BOOL: "a true/false value",
    Base.NUMBER: "a number",
    Base.TEXT: "a text",
    Base.OBJECT: "a row value",
    Base.LIST: "a list",
    Base.RANGE: "a range",
    Base.NULL: "null",
    Base.UNDECIDED: "a value",
}


_CONVERSIONS = {
    (Base.TEXT, Base.NUMBER): "`length(...)` gives the size of a text",
    (Base.LIST, Base.TEXT): '`join(texts, ", ")` makes one text of a list',
    (Base.NUMBER, Base.TEXT): "a text equals a text only: write the number in quotes, or use a rule kind that reads "
    "numbers from texts",
}
"""What to do about a value of the first type where one of the second is needed."""


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """Names an expression may use. `values` checks a let entry, rule or valued term on first use."""

    inputs: Mapping[str, Typed]
    sections: Mapping[str, Callable[[Span], Typed]]
    values: Callable[[str, Span], Typed | None]
    value_names: frozenset[str]
    written_paths: frozenset[str]
    """The columns in which what the policy did may stand."""
    removed: Mapping[str, Span]
    """Names that a layer took away, and where."""
    constants: Mapping[str, object]
    """What the compiler fills in for implicit constants: `sections`, `special_tokens`, `tokenizer`."""

    def names(self) -> list[str]:
        return sorted({*self.inputs, *self.sections, *self.value_names, "step"})


class Context:
    """One checking run. `infer` turns a parsed expression into a checked one and never raises on bad input."""

    def __init__(
        self,
        catalogue: Catalogue,
        diagnostics: Diagnostics,
        infer: Callable[[Context, tree.Expr], Typed],
    ) -> None:
        self.catalogue = catalogue
        self.diagnostics = diagnostics
        self._infer = infer
        self.scope: Scope
        self.named: dict[str, Typed] = {}
        self.over_batch = False
        """May an aggregate run over the batch? Only in a monitor, and there in no other aggregate."""

    def infer(self, expr: tree.Expr) -> Typed:
        return self._infer(self, expr)

    def error(self, code: str, message: str, span: Span, label: str = "", *, help: str | None = None) -> Typed:
        """Report, and give a stand-in that causes no further message."""
        self.diagnostics.report(code, message, span, label, help=help)
        return undecided(span)

    def resolve(self, node: Typed) -> Typed:
        """What a chain of names stands for."""
        while isinstance(node, Ref):
            node = self.named[node.name]
        return node

    def as_base(self, node: Typed, base: Base, what: str) -> Typed:
        """`node` where a value of `base` is needed; reports what cannot be read so."""
        found = node.type.base
        if found in (base, Base.UNDECIDED, Base.NULL) or base is Base.OBJECT:
            return node
        if found is Base.OBJECT:
            return Convert(node.span, Type(base, null=node.type.null | BY_DATA), ANY_NUMBER, node, base)
        if found is Base.BOOL and base is Base.NUMBER:
            return node
        if found is Base.NUMBER and base is Base.BOOL:
            return self.error(
                "E0305",
                f"{what} needs true or false, but this is a number",
                node.span,
                "this is a number",
                help="compare it, for example `x > 0`: a negative number would otherwise count as true",
            )
        help = _CONVERSIONS.get((found, base))
        return self.error(
            "E0301",
            f"{what} needs {BASE_NAMES[base]}, but this is {BASE_NAMES[found]}",
            node.span,
            f"this is {BASE_NAMES[found]}",
            help=help,
        )

    def infer_as(self, expr: tree.Expr, base: Base, what: str) -> Typed:
        return self.as_base(self.infer(expr), base, what)

    def plain(self, node: Typed, what: str) -> Typed:
        """`node` where a number without a unit is needed."""
        if node.type.unit is None:
            return node
        return self.error(
            "E0315",
            f"{what} must be a plain number, but this counts {plural(node.type.unit)}",
            node.span,
            f"in {plural(node.type.unit)}",
            help=f"divide by a number of {plural(node.type.unit)}, for example `x / 1000{node.type.unit}`, "
            "or use a shape such as `ramp(x, a..b)`",
        )

    def shared_unit(self, nodes: Iterable[Typed], span: Span, what: str) -> str | None:
        """The one unit of several numbers; literals without a unit take it on. Reports a mixture."""
        numbers = [node for node in nodes if node.type.base is Base.NUMBER]
        units = {node.type.unit for node in numbers if not node.type.bare}
        if len(units) <= 1:
            return next(iter(units), None)
        names = sorted(plural(unit) if unit else "plain numbers" for unit in units)
        self.error(
            "E0302",
            f"{what} {' and '.join(names)}",
            span,
            "different units",
            help='measure both in one unit, for example `length(x, unit="char")`, or divide to drop the unit',
        )
        return None

    def units_agree(self, nodes: Iterable[Typed], span: Span, what: str) -> bool:
        """Have several numbers one unit? Reports a mixture."""
        before = len(self.diagnostics.found)
        self.shared_unit(nodes, span, what)
        return len(self.diagnostics.found) == before


def undecided(span: Span) -> Const:
    return Const(span, UNDECIDED, ANY_NUMBER, None)


def number(value: float, span: Span, unit: str | None = None, *, bare: bool = False) -> Const:
    return Const(span, replace(NUMBER, unit=unit, bare=bare), Interval(value, value), value)


def interval_of(node: Typed) -> Interval:
    """Where the number of a node lies, with ends to compute with; bools are 0 or 1."""
    return UNIT_INTERVAL if node.type.base is Base.BOOL else bounded(node.range)


def fold(context: Context, node: Typed) -> float | bool | str | None:
    """The value of a constant number, bool or text; None where it is not known before the run."""
    node = context.resolve(node)
    if isinstance(node, Const):
        return None if isinstance(node.value, tuple) else node.value
    if node.type.base is Base.NUMBER and node.range.lo == node.range.hi and not node.type.null:
        return node.range.lo
    return None


def plural(unit: str) -> str:
    names = {"char": "characters", "tok": "tokens", "s": "seconds"}
    return names.get(unit, f"{unit}s")
