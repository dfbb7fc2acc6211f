"""`expect` of a case: what the reward, rules, the gate and the route of a row are."""

from __future__ import annotations

from rulereward.lang.case_document import Expectation
from rulereward.lang.case_values import wanted_value
from rulereward.lang.read_parts import Parts
from rulereward.lang.yaml_nodes import MappingNode, Node, ScalarNode, is_null

WAYS = ("gate", "route")
"""What is expected by name. A rule that is called so goes first."""

_HELP = (
    "write a number (`0.5`), about a number (`~0.5`), a range (`0..0.5`), true, false, null, error or skipped; "
    "with a reason: `{value: false, reason: no_answer}`"
)


def read_expectations(node: Node, parts: Parts) -> tuple[Expectation, ...]:
    """Each entry of the mapping; at least one."""
    entries = parts.entries(node, "`expect`")
    if isinstance(node, MappingNode) and not node.entries:
        parts.diagnostics.report("E0603", "this expects nothing", node.span, help="write `expect: {reward: 1}`")
    read = [_expectation(key, value, parts) for key, value in entries]
    return tuple(expectation for expectation in read if expectation is not None)


def _expectation(key: ScalarNode, node: Node, parts: Parts) -> Expectation | None:
    name = key.text
    if isinstance(node, MappingNode):
        return _with_reason(key, node, parts)
    before = len(parts.diagnostics.found)
    wanted = wanted_value(node, parts.diagnostics) if isinstance(node, ScalarNode) else None
    if len(parts.diagnostics.found) > before:
        return None
    if isinstance(node, ScalarNode) and name in WAYS:
        word = None if is_null(node) or node.absent else node.text
        return Expectation(name, key.span, node.span, node.text or "null", wanted, word)
    if wanted is None:
        shown = f"`{node.text}`" if isinstance(node, ScalarNode) and node.text else "this"
        message = f"{shown} says nothing of the value of `{name}`"
        parts.diagnostics.report("E0604", message, node.span, help=_HELP)
        return None
    return Expectation(name, key.span, node.span, wanted.written, wanted)


def _with_reason(key: ScalarNode, node: MappingNode, parts: Parts) -> Expectation | None:
    """`{value: null, reason: gold_missing}`, or the reason alone."""
    found = parts.keys(node, f"what is expected of `{key.text}`", ("value", "reason"), required=("reason",))
    reason = parts.word(found["reason"][1], "`reason`") if "reason" in found else None
    if "value" not in found:
        told = "" if reason is None else reason.text
        return Expectation(key.text, key.span, node.span, told, None, reason=told) if told else None
    value = found["value"][1]
    if isinstance(value, MappingNode):
        parts.diagnostics.report("E0604", "this is no value", value.span, help=_HELP)
        return None
    inner = _expectation(key, value, parts)
    if reason is None or inner is None:
        return None
    written = f"{inner.written} ({reason.text})"
    return Expectation(key.text, key.span, node.span, written, inner.wanted, reason=reason.text)
