"""Between two tests of one program that share a process: the end that the first would have had alone, and a stage for
the next that it has left little on.

It runs in the program's process, so a program that means to can carry something over all the same: in a module of the
standard library, for one. What one leaves behind in good faith is gone, or the process goes no further.
"""

from __future__ import annotations

import atexit
import builtins
import gc
import os
import sys
import threading

from rulereward.services.sandbox.inside.stage import flush
from rulereward.services.sandbox.inside.wipe import is_empty, reset, wipe


class Between:
    """Made before the program begins. Every method may raise whatever the program has put in its way."""

    def __init__(self) -> None:
        self._folder = os.getcwd()  # noqa: PTH109 - `pathlib` would take memory in every fork
        self._environment = dict(os.environ)
        self._builtins = dict(vars(builtins))
        self._recursion = sys.getrecursionlimit()

    def end(self) -> bool:
        """What the interpreter does at its end: wait for threads, call what was registered, flush.

        Whether nothing of the program goes on, so that another test may follow.
        """
        hooks = list(getattr(threading, "_threading_atexits", ()))  # of executors, which take no work behind them
        for hook in reversed(hooks):
            hook()
        while waited_for := [thread for thread in threading.enumerate() if _keeps_the_interpreter(thread)]:
            for thread in waited_for:
                thread.join()
        atexit._run_exitfuncs()
        flush("stdout")
        flush("stderr")
        return not hooks and len(sys._current_frames()) == 1 and not _has_children()

    def put_right(self) -> None:
        """Have the folder empty, and it, the environment, the builtins and the recursion limit as before."""
        reset(self._folder)
        os.chdir(self._folder)
        if not is_empty(self._folder):
            wipe(self._folder)
        if dict(os.environ) != self._environment:
            os.environ.clear()
            os.environ.update(self._environment)
        for name in vars(builtins).keys() - self._builtins.keys():
            delattr(builtins, name)
        vars(builtins).update(self._builtins)
        sys.setrecursionlimit(self._recursion)
        gc.enable()


def _keeps_the_interpreter(thread: threading.Thread) -> bool:
    return thread is not threading.main_thread() and not thread.daemon


def _has_children() -> bool:
    """Does a child of this process live? Those that ended the kernel has taken away."""
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True
