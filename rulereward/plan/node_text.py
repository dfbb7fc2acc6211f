"""The nodes of a plan as expressions of the language, each shared node under a name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from rulereward.kind import Arg, Constant, Kind, LocalFile, Signature
from rulereward.lang import tree
from rulereward.lang.print import print_expression
from rulereward.lang.source import Source, Span
from rulereward.plan.nodes import Folding, Gathering, Node, Op, Plan

_NOWHERE = Span(Source("", ""), 0, 0)
_TRANSPARENT = frozenset({Op.IS_TRUE, Op.SPREAD, Op.CONVERT, Op.CATCH, Op.GUARD})
"""Nodes whose text is that of their (last) argument."""


_MOST_PARTS = 200
"""An expression of more parts is shown as `…`: nobody would read it."""


class NodeText:
    """Texts of nodes. `names` maps the ids of nodes that are only referred to, inside others, to their names."""

    def __init__(self, plan: Plan, names: Mapping[int, str]) -> None:
        self._nodes = plan.nodes
        self._names = names
        self._sizes: list[int] = []
        """How many parts each node's expression would have; shared nodes count wherever they are written out."""
        for node in plan.nodes:
            self._sizes.append(1 + sum(self._sizes[arg] for arg in node.args))

    def reference(self, node: int) -> str:
        """The node's name if it has one, else its expression."""
        return print_expression(self._tree(node))

    def definition(self, node: int) -> str:
        """The node's expression, even if it has a name; `when` and `on_error` of a rule stand behind it."""
        here = self._nodes[node]
        if here.op is Op.GUARD:
            return f"{self.definition(here.args[1])} when {self.reference(here.args[0])}"
        if here.op is Op.CATCH:
            replacement = "null" if here.payload is None else print_expression(_number(here.payload))
            return f"{self.definition(here.args[0])} on error {replacement}"
        return print_expression(self._bare_tree(node))

    def _tree(self, node: int) -> tree.Expr:
        name = self._names.get(node)
        if name is None and self._sizes[node] > _MOST_PARTS:
            name = "…"
        return self._bare_tree(node) if name is None else tree.Name(_NOWHERE, name)

    def _bare_tree(self, node: int) -> tree.Expr:
        here = self._nodes[node]
        if here.op in _TRANSPARENT:
            return self._tree(here.args[-1])
        if here.op in (Op.MEASURE, Op.TEXT, Op.NUMERIC):
            return self._call(here)
        if here.op is Op.FOLD:
            return self._fold(here)
        if here.op is Op.GATHER:
            return self._gather(here)
        args = [self._tree(arg) for arg in here.args]
        if here.op is Op.IF and self._nodes[here.args[0]].op is Op.IS_TRUE:
            return _case(args)
        return _BUILD[here.op](here, args)

    def _call(self, node: Node) -> tree.Call:
        if node.op is not Op.MEASURE:
            return _call(node.payload.name, *self._arguments(node.payload.signature, node.args))
        kind: Kind = node.payload.kind
        positional, keywords = self._arguments(kind.signature, node.args)
        return _call(kind.name, positional, keywords + _constants(kind.signature.constants, node.payload.params))

    def _arguments(self, signature: Signature, args: Sequence[int]) -> tuple[list[tree.Expr], list[tree.Keyword]]:
        declared = list(signature.args)
        declared += [declared[-1]] * (len(args) - len(declared))  # a variadic parameter repeats
        positional: list[tree.Expr] = []
        keywords: list[tree.Keyword] = []
        ends = iter(zip(declared, args, strict=False))
        listed: list[tree.Expr] = []
        for arg, node in ends:
            if (arg.implicit is not None and arg.implicit.hidden) or self._is_default(arg, node):
                continue
            if arg.listed:
                listed.append(self._tree(node))
            elif arg.window:
                positional.append(self._window(node, next(ends)[1]))
            elif self._wants_name(arg, node, first=not positional):
                keywords.append(_keyword(arg.name, self._tree(node)))
            else:
                positional.append(self._tree(node))
        positional += [tree.ListOf(_NOWHERE, tuple(listed))] if listed else []
        return positional, keywords

    def _is_default(self, arg: Arg, node: int) -> bool:
        here = self._nodes[node]
        return not arg.required and here.op is Op.CONST and here.payload == arg.default

    def _wants_name(self, arg: Arg, node: int, *, first: bool) -> bool:
        """A lone number says little, and what may be left out must say what it is."""
        is_number = self._nodes[node].op is Op.CONST and isinstance(self._nodes[node].payload, float)
        return not arg.variadic and not first and (is_number or not arg.required)

    def _window(self, lo: int, hi: int) -> tree.Range:
        first, last = (None if _is_infinite(self._nodes[end]) else self._tree(end) for end in (lo, hi))
        return tree.Range(_NOWHERE, first, last, open_end=False)

    def _fold(self, node: Node) -> tree.Call:
        value, *where = (self._tree(arg) for arg in node.args)
        condition = where[0] if where else None
        folding: Folding = node.payload
        keywords = tuple(_constants(folding.aggregate.constants, folding.params))
        name = folding.aggregate.name
        excluding = folding.excluding_self
        return tree.Call(_NOWHERE, name, _NOWHERE, (value,), keywords, condition, excluding, over="group")

    def _gather(self, node: Node) -> tree.Call:
        gathering: Gathering = node.payload
        items = tuple(self._tree(arg) for arg in node.args)
        value = tree.ListOf(_NOWHERE, items) if gathering.each is None else items[0]
        aggregate = gathering.aggregate
        return _call(aggregate.name, [value], _constants(aggregate.constants, gathering.params))


