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
    """The tree as nested prefix operations: `a + b ?? 0` is `(+ a (?? b 0))`."""
    match node:
        case None:
            return "_"
        case syntax.Number():
            return node.text + node.unit
        case syntax.Text():
            return repr(node.value)
        case syntax.Bool():
            return str(node.value).lower()
        case syntax.Null():
            return "null"
        case syntax.Name():
            return node.name
        case syntax.Attribute():
            return f"(. {prefix_form(node.value)} {node.name})"
        case syntax.Index():
            return f"(at {prefix_form(node.value)} {prefix_form(node.index)})"
        case syntax.ListOf():
            return "(list" + "".join(f" {prefix_form(item)}" for item in node.items) + ")"
        case syntax.Range():
            return f"({'..<' if node.open_end else '..'} {prefix_form(node.lo)} {prefix_form(node.hi)})"
        case syntax.Call():
            return call_form(node)
        case syntax.Binary() | syntax.Logical():
            return f"({node.op} {prefix_form(node.left)} {prefix_form(node.right)})"
        case syntax.Negate():
            return f"(neg {prefix_form(node.value)})"
        case syntax.Coalesce():
            return f"(?? {prefix_form(node.left)} {prefix_form(node.right)})"
        case syntax.Compare():
            first, *others = (prefix_form(operand) for operand in node.operands)
            return f"(chain {first}" + "".join(f" {op} {x}" for op, x in zip(node.ops, others, strict=True)) + ")"
        case syntax.IsNull():
            return f"({'given' if node.negated else 'missing'} {prefix_form(node.value)})"
        case syntax.Not():
            return f"(not {prefix_form(node.value)})"
        case syntax.Conditional():
            return f"(if {prefix_form(node.condition)} {prefix_form(node.value)} {prefix_form(node.otherwise)})"
        case syntax.Case():
            arms = "".join(f" ({prefix_form(arm.condition)} {prefix_form(arm.value)})" for arm in node.arms)
            return f"(case{arms} {prefix_form(node.otherwise)})"
    raise AssertionError(node)


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
