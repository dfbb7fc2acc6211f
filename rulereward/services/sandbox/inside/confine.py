"""From a fork of the runner to a process that may run a program: one function, in the order that matters."""

from __future__ import annotations

import os
import resource
import signal
from typing import Iterable  # noqa: UP035 - that of Python 3.8 alone takes brackets

from rulereward.services.sandbox.inside.kernel import (
    SystemCallFilter,
    drop_capabilities,
    hide_memory,
    signal_ends_of_children,
)
from rulereward.services.sandbox.inside.landlock import restrict
from rulereward.services.sandbox.inside.seccomp import program_filter
from rulereward.services.sandbox.inside.wipe import is_empty, reset, wipe

FIRST_FREE = 10
"""The runner keeps its own descriptors at and above this one, so that a fork's can be put in place below it."""
LAST_DESCRIPTOR = 1024
_HERE = "."


class SetUpError(Exception):
    """A fork could not be confined: our trouble, not the program's."""


class Confinement:
    """What all forks of a runner have in common. `proc`: a descriptor of the folder /proc."""

    def __init__(self, proc: int) -> None:
        self._proc = proc
        instructions = program_filter(os.uname().machine)
        self._filter = SystemCallFilter(instructions) if instructions else None

    def enter(
        self, uid: int, folder: str, limits: Iterable[tuple[int, tuple[int, int]]], descriptors: list[int], rules: int
    ) -> None:
        """Confine this fork for good.

        `uid` 0 means that it stays the user it is, without capabilities. `limits`: see `Limits.told`. `descriptors`
        become 0, 1, 2 and so on; all others are closed. `rules`: a descriptor of `landlock.ruleset`, or -1. Of
        processes of the same user, and of files in `folder`, nothing is left afterwards. Raises SetUpError, OSError.
        """
        os.setsid()
        if rules >= 0:
            descriptors = [*descriptors, rules]
        for wanted, descriptor in enumerate(descriptors):
            os.dup2(descriptor, wanted, inheritable=wanted < 3)
        self._be_the_first_to_go(root=bool(uid))
        os.closerange(len(descriptors), LAST_DESCRIPTOR)
        signal_ends_of_children()
        for what, most in limits:
            resource.setrlimit(what, most)
        if uid:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            kill_all_of_this_user()
        else:
            drop_capabilities()
        os.umask(0o077)
        if folder != "/":
            reset(folder)
        os.chdir(folder)
        if folder != "/" and not is_empty(_HERE) and not wipe(_HERE):
            raise SetUpError("the slot's folder cannot be emptied")
        hide_memory()  # a change of the user undoes it
        if rules >= 0:  # not before: under them nothing that an earlier test left could be killed
            restrict(len(descriptors) - 1)
            os.close(len(descriptors) - 1)
        if self._filter is not None:
            self._filter.put_on()

    def _be_the_first_to_go(self, *, root: bool) -> None:
        """Where memory runs out, the kernel ends this process before any that matters."""
        if not root:
            hide_memory(False)  # for as long as nothing of a program's runs here
        score = os.open("self/oom_score_adj", os.O_WRONLY, dir_fd=self._proc)
        os.write(score, b"1000")
        os.close(score)


def kill_all_of_this_user() -> None:
    """Kill every process of this user but this one. Only ever called by a fork that has become a slot's user."""
    if os.getuid() == 0:
        raise SetUpError("still root")
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        return
