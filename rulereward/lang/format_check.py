"""Whether two readings of a ruleset mean the same: the same keys and words, and equal trees of expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from rulereward.lang.source import Span
from rulereward.lang.tree import Arm, Expr, Keyword
from rulereward.lang.yaml_nodes import MappingNode, Node, ScalarNode, SequenceNode

Expressions = Mapping[ScalarNode, Expr | None]


def same_ruleset(before: Node, after: Node, expressions: Expressions, expressions_after: Expressions) -> bool:
    """Whether two files say the same, node by node; scalars that are no expression have to be equal to the letter."""
    waiting = [(before, after)]
    while waiting:
        one, other = waiting.pop()
        if isinstance(one, ScalarNode):
            if not isinstance(other, ScalarNode) or one.style != other.style:
                return False
            tree, tree_after = expressions.get(one), expressions_after.get(other)
            if one.text != other.text and (tree is None or tree_after is None):
                return False
            if not same_tree(tree, tree_after):
                return False
            continue
        if type(one) is not type(other) or isinstance(other, ScalarNode) or one.flow != other.flow:
            return False
        children, children_after = _children(one), _children(other)
        if len(children) != len(children_after):
            return False
        waiting.extend(zip(children, children_after, strict=True))
    return True


def _children(node: MappingNode | SequenceNode) -> list[Node]:
    if isinstance(node, SequenceNode):
        return list(node.items)
    return [child for entry in node.entries for child in entry]


def same_tree(one: Expr | None, other: Expr | None) -> bool:
    """Whether two trees differ in nothing but their places. A long sum is deep, so this does not call itself."""
    waiting: list[tuple[object, object]] = [(one, other)]
    while waiting:
        left, right = waiting.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, Expr | Arm | Keyword):
            waiting.extend((getattr(left, field.name), getattr(right, field.name)) for field in fields(left))
        elif isinstance(left, tuple) and isinstance(right, tuple):
            if len(left) != len(right):
                return False
            waiting.extend(zip(left, right, strict=True))
        elif not isinstance(left, Span) and left != right:
            return False
    return True
