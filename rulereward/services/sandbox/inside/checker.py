"""The process that holds a test's source and judges by it. The program is in another process, of another user.

The test sees a stand-in for the program's function. Its calls travel there as plain data, and so do values back: no
object of the program ever is in this process, so none can claim to equal what is expected.
"""

from __future__ import annotations

import builtins
import importlib
import os
import symtable
from typing import Any

from rulereward.services.sandbox.inside import call_frames
from rulereward.services.sandbox.inside.call_frames import NotPlainDataError
from rulereward.services.sandbox.inside.stage import end, new_module, report

PASSED, FAILED, PROGRAM_RAISED, PROGRAM_GONE, UNUSABLE = b"P", b"F", b"X", b"G", b"U"
"""The last letter of a checker's status: the test passed; an assertion failed; the program raised or gave no plain
data; its process ended; the test itself cannot be run."""


_MODULES = frozenset(("collections", "itertools", "math", "random", "re", "sys"))
"""Tests of well-known sets name these without importing them, because the programs they go with do."""


_BUILTIN_TYPES = {id(value): name for name, value in vars(builtins).items() if type(value) is type}


_ENDS_OF_LOOPS = (StopIteration, StopAsyncIteration)


class ProgramError(Exception):
    """What the program did cannot be shown to the test as a value or as an exception of Python's own."""


class Gone(BaseException):
    """The program's process ended. No test may catch it and pass."""