def _call(name: str, positional: Sequence[tree.Expr], keywords: Sequence[tree.Keyword] = ()) -> tree.Call:
    return tree.Call(_NOWHERE, name, _NOWHERE, tuple(positional), tuple(keywords))


def _keyword(name: str, value: tree.Expr) -> tree.Keyword:
    return tree.Keyword(name, _NOWHERE, value)


def _constants(constants: Sequence[Constant], params: Any) -> list[tree.Keyword]:
    """The constants that differ from their defaults; those the compiler fills in are no part of the text."""
    declared = {constant.name: constant for constant in constants if constant.implicit is None}
    if params is None:
        return []
    given = {item.name: getattr(params, item.name) for item in fields(params) if item.name in declared}
    return [
        _keyword(name, _literal(value))
        for name, value in given.items()
        if declared[name].required or value != declared[name].default
    ]


def _is_infinite(node: Node) -> bool:
    return node.op is Op.CONST and isinstance(node.payload, float) and math.isinf(node.payload)


def _literal(value: object) -> tree.Expr:
    if value is None:
        return tree.Null(_NOWHERE)
    if isinstance(value, bool):
        return tree.Bool(_NOWHERE, value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, tuple | list):
        return tree.ListOf(_NOWHERE, tuple(_literal(item) for item in value))
    return tree.Text(_NOWHERE, value.path if isinstance(value, LocalFile) else str(value))


def _number(value: float) -> tree.Expr:
    if value < 0:
        return tree.Negate(_NOWHERE, _number(-value))
    whole = float(value).is_integer() and abs(value) < 1e15
    return tree.Number(_NOWHERE, str(int(value)) if whole else repr(value), "")


def _inverted(value: tree.Expr) -> tree.Expr:
    match value:
        case tree.IsNull():
            return tree.IsNull(_NOWHERE, value.value, not value.negated)
        case tree.Compare(ops=("in",)):
            return tree.Compare(_NOWHERE, value.operands, ("not in",))
        case _:
            return tree.Not(_NOWHERE, value)


def _column(name: str) -> tree.Expr:
    """`row.a["b c"]`; other columns are called as they are."""
    if not name.startswith("row."):
        return tree.Name(_NOWHERE, name)
    found: tree.Expr = tree.Name(_NOWHERE, "row")
    for part in name.split(".")[1:]:
        found = tree.Attribute(_NOWHERE, found, part, _NOWHERE)
    return found


def _item(value: tree.Expr, index: tree.Expr) -> tree.Expr:
    if isinstance(index, tree.Text):
        return tree.Attribute(_NOWHERE, value, index.value, _NOWHERE)
    return tree.Index(_NOWHERE, value, index)


def _case(args: Sequence[tree.Expr]) -> tree.Case:
    """A choice in which a null condition counts as not true; one in its last branch is further arms of it."""
    condition, value, otherwise = args
    first = tree.Arm(condition, value)
    if isinstance(otherwise, tree.Case):
        return tree.Case(_NOWHERE, (first, *otherwise.arms), otherwise.otherwise)
    return tree.Case(_NOWHERE, (first,), otherwise)


def _clamped(node: Node, args: list[tree.Expr]) -> tree.Expr:
    lo, hi = (None if math.isinf(end) else _number(end) for end in node.payload)
    return _call("clamp", [args[0], tree.Range(_NOWHERE, lo, hi, open_end=False)])


_BUILD: dict[Op, Callable[[Node, list[tree.Expr]], tree.Expr]] = {
    Op.CONST: lambda node, _: _literal(node.payload),
    Op.INPUT: lambda node, _: _column(node.payload),
    Op.FIELD: lambda node, args: tree.Attribute(_NOWHERE, args[0], node.payload, _NOWHERE),
    Op.ARITHMETIC: lambda node, args: tree.Binary(_NOWHERE, node.payload, args[0], args[1]),
    Op.NEGATE: lambda _, args: tree.Negate(_NOWHERE, args[0]),
    Op.CLAMP: _clamped,
    Op.COMPARE: lambda node, args: tree.Compare(_NOWHERE, tuple(args), (node.payload,)),
    Op.CONTAINS: lambda _, args: tree.Compare(_NOWHERE, tuple(args), ("in",)),
    Op.IS_NULL: lambda _, args: tree.IsNull(_NOWHERE, args[0], negated=False),
    Op.NOT: lambda _, args: _inverted(args[0]),
    Op.AND: lambda _, args: tree.Logical(_NOWHERE, "and", args[0], args[1]),
    Op.OR: lambda _, args: tree.Logical(_NOWHERE, "or", args[0], args[1]),
    Op.IF: lambda _, args: tree.Conditional(_NOWHERE, args[1], args[0], args[2]),
    Op.ITEM: lambda _, args: _item(*args),
    Op.DEFAULT: lambda _, args: tree.Coalesce(_NOWHERE, args[0], args[1]),
}
