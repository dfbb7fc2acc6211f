"""Signatures: what a kind or a function takes, read from the annotations of its Python function."""

from __future__ import annotations

import dataclasses
import inspect
import math
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from rulereward.errors import KindError
from rulereward.kind.constants import LocalFile
from rulereward.kind.types import BOOL, NUMBER, OBJECT, TEXT, TEXTS, Interval, Type


@dataclass(frozen=True, slots=True)
class Implicit:
    """Marks a parameter that the compiler fills in when the author leaves it out: `completion`, `prompt`,
    `sections`. `hidden` parameters cannot be written at all.
    """

    source: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """Marks a numeric parameter's unit: `Annotated[float, Unit("s")]`."""

    name: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """Marks where a constant must lie: `Annotated[int, Bounds(lo=1)]`."""

    lo: float = -math.inf
    hi: float = math.inf


class Shares:
    """Marks numeric parameters of a function that must share one unit: `Annotated[float, Shares()]`."""


class Window:
    """Marks a pair of parameters `lo_NAME`, `hi_NAME` that the author writes as one range `lo..hi`.

    Only the first of the pair is marked; a missing end arrives as an infinity.
    """


class Listed:
    """Marks the last, variadic parameter of a function whose values the author writes as one list `[a, b, c]`."""


@dataclass(frozen=True, slots=True)
class Arg:
    """A per-row parameter. `nullable` ones are handed None for a null; for the others null in is null out.

    `shares`, `window` and `listed` occur in functions only. A parameter with `choices` takes one literal text of
    them. A text parameter that is `many` takes a list of texts as well.
    """

    name: str
    type: Type
    nullable: bool = False
    required: bool = True
    default: object = None
    implicit: Implicit | None = None
    shares: bool = False
    window: bool = False
    variadic: bool = False
    choices: tuple[str, ...] = ()
    many: bool = False
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """A parameter that must be known when the ruleset is compiled. `choices` are the legal texts, if limited.

    A `file` is written as a path, relative to the ruleset, and arrives as a LocalFile.
    """

    name: str
    type: Type
    default: object
    required: bool
    choices: tuple[str, ...] = ()
    bounds: Interval = field(default_factory=Interval)
    integer: bool = False
    many: bool = False
    file: bool = False
    implicit: Implicit | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    args: tuple[Arg, ...]
    constants: tuple[Constant, ...] = ()

    def __str__(self) -> str:
        """What stands between the brackets of a call, with defaults: `x, range, from=0, to=1`."""
        second_ends = {id(end) for first, end in zip(self.args, self.args[1:], strict=False) if first.window}
        hidden = {id(arg) for arg in self.args if arg.implicit is not None and arg.implicit.hidden}
        parts = [_written_arg(arg) for arg in self.args if id(arg) not in second_ends | hidden]
        parts += [
            f"{c.name}=..." if c.required else f"{c.name}={_literal(c.default)}"
            for c in self.constants
            if c.implicit is None
        ]
        return ", ".join(parts)


def _written_arg(arg: Arg) -> str:
    if arg.variadic:
        return "[...]" if arg.listed else "..."
    if arg.window:
        return arg.name.removeprefix("lo_")
    if arg.implicit is not None:
        return f"{arg.name}={arg.implicit.source}"
    return arg.name if arg.required else f"{arg.name}={_literal(arg.default)}"


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, tuple):
        return f"[{', '.join(_literal(item) for item in value)}]"
    return f'"{value}"' if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)


_ANNOTATIONS: dict[object, Type] = {
    str: TEXT,
    float: NUMBER,
    int: NUMBER,
    bool: BOOL,
    object: OBJECT,
    list[str]: TEXTS,
    LocalFile: TEXT,
}


class _TextOrTexts:
    """Stands for the annotation `str | list[str]`."""


