"""`stub` of a case: the values that rules are given instead of being measured."""

from __future__ import annotations

from collections.abc import Mapping

from rulereward.lang.case_document import Failing, GivenValue, Stub
from rulereward.lang.case_values import scalar_value
from rulereward.lang.read_parts import Parts
from rulereward.lang.source import Span
from rulereward.lang.yaml_nodes import MappingNode, Node, ScalarNode

_HELP = "write a number, true, false, null or error; with fields: `{value: 0.5, total: 3}`"


def read_stubs(node: Node, parts: Parts) -> Mapping[str, Stub]:
    """The stubs by rule. `passed: 0.5`, or with fields `passed: {value: 0.5, total: 3}`."""
    read = [_stub(key, value, parts) for key, value in parts.entries(node, "`stub`")]
    return {stub.rule: stub for stub in read}


def _stub(key: ScalarNode, node: Node, parts: Parts) -> Stub:
    if not isinstance(node, MappingNode):
        return Stub(key.text, key.span, _number(node, parts), {})
    entries = {name.text: (name, value) for name, value in parts.entries(node, f"the stub of `{key.text}`")}
    if "value" not in entries:
        place = Span(node.span.source, node.span.start, node.span.start)
        parts.missing(f"the stub of `{key.text}` needs the key `value`", place, help=_HELP)
    value = _number(entries["value"][1], parts) if "value" in entries else None
    fields = {name: (key.span, _given(item, parts)) for name, (key, item) in entries.items() if name != "value"}
    return Stub(key.text, key.span, value, fields)


def _number(node: Node, parts: Parts) -> GivenValue:
    """The value of a rule, which is never a text."""
    given = _given(node, parts)
    if isinstance(given, str):
        parts.diagnostics.report("E0606", f"no rule has the value `{given}`", node.span, help=_HELP)
        return None
    return given


def _given(node: Node, parts: Parts) -> GivenValue:
    if not isinstance(node, ScalarNode):
        parts.diagnostics.report("E0606", "a mapping or a list cannot stand in for a value", node.span, help=_HELP)
        return None
    if node.style == "plain" and node.text == "error":
        return Failing.ERROR
    return scalar_value(node, parts.diagnostics)
