"""Gold answers as they come from data: a text, a number, a bool, or a list of alternatives."""

from __future__ import annotations

import math


def gold_texts(gold: object) -> list[str]:
    """The usable alternatives of a gold as texts, none where it has no usable one.

    A list means alternatives, one level deep. A float without a fraction reads like an integer, because columns of
    integers with gaps are often stored as floats; bools read `true` and `false`.
    """
    items = gold if isinstance(gold, list | tuple) else [gold]
    texts = [_text(item) for item in items]
    return [text for text in texts if text is not None and text.strip()]


def _text(item: object) -> str | None:
    if isinstance(item, str):
        return item
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, int):
        return str(item) if item.bit_length() < 10_000 else None  # longer ones Python refuses to print
    if isinstance(item, float) and math.isfinite(item):
        return str(int(item)) if item.is_integer() else repr(item)
    return None
