"""Exceptions that cross: Python's own as they are, the program's classes as classes of ours, and the test's to the
program as the nearest class that it has.
"""

from __future__ import annotations

import builtins
import importlib
from typing import Any, cast

from rulereward.services.sandbox.inside.handles import Program
from rulereward.services.sandbox.inside.operations import MODULES_OF_EXCEPTIONS

_ENDS_OF_LOOPS = (StopIteration, StopAsyncIteration)
_MOST_CLASSES = 50
"""From which one may come."""


class ProgramError(Exception):
    """What the program did cannot be shown to the test as a value or as an exception of Python's own."""


class Foreign:
    """Beside an exception of Python's, what makes it one of a program's class."""

    _rr_number = -1
    _rr_handle: Any = None
    _rr_text: str | None = None

    def __getattr__(self, name: str) -> Any:
        if self._rr_handle is None or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._rr_handle, name)

    def __str__(self) -> str:
        return super().__str__() if self._rr_text is None else self._rr_text


_OURS = {"__module__": "solution"}
WIDE: dict[str, type[Exception]] = {}
WIDE["BaseException"] = type("BaseException", (Foreign, Exception), dict(_OURS))
WIDE["Exception"] = type("Exception", (WIDE["BaseException"],), dict(_OURS))
WIDE["AssertionError"] = type("AssertionError", (WIDE["Exception"], AssertionError), dict(_OURS))
"""What stands for these where the program has one under a name of its own: `except MyError`, with `MyError =
AssertionError`, must not catch the failures of the test itself, but what the program raises."""


def _wide_bases(kind: type[Exception]) -> list[type]:
    """From what a class of ours derives that is this one of Python's, and is caught by what is in `WIDE`."""
    return [WIDE[kind.__name__]] if kind in (Exception, AssertionError) else [WIDE["Exception"], kind]


_widened: dict[type[Exception], Any] = {}


def _wide(kind: type[Exception]) -> type[Exception]:
    """One of Python's as the program raises it where the test may have one of `WIDE` to catch it by."""
    if kind not in _widened:
        first, *further = _wide_bases(kind)
        _widened[kind] = type(kind.__name__, (first, *further), dict(_OURS)) if further else first
    return cast("type[Exception]", _widened[kind])


class ForeignClasses:
    """The program's classes of exceptions, each made once."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._made: dict[int, type[Exception]] = {}

    def of(self, number: int) -> type[Exception]:
        """The class that stands for the program's of this number. Raises ValueError where it says nothing of it."""
        if number not in self._made:
            try:
                own, base = self._program.operate("kinds", (_Numbered(number),))
                named = [(name, int(mark[1:])) for name, mark in own]
            except (TypeError, ValueError, IndexError):
                raise ValueError from None
            self._make(named[:_MOST_CLASSES], base)
        if number not in self._made:
            raise ValueError
        return self._made[number]

    def _make(self, named: list[tuple[Any, int]], base: object) -> None:
        written = base.split(" ")[:_MOST_CLASSES] if type(base) is str else []
        own, *further = [python_exception(name) or Exception for name in written or ["Exception"]]
        kind: type[Exception] = own
        for place, (name, number) in reversed([*enumerate(named)]):
            if number not in self._made:
                if type(name) is not str or not name.isidentifier():
                    raise ValueError
                self._made[number] = _made(name, number, kind, own, *([] if place else further))
            kind = self._made[number]


def _made(name: str, number: int, kind: type[Exception], *own: type[Exception]) -> type[Exception]:
    """A class of ours from the next of the program's, or ours, and from those of Python's."""
    bases: list[type] = [kind] if issubclass(kind, Foreign) else _wide_bases(kind)
    for one in own:
        if not any(issubclass(base, one) for base in bases):
            bases.append(one)
    try:
        return type(name, tuple(bases), {"_rr_number": number, "__module__": "solution"})
    except TypeError:
        raise ValueError from None  # no class of Python's can come from both


class _Numbered:
    def __init__(self, number: int) -> None:
        self.number = number


def foreign_reference(item: Any) -> str:
    """What stands for one of the program's exceptions, or a class of them, on the way back; empty if it is none."""
    if type(item) is _Numbered:
        return f"h{item.number}"
    if isinstance(item, type) and issubclass(item, Foreign):
        return f"h{item._rr_number}" if "_rr_number" in vars(item) else ""
    if isinstance(item, Foreign) and item._rr_handle is not None:
        return str(item._rr_handle._rr_reference)
    return ""


def python_exception(name: object) -> type[Exception] | None:
    """Python's own exception of that name, or of that module and name, where it is one that a test may expect.

    Not one by which iterators end: it would end the loop of a test in which the program's function is called.
    """
    module, _, last = name.rpartition(".") if type(name) is str else ("", "", "")
    try:
        holder = importlib.import_module(module) if module in MODULES_OF_EXCEPTIONS else None if module else builtins
    except ImportError:
        return None
    kind = getattr(holder, last, None)
    if type(kind) is type and issubclass(kind, Exception) and not issubclass(kind, _ENDS_OF_LOOPS):
        return kind
    return None


def crossing(problem: Exception) -> object:
    """What says to the program what the test raised: an exception of the program's own itself; or else a class, the
    first that both have, or the module and name of one of the standard library's.
    """
    if foreign_reference(problem):
        return problem
    if type(problem) in WIDE.values():
        return type(problem)
    for kind in type(problem).__mro__:
        if kind.__module__ in MODULES_OF_EXCEPTIONS:
            return f"{kind.__module__}.{kind.__name__}"
        if kind.__module__ == "builtins" or foreign_reference(kind):
            return kind
    return Exception


def is_end_of_loop(problem: Exception) -> bool:
    """Would it end a loop of the test's, where the program's function is called?"""
    return isinstance(problem, _ENDS_OF_LOOPS)


def exception_of(answer: Any, *, is_wide: bool = False) -> Exception:
    """The exception that a reply tells of: its type's name, its text, its arguments, its class and itself. `is_wide`:
    whether the test has one of `WIDE`.
    """
    try:
        name, message, args, kind, handle = answer
    except (TypeError, ValueError):
        return ProgramError("an exception that says nothing")
    message = message if type(message) is str else ""
    args = args if type(args) is tuple else (message,)
    if isinstance(kind, type) and issubclass(kind, Foreign):
        problem: Any = kind.__new__(kind)
        problem.args, problem._rr_text, problem._rr_handle = args, message, handle
        return cast("Exception", problem)
    own = python_exception(name)
    if own is None:
        return ProgramError(f"{name}: {message}")
    own = _wide(own) if is_wide else own
    for given in (args, (message,)):
        try:
            made = own(*given)
            if str(made) == message or given == (message,):
                return made
        except Exception:  # noqa: BLE001, S112 - some take other arguments
            continue
    return ProgramError(message)
