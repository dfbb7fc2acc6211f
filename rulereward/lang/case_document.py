"""The cases of a ruleset as read: rows, what stands in for rules, and what is expected, each with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from rulereward.lang.document import Word
from rulereward.lang.source import Span

RELATIVE_TOLERANCE = 1e-6
ABSOLUTE_TOLERANCE = 1e-9
"""`~x` is met within a millionth of x, and near 0, where that is nothing, within this."""

StateWord = Literal["ok", "null", "skipped", "error"]
Scalar = bool | int | float | str


class Failing(Enum):
    """What stands in for a rule that could not be measured."""

    ERROR = "error"


GivenValue = bool | int | float | str | None | Failing
"""A value in place of a rule or a field of it; None is null."""


@dataclass(frozen=True, eq=False)
class Wanted:
    """A state and, for `ok`, where the value lies: `lo` to `hi`, the upper end left out where it is `open_end`.

    `written` is how the author put it.
    """

    written: str
    state: StateWord
    lo: float = 0.0
    hi: float = 0.0
    open_end: bool = False
    approximate: bool = False

    def holds(self, state: str, value: float) -> bool:
        """Is this what was expected? `value` counts where both states are `ok`."""
        if state != self.state or state != "ok":
            return state == self.state
        if self.approximate:
            return abs(value - self.lo) <= max(RELATIVE_TOLERANCE * abs(self.lo), ABSOLUTE_TOLERANCE)
        return self.lo <= value and (value < self.hi if self.open_end else value <= self.hi)


@dataclass(frozen=True, eq=False)
class Expectation:
    """`name: written` under `expect`; `value` says where that stands.

    `wanted` is None if it can only be the name of a gate or route, or if only a reason is expected. `word` is such a
    name; None stands for null, no gate and no route.
    """

    name: str
    span: Span
    value: Span
    written: str
    wanted: Wanted | None
    word: str | None = None
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class Stub:
    """What a rule is given instead of being measured, and fields of it by name, each with its place."""

    rule: str
    span: Span
    value: GivenValue
    fields: Mapping[str, tuple[Span, GivenValue]]


@dataclass(frozen=True, eq=False)
class Setting:
    """A parameter that a case sets."""

    name: str
    span: Span
    value: Scalar | Sequence[Scalar]


@dataclass(frozen=True, eq=False)
class CaseRow:
    """A row, what stands in for rules on it, and what is expected of it."""

    span: Span
    fields: Mapping[str, object]
    stubs: Mapping[str, Stub]
    expected: tuple[Expectation, ...]


@dataclass(frozen=True, eq=False)
class Case:
    """One case; `span` is where its name stands. `todo` says why it is expected to fail today.

    One that is not `sound` is only good for finding more that is wrong with it.
    """

    name: str
    span: Span
    rows: tuple[CaseRow, ...]
    step: int | None = None
    settings: tuple[Setting, ...] = ()
    todo: str | None = None
    sound: bool = True

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.span.source.name}:{self.span.position.line}"


@dataclass(frozen=True, eq=False)
class CasesFile:
    """A file with nothing but cases, for the ruleset under its key `ruleset` (None if that could not be read)."""

    ruleset: Word | None
    cases: tuple[Case, ...]
