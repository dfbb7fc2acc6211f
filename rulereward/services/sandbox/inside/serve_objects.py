"""The program's things that a test asks for by number, and the test's functions that the program may call.

The same process as the program's: see `serve_calls.py`. What is written here binds nobody; the checker looks at every
reply as if the program had written it.
"""

from __future__ import annotations

import builtins
import importlib
from types import BuiltinFunctionType, ModuleType
from typing import Any

from rulereward.services.sandbox.inside.call_frames import (
    BACK,
    ENDED,
    EXCEPTION,
    MAX_REQUEST_BYTES,
    NOT_PLAIN,
    UNKNOWN,
    VALUE,
    NotPlainDataError,
    most_in_reply,
    pack,
    receive,
    write,
)
from rulereward.services.sandbox.inside.links import Links, References, is_same
from rulereward.services.sandbox.inside.operations import OPERATIONS, traits_of
from rulereward.services.sandbox.inside.plain_data import MAX_BYTES, NAMES_OF_TYPES, encode
from rulereward.services.sandbox.inside.plain_reading import decode
from rulereward.services.sandbox.inside.stage import end, exit_status, report

_MOST_TEXT = 500
_BUILTINS = {
    name: value for name, value in vars(builtins).items() if type(value) is type or type(value) is BuiltinFunctionType
}
_mro_of = type.__dict__["__mro__"].__get__  # a metaclass has no say in this


class UnknownError(Exception):
    """The program has nothing of this name."""


