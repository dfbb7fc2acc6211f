"""What a training run logs of its rewards: one number a name, for the trainer's own logger or a sink.

    rulereward/<rule>/{mean,std,null_rate,error_rate,skipped_rate}   over the completions; std is the sample's (n - 1)
    rulereward/reward/{mean,std,null_rate,error_rate}
    rulereward/frac_reward_zero_std     share of the groups whose rewards are all equal: they teach nothing
    rulereward/credit/<rule>            the rule's share of the advantage (`rulereward.engine.credit`)
    rulereward/seconds/<rule>           seconds spent on the rule's own measurements

A number that does not exist is left out: the mean of a rule without a value, credit where there are no groups.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from rulereward.api.scores import RuleScores, Scores
from rulereward.data import F64, U8, State
from rulereward.engine.credit import CreditTally

PREFIX = "rulereward"
REWARD = "reward"

Log = dict[str, float]


@dataclass(slots=True)
class Moments:
    """Count, mean and squared deviations of values seen so far, merged as in Chan, Golub, LeVeque (1983)."""

    count: int = 0
    mean: float = 0.0
    deviations: float = 0.0

    def add(self, values: F64) -> None:
        """Take in some values; none of them is NaN."""
        added = len(values)
        if not added:
            return
        with np.errstate(all="ignore"):  # near the largest float: what overflows is left out of the log
            mean = float(np.sum(values / added))
            within = float(np.sum((values - mean) ** 2))
        apart = mean - self.mean
        total = self.count + added
        self.deviations += within + apart * apart * self.count * added / total
        self.mean += apart * added / total
        self.count = total

    @property
    def std(self) -> float:
        """The sample's standard deviation; 0 for a single value."""
        return math.sqrt(self.deviations / (self.count - 1)) if self.count > 1 else 0.0


@dataclass(slots=True)
class CellCounts:
    """The cells of one rule: their values, and how many are in which state."""

    values: Moments = field(default_factory=Moments)
    states: dict[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))

    def add(self, values: F64, states: U8) -> None:
        """Take in a rule's cells, of shape (rows,)."""
        self.values.add(values[states == State.OK])
        for state in State:
            self.states[state] += int(np.count_nonzero(states == state))

    def log(self, told: Sequence[State]) -> Iterator[tuple[str, float]]:
        """The last part of each name, with its number."""
        rows = sum(self.states.values())
        if self.values.count:
            yield "mean", self.values.mean
            yield "std", self.values.std
        for state in told if rows else ():
            yield f"{state.name.lower()}_rate", self.states[state] / rows


class Statistics:
    """Sums over all scores added since the last `take`. Thread-safe."""

    def __init__(self, rules: Sequence[str], prefix: str = PREFIX) -> None:
        self._rules = tuple(rules)
        self._prefix = prefix
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        self._reward = CellCounts()
        self._cells = {rule: CellCounts() for rule in self._rules}
        self._seconds = dict.fromkeys(self._rules, 0.0)
        self._groups = CreditTally()

    def add(self, scores: Scores) -> None:
        """Take in the scores of a batch."""
        rules = {rule: scores[rule] for rule in self._rules}
        seconds = scores.seconds()
        with self._lock:
            self._reward.add(scores.reward, scores.states)
            self._add_rules(rules, seconds)
            scores.add_to(self._groups)

    def _add_rules(self, rules: Mapping[str, RuleScores], seconds: Mapping[str, float]) -> None:
        for rule, cells in rules.items():
            self._cells[rule].add(cells.values, cells.states)
            self._seconds[rule] += seconds[rule]

    def take(self) -> Log:
        """The numbers by name, and begin anew; empty if nothing was added."""
        with self._lock:
            log = {name: value for name, value in self._log() if math.isfinite(value)}
            self._begin()
        return log

    def _log(self) -> Iterator[tuple[str, float]]:
        if not sum(self._reward.states.values()):
            return
        for name, value in self._reward.log((State.NULL, State.ERROR)):
            yield f"{self._prefix}/{REWARD}/{name}", value
        for rule, cells in self._cells.items():
            for name, value in cells.log((State.NULL, State.ERROR, State.SKIPPED)):
                yield f"{self._prefix}/{rule}/{name}", value
            yield f"{self._prefix}/seconds/{rule}", self._seconds[rule]
        if self._groups.groups:
            yield f"{self._prefix}/frac_reward_zero_std", self._groups.tied / self._groups.groups
        for part, share in self._groups.credit().items():
            yield f"{self._prefix}/credit/{part}", share


def statistics(scores: Scores, prefix: str = PREFIX) -> Log:
    """The numbers of one batch, by name; `prefix` keeps several rulesets in one log apart."""
    found = Statistics(tuple(scores), prefix)
    found.add(scores)
    return found.take()
