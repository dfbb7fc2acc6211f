"""What measuring one row gives.

A row function returns a plain bool or float, `Missing`, or `Result` when there is more to say. It raises only
for what is our fault: the engine turns an exception into an error cell, never into a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rulereward.data import F64, Coded, Reason


@dataclass(frozen=True, slots=True)
class Missing:
    """No value, and why: `Missing("gold_unreadable", "the gold answer is empty")`."""

    code: str
    message: str

    @property
    def reason(self) -> Reason:
        return Reason(self.code, self.message)


FieldValue = float | bool | str | None

FieldColumn = F64 | Coded[str] | Sequence[FieldValue]
"""The values of a field on many rows; in an array NaN stands for none."""


@dataclass(frozen=True, slots=True)
class Result:
    """A value with fields (`accuracy.extracted`) and, where the value needs one, a reason (`no_answer`)."""

    value: bool | float | Missing
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    reason: Reason | None = None


Outcome = bool | float | Missing | Result


def result_of(outcome: Outcome) -> Result:
    """Any outcome in its long form."""
    return outcome if isinstance(outcome, Result) else Result(outcome)
