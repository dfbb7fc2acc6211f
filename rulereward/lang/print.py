"""From a tree back to text: one way to write each expression, with no parentheses that could go.

Parsing the text gives an equal tree. Parentheses around `??` stay where the author wrote them: they say that the
order is meant.
"""

from __future__ import annotations

import re
from enum import IntEnum

from rulereward.lang import tree as syntax
from rulereward.lang.tree import Expr
from rulereward.lang.words import is_name, normal_name


class _Level(IntEnum):
    """How tightly a piece of text holds together; the order of the rules in grammar/expression.lark."""

    CONDITIONAL = 0
    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    RANGE = 5
    SUM = 6
    TERM = 7
    UNARY = 8
    POWER = 9
    COALESCE = 10
    POSTFIX = 11


_BINARY = {
    "+": (_Level.SUM, _Level.SUM, _Level.TERM),
    "-": (_Level.SUM, _Level.SUM, _Level.TERM),
    "*": (_Level.TERM, _Level.TERM, _Level.UNARY),
    "/": (_Level.TERM, _Level.TERM, _Level.UNARY),
    "**": (_Level.POWER, _Level.COALESCE, _Level.UNARY),
}
"""Operator to its own level and those its left and right side need."""

_SHORT_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\", '"': '\\"'}
_RAW = re.compile(r'(?:[^"\\]|\\[^"])*')


def print_expression(expression: Expr) -> str:
    """The canonical text of an expression, on one line."""
    return _print(expression, _Level.CONDITIONAL)


def quote(text: str) -> str:
    """A text as a string of the language, raw if that spares doubling backslashes."""
    if "\\" in text and text.isprintable() and _RAW.fullmatch(text):
        return f'r"{text}"'
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


def _print(node: Expr, needed: _Level) -> str:
    text, level = _text_and_level(node)
    return f"({text})" if level < needed else text


def _text_and_level(node: Expr) -> tuple[str, _Level]:
    match node:
        case syntax.Conditional():
            value, condition = _print(node.value, _Level.OR), _print(node.condition, _Level.OR)
            return f"{value} if {condition} else {_print(node.otherwise, _Level.CONDITIONAL)}", _Level.CONDITIONAL
        case syntax.Logical():
            own = _Level.OR if node.op == "or" else _Level.AND
            return f"{_print(node.left, own)} {node.op} {_print(node.right, _Level(own + 1))}", own
        case syntax.Not():
            return f"not {_print(node.value, _Level.NOT)}", _Level.NOT
        case syntax.Compare():
            first, *others = (_print(operand, _Level.RANGE) for operand in node.operands)
            chain = (f" {op} {operand}" for op, operand in zip(node.ops, others, strict=True))
            return first + "".join(chain), _Level.COMPARISON
        case syntax.IsNull():
            return f"{_print(node.value, _Level.RANGE)} is {'not ' if node.negated else ''}null", _Level.COMPARISON
        case syntax.Range():
            lo, hi = ("" if end is None else _print(end, _Level.SUM) for end in (node.lo, node.hi))
            return f"{lo}{'..<' if node.open_end else '..'}{hi}", _Level.RANGE
        case syntax.Binary():
            own, left, right = _BINARY[node.op]
            return f"{_print(node.left, left)} {node.op} {_print(node.right, right)}", own
        case syntax.Negate():
            return f"-{_print(node.value, _Level.UNARY)}", _Level.UNARY
        case syntax.Coalesce():
            text = f"{_print(node.left, _Level.POSTFIX)} ?? {_fallback(node.right)}"
            return (f"({text})", _Level.POSTFIX) if node.parenthesised else (text, _Level.COALESCE)
        case _:
            return _postfix(node), _Level.POSTFIX


def _fallback(node: Expr) -> str:
    """The right side of `??`, which may carry a minus."""
    if isinstance(node, syntax.Negate):
        return f"-{_fallback(node.value)}"
    return _print(node, _Level.COALESCE)


def _postfix(node: Expr) -> str:
    match node:
        case syntax.Number():
            return node.text + node.unit
        case syntax.Text():
            return quote(node.value)
        case syntax.Bool():
            return "true" if node.value else "false"
        case syntax.Null():
            return "null"
        case syntax.Name():
            return node.name
        case syntax.Attribute():
            value = _print(node.value, _Level.POSTFIX)
            plain = is_name(node.name) and normal_name(node.name) == node.name
            return f"{value}.{node.name}" if plain else f"{value}[{quote(node.name)}]"
        case syntax.Index():
            return f"{_print(node.value, _Level.POSTFIX)}[{print_expression(node.index)}]"
        case syntax.ListOf():
            return f"[{', '.join(map(print_expression, node.items))}]"
        case syntax.Call():
            return _call(node)
        case syntax.Case():
            arms = [f"{print_expression(arm.condition)} => {print_expression(arm.value)}" for arm in node.arms]
            if node.otherwise is not None:
                arms.append(f"else => {print_expression(node.otherwise)}")
            return f"case {{ {', '.join(arms)} }}"
        case _:
            raise TypeError(f"{type(node).__name__} is no expression")


def _call(node: syntax.Call) -> str:
    arguments = [print_expression(argument) for argument in node.args]
    if arguments and node.where is not None:
        arguments[0] += f" where {print_expression(node.where)}"
    if arguments and node.excluding_self:
        arguments[0] += " excluding self"
    arguments.extend(f"{keyword.name}={print_expression(keyword.value)}" for keyword in node.keywords)
    over = "" if node.over is None else f" over {node.over}"
    pin = "" if node.pin is None else f"@{node.pin}"
    return f"{node.name}{pin}({', '.join(arguments)}){over}"
