"""Is what a function returned as expected? Structural equality of plain data.

Plain data are None, bool, int, float, complex, Fraction, Decimal, str, bytes, bytearray, list, tuple, deque, dict and
the dicts of `collections`, set, frozenset, range, and dates, times and time spans, within each other. What came from
a hostile program holds `Pairs` and `Members` instead of dicts and sets: it was read with `BUILDERS`, so that Python
hashes nothing of it, which would take quadratic time on integers chosen for it.

A tuple and a deque equal the list, a frozenset the set, and a dict of `collections` the dict of the same things; a
range equals none of them. A bool is no number: True is not 1. Numbers are equal by value: 1 and 1.0, 0.0 and -0.0,
0.5 and Fraction(1, 2); NaN equals NaN. Dicts are compared by keys and sets by elements, in no order; keys and
elements exactly, even where a tolerance is given. Linear time and memory, but for sorting, and no recursion.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

from rulereward.text.value_result import SAME, Match, Tolerance, first_different, mismatch, quoted, shown


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """A dict of which nothing is hashed: its keys and values, in order."""

    items: Sequence[tuple[object, object]]


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """A set or frozenset of which nothing is hashed: its elements."""

    items: Sequence[object]


BUILDERS: Mapping[str, Callable[[list[Any]], object]] = MappingProxyType(
    {
        "list": list,
        "tuple": tuple,
        "dict": Pairs,
        "set": Members,
        "frozenset": Members,
        "OrderedDict": Pairs,
        "Counter": Pairs,
        "deque": lambda parts: parts[1:],
        "defaultdict": lambda parts: Pairs(parts[1:]),
    }
)
"""What the containers of a returned value become on the host, by the names of the types."""

EXACT = Tolerance()

_Path = tuple["_Path", object] | None  # the steps to a value, innermost first: an index, or a key within a tuple
_CLOSE = object()


def match_values(got: object, expected: object, tolerance: Tolerance = EXACT, *, text_keys: bool = False) -> Match:
    """Whether `got` is `expected`. Raises TypeError for what is no plain data.

    With `text_keys` the expected value was written in JSON, where every key is a text: keys of `got` that are
    numbers, bools or None count as the texts that JSON has for them.
    """
    stack: list[tuple[_Path, object, object]] = [(None, got, expected)]
    while stack:
        path, mine, wanted = stack.pop()
        kind = _kind(wanted)
        if _kind(mine) != kind:
            return _differ(path, f"expected {_named(wanted)}, got {_named(mine)}")
        if kind == "list":
            difference = _pushed_items(stack, path, mine, wanted)
        elif kind == "dict":
            difference = _pushed_values(stack, path, mine, wanted, text_keys)
        elif kind == "set":
            difference = _elements(mine, wanted)
        else:
            difference = _leaves(kind, mine, wanted, tolerance)
        if difference:
            return _differ(path, difference)
    return SAME


def _pushed_items(stack: list[tuple[_Path, object, object]], path: _Path, got: Any, expected: Any) -> str:
    if len(got) != len(expected):
        return f"expected {len(expected):,} items, got {len(got):,}"
    stack.extend(((path, i), got[i], expected[i]) for i in range(len(got) - 1, -1, -1))
    return ""


def _pushed_values(
    stack: list[tuple[_Path, object, object]], path: _Path, got: Any, expected: Any, text_keys: bool
) -> str:
    mine = _by_key((_text_key(key) if text_keys else key, value) for key, value in pairs_of(got))
    wanted = _by_key(pairs_of(expected))
    for mark, (key, _) in wanted.items():
        if mark not in mine:
            return f"the key {_named(key)} is missing"
    for mark, (key, _) in mine.items():
        if mark not in wanted:
            return f"got the key {_named(key)}, which is not expected"
    entries = [((path, (key,)), mine[mark][1], value) for mark, (key, value) in wanted.items()]
    stack.extend(reversed(entries))
    return ""


def _by_key(pairs: Iterable[tuple[object, object]]) -> dict[tuple[bytes, int], tuple[object, object]]:
    """The pairs by the mark of the key, and by its number among equal keys: NaN may stand twice in a dict."""
    seen: Counter[bytes] = Counter()
    found: dict[tuple[bytes, int], tuple[object, object]] = {}
    for key, value in pairs:
        mark = _mark(key)
        seen[mark] += 1
        found[mark, seen[mark]] = (key, value)
    return found


def _elements(got: Any, expected: Any) -> str:
    mine, wanted = Counter(map(_mark, members_of(got))), Counter(map(_mark, members_of(expected)))
    if mine == wanted:
        return ""
    for element in members_of(expected):
        if wanted[_mark(element)] > mine[_mark(element)]:
            return f"the element {_named(element)} is missing"
    surplus = next(item for item in members_of(got) if mine[_mark(item)] > wanted[_mark(item)])
    return f"got the element {_named(surplus)}, which is not expected"


def _leaves(kind: str, got: Any, expected: Any, tolerance: Tolerance) -> str:
    if kind == "number":
        mine, wanted = _simple(got), _simple(expected)
        near = tolerance.near(mine.real, wanted.real) and tolerance.near(mine.imag, wanted.imag)
        return "" if near else f"expected {shown(expected)}, got {shown(got)}"
    if got == expected:
        return ""
    if kind == "text":
        place = first_different(got, expected)
        behind = f" (from character {place + 1:,} on)" if place else ""
        return f"expected {quoted(expected, place)}, got {quoted(got, place)}{behind}"
    return f"expected {shown(expected)}, got {shown(got)}"


_KINDS: dict[type, str] = {
    type(None): "none", bool: "bool", int: "number", float: "number", complex: "number", Fraction: "number",
    Decimal: "number", str: "text", bytes: "bytes", bytearray: "bytes", list: "list", tuple: "list", deque: "list",
    dict: "dict", Pairs: "dict", OrderedDict: "dict", Counter: "dict", defaultdict: "dict", set: "set",
    frozenset: "set", Members: "set", range: "range", date: "date", datetime: "moment", time: "time",
    timedelta: "span",
}  # fmt: skip


def _kind(value: object) -> str:
    kind = _KINDS.get(type(value))
    if kind is None:
        raise TypeError(f"a value of the type {type(value).__name__} is no plain data")
    return "far number" if type(value) is Decimal and _is_far(value) else kind


def _is_far(value: Decimal) -> bool:
    """Is it so large or small that an exact fraction of it would take long to make? No float is."""
    return value.is_finite() and bool(value) and not -_FAR < value.adjusted() < _FAR


_FAR = 5_000  # decimal places; floats end before 400


def _simple(value: Any) -> Any:
    """A number as int, float, complex or Fraction, exactly."""
    if type(value) is not Decimal:
        return value
    if value.is_finite():
        return Fraction(value) if value else 0
    return math.nan if value.is_nan() else float(value)


def pairs_of(value: Any) -> Iterable[tuple[object, object]]:
    """The keys and values of a dict, or of what stands for one."""
    pairs: Iterable[tuple[object, object]] = value.items if isinstance(value, Pairs) else value.items()
    return pairs


def members_of(value: Any) -> Iterable[object]:
    """The elements of a set, or of what stands for one."""
    members: Iterable[object] = value.items if isinstance(value, Members) else value
    return members


def _text_key(key: object) -> object:
    """The text that JSON has for a key; what has none stays as it is."""
    if key is None or isinstance(key, bool):
        return "null" if key is None else "true" if key else "false"
    if isinstance(key, float) or (isinstance(key, int) and key.bit_length() <= _LONGEST_KEY):
        return repr(key)
    return key


_LONGEST_KEY = 10_000  # bits; longer integers Python refuses to write


def _mark(value: object) -> bytes:
    """What two values share exactly if they are equal without a tolerance; bytes that nobody can make collide."""
    marks: list[bytes] = []
    stack: list[Any] = [value]
    while stack:
        item = stack.pop()
        if type(item) is tuple and item and item[0] is _CLOSE:
            _, kind, count = item
            parts = marks[len(marks) - count :]
            del marks[len(marks) - count :]
            if kind != "list":
                parts.sort()
            marks.append(_digest(kind.encode() + b"".join(parts)))
            continue
        kind = _kind(item)
        if kind not in ("list", "dict", "set"):
            marks.append(_digest(_leaf_bytes(kind, item)))
            continue
        children = list(item if kind == "list" else pairs_of(item) if kind == "dict" else members_of(item))
        stack.append((_CLOSE, kind, len(children)))
        stack.extend(children)
    return marks[0]


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()  # 16 bytes: nobody finds two texts with the same in 2**60 tries


def _leaf_bytes(kind: str, value: Any) -> bytes:
    if kind == "number":
        value = _simple(value)
        return f"number {_number(value.real)} {_number(value.imag)}".encode()
    if kind == "text":
        return b"text " + bytes(value.encode("utf-8", "surrogatepass"))
    if kind in ("far number", "range", "moment", "span", "time", "date"):
        return f"{kind} {_canonical(kind, value)}".encode()
    return b"bytes " + bytes(value) if kind == "bytes" else repr(value).encode()


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _canonical(kind: str, value: Any) -> object:
    """The same for equal values: numbers with more zeros, ranges of the same numbers, moments in other zones."""
    if kind == "far number":
        sign, digits, places = value.as_tuple()
        written = "".join(map(str, digits)).lstrip("0")
        kept = written.rstrip("0")
        return (sign, kept, places + len(written) - len(kept))
    if kind == "range":
        count = max(0, -((value.start - value.stop) // value.step))  # `len` takes no more than a machine word holds
        return tuple(f"{part:x}" for part in (count, value.start if count else 0, value.step if count > 1 else 0))
    if kind == "moment" and value.tzinfo is not None:
        return repr(value - _EPOCH)
    return repr(value)


def _number(value: float | Fraction) -> str:
    """The same for equal numbers."""
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    numerator, denominator = value.as_integer_ratio()
    return f"{numerator:x}" if denominator == 1 else f"{numerator:x}/{denominator:x}"


def _named(value: object) -> str:
    kind = _kind(value)
    if kind in ("list", "dict", "set"):
        held = value.items if isinstance(value, Pairs | Members) else value
        size = len(held)  # type: ignore[arg-type]  # all of these kinds have a length
        return f"a {'tuple' if isinstance(value, tuple) else kind} of {size:,}"
    return shown(value)


def _differ(path: _Path, difference: str) -> Match:
    steps: list[str] = []
    while path is not None:
        path, step = path
        steps.append(f"[{_named(step[0])}]" if isinstance(step, tuple) else f"[{step}]")
    where = "".join(reversed(steps))
    if len(where) > _LONGEST_PATH:
        where = f"{where[: _LONGEST_PATH // 2]}…{where[-_LONGEST_PATH // 2 :]}"
    return mismatch(f"at {where}: {difference}" if where else difference)


_LONGEST_PATH = 100