def read_signature(function: Callable[..., Any]) -> tuple[Signature, type | None]:
    """The language signature of a row function, and its params dataclass if it has one.

    Raises KindError for an annotation that is no type of the ruleset language.
    """
    hints = typing.get_type_hints(function, include_extras=True)
    params: type | None = None
    args: list[Arg] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "params":
            params = hints.get("params")
            if not (isinstance(params, type) and dataclasses.is_dataclass(params)):
                raise KindError(f"{function.__name__}(params): annotate it with the dataclass of the constants")
        else:
            args.append(_arg(function.__name__, parameter, hints.get(parameter.name, str)))
    return Signature(tuple(args), read_constants(params)), params


def _arg(owner: str, parameter: inspect.Parameter, hint: object) -> Arg:
    hint, nullable, marks = _unwrap(hint)
    choices: tuple[str, ...] = ()
    if typing.get_origin(hint) is Literal:
        choices, hint = typing.get_args(hint), str
    many = hint is _TextOrTexts
    hint = str if many else hint
    if hint is LocalFile or hint not in _ANNOTATIONS:
        shown = getattr(hint, "__name__", hint)
        raise KindError(
            f"{owner}({parameter.name}): a parameter is str, float, int, bool, object, list[str] or str | list[str], "
            f"perhaps `| None`, or a Literal of texts, not {shown}"
        )
    implicit = next((mark for mark in marks if isinstance(mark, Implicit)), None)
    unit = next((mark.name for mark in marks if isinstance(mark, Unit)), None)
    variadic = parameter.kind is inspect.Parameter.VAR_POSITIONAL
    no_default = parameter.default is inspect.Parameter.empty
    return Arg(
        name=parameter.name.rstrip("_"),
        type=dataclasses.replace(_ANNOTATIONS[hint], unit=unit),
        nullable=nullable,
        required=no_default and implicit is None,
        default=None if no_default else parameter.default,
        implicit=implicit,
        shares=any(isinstance(mark, Shares) for mark in marks),
        window=any(isinstance(mark, Window) for mark in marks),
        variadic=variadic,
        choices=choices,
        many=many,
        listed=any(isinstance(mark, Listed) for mark in marks),
    )


def read_constants(params: type | None) -> tuple[Constant, ...]:
    """The constants that a params dataclass declares; None has none."""
    if params is None:
        return ()
    hints = typing.get_type_hints(params, include_extras=True)
    return tuple(_constant(item, hints[item.name]) for item in dataclasses.fields(params))


def _constant(item: dataclasses.Field[Any], hint: object) -> Constant:
    hint, _, marks = _unwrap(hint)
    many = typing.get_origin(hint) is tuple
    if many:
        hint = typing.get_args(hint)[0]
    choices: tuple[str, ...] = ()
    if typing.get_origin(hint) is Literal:
        choices, hint = typing.get_args(hint), str
    unit = next((mark.name for mark in marks if isinstance(mark, Unit)), None)
    bounds = next((Interval(mark.lo, mark.hi) for mark in marks if isinstance(mark, Bounds)), Interval())
    implicit = next((mark for mark in marks if isinstance(mark, Implicit)), None)
    required = item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
    return Constant(
        name=item.name,
        type=dataclasses.replace(_ANNOTATIONS.get(hint, OBJECT), unit=unit),
        default=None if required else item.default,
        required=required and implicit is None,
        choices=choices,
        bounds=bounds,
        integer=hint is int,
        many=many,
        file=hint is LocalFile,
        implicit=implicit,
    )


def _unwrap(hint: object) -> tuple[Any, bool, tuple[object, ...]]:
    """An annotation without `Annotated` and without `| None`: (plain, nullable, marks)."""
    marks: tuple[object, ...] = ()
    if typing.get_origin(hint) is typing.Annotated:
        hint, *rest = typing.get_args(hint)
        marks = tuple(rest)
    nullable = False
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        options = [option for option in typing.get_args(hint) if option is not type(None)]
        nullable = len(options) < len(typing.get_args(hint))
        hint = options[0] if len(options) == 1 else _TextOrTexts if set(options) == {str, list[str]} else object
    return hint, nullable, marks
