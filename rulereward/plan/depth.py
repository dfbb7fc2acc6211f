"""How deeply values are nested, through the names they use.

A long chain of let entries is as deep as one expression with as many brackets, and everything that walks a ruleset
would have to go as deep; so both have the same limit.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from rulereward.lang import tree

MOST_LEVELS = 100


def too_deep(values: Mapping[str, tree.Expr | None]) -> list[str]:
    """The names at which a chain of values gets deeper than `MOST_LEVELS`; those behind them are not listed.

    A cycle is as deep as it is long.
    """
    uses = {name: _names(expr) & values.keys() for name, expr in values.items()}
    levels: dict[str, int] = {}
    for name in values:
        _measure(name, values, uses, levels)
    return [
        name
        for name in values
        if levels[name] > MOST_LEVELS and all(levels[used] <= MOST_LEVELS for used in uses[name] if used != name)
    ]


def _measure(
    start: str, values: Mapping[str, tree.Expr | None], uses: Mapping[str, set[str]], levels: dict[str, int]
) -> None:
    """Fill in the levels of a name and of all it uses, without recursion."""
    pending = [(start, False)]
    entered: set[str] = set()
    while pending:
        name, done = pending.pop()
        if name in levels:
            continue
        if done:
            levels[name] = _levels(values[name]) + max((levels.get(used, 0) for used in uses[name]), default=0)
        elif name not in entered:
            entered.add(name)
            pending.append((name, True))
            pending += [(used, False) for used in sorted(uses[name])]


def _levels(expr: tree.Expr | None) -> int:
    """The height of an expression's own tree."""
    height = 0
    level = [] if expr is None else [expr]
    while level:
        height += 1
        level = [part for node in level for part in _parts(node)]
    return height


def _names(expr: tree.Expr | None) -> set[str]:
    found: set[str] = set()
    pending = [] if expr is None else [expr]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Name):
            found.add(node.name)
        pending += _parts(node)
    return found


def _parts(node: object) -> Iterator[tree.Expr]:
    """The expressions directly inside an expression, an argument or an arm."""
    assert dataclasses.is_dataclass(node)
    for item in dataclasses.fields(node):
        value = getattr(node, item.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, tree.Expr):
                yield part
            elif isinstance(part, tree.Keyword | tree.Arm):
                yield from _parts(part)
