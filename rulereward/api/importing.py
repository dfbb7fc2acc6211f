"""Importing a user's module, with every mistake in it told as one sentence that says where."""

from __future__ import annotations

import importlib
import os
import sys
import sysconfig
import traceback
from pathlib import Path, PurePath
from types import ModuleType

from rulereward.errors import ConfigurationError, RuleRewardError

IMPORT_ERRORS = (
    RuleRewardError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    NameError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What the code of a module may raise while it is imported."""

_OURS = f"{Path(__file__).parents[1]}{os.sep}"
_OTHERS = tuple(sysconfig.get_path(name) + os.sep for name in ("purelib", "platlib", "stdlib"))


def import_module(name: str) -> ModuleType:
    """The module of that name. Raises ConfigurationError where there is none, and for what its code raises."""
    _refuse_path(name)
    try:
        return importlib.import_module(name)
    except IMPORT_ERRORS as error:
        if isinstance(error, ModuleNotFoundError) and error.name and f"{name}.".startswith(f"{error.name}."):
            raise ConfigurationError(f"there is no module `{name}`: {_where_looked()}") from error
        raise ConfigurationError(f"the module `{name}` cannot be imported: {told(error)}") from error


def told(error: Exception) -> str:
    """What went wrong and, where it is known, in which line of whose file."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}: {type(error).__name__}: {error.msg}"
    text = str(error) if isinstance(error, RuleRewardError) else f"{type(error).__name__}: {error}"
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith((_OURS, "<frozen"))
    ]
    own = [frame for frame in frames if not frame.filename.startswith(_OTHERS)]
    place = (own or frames)[-1:]
    return f"{place[0].filename}:{place[0].lineno}: {text}" if place else text


def _refuse_path(name: str) -> None:
    """A path is the first thing that is tried where the name of a module is asked for."""
    path = PurePath(name.replace("\\", "/"))
    if path.suffix != ".py" and len(path.parts) == 1 and not name.startswith("."):
        return
    steps = path.with_suffix("").parts if path.suffix == ".py" else path.parts
    if path.is_absolute() or ".." in steps or not steps:
        near = f"{steps[-1]}, with its folder on PYTHONPATH" if steps and steps[-1] != ".." else "my_rules"
        raise ConfigurationError(f"{name} is a path, and kinds are found by the name of their module: write {near}")
    raise ConfigurationError(
        f"{name} is a path, and kinds are found by the name of their module: write {'.'.join(steps).lstrip('.')}"
    )


def _where_looked() -> str:
    here = {"", str(Path.cwd())} & set(sys.path)
    return f"it is looked for on Python's path{', and in the current folder' if here else ''}"
