"""All rows as one ruleset sees them: rewards, and what each rule and gate put into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.api import Ruleset, Scores
from rulereward.data import F64, I64, U8, Reason, State
from rulereward.engine.credit import REST, CreditTally
from rulereward.insight.data import Data
from rulereward.io import Record

GATE = "gate "
"""In front of a gate's name among the parts, so that it is no rule of that name."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """`parts` sum to the reward: rules, terms, `gate NAME` where a gate gave it, `(rest)` for what is no one rule's.

    Arrays have shape (rows,); a reward that there is none of is NaN. `rules` are the values of the reported rules.
    """

    ruleset: Ruleset
    reward: F64
    parts: dict[str, F64]
    rules: dict[str, F64]
    gates: list[str | None]
    routes: list[str | None]
    records: Sequence[Record]
    scores: Scores

    @property
    def states(self) -> U8:
        """The state of each reward."""
        return self.scores.states

    def rule_states(self, rule: str) -> U8:
        """The state of a rule's values."""
        return self.scores[rule].states

    def tally(self, members: Sequence[I64]) -> CreditTally:
        """Groups, ties and credit."""
        tally = CreditTally()
        told = {name: values for name, values in self.parts.items() if name != REST}
        tally.add(self.reward, told, self.rules, members)
        return tally

    def trouble(self, row: int) -> str | None:
        """Why the row has no reward, and which rule said so: `null: gold_missing: accuracy`."""
        record = self.records[row]
        if record.state is State.OK:
            return None
        return ": ".join(part for part in (told_reason(record.state, record.reason), record.rule) if part)


def told_reason(state: State, reason: Reason | None) -> str:
    """Why there is no value: `null: gold_missing`."""
    return state.name.lower() if reason is None else f"{state.name.lower()}: {reason.code}"


def judge(ruleset: Ruleset, data: Data, step: int | None) -> Judged:
    """Score all rows, every rule on each. Raises ConfigurationError where `step` or the groups are missing."""
    scores = ruleset.score_rows(data.rows, step=step, evaluate="all")
    reward = scores.reward
    parts = dict(scores.contributions())
    gates, routes = _ways(scores, len(reward))
    for row, gate in enumerate(gates):
        if gate is not None:
            parts.setdefault(gate, np.zeros(len(reward)))[row] = np.nan_to_num(reward[row], nan=0.0)
    total = np.sum(list(parts.values()), axis=0) if parts else np.zeros(len(reward))
    parts[REST] = np.where(np.isfinite(reward), reward - total, 0.0)
    rules = {name: scores[name].values for name in scores}
    return Judged(ruleset, reward, parts, rules, gates, routes, scores.record_objects(), scores)


def _ways(scores: Scores, size: int) -> tuple[list[str | None], list[str | None]]:
    """The gate that gave each row's reward, and the route that the row took."""
    gates: list[str | None] = [None] * size
    routes: list[str | None] = [None] * size
    for part in scores.parts:
        for place, row in enumerate(part.rows.tolist()):
            gate = part.result.gate_name(place)
            gates[row] = None if gate is None else f"{GATE}{gate}"
            routes[row] = part.result.route_name(place)
    return gates, routes
