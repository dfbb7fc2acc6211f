"""Blanks between the tokens of an expression.

Only blanks between two tokens on one line are touched. Tokens stay as they are written, and so do line breaks, what
indents a line, comments, and parentheses: that an author set these says something to the next reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from rulereward.lang.format_edits import BREAKS, Edit
from rulereward.lang.parse import expression_parser
from rulereward.lang.placed_text import PlacedText
from rulereward.lang.syntax_context import is_operand_end, is_operand_start

if TYPE_CHECKING:
    from lark import Token

_DOTS = ("..", "..<")


def spacing_edits(placed: PlacedText) -> list[Edit]:
    """What is to be done to the blanks of an expression that parses; nothing where its places are not known."""
    if placed.starts is None or placed.ends is None:
        return []
    raw, edits = placed.whole.source.text, []
    tokens = list(expression_parser().lex(placed.text))
    edges = [(placed.starts[_start(token)], placed.ends[_end(token) - 1]) for token in tokens]
    over_lines = not BREAKS.isdisjoint(raw[edges[0][0] : edges[-1][1]])
    for index, wanted in enumerate(_wanted(tokens)):
        start, end = edges[index][1], edges[index + 1][0]
        between = placed.text[_end(tokens[index]) : _start(tokens[index + 1])]
        if between.strip(" \t") or not BREAKS.isdisjoint(raw[start:end]):  # a comment, or another line
            continue
        aligned = over_lines and wanted == " " and len(between) > 1
        if raw[start:end] != wanted and not aligned:
            edits.append(Edit(start, end, wanted))
    return edits


def _start(token: Token) -> int:
    assert token.start_pos is not None
    return token.start_pos


def _end(token: Token) -> int:
    assert token.end_pos is not None
    return token.end_pos


def _wanted(tokens: list[Token]) -> Iterator[str]:
    """What belongs between each two neighbours when they stand on one line."""
    signed = False  # whether the token before is the minus of a negative number
    for index, (before, after) in enumerate(pairwise(tokens)):
        signed = before == "-" and (index == 0 or not is_operand_end(tokens[index - 1]))
        yield "" if signed else _blank(before, after)


def _blank(before: Token, after: Token) -> str:
    """A blank or nothing, as the canonical form of `print.py` has it; the first question that applies decides."""
    left, right = _sign(before), _sign(after)
    if right in (",", ")", "]") or left in ("(", "["):
        return ""
    if left in (",", "{") or right == "}":
        return " "
    if not {".", "=", "@"}.isdisjoint((left, right)):
        return ""
    if right in _DOTS:
        return "" if is_operand_end(before) else " "
    if left in _DOTS:
        return "" if right == "-" or is_operand_start(after) else " "
    if right == "(" and before.type in ("NAME", "NUMBER"):
        return ""
    if right == "[" and is_operand_end(before):
        return ""
    return " "


def _sign(token: Token) -> str:
    """The token's text; nothing for a string, which may hold any sign."""
    return "" if token.type == "STRING" else str(token)
