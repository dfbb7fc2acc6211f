"""The scores of a batch: rewards, rule values, breakdowns and credit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from rulereward.api.ways import Ways
from rulereward.data import F64, I64, U8, Cells, Reason, State
from rulereward.data.cached import cached_property
from rulereward.engine.breakdown import Breakdowns
from rulereward.engine.credit import CreditTally
from rulereward.engine.outcome import RunResult, values_or_nan, values_or_none
from rulereward.engine.values import OK
from rulereward.io import Record, record_fields


@dataclass(frozen=True, slots=True, eq=False)
class RuleScores:
    """The cells of one rule, in row order: `values` (NaN where there is none), `states` (see `State`), `reasons`."""

    values: F64
    states: U8
    reasons: tuple[Reason | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One scored block: `rows[i]` is the place of the block's row i among all rows."""

    rows: I64
    result: RunResult


class Scores(Mapping[str, RuleScores]):
    """What `Ruleset.score` gives. A mapping from rule names to their cells; `reward` has shape (rows,)."""

    def __init__(
        self,
        parts: Sequence[Part],
        size: int,
        rules: Sequence[str],
        header: Mapping[str, object],
        warnings: Sequence[str],
    ) -> None:
        self._parts = tuple(parts)
        self._size = size
        self._rules = tuple(rules)
        self._header = dict(header)
        self.warnings = tuple(warnings)

    def __len__(self) -> int:
        return len(self._rules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def __getitem__(self, rule: str) -> RuleScores:
        if rule not in self._rules:
            raise KeyError(f"{rule}: the rules are {', '.join(self._rules)}")
        return self._gather([(part, part.result.rule(rule)) for part in self._parts])

    @property
    def parts(self) -> tuple[Part, ...]:
        """The runs behind, for tools that look at nodes of the plan."""
        return self._parts

    def values_of(self, node: int) -> F64:
        """The values of a node of the plan, of shape (rows,), NaN where it has none."""
        values = np.full(self._size, np.nan)
        for part in self._parts:
            values[part.rows] = part.result.values_of(node)
        return values

    @cached_property
    def _reward(self) -> RuleScores:
        return self._gather([(part, part.result.reward) for part in self._parts])

    @property
    def reward(self) -> F64:
        """float64 of shape (rows,), NaN where a row has no reward."""
        return self._reward.values

    @property
    def states(self) -> U8:
        """The state of each reward (see `State`)."""
        return self._reward.states

    @property
    def reasons(self) -> tuple[Reason | None, ...]:
        """Why a reward is null or an error."""
        return self._reward.reasons

    def _gather(self, pieces: Sequence[tuple[Part, Cells]]) -> RuleScores:
        values = np.full(self._size, np.nan)
        states = np.zeros(self._size, dtype=np.uint8)
        reasons: list[Reason | None] = [None] * self._size
        for part, cells in pieces:
            values[part.rows] = values_or_nan(cells)
            states[part.rows] = cells.states
            for place in np.flatnonzero(cells.reasons).tolist():
                reasons[int(part.rows[place])] = part.result.reasons[int(cells.reasons[place])]
        return RuleScores(values, states, tuple(reasons))

    @property
    def credit(self) -> dict[str, float]:
        """Each rule's share of the advantage within groups; empty without groups or without any spread."""
        tally = CreditTally()
        self.add_to(tally)
        return tally.credit()

    def add_to(self, tally: CreditTally) -> None:
        """Count these rows' groups into a tally that spans several calls."""
        for part in self._parts:
            groups = part.result.batch.groups
            if groups is not None:
                rules = {name: values_or_nan(part.result.rule(name)) for name in self._rules}
                tally.add(values_or_nan(part.result.reward), contributions(part.result), rules, groups.members())

    def contributions(self) -> dict[str, F64]:
        """What each rule, or term of its own, put into each reward, of shape (rows,); 0 where a gate gave it."""
        found: dict[str, F64] = {}
        for part in self._parts:
            for name, values in contributions(part.result).items():
                found.setdefault(name, np.zeros(self._size))[part.rows] = values
        return found

    def ways(self) -> Ways:
        """How the rewards came about: by which routes and gates."""
        found = Ways()
        for part in self._parts:
            found.add(part.result)
        return found

    def seconds(self) -> dict[str, float]:
        """Seconds spent on each rule's own measurements."""
        total = dict.fromkeys(self._rules, 0.0)
        for part in self._parts:
            for rule, seconds in part.result.rule_seconds().items():
                total[rule] += seconds
        return total

    def records(self, *, details: bool = False) -> list[dict[str, object]]:
        """The output record of each row: `reward`, `reward_state`, `reward_components`, with `details` more."""
        return [record_fields(record) for record in self.record_objects(details=details)]

    def record_objects(self, *, details: bool = False) -> list[Record]:
        """The same as records for a writer."""
        found: list[Record | None] = [None] * self._size
        for part in self._parts:
            for row, record in zip(part.rows.tolist(), self._records_of(part.result, details=details), strict=True):
                found[row] = record
        return [record for record in found if record is not None]

    def _records_of(self, result: RunResult, *, details: bool) -> Iterator[Record]:
        """The records of one run. Arrays are made lists first, of which each row takes its element."""
        cells = {name: result.rule(name) for name in self._rules}
        columns = [values_or_none(rule) for rule in cells.values()]
        rows = zip(*columns, strict=True) if columns else repeat((), result.batch.size)
        reward = result.reward
        told = Breakdowns(result) if details else None
        for place, (value, code, reason, values) in enumerate(
            zip(values_or_none(reward), reward.states.tolist(), reward.reasons.tolist(), rows, strict=True)
        ):
            state = _STATES[code]
            yield Record(
                reward=value,
                state=state,
                reason=result.reasons[reason],
                rule=None if state is _OK else _culprit(cells, place, reason, state),
                components=dict(zip(self._rules, values, strict=True)),
                details=None if told is None else self._details(result, place, told),
            )

    def _details(self, result: RunResult, place: int, told: Breakdowns) -> dict[str, object]:
        reason = result.reasons[int(result.reward.reasons[place])]
        return {
            **self._header,
            **({"route": result.route_name(place)} if len(result.plan.branches) > 1 else {}),
            "gate": result.gate_name(place),
            "step": result.batch.step,
            "reason": None if reason is None else {"code": reason.code, "message": reason.message},
            "rules": told[place],
        }


_STATES = tuple(State)
_OK = State.OK


def _culprit(cells: Mapping[str, Cells], place: int, reason: int, state: State) -> str | None:
    """The first rule that is in the reward's state for the reward's reason."""
    for name, rule in cells.items():
        if rule.states[place] == state and int(rule.reasons[place]) == reason:
            return name
    return None


def contributions(result: RunResult) -> dict[str, F64]:
    """What each rule put into each reward.

    0 where a gate gave the reward, where the row's route has no such part, and where the part is missing.
    """
    found: dict[str, F64] = {}
    for number, branch in enumerate(result.plan.branches):
        counted = (result.branch == number) & (result.gate < 0)
        for term in branch.terms:
            _, _, contribution = result.term(term)
            if contribution is not None:
                values = np.where(counted & (contribution.states == OK), contribution.values, 0.0)
                found[term.rule] = found[term.rule] + values if term.rule in found else values
    return found
