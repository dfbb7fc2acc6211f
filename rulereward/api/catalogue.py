"""Finding what a ruleset may call: the kinds and functions that ship here, and users' own kinds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import entry_points

from rulereward.api.importing import IMPORT_ERRORS, import_module, told
from rulereward.errors import ConfigurationError
from rulereward.functions import builtin_aggregates, builtin_functions
from rulereward.kind import Kind
from rulereward.plan.catalogue import Catalogue
from rulereward.rules import builtin_kinds

ENTRY_POINT_GROUP = "rulereward.kinds"


@cache
def catalogue(modules: tuple[str, ...] = ()) -> Catalogue:
    """Everything a ruleset may call. `modules` are imported and searched for users' kinds.

    Raises ConfigurationError for a module that cannot be imported or holds no kind, and for a name taken twice.
    """
    kinds = dict(builtin_kinds())
    functions = builtin_functions()
    aggregates = builtin_aggregates()
    for origin, kind in [*_from_entry_points(), *_from_modules(modules)]:
        if kinds.get(kind.name) is kind:
            continue
        if kind.name in kinds or kind.name in functions or kind.name in aggregates:
            raise ConfigurationError(
                f"the rule kind `{kind.name}` from {origin} has the name of another kind or function"
            )
        kinds[kind.name] = kind
    return Catalogue(dict(sorted(kinds.items())), functions, aggregates)


def _from_entry_points() -> list[tuple[str, Kind]]:
    found: list[tuple[str, Kind]] = []
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        origin = f"entry point `{entry.name}` ({entry.value})"
        try:
            loaded = entry.load()
        except IMPORT_ERRORS as error:
            raise ConfigurationError(f"{origin} cannot be loaded: {told(error)}") from error
        if not isinstance(loaded, Kind):
            raise ConfigurationError(f"{origin} is not a rule kind: decorate its row function with `@rule(...)`")
        found.append((origin, loaded))
    return found


def _from_modules(modules: Sequence[str]) -> list[tuple[str, Kind]]:
    found: list[tuple[str, Kind]] = []
    for name in modules:
        module = import_module(name)
        kinds = [value for value in vars(module).values() if isinstance(value, Kind)]
        if not kinds:
            raise ConfigurationError(f"the module `{name}` holds no rule kind")
        found += [(f"module `{name}`", kind) for kind in kinds]
    return found
