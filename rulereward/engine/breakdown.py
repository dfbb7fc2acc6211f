"""Breakdowns: for each row every rule's value, state, reason, weight and contribution, and the evidence for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rulereward.data import Cells, ReasonTable, State
from rulereward.engine.evidence import evidence
from rulereward.engine.fields import listed
from rulereward.engine.outcome import RunResult, values_or_none
from rulereward.engine.values import OK
from rulereward.kind import FieldValue
from rulereward.plan.nodes import Node, Op, Term

STATE_NAMES = tuple(state.name.lower() for state in State)


class _Column:
    """Cells as lists, for rows that are told one by one."""

    def __init__(self, cells: Cells, reasons: _Reasons) -> None:
        self._states: list[int] = cells.states.tolist()
        self._why: list[int] = cells.reasons.tolist()
        self._reasons = reasons
        self.values = values_or_none(cells)

    def entry(self, row: int) -> dict[str, object]:
        found: dict[str, object] = {"state": STATE_NAMES[self._states[row]], "value": self.values[row]}
        if self._why[row]:
            found["reason"] = self._reasons.told(self._why[row])
        return found


class _Reasons:
    """Reasons as they are told, each made out once."""

    def __init__(self, table: ReasonTable) -> None:
        self._table = table
        self._told: dict[int, dict[str, str]] = {}

    def told(self, index: int) -> dict[str, str]:
        if index not in self._told:
            reason = self._table[index]
            assert reason is not None, "an index other than 0"
            self._told[index] = {"code": reason.code, "message": reason.message}
        return self._told[index]


class _Rule(NamedTuple):
    name: str
    cells: _Column
    node: Node | None
    """The one measurement that the rule is about."""
    fields: Mapping[str, Sequence[FieldValue]]


class _Part(NamedTuple):
    """A part of a branch's score."""

    rule: str
    value: _Column
    weight: _Column | None
    contribution: _Column | None


class Breakdowns:
    """The breakdowns of one run."""

    def __init__(self, result: RunResult) -> None:
        self._result = result
        self._reasons = _Reasons(result.reasons)
        self._rules = [self._rule(name, node) for name, node in result.plan.reported.items()]
        self._parts = [[self._part(term) for term in branch.terms] for branch in result.plan.branches]
        self._branch: list[int] = result.branch.tolist()

    def __getitem__(self, row: int) -> dict[str, object]:
        """`{name: {state, value, reason?, weight?, contribution?, fields?, evidence?}}` of rules and of parts."""
        entries = {rule.name: rule.cells.entry(row) for rule in self._rules}
        for part in self._parts[self._branch[row]]:
            entry = entries.get(part.rule)
            if entry is None:
                entry = entries[part.rule] = part.value.entry(row)
            if part.weight is not None:
                entry["weight"] = part.weight.values[row]
            if part.contribution is not None and (added := part.contribution.values[row]) is not None:
                earlier: Any = entry.get("contribution", 0.0)
                entry["contribution"] = earlier + added
        for rule in self._rules:
            given = {name: value for name, column in rule.fields.items() if (value := column[row]) is not None}
            if given:
                entries[rule.name]["fields"] = given
            if rule.node is not None and (found := evidence(self._result, rule.node, row)):
                entries[rule.name]["evidence"] = found
        return dict(entries)

    def _rule(self, name: str, node_id: int) -> _Rule:
        result = self._result
        node = _measurement(result, node_id)
        fields: dict[str, Sequence[FieldValue]] = {}
        if node is not None:
            measured = result.values[node.id].states == OK
            fields = {field: listed(column, measured) for field, column in result.fields.get(node.id, {}).items()}
        shows = node is not None and node.payload.kind.evidence is not None
        return _Rule(name, _Column(result.rule(name), self._reasons), node if shows else None, fields)

    def _part(self, term: Term) -> _Part:
        found = [None if cells is None else _Column(cells, self._reasons) for cells in self._result.term(term)]
        value, weight, contribution = found
        assert value is not None
        return _Part(term.rule, value, weight, contribution)


def _measurement(result: RunResult, node_id: int) -> Node | None:
    """The one measurement a rule is about, through `when`, `on_error` and `??`."""
    node = result.plan.nodes[node_id]
    while node.op in (Op.GUARD, Op.CATCH, Op.DEFAULT):
        node = result.plan.nodes[node.args[1 if node.op is Op.GUARD else 0]]
    return node if node.op is Op.MEASURE else None
