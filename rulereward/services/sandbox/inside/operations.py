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

TRAITS = {"c": "__call__", "g": "__getitem__", "i": "__iter__", "l": "__len__", "n": "__next__"}
"""What an object can do by its class, as told behind its number."""

_mro_of = type.__dict__["__mro__"].__get__  # a metaclass has no say in these two
_names_of = type.__dict__["__dict__"].__get__


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


def traits_of(thing: Any) -> str:
    """The letters of what it can do by its class."""
    found = ""
    for letter, name in TRAITS.items():
        holders = [kind for kind in _mro_of(type(thing)) if name in _names_of(kind)]
        if holders and _names_of(holders[0])[name] is not None:
            found += letter
    return found


def _traits(thing: Any) -> list[str]:
    """What it can do by its class, and whether it is a class."""
    found = [TRAITS[letter] for letter in traits_of(thing)]
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
