"""What a test may do to an object of the program, by name, as the program's process does it.

Nothing in it gives the program a value that the test expects: an operator takes two objects of the program's.
"""

from __future__ import annotations

import copy
import operator
from typing import Any, Callable, Dict  # noqa: UP035  # those of Python 3.8 alone take brackets

from rulereward.services.sandbox.inside.links import content_of, fill

BINARY = (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift",
)  # fmt: skip
"""Operators between two objects, each with one that works in place."""

COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")

_TRAITS = ("__iter__", "__getitem__", "__len__", "__next__", "__call__")


def _enter(thing: Any) -> object:
    return type(thing).__enter__(thing)


def _leave(thing: Any, name: object) -> None:
    """Tell it that the block is over, and by which exception of Python's own; what it answers counts for nothing."""
    kind = getattr(__import__("builtins"), name, Exception) if type(name) is str else None
    type(thing).__exit__(thing, kind, None if kind is None else kind(), None)


def _fill(holder: Any, name: str, value: Any) -> None:
    """Let the list, dict or set that is an attribute hold what another holds."""
    own = getattr(holder, name)
    if type(own) is type(value):
        fill(own, content_of(value))


def _call(*args: Any, **kwargs: Any) -> object:
    return args[0](*args[1:], **kwargs)


def _same(thing: object) -> object:
    return thing


def _kinds(kind: type) -> tuple[list[tuple[str, type]], str]:
    """The program's classes that an exception's class comes from, itself first, and Python's own behind them."""
    own: list[tuple[str, type]] = []
    for one in kind.__mro__:
        if one.__module__ == "builtins":
            return own, one.__name__
        if issubclass(one, BaseException):
            own.append((one.__name__, one))
    return own, "Exception"


def _traits(thing: Any) -> list[str]:
    """What it is able to do by its class, and whether it is a class."""
    found = [name for name in _TRAITS if getattr(type(thing), name, None) is not None]
    return [*found, "class"] if isinstance(thing, type) else found


OPERATIONS: Dict[str, Callable[..., object]] = {  # noqa: UP006  # evaluated by Python 3.8
    "call": _call, "find": _same, "kinds": _kinds, "traits": _traits, "fill": _fill,
    "get": getattr, "set": setattr, "del": delattr, "iter": iter,
    "next": next, "len": len, "bool": bool, "str": str, "repr": repr, "format": format, "hash": hash,
    "item": operator.getitem, "put": operator.setitem, "drop": operator.delitem, "enter": _enter, "leave": _leave,
    "isinstance": isinstance, "issubclass": issubclass, "copy": copy.copy, "deepcopy": copy.deepcopy,
    **{name: getattr(operator, name) for name in COMPARISONS},
    **{name: getattr(operator, f"__{name}__") for name in BINARY},
    **{f"i{name}": getattr(operator, f"__i{name}__") for name in BINARY},
}  # fmt: skip
