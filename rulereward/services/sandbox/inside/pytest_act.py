"""A test file of pytest, run by the checker for one test of it. The program is in another process, of another user.

The file imports the program by a name under which it finds a module of ours, whose attributes stand for what the
program has under their names. Nothing of the program's is here to change pytest, its hooks, its configuration or what
it collects: it can but answer calls. The file never is a file: pytest is given the module that was made of it.

Each id has a fork of its own, in which 15 to 40 ms are pytest's: so a program that ends itself, or runs out of time,
in one test has not failed the others, and no test sees what another has done.
"""

from __future__ import annotations

import ast
import functools
import importlib
import linecache
import os
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from rulereward.services.sandbox.inside import call_frames
from rulereward.services.sandbox.inside.asking import Gone, Program
from rulereward.services.sandbox.inside.checker import (
    FAILED,
    PASSED,
    PROGRAM_GONE,
    PROGRAM_RAISED,
    STUMBLES,
    UNUSABLE,
    import_first,
    missing,
)
from rulereward.services.sandbox.inside.pytest_obstacles import names_of, obstacles_of
from rulereward.services.sandbox.inside.pytest_shelf import Shelf
from rulereward.services.sandbox.inside.stage import end, report

_FILE = "test_program.py"
_KEPT = frozenset((
    "mark", "main", "runner", "fixtures", "helpconfig", "python", "debugging", "unittest", "skipping", "assertion",
    "subtests",
))  # fmt: skip
"""The parts of pytest that tests need which can be run at all. The others cost time, and write files."""

_MOST_LINES = 8
_OURS = __name__.partition(".")[0]


class ProgramModule(ModuleType):
    """In the test file's eyes the program. `_missed`: what of the names that the file holds the program lacks."""

    def __init__(self, program: Program, name: str, named: set[str]) -> None:
        super().__init__(name)
        self.__dict__.update(__all__=[], _program=program, _named=named, _missed=set())

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__"):
            found = self._program.found(name)
            if found:
                return self.__dict__.setdefault(name, found[0])
            if name in self._named:  # pytest looks for marks of its own on everything
                self._missed.add(name)
        raise AttributeError(f"the program has no {name}")


class Recorder:
    """A plugin of pytest's that collects one file and notes how its tests of one id came out."""

    def __init__(self, node: Any, test_id: str, count: int) -> None:
        """`node` makes the collector of the file, of a session; `count` tests must be collected, at least one."""
        self._node = node
        self._id = test_id
        self._count = max(count, 1)
        self._well: dict[str, bool] = {}
        """By the whole id, whether all that was reported of a test so far was a pass."""
        self._called: set[str] = set()
        self.told = ""
        """How the first test that did not pass came out."""
        self.stumbled = False
        """Whether something ended as it does that takes things of the program's for what they are not."""

    def pytest_collection(self, session: Any) -> bool:
        """In the place of pytest's own way of finding files."""
        items = list(session.genitems(self._node(session)))
        wanted = [item for item in items if self._id in (_id(item), _id(item).partition("[")[0])]
        if len(wanted) >= self._count:
            session.items = wanted
            session.testscollected = len(wanted)
        elif not self.told:
            self.told = f"{self._id}: {len(wanted)} of {self._count} tests were collected"
        self._well = {item.nodeid: True for item in session.items}
        return True

    def pytest_collectreport(self, report: Any) -> None:
        """Part of the file was collected, or could not be."""
        if report.outcome != "passed":
            self._tell(_FILE, report)

    def pytest_exception_interact(self, call: Any) -> None:
        """A test, or reading the file, ended with an exception."""
        self.stumbled = self.stumbled or isinstance(call.excinfo.value, STUMBLES)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """A step of a test is over: its set-up, its call, a part of that, its tear-down."""
        well = report.outcome == "passed" and not hasattr(report, "wasxfail")
        self._well[report.nodeid] = self._well.get(report.nodeid, False) and well
        if report.when == "call":
            self._called.add(report.nodeid)
        if not well:
            self._tell(report.nodeid.partition("::")[2], report)

    @property
    def passed(self) -> bool:
        """Were enough tests collected, and did all of them run and pass?"""
        return bool(self._well) and all(self._well.values()) and self._called == self._well.keys()

    def _tell(self, name: str, report: Any) -> None:
        if not self.told:
            lines = str(report.longrepr).splitlines()
            wrong = [line[1:].strip() for line in lines if line.startswith("E ")] or lines
            self.told = "\n".join([f"{name}: {report.outcome}", *wrong[-_MOST_LINES:]])


