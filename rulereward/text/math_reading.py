r"""Reads what the whole of a normal form spells, where that is certain: values, lists, matrices, ratios, names.

`math_proofs` says what two of these prove about each other.
"""

from __future__ import annotations

import re
from itertools import pairwise

from rulereward.text.math_claims import DENYING
from rulereward.text.math_exact import (
    Expression,
    Number,
    Scalar,
    as_ratio,
    of_ratio,
    product,
    read_number,
    read_scalar,
)
from rulereward.text.math_relations import as_set, joint
from rulereward.text.math_ring import Ring, Unproved
from rulereward.text.math_values import Exact, Infinite, Item, Listed, LongInteger, Named, Plain, Union, letters
from rulereward.text.numbers import MAX_CHARACTERS

_MAX_ITEMS = 64
_MAX_PARTS = 8
_SET_BRACKETS = ("(", "[", "{")

_LONG_INTEGER = re.compile(r"([+-]?)([0-9]+)")
_GROUPED = re.compile(r"[0-9],[0-9]{3}(?![0-9])")
_CLOCK = re.compile(r"[0-9]{1,2} ?: ?[0-5][0-9]")
_GROUP = re.compile(r"[0-9]{3}(?![0-9])")
_INFINITY = re.compile(r"([+-]?) ?\\infty")
_UNION = re.compile(r" ?\\cup ?")
_JOINT = joint("or|and")
_MATRIX = re.compile(
    r"(.*?) ?(?:\\cdot|\\times|\*)? ?"
    r"(?:\\begin ?\{([pb]?matrix)\}(.*)\\end ?\{\2\}"
    r"|[(\[] ?\\begin ?\{array\} ?\{[clr| ]*\}(.*)\\end ?\{array\} ?[)\]])"
)
_LETTER = r"(?:[A-DF-HJ-Za-df-hj-z]|\\(?:alpha|beta|gamma|theta|lambda|mu|omega|phi|rho|sigma|Delta))"
_SYMBOL = rf"{_LETTER}(?:_(?:\{{ ?[0-9A-Za-z]{{1,4}} ?\}}|[0-9A-Za-z]))?'{{0,3}}(?:\([0-9A-Za-z, ]{{1,8}}\))?"
_TITLE = (
    r"(?:\\angle ?|\\triangle ?)?[A-Z]{2,4}|\\angle ?[A-Z]"
    r"|\|(?:[A-Z]{2}|\\(?:vec|overrightarrow) ?\{ ?[A-Za-z]{1,2} ?\})\|"
    rf"|\\text ?\{{ ?(?![^}}]*\b(?:{DENYING})\b)[A-Za-z \u4e00-\u9fff]{{1,40}}\}}|[\u4e00-\u9fff]{{1,12}}"
)
_NAMING = re.compile(r"=|\\in(?![A-Za-z])")
_NAMED = re.compile(rf"({_SYMBOL}|{_TITLE}) ?(=|\\in(?![A-Za-z])) ?([^=]+)")
_NAMED_BEHIND = re.compile(rf"([^=]+?) ?= ?({_SYMBOL})")
"""E, I, e and i are constants to some readers."""
_SYMBOL_ALONE = re.compile(_SYMBOL)
_NO_BRACES = str.maketrans("", "", "{} ")
_DENYING_ZH = frozenset("不非没无否或和与")


def read_exact(text: str) -> Exact | None:
    """What the whole of a normal form spells, None where that is not certain. Bounded in work."""
    ring = Ring()
    text = as_set(text)
    if _NAMING.search(text) is None:
        return _read_plain(text, ring)
    return _read_named(text, ring) or _read_same_name(text, ring)


def _read_named(text: str, ring: Ring) -> Named | None:
    r"""`x = 5`, `5 = x` and `x \in [0,1)`, but no equation to be solved."""
    before, behind = _NAMED.fullmatch(text), _NAMED_BEHIND.fullmatch(text)
    if before is not None:
        name, sign, rest = before.groups()
    elif behind is not None:
        name, sign, rest = behind[2], "=", behind[1]
    else:
        return None
    value = _read_plain(rest.strip(), ring) if _DENYING_ZH.isdisjoint(name) else None
    if value is None or name in letters(value):
        return None
    name = name.translate(_NO_BRACES)
    is_set = isinstance(value, Union) or (isinstance(value, Listed) and value.brackets[0] in _SET_BRACKETS)
    symbol = _SYMBOL_ALONE.fullmatch(name) is not None
    return Named(name, value, symbol) if sign == "=" or is_set else None


def _read_same_name(text: str, ring: Ring) -> Named | None:
    """`x = 1 or x = 2`, or `x_1 = 1, x_2 = 2`, as a list of the values of x."""
    pieces = _JOINT.sub(", ", text).split(",")
    items = [_read_named(piece.strip(), ring) for piece in pieces[:_MAX_ITEMS]]
    named = [item for item in items if item is not None and isinstance(item.value, Number | Expression)]
    if len(named) < len(pieces):
        return None
    name, names = named[0].name, [item.name for item in named]
    numbered = [f"{name[:-1]}{place}" for place in range(1, len(names) + 1)]
    if name[1:2] == "_" and names == numbered:
        name = f"{name[0]}_1.."
    elif set(names) != {name}:
        return None
    values = tuple(item.value for item in named if isinstance(item.value, Number | Expression))
    return Named(name, Listed(("", ""), values), named[0].symbol)


