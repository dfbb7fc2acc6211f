"""Expressions: text with places to a syntax tree, or one report of what is wrong with it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from rulereward._files import shipped
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.placed_text import PlacedText
from rulereward.lang.tree import Expr

if TYPE_CHECKING:
    from lark import Lark

MAX_BYTES = 10_000
MAX_NESTING = 100
"""Open brackets at one place, and operators that wait for their right side."""


@cache
def expression_parser() -> Lark:
    """The LALR parser of `grammar/expression.lark`, made once per process; it may be used by many threads."""
    from lark import Lark  # noqa: PLC0415  lazy: 50 ms

    return Lark(
        shipped("grammar", "expression.lark").read_text(encoding="utf-8"),
        parser="lalr",
        lexer="basic",
        regex=True,  # for \p{XID_Start}: names in any script
        keep_all_tokens=True,
        maybe_placeholders=False,
    )


def parse_expression(placed: PlacedText, diagnostics: Diagnostics) -> Expr | None:
    """The tree of one expression, every node with its place in the file.

    An expression that is not one is reported once, at its first mistake, and gives None.
    """
    from rulereward.lang.build import build_tree  # noqa: PLC0415  lazy: imports lark
    from rulereward.lang.syntax_errors import read_tokens  # noqa: PLC0415  lazy: imports lark

    if len(placed.text.encode("utf-8", "replace")) > MAX_BYTES:
        message = f"an expression has at most {MAX_BYTES:,} bytes"
        diagnostics.report("E0128", message, placed.whole, help="give parts of it a name under `let`")
        return None
    tree = read_tokens(expression_parser(), placed, MAX_NESTING, diagnostics)
    return None if tree is None else build_tree(tree, placed, diagnostics)
