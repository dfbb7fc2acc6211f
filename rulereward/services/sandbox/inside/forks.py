"""Making the forks of a run: which descriptors each is given, and what it goes on to do."""

from __future__ import annotations

import _random
import functools
import os
import sys
from typing import Callable  # noqa: UP035 - that of Python 3.8 alone takes brackets

from rulereward.services.sandbox.inside import acts
from rulereward.services.sandbox.inside.checker import check
from rulereward.services.sandbox.inside.confine import Confinement, kill_all_of_this_user
from rulereward.services.sandbox.inside.files import run_with_files
from rulereward.services.sandbox.inside.kernel import PidNamespaces, lone_fork, memory_file
from rulereward.services.sandbox.inside.landlock import ruleset, version
from rulereward.services.sandbox.inside.languages import LANGUAGES
from rulereward.services.sandbox.inside.many import call_with_many, run_with_many
from rulereward.services.sandbox.inside.programs import Program
from rulereward.services.sandbox.inside.pytest_act import check_by_pytest
from rulereward.services.sandbox.inside.pytest_shelf import Shelf
from rulereward.services.sandbox.inside.run import Order, Process, Run
from rulereward.services.sandbox.inside.serve_calls import serve_calls
from rulereward.services.sandbox.inside.settings import Settings
from rulereward.services.sandbox.inside.stage import STARTED, Stage, run_as_main
from rulereward.services.sandbox.inside.wipe import wipe

Act = Callable[[], None]
_STATUS, _FOURTH, _FIFTH, _SIXTH = 3, 4, 5, 6  # where the descriptors behind the standard ones are put


class Fork(BaseException):
    """Raised in a confined fork, so that nothing of the runner is on its stack when it acts."""

    def __init__(self, act: Act) -> None:
        super().__init__()
        self.act = act


