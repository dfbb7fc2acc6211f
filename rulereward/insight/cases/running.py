"""Running a case: the rows scored, and what is not as the case says."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rulereward.api import Ruleset, Scores
from rulereward.data import Reason, State
from rulereward.engine.run import Evaluate
from rulereward.errors import RunAbortedError
from rulereward.insight.cases.reading import variant
from rulereward.io import pick
from rulereward.kind import Base
from rulereward.lang.case_document import Case, CaseRow, Expectation, Failing, GivenValue
from rulereward.lang.case_expect import WAYS

Status = Literal["passed", "failed", "todo", "todo passes"]

STUBBED_ERROR = Reason("stubbed", "the value was given as an error")


def printable(text: str) -> str:
    """The text with line breaks and all that is not printable as escapes: a model may have written it."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of one row (counted from 0) that is not as expected; `reason` says why it is what it is."""

    row: int
    name: str
    expected: str
    actual: str
    reason: Reason | None = None

    def __str__(self) -> str:
        why = "" if self.reason is None else f" ({self.reason.code}: {self.reason.message})"
        return printable(f"{self.name}: expected {self.expected}, is {self.actual}{why}")


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A case that was run. `scores` are those of `ruleset`, which has the parameters and stubs of the case.

    Where the run was stopped, by a rule that says `on_error: abort`, `stopped` says why and `scores` is None.
    """

    case: Case
    ruleset: Ruleset
    scores: Scores | None
    differences: tuple[Difference, ...]
    seconds: float
    stopped: str | None = None

    @property
    def holds(self) -> bool:
        """Is everything as the case says?"""
        return not self.differences and self.stopped is None

    @property
    def status(self) -> Status:
        if self.case.todo is None:
            return "passed" if self.holds else "failed"
        return "todo passes" if self.holds else "todo"

    def counts_as_failure(self, *, strict: bool) -> bool:
        """Does it make a test run fail? Under `strict` a todo that passes does: the word can be taken away."""
        return self.status == "failed" or (strict and self.status == "todo passes")


def run_case(ruleset: Ruleset, case: Case, evaluate: Evaluate = "needed") -> Outcome:
    """Score the rows of a case, which was read for this ruleset, and compare.

    Where everything is evaluated nothing is skipped: that a value is `skipped` is then not looked at.
    """
    used = variant(ruleset, case)
    rows = [row_of(used, row) for row in case.rows]
    started = time.perf_counter()
    try:
        scores = used.score_rows(rows, group=group_of(used, rows), step=case.step, evaluate=evaluate)
    except RunAbortedError as error:
        return Outcome(case, used, None, (), time.perf_counter() - started, str(error))
    found = tuple(
        difference
        for place, row in enumerate(case.rows)
        for expected in row.expected
        if not (evaluate == "all" and expected.wanted is not None and expected.wanted.state == "skipped")
        for difference in _compared(used, scores, place, expected)
    )
    return Outcome(case, used, scores, found, time.perf_counter() - started)


def row_of(ruleset: Ruleset, row: CaseRow) -> dict[str, object]:
    """The columns of a row with those that stand in for rules. The fields of a null or an error are the same."""
    columns = dict(row.fields)
    for rule, stub in row.stubs.items():
        columns[f"stub.{rule}"] = _given(stub.value)
        start = f"stub.{rule}."
        for column in ruleset.plan.reads:
            if column.startswith(start):
                _, value = stub.fields.get(column.removeprefix(start), (stub.span, stub.value))
                columns[column] = _given(value)
    return columns


def _given(value: GivenValue) -> object:
    return STUBBED_ERROR if value is Failing.ERROR else value


def group_of(ruleset: Ruleset, rows: Sequence[Mapping[str, object]]) -> list[object] | None:
    """The rows of a case are one group, unless they carry keys of groups."""
    keyed = any(pick(row, ruleset.plan.group.by) is not None for row in rows)
    return None if keyed else ["the case"] * len(rows)


def _compared(ruleset: Ruleset, scores: Scores, place: int, expected: Expectation) -> list[Difference]:
    name = expected.name
    if name in WAYS and name not in ruleset.rules:
        actual = way_of(scores, place, name)
        is_so = actual == expected.word
        return [] if is_so else [Difference(place, name, expected.word or "null", actual or "null")]
    cells = scores if name == "reward" else scores[name]
    value = float((scores.reward if name == "reward" else scores[name].values)[place])
    state, reason = State(int(cells.states[place])), cells.reasons[place]
    fits = expected.wanted is None or expected.wanted.holds(state.name.lower(), value)
    if expected.reason is not None:
        fits = fits and reason is not None and reason.code == expected.reason
    return [] if fits else [Difference(place, name, expected.written, shown(ruleset, name, state, value), reason)]


def way_of(scores: Scores, place: int, what: str) -> str | None:
    """The name of the gate or the route of a row."""
    for part in scores.parts:
        inside = (part.rows == place).nonzero()[0]
        if len(inside):
            result, row = part.result, int(inside[0])
            return result.gate_name(row) if what == "gate" else result.route_name(row)
    raise IndexError(place)


def shown(ruleset: Ruleset, name: str, state: State, value: float) -> str:
    """A value as a case would write it."""
    if state is not State.OK:
        return state.name.lower()
    node = None if name == "reward" else ruleset.plan.nodes[ruleset.plan.reported[name]]
    if node is not None and node.base is Base.BOOL:
        return "true" if value else "false"
    return repr(value).removesuffix(".0")
