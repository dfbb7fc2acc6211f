"""Where this host's pytest lies, and what it needs: what a sandbox is given of it."""

from __future__ import annotations

import functools
import importlib.metadata
from importlib.machinery import PathFinder
from pathlib import Path

_NEEDED = ("pytest", "_pytest", "pluggy", "iniconfig", "packaging")
_WHERE_THERE = ("py", "pygments", "exceptiongroup", "tomli", "typing_extensions", "colorama")
"""What some versions of it need, or some Pythons."""

WHAT_HELPS = {
    "embedded": "`pip install pytest` where rulereward is installed",
    "unsafe": "`pip install pytest` where rulereward is installed",
    "docker": "build the image again where pytest is installed, with `rulereward sandbox build --from-host`",
}
"""What is to be done where a back-end has no pytest."""


@functools.cache
def pytest_modules() -> tuple[Path, ...]:
    """The folders and files of modules; none where this host has no pytest, or not all that it needs."""
    found = {name: _place(name) for name in (*_NEEDED, *_WHERE_THERE)}
    if any(found[name] is None for name in _NEEDED):
        return ()
    return tuple(path for path in found.values() if path is not None)


def pytest_version() -> str:
    """Of this host's pytest, empty where there is none."""
    return importlib.metadata.version("pytest") if pytest_modules() else ""


def _place(name: str) -> Path | None:
    spec = PathFinder.find_spec(name)
    if spec is None or spec.origin is None:
        return None
    origin = Path(spec.origin)
    return origin.parent if spec.submodule_search_locations else origin
