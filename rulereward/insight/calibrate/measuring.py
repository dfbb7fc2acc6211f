"""One number of a ruleset on all rows of some data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.api import Ruleset
from rulereward.api.environment import identity_of, resources
from rulereward.api.scores import Part
from rulereward.api.shared import shared_services
from rulereward.data import F64, I64, U8, Reason, State
from rulereward.engine.fields import field_value
from rulereward.insight.calibrate.target import Target
from rulereward.insight.data import Data
from rulereward.plan.below import measured_at, nodes_below
from rulereward.plan.nodes import Op, Plan
from rulereward.plan.stubs import STUB, field_owner
from rulereward.plan.typed import Ref, Typed, children

_NO_FIELD = Reason("no_field", "the rule has a value, but its kind gave no such field")
_NOT_FINITE = Reason("not_finite", "the value is infinite")
_UNKNOWN = Reason("unknown", "no reason is known")


@dataclass(frozen=True, slots=True)
class Lack:
    """Rows without a value for one reason; `state` is null or error, `message` that of the first of them."""

    state: str
    code: str
    message: str
    rows: int


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Of shape (rows,): `values` are NaN where a state is not OK, and then there is a reason."""

    values: F64
    states: U8
    reasons: Sequence[Reason | None]

    def known(self, rows: I64) -> F64:
        """The values of some rows that have one."""
        found: F64 = self.values[rows][self.states[rows] == State.OK]
        return found

    def lacks(self, rows: I64) -> Iterator[Lack]:
        """Why others of these rows have none, the most frequent reason first."""
        counts: Counter[tuple[int, str]] = Counter()
        first: dict[tuple[int, str], str] = {}
        for row in rows[self.states[rows] != State.OK].tolist():
            reason = self.reasons[row] or _UNKNOWN
            key = int(self.states[row]), reason.code
            counts[key] += 1
            first.setdefault(key, reason.message)
        for key, number in counts.most_common():
            yield Lack(State(key[0]).name.lower(), key[1], first[key], number)


def measure(ruleset: Ruleset, target: Target, data: Data, step: int | None) -> Measured:
    """Measure the target, and no rule that it does not need, on every row.

    A row that cannot be read is an error. Raises ConfigurationError where the target needs a training step or groups
    and there are none, or a service that cannot be had here.
    """
    alone = _without_others(ruleset, target)
    below = [alone.plan.nodes[node] for node in nodes_below(alone.plan, alone.plan.reported[target.rule])]
    if step is None and not any(node.op is Op.INPUT and node.payload == "step" for node in below):
        step = 0  # the score uses it, the target does not
    apart = alone.uses_groups and not compares_members(ruleset, target)
    own_groups = list(range(len(data.rows))) if apart else None
    for resource in resources(alone.plan):
        identity_of(resource, shared_services())  # or every row would say that it cannot be had
    given = dict.fromkeys(name for name in alone.plan.reads if name.startswith(STUB))
    rows = [row if isinstance(row, Reason) else {**row, **given} for row in data.rows]
    scores = alone.score_rows(rows, group=own_groups, step=step, evaluate="all")
    cells = scores[target.rule]
    if target.field is None:
        return Measured(cells.values, cells.states, cells.reasons)
    fields = np.full(len(data.rows), np.nan)
    for part in scores.parts:
        fields[part.rows] = _field_values(part, alone.plan, target)
    return _of_field(fields, cells.states, cells.reasons)


def compares_members(ruleset: Ruleset, target: Target) -> bool:
    """Does the target depend on the other members of a row's group?"""
    plan = ruleset.plan
    return any(plan.nodes[node].op is Op.FOLD for node in nodes_below(plan, plan.reported[target.rule]))


def _without_others(ruleset: Ruleset, target: Target) -> Ruleset:
    """The ruleset with the rules that the target does not need left unmeasured: they could cost a sandbox or more."""
    named = ruleset.checked.named
    read = _read_by(named, target.rule)
    owners = {rule: {id(named[rule]), id(field_owner(named, named[rule]))} for rule in ruleset.rules}
    return ruleset.with_stubs([rule for rule, nodes in owners.items() if not nodes & read])


def _read_by(named: Mapping[str, Typed], rule: str) -> set[int]:
    """The identities of all that a rule is made of: the names that it reads, and what fields belong to."""
    seen: set[int] = set()
    pending = [named[rule]]
    while pending:
        node = pending.pop()
        if id(node) not in seen:
            seen.add(id(node))
            pending += [named[node.name]] if isinstance(node, Ref) else children(node)
    return seen


def _field_values(part: Part, plan: Plan, target: Target) -> list[float]:
    node = plan.nodes[measured_at(plan, plan.reported[target.rule])]
    column = part.result.fields.get(node.id, {}).get(target.field or "")
    if column is None:
        return [np.nan] * len(part.rows)
    found = (field_value(column, row) for row in range(len(part.rows)))
    return [float(value) if isinstance(value, int | float) else np.nan for value in found]


def _of_field(fields: F64, states: U8, reasons: Sequence[Reason | None]) -> Measured:
    """The field's cells: its rule's where that has no value, and an error where the kind gave no usable number."""
    told_states, told_reasons = states.copy(), list(reasons)
    for row in np.flatnonzero((states == State.OK) & ~np.isfinite(fields)).tolist():
        told_states[row] = State.ERROR
        told_reasons[row] = _NO_FIELD if np.isnan(fields[row]) else _NOT_FINITE
    return Measured(np.where(told_states == State.OK, fields, np.nan), told_states, told_reasons)
