"""From the text of plain data (`plain_data.py`) back to the value. Anybody may have written the text."""

from __future__ import annotations

import json
import re
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any, Callable, List, Mapping  # noqa: UP035  # those of Python 3.8 alone take no brackets

from rulereward.services.sandbox.inside.links import Links, References
from rulereward.services.sandbox.inside.plain_data import (
    BUILTIN_TYPES,
    CHANGEABLE,
    DICTS,
    MAX_BYTES,
    MAX_DEPTH,
    NotPlainDataError,
    most_values,
    too_deep,
    too_large,
)
from rulereward.services.sandbox.inside.plain_leaves import read_float, read_integer, read_leaf

Builders = Mapping[str, Callable[[List[Any]], object]]  # noqa: UP006  # evaluated by Python 3.8
"""What a container becomes, by the name of its type: each takes the list of its items, a dict's as pairs of key and
value. Before the items of a deque stands its greatest length, before the pairs of a defaultdict the name of the type
that makes its values; each may be None."""

_CONTAINERS = {
    "l": "list", "u": "tuple", "d": "dict", "e": "set", "z": "frozenset", "q": "deque", "o": "OrderedDict",
    "m": "Counter", "v": "defaultdict",
}  # fmt: skip
_LED = "qv"  # the tags of those with something before their items
_SINGLE = {"n": None, "t": True, "f": False}
_COUNT = re.compile("0|[1-9][0-9]{0,8}")


def decode(
    data: bytes,
    builders: Builders | None = None,
    max_bytes: int = MAX_BYTES,
    references: References | None = None,
    links: Links | None = None,
) -> object:
    """The value of a text. Raises NotPlainDataError and nothing else, unless `references` do.

    Without `builders` a container becomes what it was. Then a hostile text can hold keys whose hashes collide, which
    takes quadratic time: no matter where the time is limited, but the host has builders that hash nothing. Apart from
    that it is linear.
    """
    makers = _BUILDERS if builders is None else builders
    nodes = _nodes(data, max_bytes)
    opened: list[tuple[str, int, list[Any], int]] = []  # tag, how many values belong in it, those so far, its number
    for place, node in enumerate(nodes, 1):
        tag, rest = node[0], node[1:]
        if tag not in _CONTAINERS:
            value = _named(tag, rest, references, links) if tag in _NAMED else _leaf(tag, rest)
        else:
            if len(opened) == MAX_DEPTH:
                raise too_deep()
            wanted = _count(rest) * (2 if tag in DICTS else 1) + (tag in _LED)
            number = links.reserve() if links is not None and links.grows and tag in CHANGEABLE else -1
            if wanted:
                opened.append((tag, wanted, [], number))
                continue
            value = _built(makers, tag, [], number, links)
        while opened:
            tag, wanted, items, number = opened[-1]
            items.append(value)
            if len(items) < wanted:
                break
            opened.pop()
            value = _built(makers, tag, items, number, links)
        else:
            if place < len(nodes):
                raise _malformed("something follows the value")
            return value
    raise _malformed("the value is cut off")


def _nodes(data: bytes, max_bytes: int) -> list[str]:
    """The tagged values, each a text that is not empty."""
    if len(data) > max_bytes:
        raise too_large(max_bytes)
    try:
        nodes = _DECODER.decode(data.decode("ascii"))
    except (ValueError, RecursionError):
        raise _malformed("it is no array of texts") from None
    if type(nodes) is not list or not all(type(node) is str and node for node in nodes):
        raise _malformed("it is no array of texts")
    if len(nodes) > most_values(max_bytes):
        raise too_large(max_bytes)
    return nodes


def _leaf(tag: str, rest: str) -> object:
    if tag in _SINGLE and not rest:
        return _SINGLE[tag]
    if tag == "b":
        return _bytes(rest)
    if tag == "a":
        return bytearray(_bytes(rest))
    if tag in "sw":
        return _text(tag, rest)
    try:
        return read_integer(rest) if tag == "i" else read_float(rest) if tag == "r" else read_leaf(tag, rest)
    except ValueError:
        raise _malformed(f"no value is written {(tag + rest)[:40]!a}") from None


_NAMED = "kgxhjpy"
"""Tags of what is named and not written: `k` a container by its number, the others as `References` have it."""


def _named(tag: str, rest: str, references: References | None, links: Links | None) -> object:
    try:
        if tag == "k" and links is not None:
            return links.find(rest)
        if tag != "k" and references is not None:
            return references.value(tag, rest)
    except ValueError:
        pass
    raise _malformed(f"nothing is named {(tag + rest)[:40]!a}")


def _bytes(written: str) -> bytes:
    try:
        value = bytes.fromhex(written)
    except ValueError:
        raise _malformed("bytes are in base 16") from None
    if len(value) * 2 != len(written):  # `fromhex` takes white space
        raise _malformed("bytes are in base 16")
    return value


def _text(tag: str, rest: str) -> str:
    try:
        if tag == "w":
            return _bytes(rest).decode("utf-8", "surrogatepass")
        rest.encode()
    except UnicodeError:
        raise _malformed("a text is no Unicode") from None
    return rest


def _count(written: str) -> int:
    if not _COUNT.fullmatch(written):
        raise _malformed("how much is in a container is no number")
    return int(written)


def _built(makers: Builders, tag: str, items: list[Any], number: int, links: Links | None) -> object:
    start = 1 if tag in _LED else 0
    if start:
        _check_lead(tag, items)
    parts = items
    if tag in DICTS:
        pairs = zip(items[start::2], items[start + 1 :: 2])  # noqa: B905  # `strict` is of Python 3.10
        parts = [*items[:start], *pairs]
    try:
        value = makers[_CONTAINERS[tag]](parts)
    except (TypeError, RecursionError):  # a key is a list, or keys are compared where the stack is nearly full
        raise _malformed("a key cannot be hashed") from None
    if links is not None and number >= 0:
        links.put(number, value)
    return value


def _check_lead(tag: str, items: list[Any]) -> None:
    lead = items[0]
    if lead is None:
        return
    known = type(lead) is int and len(items) - 1 <= lead < 1 << 62 if tag == "q" else _is_type_name(lead)
    if not known:
        raise _malformed("a container begins with something else")


def _is_type_name(lead: object) -> bool:
    return type(lead) is str and lead in BUILTIN_TYPES


def _distinct(kind: Callable[[list[Any]], Any], lead: int = 0) -> Callable[[list[Any]], object]:
    def built(items: list[Any]) -> object:
        value = kind(items)
        if len(value) < len(items) - lead:
            raise _malformed("a key stands twice")
        return value

    return built


_BUILDERS: Builders = {
    "list": list,
    "tuple": tuple,
    "dict": _distinct(dict),
    "set": _distinct(set),
    "frozenset": _distinct(frozenset),
    "deque": lambda parts: deque(parts[1:], parts[0]),
    "OrderedDict": _distinct(OrderedDict),
    "Counter": _distinct(lambda pairs: Counter(dict(pairs))),
    "defaultdict": _distinct(
        lambda parts: defaultdict(BUILTIN_TYPES[parts[0]] if parts[0] else None, parts[1:]), lead=1
    ),
}


def _refuse(_: object) -> object:
    raise ValueError


_DECODER = json.JSONDecoder(  # numbers are refused before they are read, which could take quadratic time
    object_pairs_hook=_refuse, parse_int=_refuse, parse_float=_refuse, parse_constant=_refuse
)


def _malformed(message: str) -> NotPlainDataError:
    return NotPlainDataError("malformed", message)
