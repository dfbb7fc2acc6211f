"""A program whose functions are called from outside: it is defined once, and then answers request after request.

It runs in the program's own process, so all that comes out is what the program wants to come out: plain data that is
compared elsewhere, by somebody who alone knows what is expected, and numbers for what is no plain data.
"""

from __future__ import annotations

from types import CodeType, ModuleType
from typing import Any

from rulereward.services.sandbox.inside.call_frames import (
    CALL,
    EXCEPTION,
    MAX_REQUEST_BYTES,
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
    module = define(stage.compile(), replies)
    objects = Objects(module, requests, replies)
    while True:
        try:
            tag, data = receive(requests, MAX_REQUEST_BYTES)
            if tag == CALL:
                answer = reply_to(module, decode(data, max_bytes=MAX_REQUEST_BYTES))
            else:
                answer = objects.operate(data)
        except (EOFError, NotPlainDataError):
            end(0)
        write(replies, answer)


def define(code: CodeType, replies: int) -> ModuleType:
    """A module with what a program defines. Ends the process, with a reply that says so, where it raises."""
    module = new_module("solution")
    give_own_builtins(module)
    try:
        exec(code, module.__dict__)  # noqa: S102 - running it is the purpose
    except BaseException as problem:  # noqa: BLE001 - whatever a program raises is its own failure
        write(replies, pack(UNDEFINED, described(problem)))
        report(problem)
        end(exit_status(problem) or 1 if isinstance(problem, SystemExit) else 1)
    return module


def reply_to(module: ModuleType, request: Any) -> bytes:
    """The frame that answers a call from the host. Ends the process where the function asks for that."""
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
