"""Plain data as text: how arguments and results of functions cross the border of the sandbox.

The text is a JSON array of strings, one for each value, a container before what is in it. The first letter of a
string is a tag: `n` None, `t` True, `f` False, `i` an integer in base 16, `r` a float as Python writes it, `c` a
complex number as two floats, `s` a text, `w` a text with lone surrogates as UTF-8 in base 16, `b` bytes and `a` a
bytearray in base 16; `F` a fraction, `R` a range, `P` a time span (days, seconds, microseconds), each as integers in
base 16; `D` a decimal number, `Y` a date, `M` a date with time, `H` a time, as Python writes them (without `fold`);
and with the number of things in it `l` a list, `u` a tuple, `e` a set, `z` a frozenset, `d` a dict, whose keys and
values follow by turns, and so those of `o` an OrderedDict, `m` a Counter, and `v` a defaultdict, with the builtin
type that makes its values, or None, before them; `q` a deque, with its greatest length, or None, before its items.
`[1, "a"]` is `["l2","i1","sa"]`. It is flat, so that neither side recurses, and base 16 has neither Python's limit on
digits nor its quadratic time.

What is no plain data is refused, unless `References` name it: an instance of a subclass is not the value it seems to
be. None of its methods is called to find that out. `plain_reading.py` is the way back.
"""

from __future__ import annotations

import builtins
import json
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

from rulereward.services.sandbox.inside.links import Links, References
from rulereward.services.sandbox.inside.plain_leaves import written_leaf

MAX_BYTES = 1024 * 1024
"""Of the encoded text."""

MAX_DEPTH = 200
"""Containers that may lie within each other, the outermost included."""

MAX_VALUES = 250_000
"""Values in all, containers included; more where more bytes are allowed: `most_values`."""

BUILTIN_TYPES = {name: value for name, value in vars(builtins).items() if type(value) is type}
NAMES_OF_TYPES = {id(value): name for name, value in BUILTIN_TYPES.items()}
DICTS = "domv"
CHANGEABLE = "ldeqomv"
"""The tags of what has the keys and values of a dict, and of containers that can be changed."""

_TAGS = (
    (list, "l"), (dict, "d"), (tuple, "u"), (set, "e"), (frozenset, "z"), (deque, "q"), (OrderedDict, "o"),
    (Counter, "m"), (defaultdict, "v"),
)  # fmt: skip
_CLOSE = object()  # stands on the stack where a container ends
_name_of = type.__dict__["__name__"].__get__  # a metaclass has no say in this


class NotPlainDataError(ValueError):
    """A value that may not cross, or a text that stands for none.

    `code` is `not_plain` (of a type that is no plain data), `self_containing`, `too_deep`, `too_large`, or, for texts
    only, `malformed`. `kind`: the type that is no plain data, if that is why.
    """

    def __init__(self, code: str, message: str, kind: type | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.kind = kind


def encode(
    value: object,
    max_bytes: int = MAX_BYTES,
    references: References | None = None,
    links: Links | None = None,
) -> bytes:
    """The text of a value, ASCII. Raises NotPlainDataError.

    It takes time linear in `max_bytes`, however large the value is: everything is measured before it is written.
    """
    most = most_values(max_bytes)
    nodes: list[str] = []
    stack: list[Any] = [value]
    path: list[int] = []  # the ids of the open containers, outermost first; each has its _CLOSE on the stack
    size = 2
    while stack:
        item = stack.pop()
        if item is _CLOSE:
            path.pop()
            continue
        tag = _container_tag(type(item))
        number = None
        if links is not None and tag and tag in CHANGEABLE and id(item) not in path:
            number = links.number(item)
        if number is not None:
            node = f"k{number}"
        elif tag:
            _check_depth(item, path)
            count = dict.__len__(item) if tag in DICTS else len(item)
            room = most - len(nodes) - len(stack) + len(path)
            if count > min(room, max_bytes):
                raise too_large(max_bytes)
            node = f"{tag}{count}"
            path.append(id(item))
            stack.append(_CLOSE)
            stack.extend(reversed(_children(tag, item)))
        else:
            node = _leaf(item, max_bytes, references)
        nodes.append(node)
        size += len(node) + 3  # two quotation marks and a comma
        if size > max_bytes + 1 or len(nodes) > most:
            raise too_large(max_bytes)
    text = json.dumps(nodes, separators=(",", ":")).encode("ascii")
    if len(text) > max_bytes:
        raise too_large(max_bytes)
    return text


def too_large(max_bytes: int) -> NotPlainDataError:
    """The error for what takes more bytes or holds more values than it may."""
    return NotPlainDataError("too_large", f"more than {max_bytes:,} bytes or {most_values(max_bytes):,} values")


def most_values(max_bytes: int) -> int:
    """How many values a text of so many bytes may hold."""
    return max(MAX_VALUES, MAX_VALUES * max_bytes // MAX_BYTES)


def too_deep() -> NotPlainDataError:
    """The error for too many levels."""
    return NotPlainDataError("too_deep", f"more than {MAX_DEPTH} values lie within each other")


def _container_tag(kind: type) -> str:
    """Empty for what is no container. `is` alone, for a metaclass may have an `==` and a hash of its own."""
    for one, tag in _TAGS:
        if kind is one:
            return tag
    return ""


def is_changeable(value: object) -> bool:
    """Is it a container that can be changed?"""
    tag = _container_tag(type(value))
    return bool(tag) and tag in CHANGEABLE


def _children(tag: str, item: Any) -> list[Any]:
    """What is in a container, the keys and values of a dict by turns.

    The methods are those of our own types, and of `dict` where a type is derived from it: no code of a program runs.
    """
    children = [part for pair in list(dict.items(item)) for part in pair] if tag in DICTS else list(item)
    if tag == "q":
        children.insert(0, item.maxlen)
    elif tag == "v":
        factory = item.default_factory
        children.insert(0, NAMES_OF_TYPES.get(id(factory)))
    return children


def _check_depth(item: object, path: list[int]) -> None:
    """A value that contains itself is at the greatest depth sooner or later, and in its own path there."""
    if len(path) == MAX_DEPTH:
        if id(item) in path:
            raise NotPlainDataError("self_containing", "a value contains itself")
        raise too_deep()


def _leaf(item: Any, max_bytes: int, references: References | None) -> str:
    kind = type(item)
    if item is None:
        return "n"
    if kind is bool:
        return "t" if item else "f"
    if kind is int:
        if item.bit_length() > 4 * max_bytes:
            raise too_large(max_bytes)
        return f"i{item:x}"
    if kind is str:
        return _text(item, max_bytes)
    if kind is float:
        return f"r{item!r}"
    if kind is bytes or kind is bytearray:
        if len(item) > max_bytes:
            raise too_large(max_bytes)
        return ("b" if kind is bytes else "a") + str(item.hex())
    node = written_leaf(item, kind) or (references.node(item) if references is not None else "")
    if node:
        return node
    raise NotPlainDataError("not_plain", f"a value of the type {_name_of(kind)[:60]} is no plain data", kind)


def _text(text: str, max_bytes: int) -> str:
    if len(text) > max_bytes:
        raise too_large(max_bytes)
    try:
        text.encode()
    except UnicodeEncodeError:
        return "w" + text.encode("utf-8", "surrogatepass").hex()
    return "s" + text
