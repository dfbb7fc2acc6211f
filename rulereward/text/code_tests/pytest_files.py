"""Test files of pytest: which tests they hold, told from the syntax tree, and how they know the program.

What must be collected and pass is fixed here, so that a program that makes pytest collect less does not pass.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from rulereward.text.code_tests.library_names import library_imports, with_imports
from rulereward.text.code_tests.python_source import free_names, parsed, source_of
from rulereward.text.code_tests.reading import MAX_TESTS, Row, first_of, list_of, unreadable
from rulereward.text.code_tests.suite import PytestTest, Suite
from rulereward.text.code_tests.values import unicode_text

MODULES = ("solution", "main", "program", "submission", "answer", "candidate", "code_solution", "implementation")
"""Names that data sets import the program by, where the row does not say (`module`)."""

MAX_COUNT = 10_000
"""Tests that one parametrized test may stand for."""

_MOST_BASES = 20
"""Classes that a test class may stem from."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def has_tests(source: str) -> bool:
    """Is the source Python in which pytest would find a test?"""
    tree = parsed(source)
    return tree is not None and next(_tests(tree.body, ""), None) is not None


def pytest_suite(source: str, row: Row) -> Suite:
    """The suite of a test file. `row` may list ids that must pass, and name the module. Raises UnreadableError."""
    tree = parsed(source)
    if tree is None:
        raise unreadable("the test file is no Python that can be read")
    given = first_of(row, "test_ids", "expected_tests", "test_names")
    tests = tuple(islice(_tests(tree.body, ""), MAX_TESTS + 1))
    if given is not None:
        tests = _given(list_of(given, "`test_ids`"), {test.test_id: test.count for test in tests})
    if len({test.test_id for test in tests}) < len(tests):
        raise unreadable("a test id stands twice")
    module, taken = _module(tree, row)
    free = free_names(source) or set()
    imports = library_imports([source], free, one_is_asked_for=not module or _all_by_star(tree, module))
    names = tuple(sorted(taken if module else free - imports.keys()))
    file = with_imports(source, imports.values())
    return Suite("pytest", tests, language="python", from_program=names, test_file=file, module=module)


def _given(ids: Sequence[object], counts: Mapping[str, int]) -> tuple[PytestTest, ...]:
    """The tests of these ids, with or without the path of a file in front."""
    found = []
    for test_id in ids:
        if not isinstance(test_id, str) or not test_id.strip():
            raise unreadable("a test id is no text")
        path, separator, name = unicode_text(test_id).strip().partition("::")
        name = name if separator and path.endswith(".py") else test_id.strip()
        found.append(PytestTest(name, counts.get(name, 1)))
    return tuple(found)


def _tests(body: Sequence[ast.stmt], inside: str) -> Iterator[PytestTest]:
    """The tests that pytest's own rules find: functions `test...`, and methods of classes `Test...` without __init__.

    A later definition of a name takes the place of an earlier one. Classes of unittest count by their base's name.
    """
    last = {node.name: node for node in body if isinstance(node, _Function | ast.ClassDef)}
    for name, node in last.items():
        if isinstance(node, ast.ClassDef):
            whole = _with_bases(node, last)
            if _is_collected(node, whole):
                cases = _count(node.decorator_list)
                for test in _tests(whole, f"{inside}{name}::"):
                    yield PytestTest(test.test_id, min(test.count * cases, MAX_COUNT))
        elif name.startswith("test") and not any("fixture" in source_of(mark) for mark in node.decorator_list):
            yield PytestTest(inside + name, _count(node.decorator_list))


def _with_bases(node: ast.ClassDef, known: Mapping[str, ast.stmt]) -> list[ast.stmt]:
    """The body of a class, behind those of the classes of the same file that it stems from."""
    body: list[ast.stmt] = []
    waiting, seen = [node], {node.name}
    while waiting and len(seen) <= _MOST_BASES:
        now = waiting.pop()
        body = [*now.body, *body]
        for base in now.bases:
            found = known.get(base.id) if isinstance(base, ast.Name) else None
            if isinstance(found, ast.ClassDef) and found.name not in seen:
                seen.add(found.name)
                waiting.append(found)
    return body


def _is_collected(node: ast.ClassDef, body: Sequence[ast.stmt]) -> bool:
    if any(source_of(base).rpartition(".")[2].endswith("TestCase") for base in node.bases):
        return True
    return node.name.startswith("Test") and not any(
        isinstance(item, _Function) and item.name in ("__init__", "__new__") for item in body
    )


def _count(decorators: Sequence[ast.expr]) -> int:
    """How many tests the marks `parametrize` make of one; 0 where they do not say."""
    count = 1
    for mark in decorators:
        if not isinstance(mark, ast.Call) or not source_of(mark.func).endswith("mark.parametrize"):
            continue
        given = [*mark.args[1:2], *(keyword.value for keyword in mark.keywords if keyword.arg == "argvalues")]
        values = given[0] if given else None
        is_plain = isinstance(values, ast.List | ast.Tuple) and not any(
            isinstance(item, ast.Starred) for item in values.elts
        )
        count *= len(values.elts) if is_plain and isinstance(values, ast.List | ast.Tuple) else 0
    return min(count, MAX_COUNT)


def _module(tree: ast.Module, row: Row) -> tuple[str, set[str]]:
    """The name by which the file imports the program, "" where it does not, and what it imports from it by name."""
    said = row.get("module")
    said = said.removesuffix(".py") if isinstance(said, str) else ""
    names = (said,) if said.replace(".", "_").isidentifier() else MODULES
    module, taken = "", set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in names and not node.level:
            module = module or str(node.module)
            taken |= {item.name for item in node.names if item.name != "*"}
        elif isinstance(node, ast.Import):
            module = module or next((item.name for item in node.names if item.name in names), "")
    return module, taken


def _all_by_star(tree: ast.Module, module: str) -> bool:
    """Does the file import the program by `from ... import *`, and in no other way?"""
    names = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == module:
            names |= {item.name for item in node.names}
        elif isinstance(node, ast.Import):
            names |= {item.name for item in node.names if item.name == module}
    return names == {"*"}
