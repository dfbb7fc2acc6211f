"""What a ruleset's plan gives away about the form it wants: tag pairs, marks of an answer, gold columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rulereward.kind import Kind
from rulereward.plan.nodes import Node, Op, Plan

Pair = tuple[str, str]
"""An opening and a closing tag."""

THINK: Pair = ("<think>", "</think>")

_GOLD_PARAMETERS = frozenset({"gold", "wanted", "expected"})
"""What kinds call the parameter that holds what the row wants said."""

_OPEN_AND_CLOSE = frozenset({"between", "between_all", "drop_between", "section"})
_ONE_MARK = frozenset({"after", "before"})


@dataclass(frozen=True, slots=True)
class Gold:
    """A column of gold answers. `by_part`: its lists are parts that must all be given, not alternatives."""

    column: str
    by_part: bool
    calls: bool
    """Is it a list of expected tool calls?"""


@dataclass(frozen=True, slots=True)
class Markers:
    """`pairs` are tags, `marks` lone texts behind which something is looked for, such as `####`."""

    pairs: tuple[Pair, ...]
    marks: tuple[str, ...]
    golds: tuple[Gold, ...]


def markers_of(plan: Plan, within: Collection[int] | None = None) -> Markers:
    """The markers of a plan, each once, in the order in which the plan comes to them; `within` some of its nodes."""
    pairs: dict[Pair, None] = {}
    marks: dict[str, None] = {}
    nodes = plan.nodes if within is None else [plan.nodes[node] for node in sorted(within)]
    for node in nodes:
        if node.op is Op.MEASURE:
            sections = getattr(node.payload.params, "sections", ())
            pairs |= dict.fromkeys((str(opening), str(closing)) for _, opening, closing in sections)
        elif node.op is Op.TEXT and node.payload.name in _OPEN_AND_CLOSE:
            texts = _constant_texts(plan, node)
            if len(texts) >= 2:
                pairs[texts[-2], texts[-1]] = None
        elif node.op is Op.TEXT and node.payload.name in _ONE_MARK:
            marks |= dict.fromkeys(_constant_texts(plan, node)[:1])
    tags = {tag for pair in pairs for tag in pair}
    if THINK[1] in marks and not tags & {*THINK}:
        pairs = {THINK: None, **pairs}
        tags |= {*THINK}
    return Markers(tuple(pairs), tuple(mark for mark in marks if mark not in tags), tuple(_golds(plan, nodes)))


def _constant_texts(plan: Plan, node: Node) -> list[str]:
    values = [plan.nodes[arg].payload for arg in node.args if plan.nodes[arg].op is Op.CONST]
    return [value for value in values if isinstance(value, str) and value]


def _golds(plan: Plan, nodes: Sequence[Node]) -> Iterator[Gold]:
    """The columns that matchers compare the completion with; `answer` first, for that is what it is called."""
    found: dict[str, Gold] = {}
    for node in nodes:
        if node.op is not Op.MEASURE:
            continue
        kind: Kind = node.payload.kind
        for declared, arg in zip(kind.signature.args, node.args, strict=True):
            column = _column(plan, arg)
            if declared.name in _GOLD_PARAMETERS and column is not None:
                by_part = bool(getattr(node.payload.params, "parts", False))
                found.setdefault(column, Gold(column, by_part, kind.name == "tool_call"))
    yield from sorted(found.values(), key=lambda gold: gold.column != "answer")


def _column(plan: Plan, node: int) -> str | None:
    """The column that a value is, read as a text or not; None where it is more than that."""
    while plan.nodes[node].op is Op.CONVERT:
        (node,) = plan.nodes[node].args
    return str(plan.nodes[node].payload) if plan.nodes[node].op is Op.INPUT else None
