"""Other columns behind a ruleset's inputs, for data that calls them otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from rulereward.errors import ConfigurationError
from rulereward.kind import Kind
from rulereward.lang.suggest import did_you_mean
from rulereward.plan.nodes import Node, Op, Plan

GROUP = "group"
"""Stands for the key of the groups among a plan's inputs."""


def remapped(plan: Plan, columns: Mapping[str, str]) -> Plan:
    """The plan with the inputs named in `columns` read from other columns.

    Raises ConfigurationError for an input the ruleset does not have. The fingerprint stays: it is the ruleset's.
    """
    known = [*plan.inputs, GROUP]
    for name in columns:
        if name not in known:
            hint = did_you_mean(name, known) or f"its inputs are {', '.join(known)}"
            raise ConfigurationError(f"the ruleset `{plan.name}` has no input `{name}`; {hint}")
    if "completion" in columns and plan.inputs["transcript"].paths == plan.inputs["completion"].paths:
        columns = {"transcript": columns["completion"], **columns}
    inputs = {
        name: replace(item, paths=(columns[name],)) if name in columns else item for name, item in plan.inputs.items()
    }
    group = replace(plan.group, by=(columns[GROUP],), declared=True) if GROUP in columns else plan.group
    return replace(plan, inputs=inputs, group=group)


def asked_columns(plan: Plan) -> dict[str, tuple[str, ...]]:
    """The inputs and `row.` columns an author asks for, with their paths.

    Not the prompt where only a kind looks at it by itself, to see a tag that it ends with: it may well be absent.
    """
    asked = {
        plan.nodes[arg].payload
        for node in plan.nodes
        for place, arg in enumerate(node.args)
        if plan.nodes[arg].op is Op.INPUT and not _is_implicit(node, place)
    }
    paths = {name: item.paths for name, item in plan.inputs.items() if name in asked}
    return paths | {name: (name.removeprefix("row."),) for name in sorted(asked) if name.startswith("row.")}


def absent_columns(plan: Plan, given: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The inputs an author asks for of which no column is among the `given`, with their paths."""
    return {
        name: paths
        for name, paths in asked_columns(plan).items()
        if not any(path.partition(".")[0] in given or path in given for path in paths)
    }


def _is_implicit(node: Node, place: int) -> bool:
    if node.op is Op.MEASURE:
        kind: Kind = node.payload.kind
        implicit = kind.signature.args[place].implicit
        return implicit is not None and implicit.hidden
    return node.op is Op.TEXT and node.payload.name == "section" and place == 1
