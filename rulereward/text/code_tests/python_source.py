"""What can be told of Python source without running it.

Source of data is parsed, within limits. Completions are hostile and never parsed here: `defines` looks at the
beginnings of their lines, which cannot go wrong.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import TypeVar

MAX_SOURCE_CHARS = 1 << 20
"""Longer source is not parsed: a megabyte takes about a second and half a gigabyte."""

_BUILTINS = frozenset(dir(builtins))
QUIET = threading.Lock()
"""`catch_warnings` is not thread-safe; ours at least do not meet."""

_Made = TypeVar("_Made")


def parsed(source: str) -> ast.Module | None:
    """The syntax tree of source of data; None where it is too long or no Python."""
    return _quietly(source, lambda: ast.parse(source))


def literal(source: str) -> object:
    """The value of source that is one literal, as `repr` writes plain values. Raises ValueError for any other."""
    tree = parsed(source.strip())
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        raise ValueError("the source is no literal")
    try:
        return ast.literal_eval(tree.body[0].value)
    except (TypeError, MemoryError, RecursionError):
        raise ValueError("the source is no literal that can be made") from None


def source_of(node: ast.AST) -> str:
    """Source for a part of a syntax tree; "" where it nests too deep, or has an integer too long, to be written."""
    try:
        return ast.unparse(node)
    except (ValueError, RecursionError):
        return ""


def free_names(*sources: str) -> set[str] | None:
    """The names that sources use and none of them makes, builtins aside; None where one is too long or no Python."""
    used, made = set[str](), set[str]()
    for source in sources:
        found = names_in(source)
        if found is None:
            return None
        used |= found[0]
        made |= found[1]
    return used - made


def names_in(source: str) -> tuple[set[str], set[str]] | None:
    """The global names that source uses, builtins aside, and those that it makes; None as in `free_names`."""
    table = _quietly(source, lambda: symtable.symtable(source, "tests", "exec"))
    if table is None:
        return None
    made = {symbol.get_name() for symbol in table.get_symbols() if _is_made(symbol)}
    return set(_globals_used(table)) - _BUILTINS, made


def defines(text: str, name: str) -> bool:
    """Does a line begin, at its very beginning, a function or class of this name, or give it a value?"""
    word = re.escape(name)
    pattern = rf"^(?:(?:async[ \t]++)?def|class)[ \t]++{word}\b|^{word}[ \t]*+(?::[^=\n]*+)?=(?!=)"
    return re.search(pattern, text, re.MULTILINE) is not None


def before_definition(text: str, name: str) -> str | None:
    """The lines in front of the last function of this name at the left margin, its decorators left out.

    None where there is no such function.
    """
    found = list(re.finditer(rf"^(?:async[ \t]++)?def[ \t]++{re.escape(name)}\b", text, re.MULTILINE))
    if not found:
        return None
    lines = text[: found[-1].start()].splitlines(keepends=True)
    while lines and lines[-1].startswith("@"):
        lines.pop()
    return "".join(lines)


def _quietly(source: str, make: Callable[[], _Made]) -> _Made | None:
    """What `make` makes of source, without the warnings of the compiler; None where it is too long or no Python."""
    if len(source) > MAX_SOURCE_CHARS:
        return None
    try:
        with QUIET, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return make()
    except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError):
        return None


def _is_made(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _globals_used(table: symtable.SymbolTable) -> Iterator[str]:
    waiting, outermost = [table], table
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table is outermost or symbol.is_global()):
                yield symbol.get_name()
