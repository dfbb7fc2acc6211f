"""The `score` of a ruleset: one expression, or gates, terms and what to do around them."""

from __future__ import annotations

from collections.abc import Mapping

from rulereward.lang.diagnostics import Label
from rulereward.lang.document import GateEntry, Removal, RouteEntry, ScoreEntry, TermEntry, Word
from rulereward.lang.read_parts import Parts
from rulereward.lang.source import Span
from rulereward.lang.yaml_nodes import MappingNode, Node, ScalarNode, SequenceNode, is_null

_SCORE_LIST = "terms are a mapping under `terms` of `score`: `terms: {name: weight}`"
_KEYS = ("gates", "terms", "on_null", "clamp", "final_null")
_ROUTE_KEYS = ("name", "when", "score")


def read_score(key: ScalarNode, node: Node, parts: Parts, *, laid_over: bool = False) -> ScoreEntry:
    """The entry as far as it could be read; the rest is reported. One `laid_over` another may leave things out."""
    if not isinstance(node, MappingNode):
        return ScoreEntry(key.span, parts.expression(node, "`score`", help=_SCORE_LIST))
    found = parts.keys(node, "a `score` mapping", _KEYS, required=() if laid_over else ("terms",))

    def value(name: str) -> Node | None:
        return found[name][1] if name in found else None

    gates, terms, on_null = value("gates"), value("terms"), value("on_null")
    clamp, final_null = value("clamp"), value("final_null")
    read_terms: tuple[TermEntry, ...] | None = None if laid_over else ()  # what is missing was reported
    removed: tuple[Removal, ...] = ()
    if terms is not None:
        read_terms, removed = _read_terms(terms, parts, laid_over=laid_over)
    return ScoreEntry(
        key.span,
        mapping=True,
        gates=None if gates is None else _read_gates(gates, parts),
        terms=read_terms,
        on_null=None if on_null is None else _read_on_null(on_null, parts),
        clamp=None if clamp is None else parts.expression(clamp, "`clamp`", help=_clamp_help(clamp)),
        final_null=None if final_null is None else parts.expression(final_null, "`final_null`"),
        removed=removed,
    )


def read_routes(node: Node, parts: Parts) -> tuple[RouteEntry, ...]:
    """The routes in their order; what is wrong with one is reported."""
    if not isinstance(node, SequenceNode):
        help = "write each route as `- name: ...` with `when` and `score` below"
        parts.diagnostics.report("E0015", "`route` must be a list", node.span, help=help)
        return ()
    routes: dict[str, RouteEntry] = {}
    for item in node.items:
        found = parts.keys(item, "a route", _ROUTE_KEYS, required=_ROUTE_KEYS)
        named = _read_name(found, "a route", routes, parts)
        if named is None:
            continue
        name, span = named
        when = parts.expression(found["when"][1], f"`when` of route `{name}`") if "when" in found else None
        score = read_score(*found["score"], parts, laid_over=True) if "score" in found else None
        routes[name] = RouteEntry(name, span, when, score)
    return tuple(routes.values())


def _read_name(
    found: dict[str, tuple[ScalarNode, Node]],
    what: str,
    earlier: Mapping[str, GateEntry] | Mapping[str, RouteEntry],
    parts: Parts,
) -> tuple[str, Span] | None:
    """The `name` of an entry of a list, None after a report, or where it is missing (which was reported)."""
    if "name" not in found:
        return None
    node = found["name"][1]
    word = parts.word(node, f"the name of {what}")
    if word is None or not isinstance(node, ScalarNode):
        return None
    name = parts.name(node, what)
    if name is not None and name in earlier:
        first = Label(earlier[name].span, "first here")
        kind = what.removeprefix("a ")
        parts.diagnostics.report("E0010", f"two {kind}s are named `{name}`", word.span, secondary=first)
        return None
    return None if name is None else (name, word.span)


def _read_on_null(node: Node, parts: Parts) -> Word:
    """The word, or, after a report, one that causes no further message."""
    return parts.choice(node, "`on_null`", ("zero", "propagate")) or Word("propagate", node.span)


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
        named = _read_name(found, "a gate", gates, parts)
        if named is None:
            continue
        name, span = named
        when = parts.expression(found["when"][1], f"`when` of gate `{name}`") if "when" in found else None
        value = parts.expression(found["value"][1], f"`value` of gate `{name}`") if "value" in found else None
        gates[name] = GateEntry(name, span, when, value)
    return tuple(gates.values())


def _read_terms(node: Node, parts: Parts, *, laid_over: bool) -> tuple[tuple[TermEntry, ...], tuple[Removal, ...]]:
    terms: list[TermEntry] = []
    removed: list[Removal] = []
    for key, body in parts.entries(node, "`terms`"):
        name = parts.name(key, "a term")
        if name is None:
            continue
        if laid_over and is_null(body):
            removed.append(Removal("terms", name, key.span))
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
    return tuple(terms), tuple(removed)


def _plain_weight(found: dict[str, tuple[ScalarNode, Node]]) -> str:
    """The weight as it is written behind a name; for one that is no single word, the word for it."""
    node = found["weight"][1] if "weight" in found else None
    return node.text if isinstance(node, ScalarNode) and len(node.text.split()) == 1 else "weight"
