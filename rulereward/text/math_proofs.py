r"""What two exactly read answers prove about each other: True, False, or None where it takes algebra."""

from __future__ import annotations

from collections.abc import Sequence

from rulereward.text.math_exact import Expression, Number, Percent, prove_scalars
from rulereward.text.math_ring import Ring
from rulereward.text.math_values import Exact, Infinite, Item, Listed, LongInteger, Named, Plain, Union, letters
from rulereward.text.numbers import MAX_CHARACTERS

_SURELY_SHORTER_BITS = 3 * MAX_CHARACTERS
"""A number of fewer bits has fewer digits than any LongInteger."""


def prove_equal(gold: Exact, answer: Exact, percent: Percent) -> bool | None:
    """Are the two equal? Of what `percent` means see `prove_scalars`. Bounded in work."""
    if isinstance(gold, Named) and isinstance(answer, Named):
        if gold.letter != answer.letter:
            return False if _are_other_things(gold, answer) else None
        if gold.numbered and answer.numbered:
            return True if _Proof(percent).in_order(gold.value, answer.value) else None
    a = gold.value if isinstance(gold, Named) else gold
    b = answer.value if isinstance(answer, Named) else answer
    return _Proof(percent).plain(a, b)


class _Proof:
    """One comparison, whose work is paid from one budget."""

    def __init__(self, percent: Percent) -> None:
        self._percent = percent
        self._ring = Ring()

    def plain(self, a: Plain, b: Plain) -> bool | None:
        """Both readings of `(1,234)` must say the same."""
        verdicts = {self._read(x, y) for x in _readings(a) for y in _readings(b)}
        return verdicts.pop() if len(verdicts) == 1 else None

    def _read(self, a: Plain, b: Plain) -> bool | None:
        if isinstance(a, Number | Expression) and isinstance(b, Number | Expression):
            return prove_scalars(a, b, self._percent, self._ring)
        if isinstance(a, Listed) and isinstance(b, Listed):
            return self._lists(a, b)
        if isinstance(a, Union) and isinstance(b, Union):
            return True if self._one_to_one(a.parts, b.parts) else None
        if isinstance(a, LongInteger) and isinstance(b, LongInteger):
            return a == b
        return False if _unlike(a, b) or _unlike(b, a) else None

    def in_order(self, a: Plain, b: Plain) -> bool:
        """Are two lists proved equal item by item?"""
        assert isinstance(a, Listed)
        assert isinstance(b, Listed)
        return len(a.items) == len(b.items) and all(map(self._items, a.items, b.items))

    def _lists(self, a: Listed, b: Listed) -> bool | None:
        """Tuples and intervals differ where an item does; sets and bare lists may be reordered."""
        if a.ordered and b.ordered and a.brackets != b.brackets:
            return False if a.sort == b.sort in ("matrix", "ratio") else None
        if a.ordered != b.ordered:
            return None
        if not a.ordered:
            return self._unordered(a, b)
        if len(a.items) != len(b.items):
            return False
        verdicts = [self._items(x, y) for x, y in zip(a.items, b.items, strict=True)]
        return False if False in verdicts else (None if None in verdicts else True)

    def _unordered(self, a: Listed, b: Listed) -> bool | None:
        if self._one_to_one(a.items, b.items):
            return True
        found = [self._among(x, b) for x in a.items] + [self._among(y, a) for y in b.items]
        if False in found:
            return False  # one side has an item that the other lacks
        only_repeated = None not in found and a.sort == b.sort == "{"
        return True if only_repeated else None  # a set holds an item once, however often it is written

    def _among(self, item: Item, others: Listed) -> bool | None:
        verdicts = [self._items(item, other) for other in others.items]
        return True if True in verdicts else (None if None in verdicts else False)

    def _one_to_one(self, a: Sequence[Item | Listed], b: Sequence[Item | Listed]) -> bool:
        """Is each item of `a` proved equal to another one of `b`, and is none left?"""
        left = list(b)
        for item in a:
            at = next((at for at, other in enumerate(left) if self._items(item, other)), None)
            if at is None:
                return False
            del left[at]
        return not left

    def _items(self, a: Item | Listed, b: Item | Listed) -> bool | None:
        if isinstance(a, Listed) and isinstance(b, Listed):
            return self._lists(a, b)
        if isinstance(a, Number | Expression) and isinstance(b, Number | Expression):
            return prove_scalars(a, b, self._percent, self._ring)
        return isinstance(a, Infinite) and a == b


def _readings(value: Plain) -> tuple[Plain, ...]:
    return (value, value.joined) if isinstance(value, Listed) and value.joined is not None else (value,)


def _are_other_things(a: Named, b: Named) -> bool:
    """Do two names surely name two things? `x = y` is `y = x`, but f is not its derivative and x is not y."""
    functions = "(" in a.name and "(" in b.name
    return a.symbol and b.symbol and (functions or not (letters(a) or letters(b)))


def _unlike(a: Plain, b: Plain) -> bool:
    """Are the two of sorts that have nothing in common: a list and a number, a number and a very long one?"""
    if isinstance(a, LongInteger) and isinstance(b, Number):
        return abs(b.value).numerator.bit_length() < _SURELY_SHORTER_BITS
    several = isinstance(a, Union) or (isinstance(a, Listed) and a.sure)
    return several and isinstance(b, Number | Expression) and not letters(b)
