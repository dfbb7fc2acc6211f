"""How the rewards of a batch came about: by which routes and gates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from rulereward.data import State
from rulereward.engine.outcome import RunResult
from rulereward.plan.nodes import Plan


@dataclass(slots=True, eq=False)
class Ways:
    """Rows by route, and by the gate that gave their reward; `undecided` are conditions that were null.

    A gate on a route is counted as `route/gate`. A null condition counts as not true.
    """

    routes: Counter[str] = field(default_factory=Counter)
    gates: Counter[str] = field(default_factory=Counter)
    undecided: Counter[str] = field(default_factory=Counter)

    def add(self, result: RunResult) -> None:
        """Count the rows of one block."""
        for number, branch in enumerate(result.plan.branches):
            inside = result.branch == number
            prefix = "" if branch.name is None else f"{branch.name}/"
            if branch.name is not None:
                self.routes[branch.name] += int(np.count_nonzero(inside))
            for place, gate in enumerate(branch.gates):
                self.gates[prefix + gate.name] += int(np.count_nonzero(inside & (result.gate == place)))
        for name, condition in _conditions(result.plan):
            (tested,) = result.plan.nodes[condition].args
            self.undecided[name] += int(np.count_nonzero(result.values[tested].states == State.NULL))

    def update(self, other: Ways) -> None:
        """Count in those of another block."""
        for mine, theirs in zip(self._counters(), other._counters(), strict=True):
            mine.update(theirs)

    def _counters(self) -> tuple[Counter[str], Counter[str], Counter[str]]:
        return self.routes, self.gates, self.undecided


def _conditions(plan: Plan) -> Iterator[tuple[str, int]]:
    """The conditions of routes and gates, by what they are called."""
    for branch in plan.branches:
        if branch.condition is not None:
            yield f"the route {branch.name}", branch.condition
        prefix = "" if branch.name is None else f"{branch.name}/"
        yield from ((f"the gate {prefix}{gate.name}", gate.condition) for gate in branch.gates)
