"""The syntax tree of an expression. Every node knows its exact place in the ruleset file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rulereward.lang.source import Span


@dataclass(frozen=True, slots=True, eq=False)
class Expr:
    """Base of all expression nodes. Nodes compare by identity: two equal texts are two places."""

    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Number(Expr):
    """`800tok`, `1_000`, `5%`, `1e-6`. `text` is the digits as written, `unit` the suffix ('' if none, '%')."""

    text: str
    unit: str


@dataclass(frozen=True, slots=True, eq=False)
class Text(Expr):
    value: str


@dataclass(frozen=True, slots=True, eq=False)
class Bool(Expr):
    value: bool


@dataclass(frozen=True, slots=True, eq=False)
class Null(Expr):
    pass


@dataclass(frozen=True, slots=True, eq=False)
class Name(Expr):
    """A value name, NFC-normalised."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Attribute(Expr):
    """`value.name`, or `value["name"]` (the same thing)."""

    value: Expr
    name: str
    name_span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Index(Expr):
    """`value[3]`, `value[-1]`: an item of a list."""

    value: Expr
    index: Expr


@dataclass(frozen=True, slots=True, eq=False)
class ListOf(Expr):
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Range(Expr):
    """`lo..hi`, `lo..<hi`, `lo..`, `..hi`; `open_end` is true for `..<`."""

    lo: Expr | None
    hi: Expr | None
    open_end: bool


@dataclass(frozen=True, slots=True, eq=False)
class Keyword:
    """`name=value` inside a call."""

    name: str
    name_span: Span
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Call(Expr):
    """`name(args, key=value)`, with `... where condition` inside and `over group` behind it for aggregates.

    `pin` is the version that `name@2(...)` asks for.
    """

    name: str
    name_span: Span
    args: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]
    where: Expr | None = None
    excluding_self: bool = False
    over: str | None = None
    over_span: Span | None = None
    pin: int | None = None
    pin_span: Span | None = None


BinaryOp = Literal["+", "-", "*", "/", "**"]


@dataclass(frozen=True, slots=True, eq=False)
class Binary(Expr):
    op: BinaryOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Negate(Expr):
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Coalesce(Expr):
    """`left ?? right`."""

    left: Expr
    right: Expr
    parenthesised: bool = False


CompareOp = Literal["<", "<=", ">", ">=", "==", "!=", "in", "not in"]


@dataclass(frozen=True, slots=True, eq=False)
class Compare(Expr):
    """A chain `a < b <= c`: operands has one more element than ops."""

    operands: tuple[Expr, ...]
    ops: tuple[CompareOp, ...]


@dataclass(frozen=True, slots=True, eq=False)
class IsNull(Expr):
    value: Expr
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class Not(Expr):
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Logical(Expr):
    op: Literal["and", "or"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Conditional(Expr):
    """`value if condition else otherwise`."""

    value: Expr
    condition: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    condition: Expr
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Case(Expr):
    """`case { condition => value, ..., else => value }`. `otherwise` None means the `else` was left out."""

    arms: tuple[Arm, ...]
    otherwise: Expr | None
