"""Checkers, as the data has them beside tests: programs that say of an output whether it is right.

open-r1's `generated_checker` is a Python program that is called with three paths, of the input, of the expected
output and of the output to be judged, and prints 1 or 0; `checker` and `checker_code` are taken for the same thing.
"""

from __future__ import annotations

import ast
import functools

from rulereward.text.code_tests.python_source import parsed
from rulereward.text.code_tests.reading import Row, first_of
from rulereward.text.code_tests.values import UnreadableError, unicode_text

MAX_CHECKER_CHARS = 1 << 18
_KEYS = ("generated_checker", "checker", "checker_code")


def checker_of(row: Row) -> str:
    """The source that a row has for a checker, in whatever language, "" where it has none: a lone line is no program,
    but the name of one. Raises UnreadableError.
    """
    found = first_of(row, *_KEYS)
    if not isinstance(found, str) or "\n" not in found.strip():
        return ""
    if len(found) > MAX_CHECKER_CHARS:
        raise UnreadableError("tests_too_large", f"the checker has more than {MAX_CHECKER_CHARS >> 10} Ki characters")
    return unicode_text(found)


@functools.lru_cache(maxsize=64)  # the rows of a group have the same one
def is_checker(source: str) -> bool:
    """Is it a Python program that looks at its arguments?"""
    tree = parsed(source)
    return tree is not None and any(_names(node, "argv") for node in ast.walk(tree))


def _names(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Name(found) | ast.Attribute(_, found) | ast.alias(found):
            return found == name
    return False