def check_by_pytest(sources: int, shelf: Shelf, requests: int, replies: int, status: int) -> NoReturn:
    """Run the tests of an id and say over `status` how it went.

    `sources` holds the name by which the file imports the program, the file, the id, and how many tests it stands
    for at least.
    """
    program = Program(requests, replies)
    try:
        given: Any = call_frames.read(sources)[1]
        shelf.put_back()
        verdict = _verdict(program, *given)
    except Gone:
        verdict = PROGRAM_GONE
    except BaseException as problem:  # noqa: BLE001 - a test file may raise anything
        report(problem)
        verdict = UNUSABLE if program.is_blameless else PROGRAM_RAISED
    os.write(status, PROGRAM_GONE if program.gone else verdict)
    end(0)


def _verdict(program: Program, name: str, source: str, test_id: str, count: int) -> bytes:
    tree = ast.parse(source, _FILE)
    obstacles = obstacles_of(tree, test_id)
    if obstacles:
        _say(f"the test cannot tell of the program here, for it has: {', '.join(sorted(obstacles))}")
        return UNUSABLE
    import_first(program, source, aside=name)
    module = _stand_in(program, name, tree)
    takes_all = not name or any(isinstance(node, ast.alias) and node.name == "*" for node in ast.walk(tree))
    node = functools.partial(_collector, program=program, source=source, tree=tree, takes_all=takes_all)
    recorder = Recorder(node, test_id, count)
    warnings.simplefilter("ignore")  # of marks that pytest does not know, and the like
    importlib.import_module("pytest").main(_arguments(), plugins=[recorder])
    names = {name.rpartition(".")[2] for name in names_of(tree, test_id)}
    if recorder.passed and program.refused:
        return UNUSABLE if program.untold else FAILED
    if recorder.passed and (program.answered or program.taken & names):
        return PASSED
    _say(recorder.told or "the test passed without asking the program")
    is_blameless = program.is_blameless and not recorder.stumbled
    if program.unusable or ((is_blameless or (recorder.passed and "getattr" not in names)) and not module._missed):
        return UNUSABLE
    return PROGRAM_RAISED if program.raised or module._missed else FAILED


def _stand_in(program: Program, name: str, tree: ast.Module) -> ProgramModule:
    """The module that the test file imports, under its name."""
    nodes = list(ast.walk(tree))
    named = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    named |= {node.name for node in nodes if isinstance(node, ast.alias)}
    named |= {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    module = ProgramModule(program, name or "solution", named)
    parent, _, last = name.rpartition(".")
    if name:
        sys.modules[name] = module
    while parent:
        holder = sys.modules.setdefault(parent, ModuleType(parent))
        holder.__dict__[last] = sys.modules[f"{parent}.{last}"]
        holder.__dict__["__path__"] = []
        parent, _, last = parent.rpartition(".")
    return module


def _collector(session: Any, program: Program, source: str, tree: ast.Module, *, takes_all: bool) -> Any:
    """What stands for the file to pytest, which needs none."""
    pytest = importlib.import_module("pytest")

    class File(pytest.Module):  # type: ignore[misc, name-defined] # it is imported here, and only here
        def _getobj(self) -> ModuleType:
            return _module(program, source, tree, self.config, takes_all=takes_all)

        def collect(self) -> list[Any]:
            names: dict[str, Any] = self.obj.__dict__
            hidden = {} if "pytest_generate_tests" in names else {name: names[name] for name in _asking(names)}
            for name in hidden:
                del names[name]
            try:
                return list(super().collect())
            finally:
                names.update(hidden)

    return File.from_parent(session, path=Path("/", _FILE))


def _asking(names: dict[str, Any]) -> list[str]:
    """What stands for something of the program's. pytest looks for marks on all it finds, and would ask for them."""
    return [name for name, value in names.items() if type(value).__module__.startswith(_OURS)]


def _module(program: Program, source: str, tree: ast.Module, config: Any, *, takes_all: bool) -> ModuleType:
    """Run the file, with asserts that tell of what they compare. `takes_all`: are names that it takes from nowhere
    the program's?
    """
    linecache.cache[_FILE] = (len(source), None, source.splitlines(keepends=True), _FILE)
    importlib.import_module("_pytest.assertion.rewrite").rewrite_asserts(tree, source.encode(), _FILE, config)
    module = ModuleType(_FILE.partition(".")[0])
    module.__file__ = _FILE
    sys.modules[module.__name__] = module
    if takes_all:
        for name in missing("", source) - module.__dict__.keys():
            module.__dict__[name] = program.thing(name)
    exec(compile(tree, _FILE, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - running it is the purpose
    return module


def _arguments() -> list[str]:
    plugins = importlib.import_module("_pytest.config").default_plugins
    refused = [part for name in plugins if name not in _KEPT for part in ("-p", f"no:{name}")]
    return ["-c", os.devnull, "--rootdir=/", "--noconftest", *refused]


def _id(item: Any) -> str:
    """The id of a test without the file's name."""
    return str(item.nodeid).partition("::")[2]


def _say(text: str) -> None:
    os.write(2, f"{text}\n".encode("utf-8", "replace"))
