"""The contract of a function of the language: pure, not reported, the same on one row and on many.

`scalar` is the definition. `vector`, where there is one, must give the same bits: it may use only operations that
IEEE 754 rounds exactly (+ - * / min max abs); whatever goes through `math` in `scalar` has no vector form. `windows`
must give the same spans, in bytes.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rulereward.data import I64, Column, Level
from rulereward.kind.declare import Features
from rulereward.kind.signature import Arg, Constant, Signature, read_constants, read_signature
from rulereward.kind.types import ANY_NUMBER, NEVER, Base, Cause, Interval, Type

Gives = Literal["number", "bool", "text", "span", "texts"]
"""`span` functions return (start, end) in code points of their first argument, or None; `texts` ones a list."""

RangeRule = Callable[..., Interval]
"""From the interval of each argument (lo and hi of a window apart) to the interval of the result."""

UndefinedRule = Callable[..., str | None]
"""From the interval of each argument to what could go wrong ("the divisor can be 0"), or None."""


ByteSpans = tuple[I64, I64]
"""Start and end of a span in each row, in bytes of the first argument's buffer.

A start of MISSING says that `scalar` finds none there, one of LEFT_TO_SCALAR that it must be asked.
"""

LEFT_TO_SCALAR = -2

WindowsForm = Callable[[Sequence[Column], Features], ByteSpans | None]
"""A `span` function of many rows, null only in arguments that may be. None leaves all of them to `scalar`."""


def anywhere(*_: Interval) -> Interval:
    return ANY_NUMBER


def always_defined(*_: Interval) -> str | None:
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of the language. A null argument gives null, unless the parameter is nullable.

    One that is `three_valued` is handed nulls and returns None where it cannot tell without them.
    """

    name: str
    version: int
    doc: str
    signature: Signature
    gives: Gives
    scalar: Callable[..., Any]
    vector: Callable[..., Any] | None
    windows: WindowsForm | None
    keeps_unit: bool
    null: frozenset[Cause]
    range: RangeRule
    undefined: UndefinedRule
    doubtful: UndefinedRule
    """What works with arguments in these ranges and is probably not meant, in words; None where all is well."""
    three_valued: bool = False

    @property
    def base(self) -> Base:
        return {"number": Base.NUMBER, "bool": Base.BOOL, "texts": Base.LIST}.get(self.gives, Base.TEXT)


def function(
    gives: Gives,
    *,
    version: int = 1,
    name: str | None = None,
    vector: Callable[..., Any] | None = None,
    windows: WindowsForm | None = None,
    keeps_unit: bool = False,
    null: frozenset[Cause] = NEVER,
    range: RangeRule = anywhere,
    undefined: UndefinedRule = always_defined,
    doubtful: UndefinedRule = always_defined,
    three_valued: bool = False,
) -> Callable[[Callable[..., Any]], Function]:
    """Make a Function of a plain Python function; `keeps_unit` gives the result the unit its `Shares` args have."""

    def declare(scalar: Callable[..., Any]) -> Function:
        signature, _ = read_signature(scalar)
        return Function(
            name=name or scalar.__name__.rstrip("_"),
            version=version,
            doc=inspect.cleandoc(scalar.__doc__ or ""),
            signature=signature,
            gives=gives,
            scalar=scalar,
            vector=vector,
            windows=windows,
            keeps_unit=keeps_unit,
            null=null,
            range=range,
            undefined=undefined,
            doubtful=doubtful,
            three_valued=three_valued,
        )

    return declare


Fold = Callable[..., Any]
"""Of the members' values, and of the constants where the aggregate has any."""

MemberRange = Callable[..., Interval]
"""From where the members lie, and how many there are at the most (infinity where nobody knows), to the result's."""


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate:
    """A function over the members of a group, or over the items of a list.

    `fold` gets the present values in row order. At level GROUP it returns one value; at level ROW one number per
    value, and there is no such thing of a list. With fewer than `needs` present members it is not defined: the result
    is null, and `fold` is not called. `params` is the dataclass of its constants, if any.
    `takes` is None where members may be numbers, truth values, texts or values of the row, all of one type; `gives`
    is None where the result is one of the members. One that is `tied` may return None: its members decide nothing.
    """

    name: str
    version: int
    doc: str
    level: Level
    takes: Base | None
    gives: Base | None
    keeps_unit: bool
    needs: int
    tied: bool
    fold: Fold
    range: MemberRange
    params: type | None = None
    constants: tuple[Constant, ...] = ()

    @property
    def signature(self) -> Signature:
        """What stands between the brackets of a call, where `x` is the value of each member."""
        return Signature((Arg("x", Type(self.takes or Base.OBJECT)),), self.constants)

    def of(self, values: Sequence[Any], params: Any) -> Any:
        """The fold of these values with these constants (None where it has none)."""
        return self.fold(values) if self.params is None else self.fold(values, params)


def aggregate(
    *,
    level: Level = Level.GROUP,
    takes: Base | None = Base.NUMBER,
    gives: Base | None = Base.NUMBER,
    keeps_unit: bool = False,
    needs: int = 1,
    tied: bool = False,
    version: int = 1,
    range: MemberRange = anywhere,
    name: str | None = None,
) -> Callable[[Fold], Aggregate]:
    """Make an Aggregate of a fold: a function of the values and, if it has constants, of `params`."""

    def declare(fold: Fold) -> Aggregate:
        params = typing.get_type_hints(fold).get("params")
        return Aggregate(
            name=name or fold.__name__.rstrip("_"),
            version=version,
            doc=inspect.cleandoc(fold.__doc__ or ""),
            level=level,
            takes=takes,
            gives=gives,
            keeps_unit=keeps_unit,
            needs=needs,
            tied=tied,
            fold=fold,
            range=range,
            params=params,
            constants=read_constants(params),
        )

    return declare
