"""The contract of a rule kind, and the decorator that states it.

    @rule(version=1, returns="number", range=(0, 1), polarity="lower")
    def shouting(text: str) -> float:
        '''Share of letters that are upper case.'''
        letters = [c for c in text if c.isalpha()]
        return sum(c.isupper() for c in letters) / len(letters) if letters else 0.0

The row function is the definition; every other form of a kind must equal it. Its signature is the kind's
signature in the ruleset language: positional parameters are given per row (any expression), and the fields of the
dataclass behind a last parameter called `params` are constants, given by keyword.
"""

from __future__ import annotations

import dataclasses
import inspect
import math
import sys
import typing
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import numpy as np

from rulereward.data import F64, U8, Bools, Coded, Column, Reason, View
from rulereward.errors import KindError
from rulereward.kind.outcome import FieldColumn, Outcome
from rulereward.kind.served import Asked
from rulereward.kind.signature import Signature, read_signature
from rulereward.kind.types import ANY_NUMBER, BOOL, BY_TEXT, NUMBER, TEXT, UNIT_INTERVAL, Cause, Interval, Type

T = TypeVar("T")

Polarity = Literal["higher", "lower", "band", "none"]
"""Which way is better: more, less, a middle; `none` where the kind does not say."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What a `columns` form gives for its rows: values, states, and where there are any a reason each, or None.

    `fields` are by name: numbers as an array, NaN where there is none, texts `Coded` or listed. Rows that `left`
    marks are measured by the row function instead.
    """

    values: F64
    states: U8
    reasons: Coded[Reason] | None = None
    fields: Mapping[str, FieldColumn] = field(default_factory=dict)
    left: Bools | None = None


