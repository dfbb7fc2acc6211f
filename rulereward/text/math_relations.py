r"""Inequalities as the intervals they stand for: `1 < x \le 3` is `x \in (1,3]`.

Only what is solved for its letter: `2x > 4` and `x^2 < 1` are left to algebra.
"""

from __future__ import annotations

import re


def joint(words: str) -> re.Pattern[str]:
    r"""One of some words (a pattern) between two answers, plain or in `\text`, perhaps behind a comma."""
    return re.compile(rf",? ?(?:\\text ?\{{ ?(?:{words}) ?\}}|\b(?:{words})\b) ?")


_RELATION = re.compile(r" ?(<|>|\\le(?![A-Za-z])|\\ge(?![A-Za-z])) ?")
_LETTER = re.compile(r"[A-DF-HJ-Za-df-hj-z]")
_OR, _AND = joint("or"), joint("and")
_TURNED = {"<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le"}
_MAX_PARTS = 8

_Ends = tuple[str, str]
"""An end of an interval with its bracket before or behind it: `(1` and `3]`."""


def as_set(text: str) -> str:
    r"""The inequality or inequalities in a normal form as `x \in ...`; any other text as it is."""
    if _RELATION.search(text) is None:
        return text
    pieces = _OR.split(text)
    if len(pieces) > _MAX_PARTS:
        return text
    found = [_interval(piece.strip()) for piece in pieces]
    names = {name for name, _ in (item for item in found if item is not None)}
    if None in found or len(names) != 1:
        return text
    return f"{names.pop()} \\in " + "\\cup ".join(",".join(ends) for _, ends in filter(None, found))


def _interval(text: str) -> tuple[str, _Ends] | None:
    both = _AND.split(text)
    if len(both) == 2:
        first, second = _interval(both[0].strip()), _interval(both[1].strip())
        return _overlap(first, second) if first is not None and second is not None else None
    pieces = _RELATION.split(text)
    if len(pieces) == 3:
        return _one_sided(*pieces)
    if len(pieces) != 5:
        return None
    left, right = _one_sided(pieces[2], _TURNED[pieces[1]], pieces[0]), _one_sided(*pieces[2:])
    return _overlap(left, right) if left is not None and right is not None else None


def _one_sided(left: str, relation: str, right: str) -> tuple[str, _Ends] | None:
    if not _LETTER.fullmatch(left):
        left, relation, right = right, _TURNED[relation], left
    if not _LETTER.fullmatch(left) or not right:
        return None
    if relation in ("<", "\\le"):
        return left, ("(-\\infty", right + (")" if relation == "<" else "]"))
    return left, (("(" if relation == ">" else "[") + right, "\\infty)")


def _overlap(first: tuple[str, _Ends], second: tuple[str, _Ends]) -> tuple[str, _Ends] | None:
    """A lower and an upper bound of the same letter, in either order."""
    (name, ends), (other, others) = first, second
    if name != other:
        return None
    for (lower, above), (below, upper) in ((ends, others), (others, ends)):
        if above == "\\infty)" and below == "(-\\infty":
            return name, (lower, upper)
    return None
