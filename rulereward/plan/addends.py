"""A score expression as a sum of addends, so that each rule's contribution can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rulereward.plan.typed import Arithmetic, Measure, Negated, Ref, Typed, children


@dataclass(frozen=True, slots=True, eq=False)
class Addend:
    """One part of a sum, with the sign it has there."""

    value: Typed
    negative: bool


def addends(named: Mapping[str, Typed], rules: frozenset[str], node: Typed, negative: bool = False) -> list[Addend]:
    """The parts of a sum, through brackets, signs and let entries; a non-sum is its own only part."""
    if isinstance(node, Arithmetic) and node.op in ("+", "-"):
        flipped = negative != (node.op == "-")
        return [*addends(named, rules, node.left, negative), *addends(named, rules, node.right, flipped)]
    if isinstance(node, Negated):
        return addends(named, rules, node.value, not negative)
    if isinstance(node, Ref) and node.name not in rules:
        inner = addends(named, rules, named[node.name], negative)
        return inner if len(inner) > 1 or inner[0].negative != negative else [Addend(node, negative)]
    return [Addend(node, negative)]


def sole_rule(named: Mapping[str, Typed], rules: frozenset[str], node: Typed) -> str | None:
    """The reported rule that a value is all about: the only one it reads, with no other measurement beside it."""
    found = _measured(named, rules, node)
    (name,) = found if len(found) == 1 else (None,)
    return name


def _measured(named: Mapping[str, Typed], rules: frozenset[str], node: Typed) -> frozenset[str | None]:
    """Rules a value reads, through let entries but not into the rules themselves; None for an unnamed measurement."""
    if isinstance(node, Ref):
        return frozenset({node.name}) if node.name in rules else _measured(named, rules, named[node.name])
    if isinstance(node, Measure):
        return frozenset({None})
    return frozenset[str | None]().union(*(_measured(named, rules, child) for child in children(node)))
