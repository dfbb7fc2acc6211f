"""Plain data in few words: what a function returned, as a person would write it, whatever its size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rulereward.text.value_match import Members, Pairs, members_of, pairs_of
from rulereward.text.value_result import shown

_BRACES = ("{", "}")
_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"), tuple: ("(", ")"), dict: _BRACES, Pairs: _BRACES, set: _BRACES, frozenset: _BRACES,
    Members: _BRACES,
}  # fmt: skip


def written_value(value: object, most: int) -> str:
    """About the first `most` characters of a value, an ellipsis behind what is cut off. Takes time linear in `most`,
    for what is not shown is not looked at.
    """
    parts: list[str] = []
    size = 0
    for part in _parts(value):
        parts.append(part)
        size += len(part)
        if size > most:
            return "".join(parts)[:most] + "…"
    return "".join(parts)


def _parts(value: object) -> Iterator[str]:
    """The pieces of the text, first to last; lazily, and without recursion."""
    stack: list[Iterator[str | tuple[object]]] = [iter([(value,)])]
    while stack:
        item = next(stack[-1], None)
        if item is None:
            stack.pop()
        elif isinstance(item, str):
            yield item
        elif type(item[0]) in _BRACKETS:
            stack.append(_within(item[0]))
        else:
            yield shown(item[0])


def _within(container: Any) -> Iterator[str | tuple[object]]:
    """What a container is written as: texts, and values in a tuple of one."""
    opening, closing = _BRACKETS[type(container)]
    yield opening
    if isinstance(container, dict | Pairs):
        for place, (key, item) in enumerate(pairs_of(container)):
            yield ", " if place else ""
            yield (key,)
            yield ": "
            yield (item,)
    else:
        for place, item in enumerate(members_of(container)):
            yield ", " if place else ""
            yield (item,)
    if type(container) is tuple and len(container) == 1:
        yield ","
    yield closing
