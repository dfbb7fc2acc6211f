"""A score expression as a sum of addends, so that each rule's contribution can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rulereward.plan.origin import everything_below
from rulereward.plan.typed import Arithmetic, Measure, Negated, Ref, Typed


@dataclass(frozen=True, slots=True, eq=False)
class Addend:
    """One part of a sum, with the sign it has there."""

    value: Typed
    negative: bool


MOST_ADDENDS = 500
"""A sum of more parts, which a few let entries that double each other make, is shown as one."""


def addends(named: Mapping[str, Typed], rules: frozenset[str], node: Typed) -> list[Addend]:
    """The parts of a sum, through brackets, signs and let entries; a non-sum is its own only part."""
    found: list[Addend] = []
    pending = [Addend(node, negative=False)]
    while pending:
        if len(found) + len(pending) > MOST_ADDENDS:
            return [Addend(node, negative=False)]
        current = pending.pop()
        parts = _parts(named, rules, current)
        if parts is None:
            found.append(current)
        else:
            pending += reversed(parts)
    return found


def _parts(named: Mapping[str, Typed], rules: frozenset[str], addend: Addend) -> list[Addend] | None:
    """What an addend is the sum of, None if it is no sum. The name of a let entry that is none stays."""
    node, negative = addend.value, addend.negative
    while isinstance(node, Ref) and node.name not in rules:
        node = named[node.name]
    if isinstance(node, Arithmetic) and node.op in ("+", "-"):
        return [Addend(node.left, negative), Addend(node.right, negative != (node.op == "-"))]
    if isinstance(node, Negated):
        return [Addend(node.value, not negative)]
    return None


def sole_rule(named: Mapping[str, Typed], rules: frozenset[str], node: Typed) -> str | None:
    """The reported rule that a value is all about: the only one it reads, with no other measurement beside it."""
    found: set[str | None] = set()
    for part in everything_below(named, node, stop=rules):
        if isinstance(part, Ref) and part.name in rules:
            found.add(part.name)
        elif isinstance(part, Measure):
            found.add(None)
    return found.pop() if len(found) == 1 else None
