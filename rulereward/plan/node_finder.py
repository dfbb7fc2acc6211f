"""Where in a plan the expressions of a ruleset are computed: a plan itself has forgotten their names."""

from __future__ import annotations

from rulereward.plan.builder import Builder
from rulereward.plan.nodes import Op, Plan
from rulereward.plan.typed import Checked, Typed

_SHORT = frozenset({Op.CONST, Op.INPUT, Op.CONVERT})
"""What says as much under its own words as under a name."""


class NodeFinder:
    """Finds the nodes of checked expressions in the plan that was made of them (without stubs)."""

    def __init__(self, checked: Checked, plan: Plan) -> None:
        self._checked = checked
        self._plan = plan
        self._builder = Builder(checked.named, frozenset())
        self._builder.take_over(plan.nodes)

    def node(self, expression: Typed) -> int | None:
        """The id of the node that computes it, None where the plan has no use for it."""
        found = self._builder.add(expression)
        return found if found < len(self._plan.nodes) else None

    def names(self) -> dict[int, str]:
        """Nodes by the first name that stands for them: a rule's, else that of a let entry, a term or a section.

        What is no longer than a name (an input, a constant) has none; parameters are constants.
        """
        found: dict[int, str] = {}
        for name, node in self._plan.reported.items():
            found.setdefault(node, name)
        for name, value in self._checked.named.items():
            at = None if name in self._checked.params else self.node(value)
            if at is not None and self._plan.nodes[at].op not in _SHORT:
                found.setdefault(at, name)
        for part in self._plan.nodes:
            written = part.span.source.text[part.span.start : part.span.end]
            if part.op is Op.TEXT and part.payload.name == "section" and written.isidentifier():
                found.setdefault(part.id, written)
        return found
