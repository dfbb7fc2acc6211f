"""What the tests of `rulereward.lang` share."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path

import yaml

from rulereward.lang import tree as syntax
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.document import Document
from rulereward.lang.parse import parse_expression
from rulereward.lang.placed_text import PlacedText
from rulereward.lang.read_document import read_document
from rulereward.lang.source import Source, Span

CASES = Path(__file__).resolve().parent.parent / "cases"
LOADERS = [loader for loader in (yaml.SafeLoader, getattr(yaml, "CSafeLoader", None)) if loader is not None]
MARKERS = ("parenthesised",)


def load_cases(path: Path) -> list[dict]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]


def parse(text: str) -> syntax.Expr:
    diagnostics = Diagnostics()
    expression = parse_expression(PlacedText.of(text), diagnostics)
    assert expression is not None, (text, diagnostics.found)
    return expression


def mistakes(text: str) -> Diagnostics:
    diagnostics = Diagnostics()
    assert parse_expression(PlacedText.of(text), diagnostics) is None
    return diagnostics


def read(text: str, name: str = "ruleset.yaml") -> tuple[Document | None, Diagnostics]:
    diagnostics = Diagnostics()
    return read_document(Source(name, text), diagnostics), diagnostics


def read_good(text: str) -> Document:
    document, diagnostics = read(text)
    assert not diagnostics.found, diagnostics.found
    assert document is not None
    return document


def shape(node: object) -> object:
    """A tree without its places, so that two texts can be compared."""
    if isinstance(node, (list, tuple)):
        return [shape(item) for item in node]
    if not is_dataclass(node):
        return node
    values = {field.name: getattr(node, field.name) for field in fields(node) if field.name not in MARKERS}
    plain = {name: shape(value) for name, value in values.items() if not isinstance(value, Span)}
    return (type(node).__name__, plain)


def prefix_form(node: syntax.Expr | None) -> str:
    """The tree as nested prefix operations: `a + b ?? 0` is `(+ a (?? b 0))`; a missing part is `_`."""
    return "_" if node is None else FORMS[type(node)](node)


def form(*parts: object) -> str:
    return f"({' '.join(prefix_form(part) if isinstance(part, syntax.Expr) else str(part) for part in parts)})"


def case_form(node: syntax.Case) -> str:
    return form("case", *(form(arm.condition, arm.value) for arm in node.arms), prefix_form(node.otherwise))


def chain_form(node: syntax.Compare) -> str:
    pairs = zip(node.ops, node.operands[1:], strict=True)
    return form("chain", node.operands[0], *(part for pair in pairs for part in pair))


def range_form(node: syntax.Range) -> str:
    return form("..<" if node.open_end else "..", prefix_form(node.lo), prefix_form(node.hi))


def call_form(node: syntax.Call) -> str:
    parts = [node.name, *(prefix_form(argument) for argument in node.args)]
    parts += [f"{keyword.name}={prefix_form(keyword.value)}" for keyword in node.keywords]
    if node.where is not None:
        parts.append(f"where={prefix_form(node.where)}")
    if node.excluding_self:
        parts.append("excluding-self")
    if node.over is not None:
        parts.append(f"over={node.over}")
    return f"({' '.join(parts)})"


FORMS = {
    syntax.Number: lambda node: node.text + node.unit,
    syntax.Text: lambda node: repr(node.value),
    syntax.Bool: lambda node: str(node.value).lower(),
    syntax.Null: lambda node: "null",
    syntax.Name: lambda node: node.name,
    syntax.Attribute: lambda node: form(".", node.value, node.name),
    syntax.Index: lambda node: form("at", node.value, node.index),
    syntax.ListOf: lambda node: form("list", *node.items),
    syntax.Range: range_form,
    syntax.Call: call_form,
    syntax.Binary: lambda node: form(node.op, node.left, node.right),
    syntax.Logical: lambda node: form(node.op, node.left, node.right),
    syntax.Negate: lambda node: form("neg", node.value),
    syntax.Coalesce: lambda node: form("??", node.left, node.right),
    syntax.Compare: chain_form,
    syntax.IsNull: lambda node: form("given" if node.negated else "missing", node.value),
    syntax.Not: lambda node: form("not", node.value),
    syntax.Conditional: lambda node: form("if", node.condition, node.value, node.otherwise),
    syntax.Case: case_form,
}


def children(node: object) -> list[syntax.Expr]:
    """The expressions directly below a node."""
    found: list[syntax.Expr] = []
    for field in fields(node):
        value = getattr(node, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, syntax.Expr):
                found.append(item)
            elif isinstance(item, (syntax.Arm, syntax.Keyword)):
                found.extend(children(item))
    return found