class Forks:
    """Makes forks. Every method but `clean` raises Fork in the fork, and OSError where none can be made."""

    def __init__(self, settings: Settings, proc: int) -> None:
        self._settings = settings
        self._confinement = Confinement(proc)
        abi = version()
        fork = lone_fork if _is_alone(proc) else os.fork
        self._reseed = _reseeding()
        self._rules = [ruleset(abi, settings.folder(slot)) for slot in range(settings.slots)]
        self._rules_of_checkers = ruleset(abi, "")
        self._fork = fork if settings.base_uid else PidNamespaces(proc, fork).fork
        self._starters = {
            "stdin": self._main,
            "stdins": self._many,
            "call": self._call,
            "calls": self._calls,
            "files": self._files,
            "assert": self._assert,
            "pytest": self._pytest,
            "build": self._build,
        }
        self._nothing = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        self.pytest = Shelf((settings.pytest, *settings.packages))

    def start(self, order: Order, slot: int) -> Run:
        """The processes of a test, or of a build."""
        run = Run(order, slot)
        try:
            self._starters[order.mode](run)
        except OSError:
            for process in run.processes:  # the first of two forks: with nobody to talk to it ends
                os.kill(process.pid, 9)
            run.close(with_blobs=False)
            raise
        return run

    def clean(self, slot: int) -> list[int]:
        """Forks that kill what a slot's users left running, and empty its folder: their process ids."""
        settings = self._settings
        pids = [self._clean(settings.program_uid(slot), settings.folder(slot))]
        return [*pids, self._clean(settings.checker_uid(slot), "")] if settings.base_uid else pids

    def _main(self, run: Run) -> None:
        order, folder = run.order, self._settings.folder(run.slot)
        program, memory_mb = order.program, order.limits.memory_mb
        language = LANGUAGES.get(program.language)
        given = [order.blobs[0], run.stdout, run.stderr, -1, program.source]
        if language is None:
            stage = _stage(program, given)
            run.program = self._confined(run, given, lambda: run_as_main(stage))
            return
        binary = _FIFTH if program.binary >= 0 else -1
        if binary >= 0:
            given.append(program.binary)
        act = lambda: acts.execute(language, _FOURTH, binary, _STATUS, folder, memory_mb)  # noqa: E731 - one of several
        run.program = self._confined(run, given, act, says_started=False, address_space=language.address_space)

    def _build(self, run: Run) -> None:
        program, folder = run.order.program, self._settings.folder(run.slot)
        program.binary = memory_file("main")
        language = LANGUAGES[program.language]
        given = [self._nothing, run.stdout, run.stderr, -1, program.source, program.binary]
        act = lambda: acts.build(language, _FOURTH, _FIFTH, _STATUS, folder)  # noqa: E731 - as above
        run.program = self._confined(run, given, act, says_started=False)

    def _call(self, run: Run) -> None:
        self._serving(run, lambda stage: serve_calls(stage, _FIFTH, _SIXTH))

    def _calls(self, run: Run) -> None:
        self._serving(run, lambda stage: call_with_many(stage, _FIFTH, _SIXTH))

    def _many(self, run: Run) -> None:
        self._serving(run, lambda stage: run_with_many(stage, _FIFTH, _SIXTH))

    def _serving(self, run: Run, act: Callable[[Stage], None]) -> None:
        """A program that reads what is asked of it from one file of ours, and answers in another."""
        order = run.order
        given = [self._nothing, run.stdout, run.stderr, -1, order.program.source, order.blobs[0], run.report]
        stage = _stage(order.program, given)
        run.program = self._confined(run, given, lambda: act(stage))

    def _files(self, run: Run) -> None:
        order = run.order
        given = [self._nothing, run.stdout, run.stderr, -1, order.program.source, *order.blobs]
        stage = _stage(order.program, given)
        run.program = self._confined(run, given, lambda: run_with_files(stage, order.files, _FIFTH))

    def _assert(self, run: Run) -> None:
        entry = run.order.entry
        self._checked(run, lambda: check(_FOURTH, entry, _FIFTH, _SIXTH, _STATUS))

    def _pytest(self, run: Run) -> None:
        self.pytest.load()
        self._checked(run, lambda: check_by_pytest(_FOURTH, self.pytest, _FIFTH, _SIXTH, _STATUS))

    def _checked(self, run: Run, check_it: Act) -> None:
        """A program whose functions a checker calls: two forks that have two pipes between them."""
        order = run.order
        asked, asking, answered, answering = pipes = (*os.pipe(), *os.pipe())
        try:
            given = [self._nothing, run.stdout, run.stderr, -1, order.program.source, asked, answering]
            stage = _stage(order.program, given)
            run.program = self._confined(run, given, lambda: serve_calls(stage, _FIFTH, _SIXTH))
            given = [self._nothing, self._nothing, run.report, -1, order.blobs[0], asking, answered]
            run.checker = self._confined(run, given, check_it, checks=True)
        except OSError:
            _close(pipes)
            raise
        _close(pipes)

    def _confined(
        self,
        run: Run,
        given: list[int],
        act: Act,
        *,
        checks: bool = False,
        says_started: bool = True,
        address_space: bool = True,
    ) -> Process:
        """A fork with the descriptors `given`, of which the one at _STATUS is made here."""
        # here, where memory is at hand, and not in the fork
        acts.put_folder(os.fsencode(self._settings.folder(run.slot)))
        limits = run.order.limits.told(address_space=address_space)
        reading, given[_STATUS] = os.pipe()
        pid = self._fork()
        if pid:
            os.close(given[_STATUS])
            os.set_blocking(reading, False)
            return Process(pid, reading)
        try:
            settings, slot = self._settings, run.slot
            uid = settings.checker_uid(slot) if checks else settings.program_uid(slot)
            folder = "/" if checks else settings.folder(slot)
            rules = self._rules_of_checkers if checks else self._rules[slot]
            self._confinement.enter(uid, folder, limits, given, rules)
            self._reseed()
            if says_started:
                os.write(_STATUS, STARTED)
        except BaseException as problem:  # noqa: BLE001 - a fork must not go on as a second runner, whatever happened
            acts.give_up(problem)
        raise Fork(act)

    def _clean(self, uid: int, folder: str) -> int:
        pid = os.fork()
        if pid:
            return pid
        try:
            if uid:
                os.setgroups([])
                os.setresgid(uid, uid, uid)
                os.setresuid(uid, uid, uid)
                kill_all_of_this_user()
            if folder:
                wipe(folder)
        finally:
            os._exit(0)


def _stage(program: Program, given: list[int]) -> Stage:
    """Where a Python program is compiled and run, by the descriptors `given`, one more of which may be added here."""
    code = program.code_file()
    if code < 0:
        return Stage(_FOURTH, _STATUS)
    given.append(code)
    return Stage(_FOURTH, _STATUS, len(given) - 1)


def _is_alone(proc: int) -> bool:
    """Whether this process has one thread: modules imported ahead may have started others."""
    tasks = os.open("self/task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=proc)
    try:
        return len(os.listdir(tasks)) == 1  # noqa: PTH208 - a descriptor has no path
    finally:
        os.close(tasks)


def _reseeding() -> Callable[[], object]:
    """What gives a fork random numbers of its own, where the module is imported ahead."""
    random = sys.modules.get("random")
    return functools.partial(_random.Random.seed, random._inst) if random else lambda: None


def _close(descriptors: tuple[int, ...]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
