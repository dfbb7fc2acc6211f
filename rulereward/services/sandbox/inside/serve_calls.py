"""A program whose functions are called from outside: it is defined once, and then answers one call after the other.

It runs in the program's own process, so all that comes out is what the program wants to come out: plain data that is
compared elsewhere, by somebody who alone knows what is expected.
"""

from __future__ import annotations

import builtins
from types import CodeType, ModuleType
from typing import Any

from rulereward.services.sandbox.inside.call_frames import (
    CALL,
    EXCEPTION,
    KIND,
    MAX_REQUEST_BYTES,
    NOT_PLAIN,
    UNDEFINED,
    UNKNOWN,
    VALUE,
    NotPlainDataError,
    pack,
    read,
    write,
)
from rulereward.services.sandbox.inside.plain_data import encode
from rulereward.services.sandbox.inside.stage import Stage, end, exit_status, give_own_builtins, new_module, report

_MOST_TEXT = 500
_CONTAINERS = (list, dict, set, tuple)


def serve_calls(stage: Stage, requests: int, replies: int) -> None:
    """Define the program and answer the requests of one descriptor on another, until they end. Does not return."""
    module = define(stage.compile(), replies)
    while True:
        try:
            tag, request = read(requests, MAX_REQUEST_BYTES)
        except (EOFError, NotPlainDataError):
            end(0)
        answer = _kind(module, request) if tag == KIND else reply_to(module, request, tells_changes=tag == CALL)
        write(replies, answer)


def define(code: CodeType, replies: int) -> ModuleType:
    """A module with what a program defines. Ends the process, with a reply that says so, where it raises."""
    module = new_module("solution")
    give_own_builtins(module)
    try:
        exec(code, module.__dict__)  # noqa: S102 - running it is the purpose
    except BaseException as problem:  # noqa: BLE001 - whatever a program raises is its own failure
        write(replies, pack(UNDEFINED, _described(problem)))
        report(problem)
        end(exit_status(problem) or 1 if isinstance(problem, SystemExit) else 1)
    return module


def _kind(module: ModuleType, name: Any) -> bytes:
    found = getattr(module, name, None)
    return pack(b"k", "class" if type(found) is type else "other") if found is not None else pack(UNKNOWN, name)


def reply_to(module: ModuleType, request: Any, *, tells_changes: bool) -> bytes:
    """The frame that answers a call. Ends the process where the function asks for that."""
    path, args, kwargs, made = request
    try:
        function = _find(module, path)
        if function is None:
            return pack(UNKNOWN, path)
        if made:
            args, kwargs = _made(module, args, kwargs, made)
        tells_changes = tells_changes and not made and any(type(arg) in _CONTAINERS for arg in args)
        before = encode(args) if tells_changes else None
        value = function(*args, **kwargs)
    except BaseException as problem:  # noqa: BLE001 - as above
        if isinstance(problem, SystemExit):
            report(problem)
            end(exit_status(problem))
        report(problem)
        return pack(EXCEPTION, _described(problem))
    try:
        changed = args if before is not None and encode(args) != before else None
        return pack(VALUE, (value, changed))
    except NotPlainDataError as problem:
        return pack(NOT_PLAIN, (problem.code, str(problem)))


def _find(module: ModuleType, path: str) -> Any:
    """What a dotted path names: in the module, or else in an instance of its class `Solution`; None if nothing."""
    names = path.split(".")
    found: Any = module
    if not hasattr(module, names[0]) and hasattr(module, "Solution"):
        found = module.Solution()
    for name in names:
        holder = found() if type(found) is type else found
        found = getattr(holder, name, None)
    return found


def _made(module: ModuleType, args: Any, kwargs: Any, made: Any) -> Any:
    """Arguments in which instances of the program's classes, and builtin types, stand for their marks."""
    mark, recipes = made
    instances: dict[str, Any] = {}

    def real(value: Any) -> Any:
        if type(value) is str and value.startswith(mark):
            return instances[value] if value in instances else getattr(builtins, value[len(mark) :])
        if type(value) in (list, tuple, set, frozenset):
            return type(value)(real(item) for item in value)
        if type(value) is dict:
            return {real(key): real(item) for key, item in value.items()}
        return value

    for number, (path, its_args, its_kwargs, _) in enumerate(recipes):
        instances[f"{mark}{number}"] = getattr(module, path)(*real(its_args), **real(its_kwargs))
    for number, (_, _, _, attributes) in enumerate(recipes):  # now that all exist: they may refer to each other
        for name, value in attributes.items():
            setattr(instances[f"{mark}{number}"], name, real(value))
    return real(args), real(kwargs)


def _described(problem: BaseException) -> tuple[str, str]:
    try:
        text = str(problem)[:_MOST_TEXT]
        return type(problem).__name__, text if type(text) is str else ""
    except BaseException:  # noqa: BLE001 - the text of an exception is the program's code as well
        return "Exception", ""
