"""The monitors of a ruleset at work: what was expected of each batch, and since when it has not held.

    monitor = Monitor(ruleset)
    for step, scores in enumerate(batches):
        for alert in monitor.observe(scores, step=step):
            print(alert.level, alert.message)

The state is in the object, which the caller owns: a ruleset and its scores stay as they are. `state()` is plain JSON,
for checkpoints.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rulereward.api.ruleset import Ruleset
from rulereward.api.scores import Scores
from rulereward.api.shared import shared_services
from rulereward.data import F64, Batch, Cells, Reason, ReasonTable, State, all_ok, filled
from rulereward.engine.run import Options, run
from rulereward.plan.builder import BATCH
from rulereward.plan.nodes import BatchFolding, MonitorPlan

LEVELS = {"info": logging.INFO, "warn": logging.WARNING, "error": logging.ERROR}
"""The levels of a ruleset as those of `logging`."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An expectation that has not held for as many batches as its `for` says.

    `expect` is the condition as written; `values` are its aggregates over this batch, in their order, NaN where one
    does not exist; `since` and `step` are the training steps (or numbers of batches) between which it did not hold.
    """

    expect: str
    level: str
    values: tuple[float, ...]
    since: int
    step: int

    @property
    def message(self) -> str:
        """A sentence for people."""
        shown = ", ".join(f"{value:.4g}" for value in self.values)
        span = "" if self.since == self.step else f", and so since {self.since}"
        return f"expected {self.expect}; at {self.step} it is {shown}{span}"


class Monitor:
    """Judges batches one after the other. Thread-safe; pickles with its state."""

    def __init__(self, ruleset: Ruleset, state: Mapping[str, Any] | None = None) -> None:
        """`state` is what an earlier monitor of the same ruleset gave."""
        self._ruleset = ruleset
        self._plans = ruleset.plan.monitors
        known: Mapping[str, Any] = (state or {}).get("failing", {})
        self._since: dict[str, int] = {text: int(found["since"]) for text, found in known.items()}
        self._told = {text for text, found in known.items() if found["told"]}
        self._batches = int((state or {}).get("batches", 0))
        self._values: list[list[F64]] = []
        self._lock = threading.Lock()
        self._begin()

    def __reduce__(self) -> tuple[object, ...]:
        return Monitor, (self._ruleset, self.state())

    def __bool__(self) -> bool:
        """Does the ruleset expect anything?"""
        return bool(self._plans)

    def state(self) -> dict[str, Any]:
        """What to begin with after a restart, as plain JSON: rows of an unfinished batch are not part of it."""
        failing = {text: {"since": since, "told": text in self._told} for text, since in self._since.items()}
        return {"batches": self._batches, "failing": failing}

    def add(self, scores: Scores) -> None:
        """Count scores into the present batch."""
        with self._lock:
            for fold, values in zip(self._folds(), self._values, strict=True):
                values.append(_selected(scores, fold))

    def close_batch(self, step: int | None = None, *, at_once: bool = False) -> list[Alert]:
        """Judge the batch that was added up, and begin the next. Without a `step` batches are counted.

        `at_once` tells of everything that does not hold, whatever its `for` says.
        """
        with self._lock:
            self._batches += 1
            now = self._batches if step is None else step
            results = [_folded(fold, values) for fold, values in zip(self._folds(), self._values, strict=True)]
            self._begin()
            alerts: list[Alert] = []
            for plan in self._plans:
                own, results = results[: len(plan.folds)], results[len(plan.folds) :]
                alerts += self._judged(plan, own, step, now, 1 if at_once else plan.steps)
            return alerts

    def observe(self, scores: Scores, *, step: int | None = None) -> list[Alert]:
        """Judge one whole batch."""
        self.add(scores)
        return self.close_batch(step)

    def _begin(self) -> None:
        self._values = [[] for _ in self._folds()]

    def _folds(self) -> list[BatchFolding]:
        return [fold for plan in self._plans for fold in plan.folds]

    def _judged(
        self, plan: MonitorPlan, values: Sequence[float], step: int | None, now: int, patience: int
    ) -> list[Alert]:
        """An alert where the time is up; one for each time that an expectation ceases to hold."""
        holds = _holds(plan, values, step)
        if holds is None:  # nothing in the batch to judge by: neither better nor worse
            return []
        if holds:
            self._since.pop(_key(plan), None)
            self._told.discard(_key(plan))
            return []
        since = self._since.setdefault(_key(plan), now)
        if _key(plan) in self._told or now - since + 1 < patience:
            return []
        self._told.add(_key(plan))
        return [Alert(plan.text, plan.level, tuple(values), since, now)]


def _key(plan: MonitorPlan) -> str:
    """What an entry is remembered by: one condition may stand in several, of different patience and level."""
    return f"{plan.text} for {plan.steps} steps: {plan.level}"


def log_alerts(alerts: Sequence[Alert]) -> None:
    """Hand alerts to the logger `rulereward.monitor`."""
    for alert in alerts:
        logging.getLogger("rulereward.monitor").log(LEVELS[alert.level], "%s", alert.message)


def _selected(scores: Scores, fold: BatchFolding) -> F64:
    """The values of the rows that count: those with a value, and with a true `where` if there is one."""
    values = scores.values_of(fold.value)
    counted = np.isfinite(values)
    if fold.where is not None:
        counted &= scores.values_of(fold.where) == 1.0
    return values[counted]


def _folded(fold: BatchFolding, parts: Sequence[F64]) -> float:
    """The aggregate of a batch, NaN where too few rows have a value or the result is no finite number."""
    values = np.concatenate([np.zeros(0), *parts]).tolist()
    aggregate = fold.folding.aggregate
    if len(values) < max(aggregate.needs, 1):  # also of a count: nothing is no evidence
        return math.nan
    try:
        result = float(aggregate.of(values, fold.folding.params))
    except ArithmeticError:
        return math.nan
    return result if math.isfinite(result) else math.nan


def _holds(plan: MonitorPlan, values: Sequence[float], step: int | None) -> bool | None:
    """Is the condition true? None where it is null, or an error."""
    reasons = ReasonTable()
    absent = reasons.add(Reason("too_few_rows", "too few rows of the batch have a value"))
    columns: dict[str, Cells] = {}
    for place, value in enumerate(values):
        known = not math.isnan(value)
        columns[f"{BATCH}{place}"] = all_ok(np.array([value])) if known else filled(1, State.NULL, absent)
    if plan.plan.uses_step and step is None:
        return None
    result = run(plan.plan, Batch(1, columns, None, step, reasons), shared_services(), Options())
    return bool(result.reward.values[0]) if result.reward.states[0] == State.OK else None