class Program:
    """The other process, seen from here."""

    def __init__(self, requests: int, replies: int) -> None:
        self._requests = requests
        self._replies = replies
        self.gone = False
        self.raised = False
        self.answered = False
        self.claimed = False
        """Whether the test used something of the program's that the program says is a class: what then goes wrong may
        be the program's doing."""
        self.untold = False
        """Whether the test wanted to give the program something that is no plain data."""

    def call(self, path: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The value of a call. Raises what the program raised, ProgramError, Gone."""
        tag, answer = self._ask(self._request(path, args, kwargs))
        self.answered = True
        if tag == call_frames.VALUE:
            value, changed = answer
            if changed is not None:
                _copy_back(args, changed)
            return value
        self.raised = True
        if tag == call_frames.EXCEPTION:
            raise _exception(*answer)
        raise ProgramError(f"{tag.decode('ascii', 'replace')}: {answer}")

    def _request(self, path: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
        recipes = Recipes()
        sent_args, sent_kwargs = recipes.marked(args), recipes.marked(kwargs)
        try:
            return call_frames.pack_call(path, sent_args, sent_kwargs, recipes.plain())
        except NotPlainDataError as problem:
            self.untold = self.untold or problem.code == "not_plain"  # the program's own values always are plain
            raise

    def has_class(self, name: str) -> bool:
        """Whether a name stands for a class in the program."""
        tag, answer = self._ask(call_frames.pack(call_frames.KIND, name))
        return tag == call_frames.KIND and answer == "class"

    @property
    def is_blameless(self) -> bool:
        """Whether nothing that the program did can have ended the test."""
        return not self.claimed and (self.untold or not self.answered)

    def _ask(self, request: bytes) -> tuple[bytes, Any]:
        if self.gone:
            raise Gone
        try:
            call_frames.write(self._requests, request)
            return call_frames.read(self._replies)
        except (EOFError, OSError, NotPlainDataError):
            self.gone = True
            raise Gone from None


class StandIn:
    """In the test's eyes the program's function of this name."""

    def __init__(self, program: Program, path: str) -> None:
        self.__program = program
        self.__name__ = path

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__program.call(self.__name__, args, kwargs)


class Recipe:
    """In the test's eyes an instance of a class of the program: how to make one there, for use as an argument."""

    def __init__(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.__dict__["_made_by"] = (name, args, kwargs)


class StandInClass:
    """In the test's eyes the program's class of this name."""

    def __init__(self, program: Program, name: str) -> None:
        self.__program = program
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Recipe:
        self.__program.claimed = True
        return Recipe(self.__name__, args, kwargs)


class Recipes:
    """The instances that the arguments of one call refer to, each with a mark that stands for it in plain data."""

    def __init__(self) -> None:
        self._mark = f"<made {os.urandom(8).hex()}> "
        self._numbers: dict[int, int] = {}
        self._plain: list[Any] = []
        self._used = False

    def plain(self) -> Any:
        """What the program's side needs to make them, empty if there are none."""
        return (self._mark, self._plain) if self._used else ()

    def marked(self, value: Any) -> Any:
        """Plain data, with marks for instances and for builtin types. Other values stay as they are."""
        if type(value) is Recipe:
            self._used = True
            return f"{self._mark}{self._number(value)}"
        if id(value) in _BUILTIN_TYPES:
            self._used = True
            return f"{self._mark}{_BUILTIN_TYPES[id(value)]}"
        if type(value) in (list, tuple, set, frozenset):
            return type(value)(self.marked(item) for item in value)
        if type(value) is dict:
            return {self.marked(key): self.marked(item) for key, item in value.items()}
        return value

    def _number(self, recipe: Recipe) -> int:
        """The place of an instance among those to be made: behind those that it is made of."""
        if id(recipe) not in self._numbers:
            attributes = dict(recipe.__dict__)
            name, args, kwargs = attributes.pop("_made_by")
            args, kwargs = self.marked(args), self.marked(kwargs)
            self._numbers[id(recipe)] = len(self._plain)
            later: dict[str, Any] = {}
            self._plain.append((name, args, kwargs, later))
            later.update((key, self.marked(value)) for key, value in attributes.items())  # they may lead back to it
        return self._numbers[id(recipe)]


def check(sources: int, entry: str, requests: int, replies: int, status: int) -> None:
    """Run a test and say over `status` how it went. Does not return.

    `sources` holds what the test needs and the test itself, as (text, text).
    """
    program = Program(requests, replies)
    try:
        setup, test = _sources(sources)
        module = new_module("__main__")
        for name in _missing(setup, test) - {entry}:
            module.__dict__[name] = _meant(program, name)
        _run(setup, "setup.py", module.__dict__)
        module.__dict__[entry] = StandIn(program, entry)
        _run(test, "test.py", module.__dict__)
        verdict = PASSED if program.answered else UNUSABLE  # a test that asks nothing cannot tell right from wrong
    except Gone:
        verdict = PROGRAM_GONE
    except AssertionError as problem:
        report(problem)
        verdict = FAILED
    except BaseException as problem:  # noqa: BLE001 - a test may raise anything
        report(problem)
        verdict = PROGRAM_RAISED if program.raised else FAILED
        if program.is_blameless:
            verdict = UNUSABLE
    os.write(status, PROGRAM_GONE if program.gone else verdict)
    end(0)


def _run(source: str, file: str, names: dict[str, Any]) -> None:
    exec(compile(source, file, "exec", dont_inherit=True), names)  # noqa: S102 - running the test is the purpose


def _sources(descriptor: int) -> tuple[str, str]:
    parts: Any = call_frames.read(descriptor)[1]
    setup, test = parts
    return setup, test


def _missing(setup: str, test: str) -> set[str]:
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


def _meant(program: Program, name: str) -> Any:
    """What a name stands for that a test does not define: a module that it forgot to import, or the program's."""
    if name in _MODULES:
        return importlib.import_module(name)
    return StandInClass(program, name) if program.has_class(name) else StandIn(program, name)


def _exception(name: object, message: object) -> Exception:
    """Python's own exception of that name, where it is one that a test may expect.

    Not one by which iterators end: it would end the loop of a test in which the program's function is called.
    """
    kind = getattr(builtins, name, None) if type(name) is str else None
    if type(kind) is type and issubclass(kind, Exception) and not issubclass(kind, _ENDS_OF_LOOPS):
        try:
            return kind(message)
        except TypeError:
            return ProgramError(message)  # some take more arguments
    return ProgramError(f"{name}: {message}")


def _copy_back(given: tuple[Any, ...], changed: Any) -> None:
    """Show the test what the call did to its arguments."""
    for before, after in zip(given, changed):  # noqa: B905 - `strict` is of Python 3.10
        if type(before) is not type(after):
            continue
        if type(before) is list:
            before[:] = after
        elif type(before) in (dict, set):
            before.clear()
            before.update(after)
