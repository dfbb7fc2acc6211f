"""The rule kinds that ship with the package: one file each, named like its kind."""

from __future__ import annotations

import importlib
import pkgutil

from rulereward.errors import InternalError
from rulereward.kind import Kind


def builtin_kinds() -> dict[str, Kind]:
    """All kinds of this folder by name, sorted. Imports their files now and not before.

    Raises InternalError for a file that does not hold a kind under its own name.
    """
    kinds: dict[str, Kind] = {}
    for name in sorted(found.name for found in pkgutil.iter_modules(__path__)):
        kind = getattr(importlib.import_module(f"{__name__}.{name}"), name, None)
        if not isinstance(kind, Kind) or kind.name != name:
            raise InternalError(f"rulereward/rules/{name}.py holds no rule kind `{name}`")
        kinds[name] = kind
    return kinds
