"""From the parser's tree to the nodes of `tree.py`, each with its place in the file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, cast

from lark import Token, Tree

from rulereward.lang import tree as syntax
from rulereward.lang.build_calls import CallBuilder
from rulereward.lang.build_parts import Part, end_of, parts_of, start_of
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.literals import BadLiteral, check_number, read_string, split_number
from rulereward.lang.mistakes import Mistake, report_mistake
from rulereward.lang.placed_text import PlacedText
from rulereward.lang.tree import Expr
from rulereward.lang.words import normal_name


def build_tree(parsed: Tree[Token], placed: PlacedText, diagnostics: Diagnostics) -> Expr | None:
    """The syntax tree, or None after a report of the first thing that only looks like an expression."""
    builder = _Builder(placed)
    part: Part = builder.transform(parsed)
    if builder.mistakes:
        report_mistake(min(builder.mistakes, key=lambda mistake: mistake.start), placed, diagnostics)
        return None
    return cast(Expr, part.value)


class _Builder(CallBuilder):
    """One method for each alias of the grammar; children are parts and tokens in the order of the text."""

    def start(self, children: list[Any]) -> Any:
        return children[0]

    # ---- literals and names

    def number(self, children: list[Any]) -> Part:
        digits, unit = split_number(children[0])
        self._literal(children[0], check_number(children[0]))
        return self.part(syntax.Number(self.span(children), digits, normal_name(unit)), children)

    def text(self, children: list[Any]) -> Part:
        value = read_string(children[0])
        if isinstance(value, BadLiteral):
            self._literal(children[0], value)
            value = ""
        return self.part(syntax.Text(self.span(children), value), children)

    def _literal(self, token: Token, bad: BadLiteral | None) -> None:
        if bad is not None:
            code = "E0125" if token.type == "STRING" else "E0126"
            start = start_of(token)
            self.mistakes.append(Mistake(start + bad.start, start + bad.end, code, bad.message, bad.help))

    def true(self, children: list[Any]) -> Part:
        return self.part(syntax.Bool(self.span(children), True), children)

    def false(self, children: list[Any]) -> Part:
        return self.part(syntax.Bool(self.span(children), False), children)

    def null(self, children: list[Any]) -> Part:
        return self.part(syntax.Null(self.span(children)), children)

    def name(self, children: list[Any]) -> Part:
        return self.part(syntax.Name(self.span(children), normal_name(children[0])), children)

    def list_of(self, children: list[Any]) -> Part:
        items = tuple(part.value for part in parts_of(children))
        return self.part(syntax.ListOf(self.span(children), items), children)

    def parenthesised(self, children: list[Any]) -> Part:
        """No node of its own; what stands around it starts and ends with the parentheses."""
        inner = children[1]
        value = inner.value
        if isinstance(value, syntax.Coalesce):
            value = replace(value, parenthesised=True)
        return Part(value, start_of(children[0]), end_of(children[-1]), inner.depth)

    # ---- postfix

    def attribute(self, children: list[Any]) -> Part:
        value, _, name = children
        node = syntax.Attribute(self.span(children), value.value, normal_name(name), self.span([name]))
        return self.part(node, children)

    def index(self, children: list[Any]) -> Part:
        value, _, key, _ = children
        if isinstance(key.value, syntax.Text):
            node: Expr = syntax.Attribute(self.span(children), value.value, key.value.value, key.value.span)
        else:
            node = syntax.Index(self.span(children), value.value, key.value)
        return self.part(node, children)

    # ---- operators

    def coalesce_(self, children: list[Any]) -> Part:
        left, _, right = children
        return self.part(syntax.Coalesce(self.span(children), left.value, right.value), children)

    def negate(self, children: list[Any]) -> Part:
        return self.part(syntax.Negate(self.span(children), children[1].value), children)

    def binary(self, children: list[Any]) -> Part:
        left, op, right = children
        operator = cast(syntax.BinaryOp, str(op))
        return self.part(syntax.Binary(self.span(children), operator, left.value, right.value), children)

    def range_between(self, children: list[Any]) -> Part:
        lo, dots, hi = children
        return self.part(syntax.Range(self.span(children), lo.value, hi.value, dots == "..<"), children)

    def range_from(self, children: list[Any]) -> Part:
        return self.part(syntax.Range(self.span(children), children[0].value, None, False), children)

    def range_to(self, children: list[Any]) -> Part:
        return self.part(syntax.Range(self.span(children), None, children[1].value, False), children)

    def compare_op(self, children: list[Any]) -> str:
        return " ".join(children)

    def compare(self, children: list[Any]) -> Part:
        operands = tuple(part.value for part in children[::2])
        node = syntax.Compare(self.span(children), operands, tuple(children[1::2]))
        return self.part(node, children, levels=len(node.ops))  # a chain becomes comparisons joined by `and`

    def is_null(self, children: list[Any]) -> Part:
        return self.part(syntax.IsNull(self.span(children), children[0].value, False), children)

    def is_not_null(self, children: list[Any]) -> Part:
        return self.part(syntax.IsNull(self.span(children), children[0].value, True), children)

    def not_(self, children: list[Any]) -> Part:
        return self.part(syntax.Not(self.span(children), children[1].value), children)

    def logical(self, children: list[Any]) -> Part:
        left, op, right = children
        operator = cast(Literal["and", "or"], str(op))
        return self.part(syntax.Logical(self.span(children), operator, left.value, right.value), children)

    def conditional(self, children: list[Any]) -> Part:
        value, _, condition, _, otherwise = children
        node = syntax.Conditional(self.span(children), value.value, condition.value, otherwise.value)
        return self.part(node, children)
