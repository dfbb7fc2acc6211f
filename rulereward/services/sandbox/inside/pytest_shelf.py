"""pytest, loaded once in the runner, and kept where only checkers find it.

It takes 100 ms of processor time to import, too long for each test. Once it is loaded every fork takes some 1 ms
longer, too long for runners that never need it: so it is loaded for the first test that does. For programs nothing
changes by that: what was imported with it is taken out of the interpreter's tables, to be put back by who wants it.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Sequence  # noqa: UP035 - that of Python 3.8 alone takes brackets


class NoPytestError(OSError):
    """pytest is not there, or cannot be imported."""


class Shelf:
    """pytest of the first of some folders that has it. What those hold is trusted."""

    def __init__(self, folders: Sequence[str]) -> None:
        self._folders = list(folders)
        self._modules: dict[str, ModuleType] = {}
        self._is_loaded = False
        self.is_there = PathFinder.find_spec("pytest", self._folders) is not None

    def load(self) -> None:
        """Import it, if that is still to be done. Raises NoPytestError."""
        if self._is_loaded:
            return
        before = set(sys.modules)
        sys.path += self._folders
        try:
            for name in ("pdb", "pytest"):  # the first is imported by some tests only, and slowly
                importlib.import_module(name)
            for name in importlib.import_module("_pytest.config").default_plugins:
                importlib.import_module(f"_pytest.{name}")
        except (ImportError, SyntaxError, AttributeError, TypeError) as problem:
            raise NoPytestError(f"pytest cannot be imported: {type(problem).__name__}: {problem}") from problem
        finally:
            del sys.path[len(sys.path) - len(self._folders) :]
            self._take_out(set(sys.modules) - before)
        self._is_loaded = True
        gc.collect()
        gc.freeze()  # as all that the runner's forks share

    def put_back(self) -> None:
        """Have it ready to be imported in this process, which is a checker's."""
        sys.path += self._folders
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        for name, module in self._modules.items():
            sys.modules[name] = module
            parent, _, last = name.rpartition(".")
            if parent:
                setattr(sys.modules[parent], last, module)

    def _take_out(self, names: set[str]) -> None:
        """Those written in Python; others do not take a second import well."""
        for name in sorted(names):
            module = sys.modules[name]
            if not str(getattr(module, "__file__", None) or "").endswith(".py"):
                continue
            self._modules[name] = module
            del sys.modules[name]
            parent, _, last = name.rpartition(".")
            if parent in sys.modules and hasattr(sys.modules[parent], last):
                delattr(sys.modules[parent], last)
