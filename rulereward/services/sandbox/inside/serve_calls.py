"""A program whose functions are called from outside: it is defined once, and then answers request after request.

It runs in the program's own process, so all that comes out is what the program wants to come out: plain data that is
compared elsewhere, by somebody who alone knows what is expected, and numbers for what is no plain data.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from rulereward.services.sandbox.inside.call_frames import (
    CALL,
    EXCEPTION,
    NOT_PLAIN,
    UNDEFINED,
    UNKNOWN,
    VALUE,
    NotPlainDataError,
    pack,
    receive,
    write,
)
from rulereward.services.sandbox.inside.plain_reading import decode
from rulereward.services.sandbox.inside.serve_objects import Objects, described, find
from rulereward.services.sandbox.inside.stage import Stage, end, exit_status, give_own_builtins, new_module, report


def serve_calls(stage: Stage, requests: int, replies: int) -> None:
    """Define the program and answer the requests of one descriptor on another, until they end. Does not return."""
    code = stage.compile()
    module = new_module("solution")
    give_own_builtins(module)
    try:
        exec(code, module.__dict__)  # noqa: S102 - running it is the purpose
    except BaseException as problem:  # noqa: BLE001 - whatever a program raises is its own failure
        write(replies, pack(UNDEFINED, described(problem)))
        report(problem)
        end(exit_status(problem) or 1 if isinstance(problem, SystemExit) else 1)
    objects = Objects(module, requests, replies)
    while True:
        try:
            tag, data = receive(requests)
            answer = _call(module, decode(data)) if tag == CALL else objects.operate(data)
        except (EOFError, NotPlainDataError):
            end(0)
        write(replies, answer)


def _call(module: ModuleType, request: Any) -> bytes:
    """The answer to a call from the host."""
    path, args, kwargs = request
    try:
        function = find(module, path)
        if function is None:
            return pack(UNKNOWN, path)
        value = function(*args, **kwargs)
    except BaseException as problem:  # noqa: BLE001 - as above
        if isinstance(problem, SystemExit):
            report(problem)
            end(exit_status(problem))
        report(problem)
        return pack(EXCEPTION, described(problem))
    try:
        return pack(VALUE, (value, None))
    except NotPlainDataError as problem:
        return pack(NOT_PLAIN, (problem.code, str(problem)))
