"""What a ruleset may call: handed in by `api`, so that the compiler knows no kind by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rulereward.kind import Aggregate, Function, Kind


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Kinds, functions and aggregates by the name an author writes."""

    kinds: Mapping[str, Kind]
    functions: Mapping[str, Function]
    aggregates: Mapping[str, Aggregate]

    def callables(self) -> list[str]:
        return sorted({*self.kinds, *self.functions, *self.aggregates})
