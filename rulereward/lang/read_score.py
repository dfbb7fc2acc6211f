"""The `score` of a ruleset: one expression, or gates, terms and what to do around them."""

from __future__ import annotations

from rulereward.lang.diagnostics import Label
from rulereward.lang.document import GateEntry, ScoreEntry, TermEntry
from rulereward.lang.read_parts import Parts
from rulereward.lang.yaml_nodes import MappingNode, Node, ScalarNode, SequenceNode

_SCORE_LIST = "terms are a mapping under `terms` of `score`: `terms: {name: weight}`"
_KEYS = ("gates", "terms", "on_null", "clamp", "final_null")


def read_score(key: ScalarNode, node: Node, parts: Parts) -> ScoreEntry:
    """The entry as far as it could be read; the rest is reported."""
    if not isinstance(node, MappingNode):
        return ScoreEntry(key.span, parts.expression(node, "`score`", help=_SCORE_LIST))
    found = parts.keys(node, "a `score` mapping", _KEYS, required=("terms",))

    def value(name: str) -> Node | None:
        return found[name][1] if name in found else None

    gates, terms, on_null = value("gates"), value("terms"), value("on_null")
    clamp, final_null = value("clamp"), value("final_null")
    return ScoreEntry(
        key.span,
        gates=() if gates is None else _read_gates(gates, parts),
        terms=None if terms is None else _read_terms(terms, parts),
        on_null=None if on_null is None else parts.choice(on_null, "`on_null`", ("zero", "propagate")),
        clamp=None if clamp is None else parts.expression(clamp, "`clamp`", help=_clamp_help(clamp)),
        final_null=None if final_null is None else parts.expression(final_null, "`final_null`"),
    )


def _clamp_help(node: Node) -> str:
    """How the range is written that somebody gave as a list of its two ends."""
    ends = (
        [item.text for item in node.items if isinstance(item, ScalarNode)] if isinstance(node, SequenceNode) else []
    )
    return f"write `clamp: {ends[0]}..{ends[1]}`" if len(ends) == 2 else "write `clamp: lo..hi`"


def _read_gates(node: Node, parts: Parts) -> tuple[GateEntry, ...]:
    if not isinstance(node, SequenceNode):
        help = "write each gate as `- name: ...` with `when` and `value` below"
        parts.diagnostics.report("E0015", "`gates` must be a list", node.span, help=help)
        return ()
    gates: dict[str, GateEntry] = {}
    for item in node.items:
        found = parts.keys(item, "a gate", ("name", "when", "value"), required=("name", "when", "value"))
        if "name" not in found:
            continue
        name_node = found["name"][1]
        word = parts.word(name_node, "the name of a gate")
        if word is None or not isinstance(name_node, ScalarNode):
            continue
        name = parts.name(name_node, "a gate")
        if name is None:
            continue
        if name in gates:
            earlier = Label(gates[name].span, "first here")
            parts.diagnostics.report("E0010", f"two gates are named `{name}`", word.span, secondary=earlier)
            continue
        when = parts.expression(found["when"][1], f"`when` of gate `{name}`") if "when" in found else None
        value = parts.expression(found["value"][1], f"`value` of gate `{name}`") if "value" in found else None
        gates[name] = GateEntry(name, word.span, when, value)
    return tuple(gates.values())


def _read_terms(node: Node, parts: Parts) -> tuple[TermEntry, ...]:
    terms = []
    for key, body in parts.entries(node, "`terms`"):
        name = parts.name(key, "a term")
        if name is None:
            continue
        if not isinstance(body, MappingNode):
            terms.append(TermEntry(name, key.span, None, parts.expression(body, f"the weight of `{name}`")))
            continue
        earlier = parts.declared(name)
        known = ("value", "weight")
        found = parts.keys(body, f"term `{name}`", known, required=() if earlier else known)
        if earlier and "value" not in found:
            message = f"`{name}` is {earlier}, and this term gives it no value"
            parts.missing(message, key.span, help=f"write `{name}: {_plain_weight(found)}`")
            continue
        parts.declare(name, key.span, "a term")
        value = parts.expression(found["value"][1], f"`value` of term `{name}`") if "value" in found else None
        weight = parts.expression(found["weight"][1], f"`weight` of term `{name}`") if "weight" in found else None
        terms.append(TermEntry(name, key.span, value, weight, valued=True))
    return tuple(terms)


def _plain_weight(found: dict[str, tuple[ScalarNode, Node]]) -> str:
    """The weight as it is written behind a name; for one that is no single word, the word for it."""
    node = found["weight"][1] if "weight" in found else None
    return node.text if isinstance(node, ScalarNode) and len(node.text.split()) == 1 else "weight"
