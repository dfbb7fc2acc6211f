"""Evidence: what a kind has to show for one row, and where in the row's texts it looked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from rulereward.data import State, Texts
from rulereward.engine.leaves import failure_reason, row_arguments
from rulereward.engine.outcome import RunResult
from rulereward.kind import Failure, Kind
from rulereward.plan.nodes import Node, Op


def evidence(result: RunResult, node: Node, row: int) -> Mapping[str, object]:
    """What the kind behind a measuring node has to show for this row; nothing where it was not measured."""
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
