"""What a run came to: counts for each rule, bad rows, inputs that were never there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from rulereward.api import Scores
from rulereward.api.ways import Ways
from rulereward.cli.groups import GroupSample
from rulereward.data import F64, U8, Bools, Reason, State
from rulereward.io import Record, pick

BAD_COMPLETION = frozenset({"no_completion", "bad_completion"})
"""Reasons that say a row itself is unfit, whatever the ruleset."""


class Why(NamedTuple):
    """A kind of cell without a value: which state, for which reason."""

    state: State
    code: str


@dataclass(slots=True)
class Count:
    """The cells of one rule, or of the reward: how many of each state, and what their values came to."""

    ok: int = 0
    null: int = 0
    skipped: int = 0
    error: int = 0
    total: float = 0.0
    low: float = float("inf")
    high: float = float("-inf")
    why: Counter[Why] = field(default_factory=Counter)
    messages: dict[Why, str] = field(default_factory=dict)
    """The first message that each reason came with."""

    def add(self, values: F64, states: U8, reasons: Sequence[Reason | None]) -> None:
        fine = values[states == State.OK]
        self.ok += len(fine)
        self.null += int(np.count_nonzero(states == State.NULL))
        self.skipped += int(np.count_nonzero(states == State.SKIPPED))
        self.error += int(np.count_nonzero(states == State.ERROR))
        if len(fine):
            self.total += float(fine.sum())
            self.low, self.high = min(self.low, float(fine.min())), max(self.high, float(fine.max()))
        for row in np.flatnonzero((states == State.NULL) | (states == State.ERROR)).tolist():
            reason = reasons[row] or Reason("unknown", "no reason is known")
            why = Why(State(int(states[row])), reason.code)
            self.why[why] += 1
            self.messages.setdefault(why, reason.message)

    @property
    def mean(self) -> float | None:
        return self.total / self.ok if self.ok else None


class InputsSeen:
    """Which inputs some row had a value for. `inputs` maps names to the paths that are tried."""

    def __init__(self, inputs: Mapping[str, Sequence[str]]) -> None:
        self._inputs = inputs
        self._unseen = set(inputs)

    def look(self, rows: Sequence[Mapping[str, object]]) -> None:
        for row in rows:
            if not self._unseen:
                return
            self._unseen -= {name for name in self._unseen if pick(row, self._inputs[name]) is not None}

    @property
    def absent(self) -> dict[str, Sequence[str]]:
        """The inputs that no row had, with their paths."""
        return {name: paths for name, paths in self._inputs.items() if name in self._unseen}


class RunTally:
    """Everything the summary needs, gathered block by block; its size does not grow with the run."""

    def __init__(self, rules: Collection[str], inputs: Mapping[str, Sequence[str]]) -> None:
        self.rows = 0
        self.bad_rows = 0
        self.errors = 0
        """Rows whose reward is an error, bad rows among them."""
        self.reward = Count()
        self.rules = {rule: Count() for rule in rules}
        self.seconds = dict.fromkeys(rules, 0.0)
        self.inputs = InputsSeen(inputs)
        self.groups = GroupSample()
        self.ways = Ways()
        self.grouped_by_prompt = False
        self.columns: tuple[str, ...] = ()
        """The columns of the first row that could be read."""

    @property
    def good_rows(self) -> int:
        return self.rows - self.bad_rows

    def count_rows(self, records: Sequence[Record], bad: int) -> None:
        """Count in a block of rows, `bad` of which are unfit."""
        self.rows += len(records)
        self.bad_rows += bad
        error = State.ERROR
        self.errors += sum(record.state is error for record in records)

    def add(
        self, scores: Scores, rows: Sequence[Mapping[str, object]], keys: Sequence[Hashable] | None, bad: Bools
    ) -> None:
        """Count in scored rows; `bad` marks those that are unfit, which no rule is to blame for."""
        good = np.flatnonzero(~bad)
        reasons = scores.reasons
        self.reward.add(scores.reward[good], scores.states[good], [reasons[row] for row in good.tolist()])
        values: dict[str, F64] = {}
        for name, count in self.rules.items():
            cells = scores[name]
            values[name] = cells.values
            count.add(cells.values[good], cells.states[good], [cells.reasons[row] for row in good.tolist()])
        for name, seconds in scores.seconds().items():
            self.seconds[name] += seconds
        self.ways.update(scores.ways())
        self.inputs.look(rows)
        if keys is not None:
            self.groups.add(keys, scores.reward, scores.contributions(), values)
