"""What must hold between two expressions before the worker of `math` believes that they are equal."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

from latex2sympy2_extended.logic import And
from sympy import (
    Basic,
    E,
    Eq,
    Expr,
    FiniteSet,
    Float,
    Integral,
    Interval,
    Limit,
    MatrixBase,
    Product,
    Rational,
    Sum,
    Symbol,
    Tuple,
    nan,
    oo,
    zoo,
)
from sympy.core.function import AppliedUndef
from sympy.functions.elementary.trigonometric import TrigonometricFunction

Same = Callable[[Any, Any], bool]

_DIGITS = 60
_TOLERANCE = 1e-50
_ROUNDED_TOLERANCE = 1e-6
_INFINITE = (oo, -oo, zoo, nan)
_NOT_COMPUTABLE = (ArithmeticError, AttributeError, NotImplementedError, TypeError, ValueError)


def turned(value: Basic | MatrixBase) -> Basic | MatrixBase:
    """`5 = x` as `x = 5`."""
    if isinstance(value, Eq) and _is_name(value.rhs) and not _is_name(value.lhs):
        return Eq(value.rhs, value.lhs, evaluate=False)
    return value


def value_of(value: Any) -> Any:
    """The last side of an equation, or of a chain of them; of a list of equations, their values."""
    sides = _sides(value)
    if sides:
        return sides[-1]
    if isinstance(value, FiniteSet) and any(isinstance(item, Eq) for item in value.args):
        return FiniteSet(*(value_of(item) for item in _items(value)))
    return value


def claims_hold(expected: Any, given: Any, same: Same) -> bool:
    """Is everything true that an answer says on the way to its value?

    `x = 5` gives the value a name. In `x = 2+3 = 5` the parts behind the name must be equal, in `3 = 5` they are
    not, and `x^2 = 1` is an equation to be solved: an answer only where the gold is an equation as well.
    """
    solving = any(_sides(item) for item in _items(expected))
    return all(
        _claim_holds(item, same) or (solving and isinstance(item, Eq) and bool(item.free_symbols))
        for item in _items(given)
    )


def _claim_holds(given: Any, same: Same) -> bool:
    sides = _sides(given)
    while sides and _is_name(sides[0]):
        sides = sides[1:]
    return all(_proved(a, b, same) for a, b in pairwise(sides))


def _proved(a: Any, b: Any, same: Same) -> bool:
    return same(a, b) and all(close(x, y) for x, y in zip(numbers(a), numbers(b), strict=False))


def _sides(value: Any) -> list[Any]:
    """The sides of an equation, or of a chain of equations."""
    if isinstance(value, Eq):
        return [value.lhs, value.rhs]
    links = value._unsorted_args if isinstance(value, And) else ()
    if not links or not all(isinstance(link, Eq) for link in links):
        return []
    return [links[0].lhs, *(link.rhs for link in links)]


def _items(value: Any) -> tuple[Any, ...]:
    """The items of a set or tuple as they are written, repeated ones too; anything else is one item."""
    if not isinstance(value, (FiniteSet, Tuple)):
        return (value,)
    return tuple(getattr(value, "_unsorted_args", value.args))


def _is_name(value: Any) -> bool:
    """Can a value be called that: x, AB, f(2), (x, y), cos A, or a+b, which one equation does not solve?"""
    if isinstance(value, Tuple):
        return all(_is_name(item) for item in value.args)
    if isinstance(value, TrigonometricFunction):
        return _is_name(value.args[0])
    if isinstance(value, (Symbol, AppliedUndef)) or value == E:
        return True
    return isinstance(value, Expr) and len(_letters(value)) > 1


def written_items(value: Any) -> int:
    """How many items are written; 0 where that says nothing, as of intervals and conditions."""
    if isinstance(value, FiniteSet):
        return len(_items(value))
    return 1 if isinstance(value, Expr) else 0


def same_case(expected: Any, given: Any) -> bool:
    """Are letters that both write also written in the same case?"""
    ours, theirs = _letters(expected), _letters(given)
    return ours == theirs or {name.lower() for name in ours} != {name.lower() for name in theirs}


def _letters(value: Any) -> frozenset[str]:
    if not isinstance(value, (Basic, MatrixBase)):
        return frozenset()
    names = frozenset(symbol.name for symbol in value.free_symbols)
    return names | {"e"} if value.has(E) else names


def close_values(expected: Any, given: Any) -> bool:
    """Are the numbers that two equal expressions come down to close to each other as well?

    The value of `x = 5` must also fulfil another equation, as `x - 5 = 0`; whether equations of other forms are
    equivalent is left to algebra.
    """
    ours, theirs = _sides(expected), _sides(given)
    if ours and theirs and ours[0] != theirs[0]:
        if not isinstance(ours[0], Symbol) or len(theirs) > 2:
            return True
        left, right = (side.subs(ours[0], ours[-1]) if isinstance(side, Expr) else side for side in theirs)
        return close(left, right)
    a, b = numbers(value_of(expected)), numbers(value_of(given))
    return len(a) != len(b) or all(close(x, y) for x, y in zip(a, b, strict=True))


def numbers(value: Any) -> list[Any]:
    """What must be close to each other for two expressions to be equal."""
    if isinstance(value, MatrixBase):
        return list(value)
    if isinstance(value, Interval):
        return [value.start, value.end]
    if isinstance(value, FiniteSet):
        try:
            return sorted(value.args, key=lambda item: complex(item).real)
        except _NOT_COMPUTABLE:
            return []
    return list(value.args) if isinstance(value, Tuple) else [value]


def close(a: Any, b: Any, absolute: float = 0.0) -> bool:
    """Are two numbers close relative to their size? True for what is no number, or cannot be computed."""
    if a == b or not (isinstance(a, Expr) and isinstance(b, Expr)) or a.free_symbols or b.free_symbols:
        return True
    rounded = a.has(Float) or b.has(Float)
    try:
        x, y = a.evalf(_DIGITS, strict=True), b.evalf(_DIGITS, strict=True)
        if is_infinite(x) or is_infinite(y):
            return False
        relative = (_ROUNDED_TOLERANCE if rounded else _TOLERANCE) * max(abs(x), abs(y))
        return bool(abs(x - y) <= max(relative, absolute))
    except _NOT_COMPUTABLE:
        return True


def digits_of(value: Any, places: int) -> Fraction | None:
    """A real number without decimals in it, to well more than `places` places; None for all else."""
    if not isinstance(value, Expr) or value.free_symbols or value.has(Float):
        return None
    try:
        exact = value.evalf(places + _DIGITS, strict=True)
        return Fraction(str(exact)) if isinstance(exact, Float | Rational) and exact.is_finite else None
    except _NOT_COMPUTABLE:
        return None


def is_infinite(value: Any) -> bool:
    """Is it infinity or undefined as a whole?"""
    return any(value == infinity for infinity in _INFINITE)


def holds_infinity(value: Any) -> bool:
    """Is there infinity, or something undefined, inside it, other than at the ends of intervals, sums and limits?

    Computer algebra compares such a value with numbers as if it were one, and finds it equal to many.
    """
    if isinstance(value, Interval):
        return any(holds_infinity(end) for end in (value.start, value.end) if not is_infinite(end))
    if isinstance(value, Sum | Product | Integral | Limit):
        return holds_infinity(value.args[0])
    parts = list(value) if isinstance(value, MatrixBase) else getattr(value, "args", ())
    return is_infinite(value) or any(holds_infinity(part) for part in parts)
