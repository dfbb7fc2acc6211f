"""Somebody's reward function, found by `MODULE:FUNCTION`, where MODULE is a dotted name or the path of a file."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from rulereward.api.importing import IMPORT_ERRORS, import_module, told
from rulereward.errors import ConfigurationError
from rulereward.lang.suggest import did_you_mean

Function = Callable[..., Any]


def load_function(spec: str) -> Function:
    """The function, callable object or class that `spec` names.

    Raises ConfigurationError where there is no such module or function, and for what importing it raises.
    """
    source, colon, name = spec.rpartition(":")
    if not colon or not source or not name:
        raise ConfigurationError(
            f"{spec}: write MODULE:FUNCTION, such as rewards.py:accuracy_reward or trl.rewards:think_format_reward"
        )
    module = _module_of_file(source) if _is_path(source) else import_module(source)
    found: Any = module
    for step in name.split("."):
        if not hasattr(found, step):
            raise ConfigurationError(f"{source} has no `{name}`; {_near(module, name)}")
        found = getattr(found, step)
    if not callable(found):
        raise ConfigurationError(
            f"`{name}` of {source} is no function but a value of type {type(found).__name__}; {_near(module, '')}"
        )
    return found  # type: ignore[no-any-return]  # callable() has just said so


def _is_path(source: str) -> bool:
    return source.endswith(".py") or "/" in source or "\\" in source


def _module_of_file(source: str) -> ModuleType:
    """The module in a file, run under a name of its own, with its neighbours importable as Python has them."""
    path = Path(source).resolve()
    if not path.is_file():
        raise ConfigurationError(f"there is no file {source}: give the path of a Python file, or a module's name")
    name = f"_compared_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigurationError(f"{source} is no Python file: its name has to end in .py")
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their own module up
    try:
        spec.loader.exec_module(module)
    except IMPORT_ERRORS as error:
        del sys.modules[name]
        raise ConfigurationError(f"{source} cannot be imported: {told(error)}") from error
    return module


def _near(module: ModuleType, name: str) -> str:
    """What could be meant."""
    known = [
        key
        for key, value in vars(module).items()
        if callable(value) and not key.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]
    near = did_you_mean(name, known)
    if near is not None:
        return near
    return f"it has {', '.join(f'`{key}`' for key in known[:12])}" if known else "it has no function of its own"
