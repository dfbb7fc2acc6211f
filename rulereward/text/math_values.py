"""What the whole of a written answer can spell: a value, a list of values, or one with a name."""

from __future__ import annotations

from dataclasses import dataclass

from rulereward.text.math_exact import Expression, Number, Scalar


@dataclass(frozen=True, slots=True)
class LongInteger:
    """An integer too long to compute with, as its sign and digits without leading zeros."""

    digits: str


@dataclass(frozen=True, slots=True)
class Infinite:
    """An end of an interval."""

    negative: bool


Item = Scalar | Infinite


@dataclass(frozen=True, slots=True)
class Listed:
    """Values between brackets; for a bare list the brackets are empty, for matrices and ratios they say its shape.

    `sure` says that it is a list and nothing else; `2,5` may be a decimal. `joined` is the one number that `(1,234)`
    may hold instead of two.
    """

    brackets: tuple[str, str]
    items: tuple[Item, ...]
    sure: bool = True
    joined: Number | None = None

    @property
    def ordered(self) -> bool:
        return self.brackets[0] not in ("", "{")

    @property
    def sort(self) -> str:
        """Its opening bracket, `matrix`, `ratio`, or nothing."""
        return self.brackets[0]


@dataclass(frozen=True, slots=True)
class Union:
    """Intervals joined by unions, as they are written: two spellings of one set are not brought together."""

    parts: tuple[Listed, ...]


Plain = Scalar | LongInteger | Listed | Union


@dataclass(frozen=True, slots=True)
class Named:
    """`x = 5`: a value and what it is called.

    A `symbol` is a letter, with an index or an argument perhaps, and means another thing than another symbol; of two
    titles, as of a title and a symbol, nobody knows. Several values `x_1 = 1, x_2 = 2` have the name `x_1..`.
    """

    name: str
    value: Plain
    symbol: bool = True

    @property
    def numbered(self) -> bool:
        return self.name.endswith("..")

    @property
    def letter(self) -> str:
        """The name without the numbers of several values."""
        return self.name.removesuffix("_1..")


Exact = Plain | Named


def letters(value: Exact) -> frozenset[str]:
    """The letters in it that are no constants, the name of a value aside."""
    if isinstance(value, Named):
        return letters(value.value)
    items = value.items if isinstance(value, Listed) else (value,)
    return frozenset().union(*(item.letters for item in items if isinstance(item, Expression)))