class Features:
    """What has been computed of a view during one run, so that two kinds that want the same compute it once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, object, object], tuple[object, Any]] = {}

    def of(self, view: View, function: Callable[..., T], *parameters: Hashable) -> T:
        """`function(buffer, start, end, *parameters)` of the windows of the view, called once."""
        start, end = np.ascontiguousarray(view.start), np.ascontiguousarray(view.end)
        return self.get(view, function, parameters, lambda: function(view.column.data, start, end, *parameters))

    def get(self, view: object, feature: object, parameters: object, compute: Callable[[], T]) -> T:
        key = (id(view), feature, parameters)
        if key not in self._known:
            self._known[key] = (view, compute())  # holding the view keeps its id from being used again
        return typing.cast(T, self._known[key][1])


FieldWord = Literal["bool", "number", "share", "text"]
RowFunction = Callable[..., Outcome]
ColumnsFunction = Callable[[Sequence[Column], Any, Features], Measured | None]
AskFunction = Callable[..., "Outcome | Asked"]
ReadFunction = Callable[..., Outcome]
EvidenceFunction = Callable[..., Mapping[str, object]]


@dataclass(frozen=True, eq=False)
class Kind:
    """A measurement. A local kind has `row` (and perhaps `columns`); a served one `ask` and `read`.

    row(*args, params) -> Outcome                the definition, on one row
    columns(args, params, features) -> Measured  the same for many rows, OK rows only where an arg is not nullable;
                                                 None where these constants have no such form
    ask(*args, params) -> Outcome | Asked        decide the row, or say what must be asked
    read(*args, params, answer) -> Outcome       what the answer means for the row (never called with a Failure)
    evidence(*args, params, answer) -> mapping   what to show a person for this row; answer is None if none was asked
    """

    name: str
    version: int
    doc: str
    signature: Signature
    params: type | None
    returns: Type
    range: Interval
    polarity: Polarity
    fields: Mapping[str, Type]
    field_ranges: Mapping[str, Interval]
    unit_from: str | None = None
    range_from: Callable[[Any], tuple[float, float]] | None = None
    service: str | None = None
    row: RowFunction | None = None
    columns: ColumnsFunction | None = None
    ask: AskFunction | None = None
    read: ReadFunction | None = None
    evidence: EvidenceFunction | None = None

    def reach(self, params: object) -> Interval:
        """Where values can lie with these constants; `range` is where they lie with any."""
        return self.range if self.range_from is None else Interval(*self.range_from(params))

    @property
    def summary(self) -> str:
        return self.doc.strip().split("\n", 1)[0]


_FIELD_TYPES = {"bool": BOOL, "number": NUMBER, "share": NUMBER, "text": TEXT.or_null(BY_TEXT)}
_FIELD_RANGES = {"bool": UNIT_INTERVAL, "share": UNIT_INTERVAL}

HOW_WRITTEN = (
    'a rule kind is declared with keywords, as in `@rule(version=1, returns="number", range=(0, 1))`: '
    "`version` and `returns` are required"
)


def rule(
    *misplaced: object,
    version: int = 0,
    returns: Literal["bool", "number", ""] = "",
    range: tuple[float, float] = (-math.inf, math.inf),
    polarity: Polarity = "none",
    name: str | None = None,
    unit: str | None = None,
    unit_from: str | None = None,
    range_from: Callable[[Any], tuple[float, float]] | None = None,
    null: Sequence[Literal["data", "text"]] = (),
    fields: Mapping[str, FieldWord] | None = None,
    columns: ColumnsFunction | None = None,
    evidence: EvidenceFunction | None = None,
    service: str | None = None,
    read: ReadFunction | None = None,
) -> Callable[[Callable[..., Any]], Kind]:
    """Make a Kind of a row function, or, with `service` and `read`, of an `ask` function.

    `null` says which causes the kind's own `Missing` results have. `unit_from` names the constant whose value is
    the unit of the result, `range_from` narrows the range by the constants. A `share` is a number in [0, 1]. A text
    field may be null; others are null only where the value is. Whether a row's data is missing must not depend on the
    text: the compiler tries data that a ruleset writes out, without one.
    `version` and `returns` must be given. Raises KindError for a declaration that cannot be right.
    """
    if misplaced or not version or not returns:
        raise KindError(HOW_WRITTEN)
    _check_words(returns, polarity, null, fields or {})
    _check_numbers(version, range)
    causes = frozenset(Cause[cause.upper()] for cause in null)
    base, bounds = (BOOL, UNIT_INTERVAL) if returns == "bool" else (NUMBER, Interval(*range))

    def declare(function: Callable[..., Any]) -> Kind:
        kind_name = name or function.__name__
        _check_function(kind_name, function, service is not None, read is not None)
        signature, params = read_signature(function)
        return Kind(
            name=kind_name,
            version=version,
            doc=inspect.cleandoc(function.__doc__ or ""),
            signature=signature,
            params=params,
            returns=dataclasses.replace(base, unit=unit, null=causes),
            range=bounds,
            polarity=polarity,
            fields={key: _FIELD_TYPES[word] for key, word in (fields or {}).items()},
            field_ranges={key: _FIELD_RANGES.get(word, ANY_NUMBER) for key, word in (fields or {}).items()},
            unit_from=unit_from,
            range_from=range_from,
            service=service,
            row=function if service is None else None,
            columns=columns,
            ask=function if service is not None else None,
            read=read,
            evidence=evidence,
        )

    return declare


def _check_words(returns: object, polarity: object, null: Sequence[object], fields: Mapping[str, object]) -> None:
    allowed: list[tuple[str, object, tuple[str, ...]]] = [
        ("returns", returns, ("bool", "number")),
        ("polarity", polarity, typing.get_args(Polarity)),
    ]
    allowed += [("null", cause, ("data", "text")) for cause in ([null] if isinstance(null, str) else null)]
    allowed += [
        (f"the field {name!r}", field_type, typing.get_args(FieldWord)) for name, field_type in fields.items()
    ]
    for what, value, choices in allowed:
        if value not in choices:
            listed = ", ".join(f'"{choice}"' for choice in choices)
            raise KindError(f"a rule kind's {what} is one of {listed}, not {value!r}")
    if isinstance(null, str):
        raise KindError(f'a rule kind\'s null is a list of causes: write null=("{null}",)')


def _check_numbers(version: object, range: object) -> None:
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise KindError(f"a rule kind's version is a whole number from 1 on, not {version!r}")
    ends = range if isinstance(range, tuple | list) and len(range) == 2 else ()
    numbers = [end for end in ends if isinstance(end, int | float) and not isinstance(end, bool)]
    if len(numbers) != 2 or not numbers[0] <= numbers[1]:
        raise KindError(f"a rule kind's range is a pair of numbers (lowest, highest), not {range!r}")


def _check_function(name: str, function: Callable[..., Any], is_served: bool, reads: bool) -> None:
    if not function.__doc__ and sys.flags.optimize < 2:  # `python -OO` drops all docstrings
        raise KindError(f"rule kind `{name}` has no docstring: its first line is what `rulereward rules` shows")
    if is_served != reads:
        raise KindError(f"rule kind `{name}`: `service` and `read` come together")
