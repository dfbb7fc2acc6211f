"""The `monitor` of a ruleset: what is expected of a batch, and when to tell that it does not hold."""

from __future__ import annotations

from rulereward.lang.document import MonitorEntry
from rulereward.lang.read_parts import Parts
from rulereward.lang.yaml_nodes import Node, SequenceNode

LEVELS = ("info", "warn", "error")
_KEYS = ("expect", "for", "level")


def read_monitors(node: Node, parts: Parts) -> tuple[MonitorEntry, ...]:
    """The expectations in their order; what is wrong with one is reported."""
    if not isinstance(node, SequenceNode):
        help = "write each expectation as `- expect: mean(format) over batch >= 0.5`"
        parts.diagnostics.report("E0015", "`monitor` must be a list", node.span, help=help)
        return ()
    return tuple(_read_monitor(item, parts) for item in node.items)


def _read_monitor(node: Node, parts: Parts) -> MonitorEntry:
    found = parts.keys(node, "an entry of `monitor`", _KEYS, required=("expect",))
    return MonitorEntry(
        node.span,
        expect=parts.expression(found["expect"][1], "`expect`") if "expect" in found else None,
        steps=parts.expression(found["for"][1], "`for`") if "for" in found else None,
        level=parts.choice(found["level"][1], "`level`", LEVELS) if "level" in found else None,
    )
