"""How their value differs from ours on a row: names for kinds of differences, from wide to narrow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.data import F64, U8, Bools, State
from rulereward.engine.credit import REST
from rulereward.insight.compare.answers import Answer, Theirs

VALUES = "the values differ"
"""The family of differences between two numbers."""

MOST_NAMED = 12
"""Of exact sizes and pairs of values so many get a name of their own, the most frequent first."""

_LEAST = 3
_MOST_OF = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of difference and the rows that have it. `relation`: their value can be worked out from ours."""

    name: str
    family: str
    rows: Bools
    relation: bool = False
    exact: bool = True
    """Does it say more than that the numbers are not equal?"""


@dataclass(frozen=True, slots=True, eq=False)
class Differences:
    """`agree` and `differ` are disjoint; rows that nobody was asked about are in neither."""

    agree: Bools
    differ: Bools
    numbers: Bools
    """Rows with a number on both sides."""
    delta: F64
    """Theirs less ours, where both are numbers and differ; else 0."""
    kinds: tuple[Kind, ...]


def differences(
    ours: F64, states: U8, theirs: Sequence[Theirs], parts: Mapping[str, F64], tolerance: float
) -> Differences:
    """Compare row by row. Both without a value (our null, their None) is agreement."""
    values = np.array([one.value for one in theirs])
    answers = [one.answer for one in theirs]
    asked = np.array([answer is not Answer.NOT_ASKED for answer in answers], dtype=np.bool_)
    numbers = np.isfinite(ours) & np.isfinite(values)
    delta = np.where(numbers, values - ours, 0.0)
    delta = np.where(np.abs(delta) <= tolerance * np.maximum(1.0, np.abs(np.nan_to_num(ours))), 0.0, delta)
    none = np.array([answer is Answer.NONE for answer in answers], dtype=np.bool_)
    agree = asked & ((numbers & (delta == 0.0)) | ((states == State.NULL) & none))
    differ = asked & ~agree
    kinds = [
        *_missing(states, theirs, differ, values),
        *_numbers(ours, values, numbers & differ, delta),
        *_relations(ours, values, numbers, delta, parts, tolerance),
    ]
    return Differences(agree, differ, numbers, delta, tuple(kind for kind in kinds if kind.rows.any()))


def _missing(states: U8, theirs: Sequence[Theirs], differ: Bools, values: F64) -> Iterator[Kind]:
    """Differences where one side has no number."""

    def which(test: Callable[[Theirs], bool]) -> Bools:
        return differ & np.fromiter((test(one) for one in theirs), np.bool_, len(theirs))

    fails = which(lambda one: one.answer is Answer.FAILED)
    yield from _with_details("theirs fails", "with", fails, theirs)
    odd = which(lambda one: one.answer is Answer.NOT_A_NUMBER)
    yield from _with_details("theirs is no number", "but", odd, theirs)
    infinite = which(lambda one: one.answer is Answer.NOT_FINITE)
    yield from _with_details("theirs is not finite", "but", infinite, theirs)
    bare = differ & (states == State.ERROR) & ~fails & ~odd & ~infinite
    yield Kind("ours is an error", "ours is an error", bare)
    yield Kind("theirs has no value", "theirs has no value", which(lambda one: one.answer is Answer.NONE) & ~bare)
    null = differ & (states == State.NULL) & np.isfinite(values)
    yield Kind("ours is null, theirs a number", "ours is null", null)
    for value, _ in Counter(values[null].tolist()).most_common(MOST_NAMED):
        yield Kind(f"ours is null, theirs is {value:g}", "ours is null", null & (values == value))


def _with_details(name: str, word: str, rows: Bools, theirs: Sequence[Theirs]) -> Iterator[Kind]:
    yield Kind(name, name, rows)
    for detail, _ in Counter(theirs[row].name for row in np.flatnonzero(rows).tolist()).most_common(MOST_NAMED):
        holds = np.fromiter((one.name == detail for one in theirs), np.bool_, len(theirs))
        yield Kind(f"{name} {word} {detail}", name, rows & holds)


def _numbers(ours: F64, values: F64, rows: Bools, delta: F64) -> Iterator[Kind]:
    """Direction, exact size, exact values."""
    yield Kind("theirs is another number", VALUES, rows, exact=False)
    yield Kind("theirs is lower", VALUES, rows & (delta < 0), exact=False)
    yield Kind("theirs is higher", VALUES, rows & (delta > 0), exact=False)
    for size, _ in Counter(_rounded(delta[rows])).most_common(MOST_NAMED):
        word = "lower" if size < 0 else "higher"
        yield Kind(f"theirs is {abs(size):g} {word}", VALUES, rows & np.isclose(delta, size, rtol=1e-6, atol=1e-9))
    for (a, b), _ in Counter(zip(_rounded(ours[rows]), _rounded(values[rows]), strict=True)).most_common(MOST_NAMED):
        same = np.isclose(ours, a, rtol=1e-6, atol=1e-9) & np.isclose(values, b, rtol=1e-6, atol=1e-9)
        yield Kind(f"ours is {a:g} and theirs {b:g}", VALUES, rows & same)


def _rounded(values: F64) -> list[float]:
    return [float(f"{value:.6g}") for value in values.tolist()]


def _relations(
    ours: F64, values: F64, numbers: Bools, delta: F64, parts: Mapping[str, F64], tolerance: float
) -> Iterator[Kind]:
    """Theirs is ours times something, ours and something, or ours with another weight of one part."""
    differ = numbers & (delta != 0.0)
    if differ.sum() < _LEAST:
        return
    near = 10 * tolerance * np.maximum(1.0, np.abs(np.nan_to_num(ours)))
    factored = differ & (ours != 0.0)
    if factored.sum() >= _LEAST:
        factor = float(f"{np.median(values[factored] / ours[factored]):.6g}")
        rows = factored & (np.abs(values - factor * ours) <= near)
        if factor and (len(np.unique(np.round(ours[rows], 6))) > 1 or _covers(rows, differ)):
            yield Kind(f"theirs is ours times {factor:g}", VALUES, rows, relation=True)
    offset = float(f"{np.median(delta[differ]):.6g}")
    rows = differ & (np.abs(delta - offset) <= near)
    if len(np.unique(np.round(ours[rows], 6))) > 1 and _covers(rows, numbers):
        yield Kind(f"theirs is ours {'+' if offset > 0 else '-'} {abs(offset):g}", VALUES, rows, relation=True)
    for name, part in parts.items():
        if name != REST:
            yield from _weight(name, part, delta, differ, near)


def _covers(rows: Bools, of: Bools) -> bool:
    return bool(rows.sum() >= _MOST_OF * of.sum())


def _weight(name: str, part: F64, delta: F64, differ: Bools, near: F64) -> Iterator[Kind]:
    """The difference is always the same multiple of one part, which takes several values."""
    weighed = differ & (np.abs(part) > 1e-12)
    if weighed.sum() < _LEAST:
        return
    times = np.where(weighed, delta / np.where(weighed, part, 1.0), 0.0)
    (common, number), *_ = Counter(_rounded(times[weighed])).most_common(1)
    if number < _LEAST:
        return
    rows = weighed & (np.abs(delta - common * part) <= near)
    if len(np.unique(np.round(part[rows], 9))) < 2:
        return
    said = f"with `{name}` left out" if common == -1 else f"with `{name}` counted {1 + common:g} times"
    yield Kind(f"theirs is ours {said}", VALUES, rows, relation=True)
