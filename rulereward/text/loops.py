"""Loops: stretches of a text that say the same thing again and again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rulereward.data.arrays import I64
from rulereward.text.unseen import UNSEEN

ROUNDS = 3
"""Rounds that make a loop: a doubled phrase is none."""

_MARK = "\u200b"
_SPACES = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"
_QUADS = "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_FOLDED = dict.fromkeys(map(ord, _SPACES + _QUADS), " ") | dict.fromkeys(map(ord, UNSEEN), _MARK)
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Loop:
    """Characters `start` to `end` of a text, end excluded, of which the first `period` come again until the end."""

    start: int
    end: int
    period: int

    @property
    def rounds(self) -> float:
        """How often the first round is said; its own length stands for that of the others."""
        return (self.end - self.start) / self.period


def longest_loop(text: str, min_chars: int, ignore_digits: bool = False) -> Loop | None:
    """The longest stretch of at least `min_chars` characters that says one thing in three rounds or more.

    Two rounds are the same whatever their letter case, however much white space and however many of one character
    stand in a row (`wait..`, `wait...`; not digits, 100 is not 1000), and whatever in them prints nothing; with
    `ignore_digits` also whatever numbers they name. Of equally long ones that of the shortest rounds, by powers of
    two, and of these the first. Exact, in n log² n time.
    """
    if not text:
        return None
    items, bounds = _items(text, ignore_digits)
    widest = int(np.argmax(np.diff(bounds)))
    alone = Loop(int(bounds[widest]), int(bounds[widest + 1]), 1)
    best, longest = (alone, alone.end - alone.start) if alone.rounds >= ROUNDS else (None, 0)
    for start, end, period in _periodic(items):
        if longest == len(text):
            break
        if len(start) and (chars := bounds[end] - bounds[start]).max() > longest:
            first = int(np.argmax(chars))
            longest = int(chars[first])
            begin = int(bounds[start[first]])
            best = Loop(begin, begin + longest, int(bounds[start[first] + period[first]]) - begin)
    return best if longest >= min_chars else None


def folded(text: str, ignore_digits: bool) -> str:
    """The characters of which those that look alike are the same; all that prints nothing is one mark."""
    alike = text.replace("\u0130", "i").lower().translate(_FOLDED)  # only U+0130 changes its length in lower case
    return _DIGIT.sub("0", alike) if ignore_digits else alike


def _items(text: str, ignore_digits: bool) -> tuple[I64, I64]:
    """What is compared, and where each item begins in the text, the text's end included.

    An item is a run of one character; each digit is an item of its own unless numbers are all the same.
    """
    codes = np.frombuffer(folded(text, ignore_digits).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)
    seen = np.flatnonzero(codes != ord(_MARK))
    if not len(seen):
        return codes[:1], np.array([0, len(text)])
    codes = codes[seen]
    begins = np.ones(len(codes), np.bool_)
    begins[1:] = codes[1:] != codes[:-1]
    if not ignore_digits:
        begins |= (codes >= ord("0")) & (codes <= ord("9"))
    starts = seen[begins]
    starts[0] = 0
    return codes[begins], np.append(starts, len(text))


def _periodic(items: I64) -> Iterator[tuple[I64, I64, I64]]:
    """All stretches of at least `ROUNDS` rounds, as arrays of their first items, ends and least periods.

    Pieces of 1, 2, 4, ... items are given names, two pieces the same name if they are equal (Karp, Miller and
    Rosenberg 1972). A piece that is no shorter than the period p of the stretch around it stands there again after
    p items and not sooner, so stretches of period p are runs of pieces whose last occurrence lies p back.
    """
    size, width = len(items), 1
    names, active = items.copy(), np.arange(len(items))
    while len(active) and (width // 2 + 1) * ROUNDS <= size:
        order = np.argsort(names[active], kind="stable")
        place, name = active[order], names[active][order]
        equal = name[1:] == name[:-1]
        back = place[1:] - place[:-1]
        near = equal & (back * ROUNDS <= size)
        due = near & (back * 2 > width) & (back <= width)
        yield _stretches(place[1:][due], back[due], width, size)
        again = np.append(near, False) | np.append(False, near)  # pieces that no later round needs are dropped
        names.fill(-1)
        names[place[again]] = np.append(0, np.cumsum(~equal))[again]
        active = np.flatnonzero(names[: size - width] >= 0)
        active = active[names[active + width] >= 0]
        names[active] = names[active] * size + names[active + width]
        width *= 2


def _stretches(place: I64, back: I64, width: int, size: int) -> tuple[I64, I64, I64]:
    """Runs of pieces at consecutive places whose last occurrence lies equally far back."""
    at = np.zeros(size + 2, np.int64)
    at[place + 1] = back
    changes = at[1:] != at[:-1]
    first = np.flatnonzero(changes & (at[1:] > 0))
    last = np.flatnonzero(changes & (at[:-1] > 0)) - 1
    period = at[first + 1]
    start, end = first - period, last + width
    enough = end - start >= ROUNDS * period
    return start[enough], end[enough], period[enough]
