"""The breakdown of one row: every rule's value, state, reason, weight and contribution, and the evidence for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from rulereward.data import Cells, State, Texts
from rulereward.engine.leaves import failure_reason, row_arguments
from rulereward.engine.outcome import RunResult
from rulereward.kind import Failure, Kind
from rulereward.plan.nodes import Node, Op


def breakdown(result: RunResult, row: int) -> dict[str, object]:
    """`{name: {state, value, reason?, weight?, contribution?, fields?, evidence?}}` for rules and weighted terms."""
    entries: dict[str, dict[str, object]] = {}
    for name in result.plan.reported:
        entries[name] = _cell(result, result.rule(name), row)
    for term in result.plan.branches[int(result.branch[row])].terms:
        value, weight, contribution = result.term(term)
        entry = entries.setdefault(term.rule, _cell(result, value, row))
        if weight is not None:
            entry["weight"] = _number(weight, row)
        if contribution is not None and _number(contribution, row) is not None:
            earlier: Any = entry.get("contribution", 0.0)
            entry["contribution"] = earlier + _number(contribution, row)
    for name, node in result.plan.reported.items():
        for key, found in (("fields", _fields(result, node, row)), ("evidence", _evidence(result, node, row))):
            if found:
                entries[name][key] = found
    return dict(entries)


def _cell(result: RunResult, cells: Cells, row: int) -> dict[str, object]:
    entry: dict[str, object] = {"state": State(int(cells.states[row])).name.lower(), "value": _number(cells, row)}
    reason = result.reasons[int(cells.reasons[row])]
    if reason is not None:
        entry["reason"] = {"code": reason.code, "message": reason.message}
    return entry


def _number(cells: Cells, row: int) -> float | None:
    return float(cells.values[row]) if cells.states[row] == State.OK else None


def _fields(result: RunResult, node_id: int, row: int) -> Mapping[str, object]:
    """The further values of the kind behind a rule, such as what it read as the answer."""
    node = _measurement(result, node_id)
    if node is None or result.values[node.id].states[row] != State.OK:
        return {}
    given = {name: values[row] for name, values in result.fields.get(node.id, {}).items()}
    return {name: value for name, value in given.items() if value is not None}


def _evidence(result: RunResult, node_id: int, row: int) -> Mapping[str, object]:
    """What the kind behind a rule has to show for this row; nothing where it was not measured."""
    node = _measurement(result, node_id)
    if node is None:
        return {}
    kind: Kind = node.payload.kind
    states = [result.values[arg].states[row] for arg in node.args]
    answer = result.answers.get((node.id, row))
    if kind.evidence is None or any(state > State.NULL for state in states) or isinstance(answer, Failure):
        return {}
    if result.values[node.id].states[row] not in (State.OK, State.NULL):
        return {}
    args = [result.values[arg] for arg in node.args]
    bases = [result.plan.nodes[arg].base for arg in node.args]
    (values,) = row_arguments(args, bases, np.array([row]))
    extra = [] if kind.params is None else [node.payload.params]
    if kind.service is not None:
        extra.append(answer)
    try:
        return {**kind.evidence(*values, *extra), **_places(result, node, row)}
    except Exception as error:  # noqa: BLE001  (evidence is for people: its failure must not touch the measurement)
        return {"failed": failure_reason(error).message}


def _places(result: RunResult, node: Node, row: int) -> Mapping[str, object]:
    """Where the texts that a kind was given stand, if they are parts of a column's texts: `{"place": {...}}`.

    Start and end are counted in characters, as Python slices them.
    """
    found: dict[str, object] = {}
    names = [arg.name for arg in node.payload.kind.signature.args]
    for name, arg in zip(names, node.args, strict=False):
        texts = result.values[arg]
        whole = next((source for source in _inputs_below(result, arg) if _shares_column(result, source, texts)), None)
        if whole is None or not isinstance(texts, Texts) or not texts.view.start[row] < texts.view.end[row]:
            continue
        view = texts.view
        origin = int(view.column.offsets[view.source[row]])
        before = view.column.data[origin : int(view.start[row])].tobytes().decode("utf-8")
        inside = view.text(row)
        assert inside is not None, "a text that is there"
        found[name] = {"in": whole.payload, "start": len(before), "end": len(before) + len(inside)}
    return {"place": found} if found else {}


def _inputs_below(result: RunResult, node_id: int) -> Iterator[Node]:
    """The columns that a text was taken from by text functions, the column itself left out."""
    for arg in result.plan.nodes[node_id].args:
        node = result.plan.nodes[arg]
        if node.op is Op.INPUT:
            yield node
        else:
            yield from _inputs_below(result, arg)


def _shares_column(result: RunResult, source: Node, texts: object) -> bool:
    column = result.values[source.id]
    return isinstance(column, Texts) and isinstance(texts, Texts) and texts.view.column is column.view.column


def _measurement(result: RunResult, node_id: int) -> Node | None:
    """The one measurement a rule is about, through `when`, `on_error` and `??`."""
    node = result.plan.nodes[node_id]
    while node.op in (Op.GUARD, Op.CATCH, Op.DEFAULT):
        node = result.plan.nodes[node.args[1 if node.op is Op.GUARD else 0]]
    return node if node.op is Op.MEASURE else None
