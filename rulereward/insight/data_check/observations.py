"""One thing to say about a ruleset on data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

Level = Literal["warning", "note"]

_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Observation:
    """A `warning` is probably a mistake, a `note` is worth knowing. `rule` and `where` say what it is about."""

    level: Level
    code: str
    message: str
    rule: str | None = None
    where: str | None = None


def shown(value: object) -> str:
    """A value of a row in a few characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def share(count: int, of: int) -> str:
    """`12 of 800`."""
    return f"{count:,} of {of:,}"
