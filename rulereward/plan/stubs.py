"""Rules whose values are given instead of measured: for tests of a ruleset, and for asking what would have been."""

from __future__ import annotations

from collections.abc import Mapping

from rulereward.plan.typed import Caught, Field, Guarded, Ref, Typed, children

STUB = "stub."
"""`stub.<rule>` is the column that stands in for a rule, `stub.<rule>.<field>` the one for a field of it."""


def field_owner(named: Mapping[str, Typed], node: Typed) -> Typed:
    """The value that the fields of a name belong to: behind its names, its `when` and its `on_error`."""
    while isinstance(node, Ref | Guarded | Caught):
        node = named[node.name] if isinstance(node, Ref) else node.value
    return node


class Stubs:
    """The rules that are stubbed, and what that means for their fields.

    A stub stands for the whole rule: a field of it is given too, and where the rule's `when` would have decided about
    the field it no longer does.
    """

    def __init__(self, named: Mapping[str, Typed], rules: frozenset[str]) -> None:
        self.rules = rules
        self._owners = {id(field_owner(named, named[rule])): rule for rule in rules}
        self._conditions = {id(condition) for rule in rules for condition in _conditions(named, named[rule])}

    def rule_of(self, node: Field) -> str | None:
        """The stubbed rule that a field belongs to."""
        return self._owners.get(id(node.measure))

    def lifts(self, node: Guarded) -> bool:
        """Is this the `when` of a stubbed rule, before a field of it?"""
        value = node.value
        while isinstance(value, Guarded):
            value = value.value
        return id(node.condition) in self._conditions and isinstance(value, Field) and self.rule_of(value) is not None

    def parts(self, node: Typed) -> tuple[Typed, ...]:
        """The direct parts of a node that are still looked at."""
        if isinstance(node, Field) and self.rule_of(node) is not None:
            return ()
        return (node.value,) if isinstance(node, Guarded) and self.lifts(node) else children(node)


def _conditions(named: Mapping[str, Typed], node: Typed) -> list[Typed]:
    """Each `when` between a rule and the value that its fields belong to."""
    found: list[Typed] = []
    while isinstance(node, Ref | Guarded | Caught):
        if isinstance(node, Guarded):
            found.append(node.condition)
        node = named[node.name] if isinstance(node, Ref) else node.value
    return found