def _read_plain(text: str, ring: Ring) -> Plain | None:
    if len(text) >= MAX_CHARACTERS:
        return _read_long(text)
    scalar = read_scalar(text, ring)
    if scalar is not None:
        return scalar
    if "\\pm" in text:
        return _read_two_signs(text, ring)
    if "\\begin" in text:
        return _read_matrix(text, ring)
    if ":" in text:
        return _read_ratio(text, ring)
    return _read_union(text, ring) if "\\cup" in text else _read_list(text, ring)


def _read_long(text: str) -> Number | LongInteger | None:
    whole = _LONG_INTEGER.fullmatch(text)
    if whole is None:
        return None
    sign, digits = "-" if whole[1] == "-" else "", whole[2].lstrip("0") or "0"
    return LongInteger(sign + digits) if len(digits) >= MAX_CHARACTERS - 1 else read_number(sign + digits)


def _read_two_signs(text: str, ring: Ring) -> Listed | None:
    r"""`1 \pm \sqrt{2}` as the list of its two values."""
    upper = read_scalar(text.replace("\\pm", "+").replace("\\mp", "-").strip(), ring)
    lower = read_scalar(text.replace("\\pm", "-").replace("\\mp", "+").strip(), ring)
    return Listed(("", ""), (upper, lower)) if upper is not None and lower is not None else None


def _read_matrix(text: str, ring: Ring) -> Listed | None:
    whole = _MATRIX.fullmatch(text)
    inner = (whole[3] or whole[4] or "").strip().removesuffix("\\\\") if whole else ""
    rows = [row.split("&") for row in inner.split("\\\\")]
    cells = [cell.strip() for row in rows for cell in row]
    if whole is None or len(cells) > _MAX_ITEMS or len({len(row) for row in rows}) != 1:
        return None
    items = _read_scalars(cells, ring)
    factor = _read_scalars([whole[1]], ring) if whole[1] else []
    if items is None or factor is None:
        return None
    try:
        scaled = [product(factor[0], item, ring) for item in items] if factor else items
    except Unproved:
        return None
    return Listed(("matrix", f"{len(rows)} x {len(rows[0])}"), tuple(scaled))


def _read_ratio(text: str, ring: Ring) -> Listed | Scalar | None:
    """`2:4:6` as 1:2:3, with the first item brought to 1; of two numbers a ratio is their quotient."""
    pieces = [piece.strip() for piece in text.split(":")]
    if len(pieces) > _MAX_PARTS or _CLOCK.fullmatch(text):
        return None
    items = _read_scalars(pieces, ring)
    if items is None:
        return None
    places = max(item.places for item in items)
    try:
        first, *others = (as_ratio(item, ring) for item in items)
        if len(others) == 1:
            return of_ratio(ring.divide(first, others[0]), places)
        quotients = tuple(of_ratio(ring.divide(other, first), places) for other in others)
    except Unproved:
        return None
    return Listed(("ratio", f"of {len(items)}"), quotients)


def _read_list(text: str, ring: Ring) -> Listed | None:
    joint = _JOINT.sub(", ", text)
    brackets, inner = _brackets(joint)
    spaced = ", " in inner and _GROUPED.search(inner) is not None  # 1,000, 2,000
    pieces = inner.split(", " if spaced else ",")
    if not 2 <= len(pieces) <= _MAX_ITEMS:
        return None
    joined = None
    if any(before[-1:].isdigit() and _GROUP.match(after) for before, after in pairwise(pieces)):
        joined = read_number(inner) if brackets[0] else None
        if joined is None:
            return None  # 1,234,5 may be two numbers or three, and 0,111 has a decimal comma
    items = _read_items([piece.strip() for piece in pieces], ring, ends=brackets[0] in _SET_BRACKETS)
    sure = bool(brackets[0]) or len(pieces) > 2 or pieces[1].startswith(" ")
    return None if items is None else Listed(brackets, items, sure, joined)


def _read_scalars(texts: list[str], ring: Ring) -> list[Scalar] | None:
    """All values, or None as soon as one cannot be read."""
    items: list[Scalar] = []
    for text in texts:
        item = read_scalar(text, ring)
        if item is None:
            return None
        items.append(item)
    return items


def _read_items(texts: list[str], ring: Ring, *, ends: bool = False) -> tuple[Item, ...] | None:
    """All items, or None as soon as one cannot be read. `ends` of intervals may be infinite."""
    items: list[Item] = []
    for text in texts:
        infinity = _INFINITY.fullmatch(text) if ends else None
        item = read_scalar(text, ring) if infinity is None else Infinite(infinity[1] == "-")
        if item is None:
            return None
        items.append(item)
    return tuple(items)


def _brackets(text: str) -> tuple[tuple[str, str], str]:
    if text.startswith("\\{") and text.endswith("\\}"):
        return ("{", "}"), text[2:-2]
    if text[:1] in ("(", "[") and text[-1:] in (")", "]"):
        return (text[0], text[-1]), text[1:-1]
    return ("", ""), text


def _read_union(text: str, ring: Ring) -> Union | None:
    pieces = _UNION.split(text)[: _MAX_PARTS + 1]
    parts = [_read_list(piece.strip(), ring) for piece in pieces] if len(pieces) <= _MAX_PARTS else []
    found = tuple(part for part in parts if part is not None and part.brackets[0])
    return Union(found) if found and len(found) == len(pieces) else None
