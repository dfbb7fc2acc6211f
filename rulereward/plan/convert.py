"""Reading a JSON value of a row as the type an expression needs."""

from __future__ import annotations

import math
from typing import Any

from rulereward.kind import Base, Missing


def convert(value: object, to: Base) -> str | float | bool | list[str] | Missing:
    """The value as text, number, bool or list of texts; what does not fit is missing: only the data can bring it
    about.
    """
    if to is Base.LIST:
        return _as_texts(value)
    if to is Base.TEXT:
        return _as_text(value)
    if to is Base.BOOL:
        return value if isinstance(value, bool) else Missing("not_bool", f"the row has {_name(value)} here")
    return _as_number(value)


def _as_text(value: object) -> str | Missing:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return Missing("not_text", f"the row has {_name(value)} here")


def _as_texts(value: object) -> list[str] | Missing:
    if not isinstance(value, list):
        return Missing("not_list", f"the row has {_name(value)} here, not a list")
    texts = [_as_text(item) for item in value]
    unfit = next((text for text in texts if isinstance(text, Missing)), None)
    return unfit or [text for text in texts if isinstance(text, str)]


def _as_number(value: object) -> float | Missing:
    if isinstance(value, bool | int | float):
        try:
            number = float(value)
        except OverflowError:
            return Missing("not_number", "the row's number is too large")
        return number if math.isfinite(number) else Missing("not_number", "the row's number is not finite")
    return Missing("not_number", f"the row has {_name(value)} here, not a number")


def item_of(value: object, index: object) -> object:
    """The item of a list at a place, counted from either end, or the value of an object under a key.

    Missing where there is none, or the index is no such thing.
    """
    if isinstance(value, list) and isinstance(index, int | float) and not isinstance(index, bool):
        there = -len(value) <= index < len(value) and float(index).is_integer()
        found = value[int(index)] if there else None
        return Missing("no_item", "the list has no such item") if found is None else found
    if isinstance(value, dict) and isinstance(index, str):
        found = value.get(index)
        return Missing("no_item", f"the object has nothing under `{index[:100]}`") if found is None else found
    wanted = "an object" if isinstance(index, str) else "a list"
    return Missing("no_item", f"the row has {_name(value)} here, not {wanted}")


def items_of(value: object, to: Base) -> list[Any] | Missing:
    """The items of a list of the row, each read as an aggregate needs it; those that are null are left out.

    Missing where one of the others does not fit.
    """
    if not isinstance(value, list):
        return Missing("not_list", f"the row has {_name(value)} here, not a list")
    found: list[Any] = []
    for item in value:
        read = item if to is Base.OBJECT or item is None else convert(item, to)
        if isinstance(read, Missing):
            return Missing("not_items", f"in a list of the row: {read.message}")
        if read is not None:
            found.append(float(read) if isinstance(read, bool) and to is not Base.OBJECT else read)
    return found


def holds(container: object, value: object) -> bool | Missing:
    """Is the value an item of a list, or a part of a text? Missing where the row has neither."""
    if isinstance(container, list):
        return any(same_json(item, value) for item in container)
    part = _as_text(value)
    if isinstance(container, str):
        return part if isinstance(part, Missing) else part in container
    return Missing("not_list", f"the row has {_name(container)} here, neither a list nor a text")


def same_json(a: object, b: object) -> bool:
    """Are two texts or JSON values the same? To Python 1 is True; in JSON it is not."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same_json(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_json(value, b[key]) for key, value in a.items())
    return a == b


def _name(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    names = {str: "a text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), "nothing")
