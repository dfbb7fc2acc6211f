"""What a test may do to an object of the program, by name, as the program's process does it.

Nothing in it gives the program a value that the test expects, but for a number beside an operator: see `handles.py`.
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

UNARY = ("neg", "pos", "invert")
"""Operators of one object."""

COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")

MODULES_OF_EXCEPTIONS = frozenset((
    "_csv", "_pickle", "_queue", "argparse", "asyncio.exceptions", "asyncio.queues", "binascii",
    "concurrent.futures._base", "configparser", "copy", "dataclasses", "decimal", "graphlib", "ipaddress",
    "json.decoder", "queue", "re", "shutil", "sqlite3", "sre_constants", "statistics", "struct", "subprocess",
    "threading", "urllib.error", "xml.etree.ElementTree", "zipfile", "zlib", "zoneinfo._common",
))  # fmt: skip
"""Of the standard library, those whose exceptions a test may expect."""

TRAITS = {
    "a": "cr_await", "c": "__call__", "g": "__getitem__", "i": "__iter__", "l": "__len__", "n": "__next__",
    "y": "gi_yieldfrom",
}  # fmt: skip
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


async def _value_of(coroutine: Any) -> object:
    return await coroutine


def _await(coroutine: Any) -> object:
    """What comes of it. All that a test waits for has one event loop, as what belongs together may be in one."""
    asyncio = __import__("asyncio")
    if not _loops:
        _loops.append(asyncio.new_event_loop())
    return _loops[0].run_until_complete(_value_of(coroutine))


_loops: list[Any] = []


def _same(thing: object) -> object:
    return thing


def _kinds(kind: type) -> tuple[list[tuple[str, type]], str]:
    """Where an exception's class comes from: the program's classes, itself first, and by name Python's own one that
    the last of these has, with further ones of the class itself, between blanks.

    One of the standard library's is told by its module and name, and ends the classes as well.
    """
    own: list[tuple[str, type]] = []
    for one in kind.__mro__:
        if one.__module__ == "builtins":
            last = next(base for base in own[-1][1].__mro__ if base.__module__ == "builtins") if own else one
            further = [base for base in kind.__mro__ if base.__module__ == "builtins" and base not in last.__mro__]
            return own, " ".join(base.__name__ for base in (last, *further))
        if issubclass(one, BaseException):
            own.append((one.__name__, one))
            if one.__module__ in MODULES_OF_EXCEPTIONS:
                return own, f"{one.__module__}.{one.__name__}"
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
    "call": _call, "await": _await, "find": _same, "kinds": _kinds, "traits": _traits, "fill": _fill,
    "get": getattr, "set": setattr, "del": delattr, "iter": iter,
    "next": next, "len": len, "bool": bool, "str": str, "repr": repr, "format": format, "hash": hash,
    "item": operator.getitem, "put": operator.setitem, "drop": operator.delitem, "enter": _enter, "leave": _leave,
    "isinstance": isinstance, "issubclass": issubclass, "copy": copy.copy, "deepcopy": copy.deepcopy,
    **{name: getattr(operator, name) for name in COMPARISONS},
    **{name: getattr(operator, f"__{name}__") for name in (*BINARY, *UNARY, "abs")},
    **{f"i{name}": getattr(operator, f"__i{name}__") for name in BINARY},
}  # fmt: skip
