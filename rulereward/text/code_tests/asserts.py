"""Tests that are source: HumanEval and what has its form, MBPP, verl's `assert_case`.

The source runs in a checker, away from the program; what it takes from the program is `Suite.from_program`.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import chain

from rulereward.text.code_tests.library_names import library_imports, with_imports
from rulereward.text.code_tests.python_source import (
    MAX_SOURCE_CHARS,
    before_definition,
    defines,
    free_names,
    names_in,
    parsed,
    source_of,
)
from rulereward.text.code_tests.reading import Row, first_of, list_of, name_of, source_text, unreadable
from rulereward.text.code_tests.suite import AssertTest, Suite
from rulereward.text.code_tests.values import UnreadableError

_DEFINING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign)


def is_human_eval(row: Row) -> bool:
    test = first_of(row, "test", "test_code")
    return row.get("entry_point") is not None and isinstance(test, str) and defines(test, "check")


def human_eval_suite(row: Row) -> Suite:
    """The suite of `{prompt, test, entry_point}`: `test` defines `check`, which is called with the entry.

    The prompt is what the completion goes on with. What it defines in front of the entry is there for the tests too.
    It may be missing, or be prose, and then plays no part. Raises UnreadableError.
    """
    entry = name_of(row.get("entry_point"))
    test = source_text(first_of(row, "test", "test_code"), "`test`")
    if not entry:
        raise unreadable("`entry_point` names no function")
    prompt = first_of(row, "import_prefix", "prompt")
    code = _code_of(prompt, entry) if isinstance(prompt, str) else ""
    before = before_definition(code, entry)
    setup = code if before is None else before
    names = (free_names(setup, test) or set()) - {entry}
    imports = library_imports([setup, test], names, one_is_asked_for=False)
    return Suite(
        "assert",
        (AssertTest(f"{test}\n\ncheck({entry})\n"),),
        language="python",
        entry=entry,
        prompt=code,
        setup=with_imports(setup, imports.values()),
        from_program=(entry,),
    )


def mbpp_suite(row: Row) -> Suite:
    """The suite of `{test_list, test_setup_code?, test_imports?}`. Raises UnreadableError.

    `challenge_test_list` is left aside, as the published evaluations do.
    """
    imports = first_of(row, "test_imports")
    setup = [source_text(imports, "`test_imports`")] if imports else []
    code = first_of(row, "test_setup_code")
    setup += [source_text(code, "`test_setup_code`")] if code else []
    return assert_suite(list_of(row["test_list"], "`test_list`"), "\n".join(setup))


def assert_case_suite(row: Row) -> Suite:
    """The suite of verl's `assert_case`: source that is to run behind the program. Raises UnreadableError."""
    outputs = row.get("outputs")
    if isinstance(outputs, list) and any(outputs):
        raise UnreadableError("tests_unsupported", "tests ask for something that holds and for an output at once")
    return assert_suite(list_of(row["assert_case"], "`assert_case`"), "")


def assert_suite(sources: Sequence[object], setup: str) -> Suite:
    """The suite of one test from each source, behind a setup that they share. Raises UnreadableError."""
    texts = [source_text(source, "a test") for source in sources]
    if len(setup) + sum(map(len, texts)) > MAX_SOURCE_CHARS:
        raise _too_long()
    taken = free_names(setup, *texts)
    if taken is None:
        raise unreadable("a test, or what stands in front of it, is no Python")
    imports = library_imports([setup, *texts], _from_nowhere(setup, texts), one_is_asked_for=True)
    taken -= imports.keys()
    called = [_called(text) for text in texts]
    taken |= {names[0] for text, names in zip(texts, called, strict=True) if names and not free_names(text)}
    entry = min(taken.intersection(chain.from_iterable(called)), default="")  # what else it has may be constants
    tests = tuple(map(AssertTest, texts))
    setup = with_imports(setup, imports.values())
    names = tuple(sorted(taken))
    return Suite("assert", tests, language="python", entry=entry, setup=setup, from_program=names)


def _from_nowhere(setup: str, texts: Sequence[str]) -> set[str]:
    """The names that at least one test takes from nowhere: each runs by itself, behind the setup."""
    used, made = names_in(setup) or (set(), set())
    for text in texts:
        of_text = names_in(text) or (set(), set())
        used |= of_text[0] - of_text[1]
    return used - made


def script_suite(text: str) -> Suite:
    """The suite of source without a test function. Raises UnreadableError where it asserts nothing.

    Where there is nothing but asserts each of them is a test, else all of it is one.
    """
    if len(text) > MAX_SOURCE_CHARS:
        raise _too_long()
    tree = parsed(text)
    if tree is None or not any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
        raise unreadable("the text is no JSON, no packed tests, and no Python that asserts something")
    if _only_defines_check(tree):
        raise unreadable(
            "the text defines `check` and calls it nowhere, as HumanEval's column `test` does: give its columns as "
            "one mapping, with `prompt`, `test` and `entry_point`"
        )
    asserts = [source_of(node) for node in tree.body if isinstance(node, ast.Assert)]
    return assert_suite(asserts if all(asserts) and len(asserts) == len(tree.body) else [text], "")


def _only_defines_check(tree: ast.Module) -> bool:
    """Is there nothing but a function `check`, and what it may need?"""
    named = any(isinstance(node, ast.FunctionDef) and node.name == "check" for node in tree.body)
    asks = (ast.Assert, ast.For, ast.If, ast.With, ast.Try)
    return named and not any(
        isinstance(node, asks) or (isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant))
        for node in tree.body
    )


def _code_of(prompt: str, entry: str) -> str:
    """The prompt if it is Python that defines or imports something, "" if it is prose: a word is Python too."""
    if before_definition(prompt, entry) is not None:
        return prompt
    tree = parsed(prompt)
    return prompt if tree is not None and any(isinstance(node, _DEFINING) for node in tree.body) else ""


def _called(text: str) -> list[str]:
    """The names that a test calls. The first is the program's function though it has the name of a builtin, where the
    test has nothing else of the program's.
    """
    tree = parsed(text)
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree is not None else []
    return [function.id for function in calls if isinstance(function, ast.Name)]


def _too_long() -> UnreadableError:
    return UnreadableError("tests_too_large", f"the source has more than {MAX_SOURCE_CHARS >> 20} Mi characters")
