"""Which tests of a test file cannot tell right from wrong here: told from the source, whatever a program does.

The program runs in a process of its own. A test cannot see what it prints, warns of, logs or writes to files, and
cannot put other functions in the place of its own: it would fail, or pass, for no merit of the program's. Nor does a
test count that the file itself skips or expects to fail. pytest could tell that better, but not who brought it about:
it skips tests for a lack of cases as well, which may be the program's.
"""

from __future__ import annotations

import ast
from typing import Iterator, Union  # noqa: UP035 - those of Python 3.8 alone take brackets

_OBSTACLES = frozenset((
    "capfd", "capfdbinary", "caplog", "capsys", "capsysbinary", "capteesys", "mocker", "monkeypatch", "pytester",
    "recwarn", "testdir", "tmp_path", "tmp_path_factory", "tmpdir", "tmpdir_factory",  # fixtures
    "assertLogs", "assertNoLogs", "assertWarns", "assertWarnsRegex", "catch_warnings", "deprecated_call", "warns",
    "NamedTemporaryFile", "TemporaryDirectory", "mkdtemp", "mkstemp", "open", "patch", "redirect_stderr",
    "redirect_stdout", "reload",
    "mark.skip", "mark.xfail", "unittest.skip", "unittest.expectedFailure",
))  # fmt: skip
_MODULES = frozenset((
    "builtins", "contextlib", "importlib", "io", "mock", "pytest", "self", "tempfile", "unittest", "warnings",
))  # fmt: skip
"""Of what else these are attributes, they are something else."""

_STREAMS = frozenset(("argv", "stderr", "stdin", "stdout"))
_MOST_DEFINITIONS = 1000

_Definition = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef]  # noqa: UP007 - Python 3.8 has no other way
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def obstacles_of(tree: ast.Module, test_id: str) -> set[str]:
    """What of the kind the test of an id has, itself or by helpers, bases and fixtures of the same file."""
    return names_of(tree, test_id) & _OBSTACLES


def names_of(tree: ast.Module, test_id: str) -> set[str]:
    """The names that the test of an id has, itself or by helpers, bases, fixtures and values of the same file, and
    those under which the file imports them.
    """
    known: dict[str, ast.AST] = {}
    for statement in tree.body:
        if isinstance(statement, _DEFINITIONS):
            known[statement.name] = statement
        elif isinstance(statement, ast.Assign):
            known.update({name.id: statement.value for name in ast.walk(statement) if isinstance(name, ast.Name)})
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            known.update({alias.asname: ast.Name(alias.name) for alias in statement.names if alias.asname})
    used: set[str] = set()
    seen: set[str] = set()
    waiting: list[ast.AST] = list(_parts(tree, test_id.partition("[")[0].split("::")))
    waiting += [node for node in tree.body if _is_for_all(node)]
    while waiting and len(seen) < _MOST_DEFINITIONS:
        names = set(_names(waiting.pop()))
        used |= names
        for name in (names & known.keys()) - seen:
            seen.add(name)
            waiting.append(known[name])
    return used


def _parts(tree: ast.Module, path: list[str]) -> Iterator[ast.AST]:
    """The test, and of the classes around it all but their other tests."""
    body = tree.body
    for name in path:
        found = [node for node in body if isinstance(node, _DEFINITIONS) and node.name == name]
        if not found:
            return
        node = found[-1]
        if not isinstance(node, ast.ClassDef):
            yield node
            return
        yield from (*node.decorator_list, *node.bases)
        yield from (part for part in node.body if not isinstance(part, _DEFINITIONS) or _is_help(part))
        body = node.body


def _is_help(node: _Definition) -> bool:
    return not isinstance(node, ast.ClassDef) and not node.name.startswith("test")


def _is_for_all(node: ast.stmt) -> bool:
    """Is it part of every test of the file, unasked?"""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)
    if not isinstance(node, _DEFINITIONS):
        return False
    marks = [mark for mark in node.decorator_list if isinstance(mark, ast.Call)]
    return node.name in ("setup_function", "setup_module") or any(
        keyword.arg == "autouse" for mark in marks for keyword in mark.keywords
    )


def _names(node: ast.AST) -> Iterator[str]:
    """The names of variables, arguments and attributes in a piece of source, these with that of their holder."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.arg):
            yield part.arg
        elif isinstance(part, ast.Attribute):
            holder = getattr(part.value, "id", getattr(part.value, "attr", ""))
            if isinstance(part.ctx, ast.Store) and holder == "sys" and part.attr in _STREAMS:
                yield "redirect_stdout"
            yield f"{holder}.{part.attr}"
            if holder in _MODULES:
                yield part.attr
