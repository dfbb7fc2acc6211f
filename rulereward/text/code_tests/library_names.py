"""Names of the standard library's that a test imports nowhere: told from the test's text, whatever a program defines.

What a test takes from nowhere is the program's. A name by which the test judges must not be: a program whose
`isclose` or `np.allclose` says yes to everything would be its own judge. Here alone that is decided, for all tests.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set

from rulereward.text.code_tests.python_source import parsed, source_of

_THINGS = {
    "sqrt": "math", "ceil": "math", "floor": "math", "fabs": "math", "deepcopy": "copy", "isnan": "math",
    "isinf": "math", "isfinite": "math", "isclose": "math", "allclose": "numpy", "array_equal": "numpy",
    "Counter": "collections", "deque": "collections", "OrderedDict": "collections", "defaultdict": "collections",
    "namedtuple": "collections", "Decimal": "decimal", "Fraction": "fractions", "datetime": "datetime",
    "date": "datetime", "timedelta": "datetime",
    "approx": "pytest", "raises": "pytest", "TestCase": "unittest", "assert_allclose": "numpy.testing",
    "assert_array_equal": "numpy.testing", "assert_array_almost_equal": "numpy.testing",
    "pi": "math", "inf": "math", "nan": "math",
}  # fmt: skip
"""By which tests judge or say what they expect, and their modules. Those that a program is likelier to be asked for
stand before the others."""

_NEVER_ASKED_FOR = frozenset((
    "approx", "raises", "TestCase", "assert_allclose", "assert_array_equal", "assert_array_almost_equal",
    "pi", "inf", "nan",
))  # fmt: skip

_CLASSES = frozenset((
    "Counter", "deque", "OrderedDict", "defaultdict", "Decimal", "Fraction", "datetime", "date", "timedelta",
))  # fmt: skip

_MODULES = {"np": "numpy", "numpy": "numpy", "pd": "pandas", "pandas": "pandas", "pytest": "pytest"}
"""Beside the standard library's. Where the sandbox lacks one, nobody can use the test."""

_LOOKED_INTO = frozenset((
    "array", "bisect", "calendar", "cmath", "cmd", "code", "collections", "copy", "datetime", "decimal", "fractions",
    "functools", "heapq", "itertools", "json", "math", "numbers", "operator", "profile", "queue", "random", "re",
    "select", "signal", "statistics", "string", "struct", "time", "token", "trace", "types",
))  # fmt: skip
"""Modules that may be imported here to see what they have: a program could have a thing of its own under the name."""


def library_imports(sources: Sequence[str], names: Set[str], *, one_is_asked_for: bool) -> dict[str, str]:
    """Of the names that tests take from nowhere those that are no program's, with the statements that import them.

    `one_is_asked_for`: must the program's function be among them? Then one is the program's though all could be the
    library's.
    """
    candidates = {name for name in names if name in _THINGS or _module_of(name)}
    if not candidates:
        return {}
    uses = _Uses([tree for source in sources if (tree := parsed(source)) is not None])
    found = {name: line for name in sorted(candidates) if (line := _import_of(name, uses))}
    if one_is_asked_for and found.keys() >= names:
        asked = [name for name in _THINGS if found.get(name, "").startswith("from") and name not in _NEVER_ASKED_FOR]
        for name in asked[:1]:
            del found[name]
    return found


def with_imports(source: str, imports: Iterable[str]) -> str:
    """Source with imports as its first statements, behind its docstring and what it imports from the future."""
    lines = sorted(imports)
    tree = parsed(source) if lines else None
    last = None if tree is None else _last_of_head(tree)
    if last is None:
        return "".join(f"{line}\n" for line in lines) + source
    rows = source.encode().splitlines(keepends=True)
    row, column = int(last.end_lineno or 1) - 1, int(last.end_col_offset or 0)
    rows[row] = rows[row][:column] + "".join(f"; {line}" for line in lines).encode() + rows[row][column:]
    return b"".join(rows).decode()


def _last_of_head(tree: ast.Module) -> ast.stmt | None:
    last = None
    for number, node in enumerate(tree.body):
        is_docstring = number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_docstring and not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            break
        last = node
    return last


def _module_of(name: str) -> str:
    """The module that is known by a name, "" where none is."""
    return _MODULES.get(name, name if name in sys.stdlib_module_names else "")


def _import_of(name: str, uses: _Uses) -> str:
    """The statement that imports what a test means by a name, "" where that is the program's."""
    module = _module_of(name)
    if module and name not in uses.alone and (name not in _LOOKED_INTO or _has_all(module, uses.of(name))):
        return f"import {module}" if module == name else f"import {module} as {name}"
    if name not in _THINGS:
        return ""
    wanted = uses.of(name) | uses.of_instances(name) if name in _CLASSES else set()
    return f"from {_THINGS[name]} import {name}" if not wanted or _has_all(_THINGS[name], wanted, name) else ""


def _has_all(module: str, wanted: Set[str], name: str = "") -> bool:
    """Has a module, or it and a class in it, which may have the same name, all these attributes?"""
    holder = importlib.import_module(module)
    thing = getattr(holder, name, None)
    return all(hasattr(holder, attribute) or hasattr(thing, attribute) for attribute in wanted)


class _Uses:
    """How names are used in syntax trees."""

    def __init__(self, trees: Sequence[ast.AST]) -> None:
        nodes = [node for tree in trees for node in ast.walk(tree)]
        self._attributes = [node for node in nodes if isinstance(node, ast.Attribute)]
        owners = {id(node.value) for node in self._attributes}
        self.alone = {node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in owners}
        """Names that stand somewhere as more than the owner of an attribute."""
        self._made_by = _made_by(nodes)

    def of(self, name: str) -> set[str]:
        """The attributes of a name that are read."""
        return {node.attr for node in self._attributes if isinstance(node.value, ast.Name) and node.value.id == name}

    def of_instances(self, name: str) -> set[str]:
        """The attributes that are read of what a call of a name gives, at once or by a variable that nothing else
        gives a value. Those that the test itself sets are left out.
        """
        found = [
            node for node in self._attributes
            if _called(node.value) == name or self._made_by.get(_key(node.value), set()) == {name}
        ]  # fmt: skip
        given = {node.attr for node in found if not isinstance(node.ctx, ast.Load)}
        return {node.attr for node in found} - given


def _made_by(nodes: Sequence[ast.AST]) -> Mapping[str, set[str]]:
    """By variable, or attribute such as `self.x`, the names whose calls give it its values; "" for other values."""
    made = defaultdict[str, set[str]](set)
    seen: set[int] = set()
    fixtures: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                made[_key(target)].add(_called(node.value))
                seen.add(id(target))
        elif isinstance(node, ast.FunctionDef) and any("fixture" in source_of(mark) for mark in node.decorator_list):
            given = {_called(part.value) for part in ast.walk(node) if isinstance(part, ast.Return | ast.Yield)}
            fixtures[node.name] = given.pop() if len(given) == 1 else ""
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            made[node.name].add("")
    for node in nodes:
        if isinstance(node, ast.arg):
            made[node.arg].add(fixtures.get(node.arg, ""))
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store) and id(node) not in seen:
            made[_key(node)].add("")
    made.pop("", None)
    return dict(made)


def _key(node: ast.AST) -> str:
    """A variable, or an attribute of one, as it is written; "" for all else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _called(node: ast.AST | None) -> str:
    """The name whose call a piece of source is, "" for all else."""
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
