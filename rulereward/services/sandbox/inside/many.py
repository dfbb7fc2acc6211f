"""Many tests of one program in one fork, for speed: between two of them its state can survive (see `between`).

What it prints for all inputs goes into one file. How each ended, and where its output ends there, is written down by
this process, which is the program's as well, and so are the replies to calls: it may claim what it likes about
itself, but gains nothing by it, for what counts is what it printed or returned.
"""

from __future__ import annotations

import os
import struct
from types import CodeType
from typing import Iterator, NoReturn  # noqa: UP035 - those of Python 3.8 alone take brackets

from rulereward.services.sandbox.inside.between import Between
from rulereward.services.sandbox.inside.call_frames import MAX_REQUEST_BYTES, NotPlainDataError, read, write
from rulereward.services.sandbox.inside.serve_calls import define, reply_to
from rulereward.services.sandbox.inside.stage import Stage, end, exit_status, new_module, open_streams, report

RECORD = struct.Struct(">iQ")
"""Of each input: the exit status, and where the output ends, in bytes from the beginning of all."""

_LENGTH = struct.Struct(">I")
_INPUT, _OUTPUT = 60, 61  # where the files behind 0 and 1 are kept: a program may close those
_exit = os._exit


def pack_inputs(inputs: tuple[bytes, ...]) -> bytes:
    """Inputs one behind the other, each behind its length in four bytes."""
    return b"".join(_LENGTH.pack(len(text)) + text for text in inputs)


def run_with_many(stage: Stage, inputs: int, records: int) -> NoReturn:
    """Run a program once for each of the packed inputs in a file. Does not return."""
    code = stage.compile()
    between = Between()
    file = os.open("input", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    os.unlink("input")  # noqa: PTH108 - one file of our own
    os.dup2(file, _INPUT, inheritable=False)
    os.close(file)
    os.dup2(1, _OUTPUT, inheritable=False)
    for text in _unpacked(inputs):
        os.ftruncate(_INPUT, 0)
        os.pwrite(_INPUT, text, 0)
        os.lseek(_INPUT, 0, os.SEEK_SET)
        os.dup2(_INPUT, 0)
        os.dup2(_OUTPUT, 1)
        status, is_over = _run(code, between)
        os.write(records, RECORD.pack(status, os.lseek(_OUTPUT, 0, os.SEEK_CUR)))
        if not is_over:
            _exit(0)
        between.put_right()
    _exit(0)


def call_with_many(stage: Stage, requests: int, replies: int) -> NoReturn:
    """Define a program afresh for each of the calls in a file, and answer it. Does not return."""
    code = stage.compile()
    between = Between()
    while True:
        try:
            _, request = read(requests, MAX_REQUEST_BYTES)
        except (EOFError, NotPlainDataError):
            _exit(0)
        answer = reply_to(define(code, replies), request)
        is_over = between.end()
        write(replies, answer)
        if not is_over:
            _exit(0)
        between.put_right()


def _unpacked(inputs: int) -> Iterator[bytes]:
    while True:
        head = os.read(inputs, _LENGTH.size)
        if len(head) < _LENGTH.size:
            return
        yield os.read(inputs, _LENGTH.unpack(head)[0])


def _run(code: CodeType, between: Between) -> tuple[int, bool]:
    """Run it in a module of its own: the exit status that it would have had alone, and whether nothing goes on."""
    open_streams()
    status = 0
    try:
        exec(code, new_module("__main__").__dict__)  # noqa: S102 - running it is the purpose
    except SystemExit as problem:
        status = exit_status(problem)
    except BaseException as problem:  # noqa: BLE001 - whatever a program raises ends this run of it
        report(problem)
        status = 1
    try:
        return status, between.end()
    except BaseException as problem:  # noqa: BLE001 - the program may have put anything there
        report(problem)
        end(status or 120)
