"""Cells, expressions and scores as they are told: plain values, for a command line, a notebook or a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rulereward.data import Reason

CellState = Literal["ok", "null", "error", "skipped", "not_needed"]
Outcome = Literal["gave", "passed", "error", "not_reached"]


@dataclass(frozen=True, slots=True)
class Told:
    """One cell. `value` is a number, true or false, a text, a list or another JSON value; None unless it is ok.

    `not_needed`: nothing that was asked for depends on it.
    """

    state: CellState
    value: object = None
    reason: Reason | None = None

    @property
    def number(self) -> float | None:
        """The value where it is a number or a bool."""
        return float(self.value) if isinstance(self.value, int | float) else None

    def to_json(self) -> dict[str, object]:
        return {"state": self.state, "value": self.value, **_reason(self.reason)}


@dataclass(frozen=True, slots=True)
class Step:
    """A part of an expression with its value.

    `text` is the part as an expression, `name` the rule, let entry or term it is; `role` says what it is to the part
    above (`when`, `if`, `then`, `else`, `where`). A named or shared part is taken apart where it first occurs:
    elsewhere it is `told_before`. `members` are an aggregate's values, one for each row of the group.
    """

    text: str
    name: str | None
    role: str
    cell: Told
    parts: tuple[Step, ...] = ()
    told_before: bool = False
    members: tuple[Told, ...] = ()

    def to_json(self) -> dict[str, object]:
        found: dict[str, object] = {"text": self.text}
        if self.name is not None:
            found["name"] = self.name
        if self.role:
            found["role"] = self.role
        found |= self.cell.to_json()
        if self.told_before:
            found["told_before"] = True
        if self.members:
            found["members"] = [member.to_json() for member in self.members]
        if self.parts:
            found["parts"] = [part.to_json() for part in self.parts]
        return found


@dataclass(frozen=True, slots=True)
class Condition:
    """A gate or a route, and what became of it: it `gave` the reward (or was taken), `passed`, or was not reached.

    `value` is what the gate gives; None for a route.
    """

    name: str
    outcome: Outcome
    when: Step
    value: Step | None

    def to_json(self) -> dict[str, object]:
        value = {} if self.value is None else {"value": self.value.to_json()}
        return {"name": self.name, "outcome": self.outcome, "when": self.when.to_json(), **value}


@dataclass(frozen=True, slots=True)
class RuleTold:
    """A reported rule; a valued term of the score is told with the score.

    `weight` and `contribution` are None where the score has no part that is all about the rule.
    """

    name: str
    cell: Told
    weight: float | None
    contribution: float | None
    fields: Mapping[str, object]
    evidence: Mapping[str, object]
    tree: Step

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            **self.cell.to_json(),
            "weight": self.weight,
            "contribution": self.contribution,
            "fields": dict(self.fields),
            "evidence": dict(self.evidence),
            "tree": self.tree.to_json(),
        }


@dataclass(frozen=True, slots=True)
class ScorePart:
    """A term, or an addend of a score expression. A term has a weight; a `metric` is measured and never counted.

    A `negative` addend is subtracted: its `contribution` has the sign, its `value` has not.
    """

    name: str
    value: Step
    weight: Step | None
    contribution: Told | None
    metric: bool = False
    negative: bool = False

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "value": self.value.to_json(),
            "weight": None if self.weight is None else self.weight.to_json(),
            "contribution": None if self.contribution is None else self.contribution.to_json(),
            "metric": self.metric,
            "negative": self.negative,
        }


@dataclass(frozen=True, slots=True)
class ScoreTold:
    """How the score of the row's route comes about: parts, their sum, the clamp, and what becomes of a null.

    `counted` is false where a gate gave the reward instead. `limited` is the sum behind the clamp.
    """

    parts: tuple[ScorePart, ...]
    counted: bool
    total: Told
    clamp: tuple[float, float] | None
    limited: Told | None
    final_null: float | None
    null_is_zero: bool

    def to_json(self) -> dict[str, object]:
        return {
            "counted": self.counted,
            "parts": [part.to_json() for part in self.parts],
            "null_is_zero": self.null_is_zero,
            "sum": self.total.to_json(),
            "clamp": None if self.clamp is None else list(self.clamp),
            "clamped": None if self.limited is None else self.limited.to_json(),
            "final_null": self.final_null,
        }


def _reason(reason: Reason | None) -> dict[str, object]:
    return {} if reason is None else {"reason": {"code": reason.code, "message": reason.message}}
