"""Which gates, routes and arms of a ruleset its cases take, and between which values its rules change.

A decision counts on a row where the reward or a reported rule there depends on it: not where another route, a closed
gate or a `when` leaves it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, cast

import numpy as np

from rulereward.api import Ruleset, Scores
from rulereward.data import Bools, Cells
from rulereward.engine.demand import touched
from rulereward.engine.outcome import RunResult
from rulereward.engine.values import NULL, OK, UNKNOWN
from rulereward.kind import Base
from rulereward.lang.source import Span
from rulereward.plan.nodes import Decision, Op, Plan

PointKind = Literal["gate", "route", "arm"]
Key = tuple[object, ...]


@dataclass(slots=True, eq=False)
class Point:
    """A way that a row can take. `passed` counts rows that came by and did not take it."""

    kind: PointKind
    name: str
    span: Span
    taken: int = 0
    passed: int = 0

    @property
    def place(self) -> str:
        return f"{self.span.source.name}:{self.span.position.line}"

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(slots=True, eq=False)
class RuleValues:
    """The values that a rule had: `values` keeps two at most, which tell that it can change."""

    name: str
    span: Span
    is_bool: bool
    values: set[float] = field(default_factory=set)
    null: int = 0

    @property
    def place(self) -> str:
        return f"{self.span.source.name}:{self.span.position.line}"

    @property
    def lack(self) -> str | None:
        """What it never was, None where it had both values, or two of many."""
        if not self.values:
            return "never had a value"
        if len(self.values) > 1:
            return None
        (only,) = self.values
        if self.is_bool:
            return "never false" if only else "never true"
        return f"never anything but {only!r}".removesuffix(".0")


class Coverage:
    """What the cases of one ruleset take."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.points: dict[Key, Point] = dict(_points(ruleset))
        self.rules = {
            rule.name: RuleValues(rule.name, rule.span, rule.value.type.base is Base.BOOL)
            for rule in ruleset.checked.rules
        }

    def add(self, scores: Scores) -> None:
        """Count the rows of a run, also of the ruleset with other parameters or with stubs."""
        for part in scores.parts:
            self._branches(part.result)
            self._decisions(part.result)
            self._values(part.result)

    @property
    def untaken(self) -> list[Point]:
        """What no row took, in the order of the file."""
        return sorted(
            (point for point in self.points.values() if not point.taken), key=lambda point: point.span.start
        )

    @property
    def unchanging(self) -> list[RuleValues]:
        """Rules that no case shows to make a difference."""
        return [rule for rule in self.rules.values() if rule.lack is not None]

    def _branches(self, result: RunResult) -> None:
        undecided = np.ones(result.batch.size, dtype=np.bool_)
        for number, branch in enumerate(result.plan.branches):
            inside = result.branch == number
            self._count(("route", branch.name), inside, undecided & ~inside & (result.branch >= 0))
            undecided = undecided & ~inside
            left = inside
            for gate in branch.gates:
                condition = cast(Cells, result.values[gate.condition])
                true = left & (condition.states == OK) & (condition.values == 1.0)
                left = left & (condition.states == OK) & ~true
                self._count(("gate", branch.name, gate.name), true, left)

    def _decisions(self, result: RunResult) -> None:
        roots = [(result.plan.reward, np.ones(result.batch.size, dtype=np.bool_))]
        roots += [(node, result.values[node].states != UNKNOWN) for node in result.plan.reported.values()]
        seen = touched(result.plan, result.values, roots, result.batch.groups)
        for decision in result.plan.decisions:
            reached = seen[decision.result]
            if reached is None or len(reached) != result.batch.size:
                continue
            for place, condition in enumerate(decision.conditions):
                cells = cast(Cells, result.values[condition])
                true = reached & (cells.states == OK) & (cells.values == 1.0)
                reached = reached & (cells.states == OK) & ~true
                self._count(("arm", *_where(decision), place), true, reached)
            self._count(("arm", *_where(decision), len(decision.conditions)), reached, ~reached & False)

    def _count(self, key: Key, taken: Bools, passed: Bools) -> None:
        point = self.points.get(key)
        if point is not None:
            point.taken += int(taken.sum())
            point.passed += int(passed.sum())

    def _values(self, result: RunResult) -> None:
        for name, rule in self.rules.items():
            cells = result.rule(name)
            rule.null += int((cells.states == NULL).sum())
            for value in np.unique(cells.values[cells.states == OK]).tolist():
                if len(rule.values) < 2:
                    rule.values.add(value)


def _points(ruleset: Ruleset) -> Iterator[tuple[Key, Point]]:
    checked, plan = ruleset.checked, ruleset.plan
    for number, (branch, score) in enumerate(zip(plan.branches, checked.scores, strict=True)):
        on_route = "" if branch.name is None else f" of route {branch.name}"
        if branch.name is not None:
            yield ("route", branch.name), Point("route", branch.name, checked.routes[number].when.span)
        elif len(plan.branches) > 1:
            yield ("route", None), Point("route", "(none of them)", checked.span)
        for gate in score.gates:
            point = Point("gate", f"{gate.name}{on_route}", gate.when.span)
            yield ("gate", branch.name, gate.name), point
    for decision in plan.decisions:
        for place in range(len(decision.conditions) + 1):
            yield ("arm", *_where(decision), place), _arm(plan, decision, place)


def _where(decision: Decision) -> tuple[str, int, int]:
    span = decision.span
    return span.source.name, span.start, span.end


def _arm(plan: Plan, decision: Decision, place: int) -> Point:
    """The way of an `if` or `case` at whose condition `place` is true, or behind all of them."""
    is_case = plan.nodes[decision.conditions[0]].op is Op.IS_TRUE
    if place == len(decision.conditions):
        return Point("arm", f"else of {_quoted(decision.span)}", decision.span)
    if not is_case:
        return Point("arm", f"if of {_quoted(decision.span)}", decision.span)
    span = plan.nodes[decision.conditions[place]].span
    if span.source is not decision.span.source or not decision.span.start <= span.start < decision.span.end:
        span = decision.span  # the condition stands elsewhere too, and that place is the one that is known
        return Point("arm", f"{place + 1} of {_quoted(span)}", span)
    return Point("arm", f"{_quoted(span)} of case", span)


def _quoted(span: Span) -> str:
    text = " ".join(span.source.text[span.start : span.end].split())
    return f"`{text if len(text) <= _MOST else text[: _MOST - 1] + '…'}`"


_MOST = 60
