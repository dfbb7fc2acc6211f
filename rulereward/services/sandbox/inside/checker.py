"""The process that holds a test's source and judges by it. The program is in another process, of another user.

The test sees stand-ins for the program's functions and classes. Calls travel there as plain data, and so do values
back, and for what is no plain data a number: no object of the program ever is in this process, so none can claim to
equal what is expected.
"""

from __future__ import annotations

import ast
import builtins
import itertools
import os
import symtable
from typing import Any

from rulereward.services.sandbox.inside import call_frames
from rulereward.services.sandbox.inside.abilities import StandIn
from rulereward.services.sandbox.inside.asking import Gone, Program
from rulereward.services.sandbox.inside.stage import end, new_module, report

PASSED, FAILED, PROGRAM_RAISED, PROGRAM_GONE, UNUSABLE = b"P", b"F", b"X", b"G", b"U"
"""The last letter of a checker's status: the test passed; an assertion failed; the program raised or gave no plain
data; its process ended; the test itself cannot be run."""


STUMBLES = (AssertionError, AttributeError, TypeError)
"""What a test ends with that takes something of the program's for what it is not, before it has asked anything: for
an exception, or a number."""

_IMPORTS = (ast.Import, ast.ImportFrom)


def check(sources: int, entry: str, requests: int, replies: int, status: int) -> None:
    """Run a test and say over `status` how it went. Does not return.

    `sources` holds what the test needs and the test itself, as (text, text).
    """
    program = Program(requests, replies)
    try:
        setup, test = _sources(sources)
        module = new_module("__main__")
        import_first(program, setup, test)
        for name in missing(setup, test):
            module.__dict__[name] = program.thing(name)
        _run(setup, "setup.py", module.__dict__)
        if entry and not _is_exception(module.__dict__.get(entry)):
            module.__dict__[entry] = StandIn(program, entry)
            program.taken.discard(entry)
        _run(test, "test.py", module.__dict__)
        asked = program.answered or program.taken
        verdict = PASSED if asked else UNUSABLE  # a test that asks nothing cannot tell right from wrong
        if program.refused:
            verdict = UNUSABLE if program.untold else FAILED
    except Gone:
        verdict = PROGRAM_GONE
    except AssertionError as problem:
        report(problem)
        verdict = FAILED
    except BaseException as problem:  # noqa: BLE001 - a test may raise anything
        report(problem)
        verdict = PROGRAM_RAISED if program.raised else FAILED
        if program.unusable or (program.is_blameless and not isinstance(problem, STUMBLES)):
            verdict = UNUSABLE
    os.write(status, PROGRAM_GONE if program.gone else verdict)
    end(0)


def _run(source: str, file: str, names: dict[str, Any]) -> None:
    exec(compile(source, file, "exec", dont_inherit=True), names)  # noqa: S102 - running the test is the purpose


def _is_exception(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, BaseException)


def _sources(descriptor: int) -> tuple[str, str]:
    parts: Any = call_frames.read(descriptor)[1]
    setup, test = parts
    return setup, test


def missing(setup: str, test: str) -> set[str]:
    """The names that a test takes from nowhere, so it means the program's. Never a builtin's."""
    used: set[str] = set()
    bound: set[str] = set()
    for source in (setup, test):
        top = symtable.symtable(source, "test.py", "exec")
        bound |= {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
        tables = [top]
        while tables:
            table = tables.pop()
            tables += table.get_children()
            used |= {
                symbol.get_name()
                for symbol in table.get_symbols()
                if symbol.is_referenced() and (table is top or symbol.is_global())
            }
    return {name for name in used - bound if not hasattr(builtins, name)}


def import_first(program: Program, *sources: str, aside: str = "") -> None:
    """Import what sources import at their very beginning, but for what is in the package of `aside`, the program.

    Done before the program is asked for anything: where something is missing here, the test counts for no program.
    """
    program.unusable = True
    for source in sources:
        body = ast.parse(source).body
        if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            del body[0]  # a docstring
        for statement in itertools.takewhile(lambda statement: isinstance(statement, _IMPORTS), body):
            if not aside or aside.partition(".")[0] not in _tops_of(statement):
                code = compile(ast.Module([statement], []), "imports.py", "exec", dont_inherit=True)
                exec(code, {"__name__": "imports"})  # noqa: S102 - it is part of the test
    program.unusable = False


def _tops_of(statement: Any) -> list[str]:
    """The outermost packages that an import is from."""
    names = [statement.module or ""] if isinstance(statement, ast.ImportFrom) else [x.name for x in statement.names]
    return [name.partition(".")[0] for name in names]
