"""From the text of plain data (`plain_data.py`) back to the value. Anybody may have written the text."""

from __future__ import annotations

import json
import re
from typing import Any, Callable, List, Mapping  # noqa: UP035  # those of Python 3.8 alone take no brackets

from rulereward.services.sandbox.inside.plain_data import (
    MAX_BYTES,
    MAX_DEPTH,
    NotPlainDataError,
    most_values,
    too_deep,
    too_large,
)

Builders = Mapping[str, Callable[[List[Any]], object]]  # noqa: UP006  # evaluated by Python 3.8
"""What a container becomes, by the names `list`, `tuple`, `dict`, `set` and `frozenset`: each takes the list of its
items, that of a dict pairs of key and value."""

_CONTAINERS = {"l": "list", "u": "tuple", "d": "dict", "e": "set", "z": "frozenset"}
_SINGLE = {"n": None, "t": True, "f": False}
_INTEGER = re.compile("0|-?[1-9a-f][0-9a-f]*")
_COUNT = re.compile("0|[1-9][0-9]{0,8}")
_LONGEST_FLOAT = 32  # characters; Python writes at most 24


def decode(data: bytes, builders: Builders | None = None, max_bytes: int = MAX_BYTES) -> object:
    """The value of a text. Raises NotPlainDataError and nothing else.

    Without `builders` a container becomes what it was. Then a hostile text can hold keys whose hashes collide, which
    takes quadratic time: no matter where the time is limited, but the host has builders that hash nothing. Apart from
    that it is linear.
    """
    makers = _BUILDERS if builders is None else builders
    nodes = _nodes(data, max_bytes)
    opened: list[tuple[str, int, list[Any]]] = []  # the tag, how many values belong in it, and those so far
    for place, node in enumerate(nodes, 1):
        tag, rest = node[0], node[1:]
        if tag not in _CONTAINERS:
            value = _leaf(tag, rest)
        else:
            if len(opened) == MAX_DEPTH:
                raise too_deep()
            wanted = _count(rest) * (2 if tag == "d" else 1)
            if wanted:
                opened.append((tag, wanted, []))
                continue
            value = _built(makers, tag, [])
        while opened:
            tag, wanted, items = opened[-1]
            items.append(value)
            if len(items) < wanted:
                break
            opened.pop()
            value = _built(makers, tag, items)
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
    if tag == "i" and _INTEGER.fullmatch(rest):
        return int(rest, 16)
    if tag == "r":
        return _float(rest)
    if tag == "c" and rest.count(" ") == 1:
        real, imaginary = rest.split(" ")
        return complex(_float(real), _float(imaginary))
    if tag == "b":
        return _bytes(rest)
    if tag in "sw":
        return _text(tag, rest)
    raise _malformed(f"no value is written {(tag + rest)[:40]!a}")


def _float(written: str) -> float:
    """The float that Python writes so, and only so."""
    if len(written) <= _LONGEST_FLOAT:
        try:
            number = float(written)
        except ValueError:
            raise _malformed("a float is written otherwise") from None
        if repr(number) == written:
            return number
    raise _malformed("a float is written otherwise")


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


def _built(makers: Builders, tag: str, items: list[Any]) -> object:
    parts = list(zip(items[::2], items[1::2])) if tag == "d" else items  # noqa: B905  # `strict` is of Python 3.10
    try:
        return makers[_CONTAINERS[tag]](parts)
    except (TypeError, RecursionError):  # a key is a list, or keys are compared where the stack is nearly full
        raise _malformed("a key cannot be hashed") from None


def _distinct(kind: Callable[[list[Any]], Any]) -> Callable[[list[Any]], object]:
    def built(items: list[Any]) -> object:
        value = kind(items)
        if len(value) < len(items):
            raise _malformed("a key stands twice")
        return value

    return built


_BUILDERS: Builders = {
    "list": list,
    "tuple": tuple,
    "dict": _distinct(dict),
    "set": _distinct(set),
    "frozenset": _distinct(frozenset),
}


def _refuse(_: object) -> object:
    raise ValueError


_DECODER = json.JSONDecoder(  # numbers are refused before they are read, which could take quadratic time
    object_pairs_hook=_refuse, parse_int=_refuse, parse_float=_refuse, parse_constant=_refuse
)


def _malformed(message: str) -> NotPlainDataError:
    return NotPlainDataError("malformed", message)
