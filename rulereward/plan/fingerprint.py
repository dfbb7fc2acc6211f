"""The fingerprint of a ruleset: what it means, whatever its layout, its comments and the names of its let entries."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from enum import Enum

from rulereward.kind import Aggregate, Function, Interval, Kind, Type
from rulereward.lang.source import Span
from rulereward.plan.typed import Checked, Ref, Typed

LANGUAGE_VERSION = 1


def fingerprint(checked: Checked) -> str:
    """`rr1:` and 16 hex digits over the resolved ruleset and the versions of the kinds and functions it calls."""
    digester = _Digester(checked.named)
    parts = [
        f"language={LANGUAGE_VERSION}",
        *(f"input {name}={item.paths}" for name, item in sorted(checked.inputs.items())),
        f"group={checked.group.by},{checked.group.size}",
        *(f"rule {rule.name}={digester.digest(rule.value)},{rule.aborts}" for rule in checked.rules),
        *(f"route {route.name}={digester.digest((route.when, route.score))}" for route in checked.routes),
        f"score={digester.digest(checked.score)}",
    ]
    return "rr1:" + _sha("\n".join(parts))


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class _Digester:
    """Digests of checked nodes; a name is digested as what it stands for."""

    def __init__(self, named: Mapping[str, Typed]) -> None:
        self._named = named
        self._known: dict[int, str] = {}

    def digest(self, value: object) -> str:
        if isinstance(value, Ref):
            return self.digest(self._named[value.name])
        if not isinstance(value, Typed):
            return self._plain(value)
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = _sha(self._fields(value))
        return known

    def _plain(self, value: object) -> str:
        if isinstance(value, Kind | Function | Aggregate):
            return f"{value.name}@{value.version}"
        if isinstance(value, Enum):
            return value.name
        if isinstance(value, tuple | list):
            return f"[{','.join(self.digest(item) for item in value)}]"
        if dataclasses.is_dataclass(value):
            return self._fields(value)
        return f"{type(value).__name__}:{value!r}"

    def _fields(self, value: object) -> str:
        """Every field that carries meaning; places, types and ranges follow from the rest."""
        assert dataclasses.is_dataclass(value)
        found = [type(value).__name__]
        for item in dataclasses.fields(value):
            part = getattr(value, item.name)
            if item.compare and not isinstance(part, Span | Type | Interval):
                found.append(f"{item.name}={self.digest(part)}")
        return f"({';'.join(found)})"
