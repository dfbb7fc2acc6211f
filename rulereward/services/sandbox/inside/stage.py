"""Where a Python program of somebody else's is compiled and run inside a fork of the runner.

It finds an interpreter as if just started: a `__main__` of its own, real descriptors behind `sys.stdin`,
`sys.stdout` and `sys.stderr`, and none of our modules. All we need afterwards we hold on to before it begins.
"""

from __future__ import annotations

import _thread
import atexit
import builtins
import gc
import io
import marshal
import os
import sys
import threading
from types import CodeType, ModuleType
from typing import Any, NoReturn

from rulereward.services.sandbox.inside.kernel import is_sealed, seal

STARTED, COMPILED, UNCOMPILABLE = b"S", b"C", b"E"
_FILE = "main.py"
_MOST_SOURCE = 1 << 24
_MOST_CODE = 1 << 20
_OURS = "rulereward"
_exit, _count_of_threads = os._exit, _thread._count


class Stage:
    """One program on its way. `status`: the descriptor over which the runner learns how far it came. `kept`: that of
    a file in memory with its code, which is sealed, or empty and to be filled; -1 if there is none.
    """

    def __init__(self, source: int, status: int, kept: int = -1) -> None:
        self._source = source
        self._status = status
        self._kept = kept

    def compile(self) -> CodeType:
        """The program's code, after which nothing of ours is open any more. Ends the process where it has none."""
        if self._kept >= 0 and is_sealed(self._kept):
            data = os.pread(self._kept, _MOST_CODE, 0)
            code: CodeType = marshal.loads(data)  # noqa: S302 - of ours: sealed before anything of the program ran
        else:
            code = self._compiled()
        for descriptor in (self._source, self._kept):
            if descriptor >= 0:
                os.close(descriptor)
        os.write(self._status, COMPILED)
        os.close(self._status)
        gc.enable()
        return code

    def _compiled(self) -> CodeType:
        text = os.pread(self._source, _MOST_SOURCE, 0)
        try:
            code = compile(text, _FILE, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError) as problem:
            os.write(self._status, UNCOMPILABLE)
            report(problem)
            _exit(1)
        if self._kept >= 0 and not os.fstat(2).st_size:  # a compiler's warning is for every run to print
            self._keep(code)
        return code

    def _keep(self, code: CodeType) -> None:
        """Put the code into the file, for later runs of the same program; where that is not to be had, leave it."""
        try:
            data = marshal.dumps(code)
            if len(data) <= _MOST_CODE and os.write(self._kept, data) == len(data):
                seal(self._kept)
        except (OSError, ValueError, MemoryError):
            return


def new_module(name: str) -> ModuleType:
    """An empty module, known by its name, for a program to be run in."""
    module = ModuleType(name)
    module.__dict__["__builtins__"] = __builtins__
    module.__dict__["__file__"] = _FILE
    sys.modules[name] = module
    return module


def give_own_builtins(module: ModuleType) -> None:
    """Have a program change its own builtins, if any, and not those by which ours goes on working beside it."""
    own = ModuleType("builtins")
    own.__dict__.update(vars(builtins))
    sys.modules["builtins"] = own
    module.__dict__["__builtins__"] = own


def run_as_main(stage: Stage) -> NoReturn:
    """Run a program as the interpreter would run a file, and end as the interpreter would."""
    code = stage.compile()
    module = new_module("__main__")
    status = 0
    try:
        exec(code, module.__dict__)  # noqa: S102 - running it is the purpose
    except SystemExit as problem:
        status = exit_status(problem)
    except BaseException as problem:  # noqa: BLE001 - whatever a program raises ends it, and only it
        report(problem)
        status = 1
    end(status)


def exit_status(problem: SystemExit) -> int:
    """What the interpreter makes of `sys.exit(...)`."""
    code = problem.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)  # noqa: T201 - as the interpreter does
    return 1


def end(status: int) -> NoReturn:
    """What the interpreter does at its end: wait for threads, call what was registered, flush."""
    try:
        if _count_of_threads():
            threading._shutdown()  # type: ignore[attr-defined] # private, and the only way
        atexit._run_exitfuncs()
    except BaseException as problem:  # noqa: BLE001 - as above
        report(problem)
    for name in ("stdout", "stderr"):
        try:
            flush(name)
        except BaseException:  # noqa: BLE001 - the program may have put anything there
            status = status or 120
    _exit(status)


def flush(name: str) -> None:
    """Write what a stream of `sys` still holds, unless the program has closed it. Raises whatever it does."""
    stream = getattr(sys, name)
    if not stream.closed:
        stream.flush()


def report(problem: BaseException) -> None:
    """Print an exception to standard error, as the interpreter does, without the frame of ours that caught it."""
    if problem.__traceback__ is not None:
        problem.__traceback__ = problem.__traceback__.tb_next
    try:
        sys.excepthook(type(problem), problem, problem.__traceback__)
    except BaseException:  # noqa: BLE001 - the program may have put anything there
        return


def open_streams() -> None:
    """Text streams on the descriptors 0, 1 and 2, as the interpreter makes them. Forks find the runner's unused."""
    stdin = io.BufferedReader(io.FileIO(0, "r", closefd=False))
    stdout = io.BufferedWriter(io.FileIO(1, "w", closefd=False))
    stderr = io.BufferedWriter(io.FileIO(2, "w", closefd=False))
    sys.stdin = sys.__stdin__ = _text(stdin, "r")  # type: ignore[misc] # a new one
    sys.stdout = sys.__stdout__ = _text(stdout, "w")  # type: ignore[misc] # as above
    sys.stderr = sys.__stderr__ = _text(stderr, "w", "backslashreplace", line_buffering=True)  # type: ignore[misc] # as above


def _text(stream: Any, mode: str, errors: str = "surrogateescape", line_buffering: bool = False) -> Any:
    """A text stream with the attribute that the interpreter gives it: well-known ways of reading fast look at it."""
    made = io.TextIOWrapper(stream, "utf-8", errors, "\n", line_buffering)
    made.mode = mode  # type: ignore[misc] # to the types it has none
    return made


def clear_the_stage() -> None:
    """Take our modules out of the interpreter's tables, and put in place what a program expects there.

    Done once in the runner, whose modules know each other by then.
    """
    for name in [name for name in sys.modules if name.partition(".")[0] == _OURS]:
        del sys.modules[name]
    sys.argv[:] = [_FILE]
