"""What our own ruleset and the columns of the data say of a row, as predicates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from rulereward.api import RuleScores, Ruleset
from rulereward.data import F64, Reason, State
from rulereward.engine.credit import REST
from rulereward.insight.compare.answers import printable
from rulereward.insight.compare.asked import Asked
from rulereward.insight.compare.features import Feature, thresholds
from rulereward.kind import Base

MOST_VALUES = 6
"""A number with more values than this is told by thresholds."""

MOST_COLUMN_VALUES = 8
MOST_CODES = 8
MOST_CHARS = 40


def column_features(rows: Sequence[Asked], known: Sequence[str]) -> Iterator[Feature]:
    """`row.source is math`, for columns with few values that no input of the ruleset reads."""
    columns = sorted({name for row in rows for name in row.fields} - set(known))
    for name in columns:
        values = [row.fields.get(name) for row in rows]
        if any(isinstance(value, list | dict) for value in values):
            continue
        told = ["null" if value is None else printable(str(value))[:MOST_CHARS] for value in values]
        if 1 < len(set(told)) <= MOST_COLUMN_VALUES:
            for value in sorted(set(told)):
                holds = np.array([one == value for one in told], dtype=np.bool_)
                yield Feature(f"row.{name}={value}", f"`row.{name}` is {value}", holds)


def rule_features(ruleset: Ruleset, rules: Mapping[str, RuleScores]) -> Iterator[Feature]:
    """Each rule's value, and the reason that goes with it."""
    for name, cells in rules.items():
        is_bool = ruleset.plan.nodes[ruleset.plan.reported[name]].base is Base.BOOL
        yield from _states(name, cells)
        if is_bool:
            yield Feature(f"{name}=true", f"`{name}` is true", cells.values == 1.0, weak=True)
            yield Feature(f"{name}=false", f"`{name}` is false", cells.values == 0.0, weak=True)
        else:
            yield from _numbers(name, f"`{name}`", cells.values)


def _states(name: str, cells: RuleScores) -> Iterator[Feature]:
    """`accuracy` is null: gold_missing; `format` says tag_missing."""
    codes = [_told(int(state), reason) for state, reason in zip(cells.states, cells.reasons, strict=True)]
    for (state, code), _ in Counter(code for code in codes if code is not None).most_common(MOST_CODES):
        holds = np.array([found == (state, code) for found in codes], dtype=np.bool_)
        said = f"`{name}` says {code}" if state == "ok" else f"`{name}` is {state}: {code}"
        yield Feature(f"{name}:{code}", said, holds)


def _told(state: int, reason: Reason | None) -> tuple[str, str] | None:
    if reason is None:
        return None if state == State.OK else (State(state).name.lower(), "no reason")
    return State(state).name.lower(), reason.code


def _numbers(name: str, subject: str, values: F64) -> Iterator[Feature]:
    known = np.unique(values[np.isfinite(values)])
    if len(known) > MOST_VALUES:
        yield from thresholds(name, subject, "", values)
        return
    for value in known.tolist():
        yield Feature(f"{name}={value:g}", f"{subject} is {value:g}", values == value)


def part_features(
    parts: Mapping[str, F64], gates: Sequence[str | None], routes: Sequence[str | None]
) -> Iterator[Feature]:
    """What counts in our reward: routes that rows took, gates that gave it, terms that put something in."""
    for route in sorted({route for route in routes if route is not None}):
        holds = np.array([found == route for found in routes], dtype=np.bool_)
        yield Feature(f"route:{route}", f"the row takes our route `{route}`", holds)
    for gate in sorted({gate for gate in gates if gate is not None}):
        holds = np.array([found == gate for found in gates], dtype=np.bool_)
        yield Feature(gate, f"our {gate} gives the reward", holds)
    for name, values in parts.items():
        if name != REST and name not in gates:
            yield Feature(f"part:{name}", f"`{name}` counts in our reward", np.abs(values) > 1e-12)


def value_features(ours: F64) -> Iterator[Feature]:
    """Our value itself, the last word: it coincides with much."""
    yield Feature("ours!=0", "ours is not 0", np.isfinite(ours) & (ours != 0.0), weak=True)
    yield from (replace(feature, weak=True) for feature in _numbers("ours", "ours", ours))
