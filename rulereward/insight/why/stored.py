"""Rows that `rulereward score` has written: the input row again, and the reward it was given then."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import msgspec

from rulereward.api.batches import Fields

MARKS = ("reward", "reward_state", "reward_components")
"""A row with all of these columns is one that was scored."""

_DETAILS = "reward_details"
_RENAMED = re.compile(r"((?:input_)+)(reward.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Stored:
    """What a scored row says of itself. `fingerprint` and `step` are None where it was written without details."""

    reward: float | None
    state: str
    components: Mapping[str, object]
    fingerprint: str | None
    step: int | None


def taken_apart(fields: Fields) -> tuple[Fields, Stored | None]:
    """The row as it was before it was scored, and what scoring added to it; None for a row that was not scored."""
    if not all(name in fields for name in MARKS):
        return fields, None
    reward, state, components = (fields[name] for name in MARKS)
    details = _mapping(fields.get(_DETAILS))
    fingerprint, step = details.get("fingerprint"), details.get("step")
    stored = Stored(
        reward=float(reward) if isinstance(reward, int | float) else None,
        state=str(state),
        components=_mapping(components),
        fingerprint=fingerprint if isinstance(fingerprint, str) else None,
        step=step if isinstance(step, int) else None,
    )
    own = [name for name in fields if name not in (*MARKS, _DETAILS)]
    names = _own_names(own)
    return {names.get(name, name): fields[name] for name in own}, stored


def _own_names(names: Collection[str]) -> dict[str, str]:
    """The names that columns had before scoring took theirs: `input_reward` was `reward`.

    Of `input_reward` and `input_input_reward` the longer one was renamed, because the other was taken.
    """
    longest: dict[str, str] = {}
    for name in names:
        match = _RENAMED.fullmatch(name)
        if match is not None and len(name) > len(longest.get(match[2], "")):
            longest[match[2]] = name
    return {name: original for original, name in longest.items() if original not in names}


def _mapping(value: object) -> Mapping[str, object]:
    """An object of the row; in a Parquet file some are written as JSON."""
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError:
            return {}
    return value if isinstance(value, Mapping) else {}