class Objects(References):
    """One for each process."""

    def __init__(self, module: ModuleType, requests: int, replies: int) -> None:
        self._module = module
        self._requests = requests
        self._replies = replies
        self._held: list[Any] = []
        self._written_as: dict[int, str] = {}
        self._given: dict[str, Any] = {}
        self._given_names: dict[int, str] = {}
        self._thrown: dict[int, tuple[BaseException, int]] = {}

    def operate(self, data: bytes) -> bytes:
        """The answer to an operation. Raises NotPlainDataError where the request is none, which ends the process."""
        links = Links(grows=True)
        name = ""
        most = most_in_reply(data)
        try:
            request: Any = decode(data, max_bytes=MAX_REQUEST_BYTES, references=self, links=links)
            name, operands, kwargs = request
            before = self._noted(operands, kwargs, links, len(data)) if name == "call" and links.held else None
            value: Any = OPERATIONS[name](*operands, **kwargs)
            if name == "kinds":
                value = [(title, self.node(kind)) for title, kind in value[0]], value[1]
            changed = None
            if before is not None and not is_same(before, self._noted(operands, kwargs, links, len(data))):
                changed = links.contents()
            links.grows = False
            return pack(VALUE, (value, changed), self, links, most)
        except NotPlainDataError as problem:
            if not name:
                raise
            return pack(NOT_PLAIN, (problem.code, str(problem)))
        except UnknownError as problem:
            return pack(UNKNOWN, str(problem))
        except BaseException as problem:  # noqa: BLE001 - whatever a program raises is its own failure
            return self._raised(name, problem)

    def _noted(self, operands: Any, kwargs: Any, links: Links, size: int) -> Any:
        """What is in the arguments, but for the function that is called: written, or of large ones no more than which
        things are in their containers, which is quicker.
        """
        if size > MAX_BYTES:
            return [content for _, content in links.contents()]
        return encode((operands[1:], kwargs), references=self, links=Links(grows=True))

    def _raised(self, name: str, problem: BaseException) -> bytes:
        if isinstance(problem, SystemExit):
            report(problem)
            end(exit_status(problem))
        if name == "next" and isinstance(problem, StopIteration):
            return pack(ENDED, None)
        if name == "call":
            report(problem)
        if id(problem) in self._thrown:
            return pack(EXCEPTION, self._thrown[id(problem)][1])
        kind = type(problem)
        own = None if kind.__module__ == "builtins" else kind
        try:
            return pack(EXCEPTION, (*described(problem), problem.args, own, problem if own else None), self)
        except BaseException:  # noqa: BLE001 - what is in an exception is the program's as well
            return pack(EXCEPTION, (*described(problem), None, None, None))

    def node(self, item: Any) -> str:
        """A number of it, and what it can do. Builtin types and the test's functions keep their names."""
        if id(item) in NAMES_OF_TYPES:
            return "y" + NAMES_OF_TYPES[id(item)]
        if id(item) in self._given_names:
            return self._given_names[id(item)]
        written = self._written_as.get(id(item))
        if written is None:
            is_exception = issubclass(type(item), type) and BaseException in _mro_of(item)
            written = f"x{len(self._held)}" if is_exception else f"h{len(self._held)} {traits_of(item)}".strip()
            self._written_as[id(item)] = written
            self._held.append(item)
        return written

    def value(self, tag: str, rest: str) -> object:
        if tag == "p":
            found = find(self._module, rest)
            if found is None and not hasattr(self._module, rest):
                raise UnknownError(rest)
            return found
        if tag == "y":
            return self._builtin(rest)
        if tag == "h":
            return self._held[int(rest)]
        written = tag + rest
        if written not in self._given:
            self._given[written] = self._function(rest) if tag == "g" else self._iterator(rest)
            self._given_names[id(self._given[written])] = written
        return self._given[written]

    def _builtin(self, name: str) -> object:
        """What the program itself has under the name of a builtin."""
        return _BUILTINS[name] if name in _BUILTINS else getattr(builtins, name)

    def _function(self, written: str) -> object:
        number, _, name = written.partition(" ")

        def given(*args: Any, **kwargs: Any) -> object:
            return self._back(int(number), args, kwargs)

        given.__name__ = given.__qualname__ = name
        return given

    def _iterator(self, written: str) -> object:
        """An iterator of the test's, whose items come in a list of one, and at the end in one of none."""
        number = int(written)
        while True:
            found: Any = self._back(number, (), {})
            if not found:
                return
            yield found[0]

    def _back(self, number: int, args: Any, kwargs: Any) -> object:
        """Call a function of the test, and answer what the test asks meanwhile."""
        write(self._replies, pack(BACK, (number, args, kwargs), self))
        while True:
            tag, data = receive(self._requests, MAX_REQUEST_BYTES)
            if tag not in (VALUE, EXCEPTION):
                write(self._replies, self.operate(data))
                continue
            answer: Any = decode(data, max_bytes=MAX_REQUEST_BYTES, references=self)
            if tag == VALUE:
                return answer
            problem = raised_by_test(*answer[:3])
            if answer[3] is not None:
                self._thrown[id(problem)] = problem, answer[3]
            raise problem


def raised_by_test(kind: Any, args: tuple[Any, ...], attributes: dict[str, Any]) -> BaseException:
    """The exception of a function of the test's: the program's own as it is, or one of a class of the program's or of
    Python's, which may be told by its module and name.
    """
    if isinstance(kind, BaseException):
        return kind
    if type(kind) is str:
        module, _, name = kind.rpartition(".")
        kind = getattr(importlib.import_module(module), name)
    try:
        problem: BaseException = kind(*args)
    except Exception:  # noqa: BLE001 - a class may want other arguments than it gives its base
        problem = kind.__new__(kind)
        problem.args = args
    vars(problem).update(attributes)
    return problem


def find(module: ModuleType, path: str) -> Any:
    """What a dotted path names: in the module, or else in an instance of its class `Solution`; None if nothing."""
    names = path.split(".")
    found: Any = module
    if not hasattr(module, names[0]) and hasattr(module, "Solution"):
        found = module.Solution()
    for name in names:
        holder = found() if type(found) is type else found
        found = getattr(holder, name, None)
    return found


def described(problem: BaseException) -> tuple[str, str]:
    """The name of an exception's type and its text, or as much as can be had of them."""
    try:
        text = str(problem)[:_MOST_TEXT]
        return type(problem).__name__, text if type(text) is str else ""
    except BaseException:  # noqa: BLE001 - the text of an exception is the program's code as well
        return "Exception", ""
