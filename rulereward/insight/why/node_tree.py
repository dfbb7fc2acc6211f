"""The value at every node of an expression for one row, as a tree in the author's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from rulereward.data import I64, Column, Level, State
from rulereward.engine.outcome import RunResult
from rulereward.engine.values import python_values
from rulereward.insight.why.told import CellState, Step, Told
from rulereward.kind import Base
from rulereward.plan.node_text import NodeText
from rulereward.plan.nodes import Node, Op

STATES: Mapping[State, CellState] = {
    State.OK: "ok",
    State.NULL: "null",
    State.ERROR: "error",
    State.SKIPPED: "skipped",
    State.UNKNOWN: "not_needed",
}


def told_cell(result: RunResult, column: Column, base: Base, row: int) -> Told:
    """One cell of a column of a run."""
    state = State(int(column.states[row]))
    reason = None if state is State.UNKNOWN else result.reasons[int(column.reasons[row])]
    (value,) = python_values(column, base, [row]) if state is State.OK else [None]
    return Told(STATES[state], value, reason)


class NodeTrees:
    """Trees of expressions for one row; what several of them share is taken apart in the first of them only."""

    def __init__(self, result: RunResult, row: int, names: Mapping[int, str]) -> None:
        self._result = result
        self._nodes = result.plan.nodes
        self._row = row
        self._names = names
        self._text = NodeText(result.plan, names)
        self._told: set[int] = set(result.plan.reported.values())

    def cell(self, node: int) -> Told:
        """The row's cell of a node; of a group's node that of its group."""
        here = self._nodes[node]
        at = self._row if here.level is Level.ROW else int(self._groups_code())
        return told_cell(self._result, self._result.values[node], here.base, at)

    def rule(self, node: int) -> Step:
        """The tree of a reported rule, which everywhere else is only referred to."""
        text = self._text.definition(node)
        return Step(text, self._names.get(node), "", self.cell(node), self._parts(node), members=self._members(node))

    def step(self, node: int, role: str = "") -> Step:
        """The tree of any expression."""
        node = self._seen_through(node)
        name = self._names.get(node)
        if node in self._told:
            text = self._text.reference(node)
            return Step(text, name, role, self.cell(node), told_before=bool(self._nodes[node].args))
        self._told.add(node)
        text = self._text.definition(node)
        return Step(text, name, role, self.cell(node), self._parts(node), members=self._members(node))

    def _seen_through(self, node: int) -> int:
        """The node that says the same as one that the author did not write."""
        while self._nodes[node].op is Op.IS_TRUE and node not in self._names:
            node = self._nodes[node].args[0]
        return node

    def _parts(self, node: int) -> tuple[Step, ...]:
        return tuple(self.step(part, role) for part, role in self._inside(node) if self._tells(part))

    def _tells(self, node: int) -> bool:
        """Constants stand in the text of what they are part of."""
        return self._nodes[node].op is not Op.CONST

    def _inside(self, node: int) -> Iterator[tuple[int, str]]:
        """The parts of a node with their roles; nodes that are not written, or written with it, give their own."""
        here = self._nodes[node]
        if here.op is Op.CONVERT and self._nodes[here.args[0]].op is Op.INPUT:
            return
        if here.op is Op.CATCH and self.cell(here.args[0]).state == "error":
            yield here.args[0], "caught"
        elif here.op in (Op.SPREAD, Op.CATCH):
            yield from self._within(here.args[0])
        elif here.op is Op.GUARD:
            yield here.args[0], "when"
            yield from self._within(here.args[1])
        elif here.op is Op.IF:
            yield from self._arms(here)
        elif here.op is Op.FOLD:
            yield here.args[0], ""
            yield from ((arg, "where") for arg in here.args[1:])
        else:
            yield from ((arg, "") for arg in here.args if not self._is_hidden(here, arg))

    def _within(self, node: int) -> Iterator[tuple[int, str]]:
        """The parts of a node that is written as one with its user; itself where it has a name."""
        if node in self._names:
            yield node, ""
        else:
            yield from self._inside(node)

    def _arms(self, node: Node) -> Iterator[tuple[int, str]]:
        """Conditions and values of a choice; of a `case` all of them, one after the other."""
        while True:
            condition, then, otherwise = node.args
            yield condition, "if"
            yield then, "then"
            node = self._nodes[otherwise]
            if node.op is not Op.IF or otherwise in self._names:
                yield otherwise, "else"
                return

    def _is_hidden(self, node: Node, arg: int) -> bool:
        """Is this an argument that an author cannot write?"""
        if node.op is not Op.MEASURE:
            return False
        declared = node.payload.kind.signature.args
        hidden = [item.implicit is not None and item.implicit.hidden for item in declared]
        return any(given == arg and where for given, where in zip(node.args, hidden, strict=False))

    def _members(self, node: int) -> tuple[Told, ...]:
        """What an aggregate over the group looked at: one value for each row of the group."""
        here = self._nodes[node]
        here = self._nodes[here.args[0]] if here.op is Op.SPREAD else here
        if here.op is not Op.FOLD:
            return ()
        value = self._nodes[here.args[0]]
        column = self._result.values[value.id]
        return tuple(told_cell(self._result, column, value.base, row) for row in self._group_rows().tolist())

    def _groups_code(self) -> int:
        groups = self._result.batch.groups
        assert groups is not None, "only a plan that was given groups has nodes of that level"
        return int(groups.codes[self._row])

    def _group_rows(self) -> I64:
        groups = self._result.batch.groups
        assert groups is not None
        return np.flatnonzero(groups.codes == self._groups_code())
