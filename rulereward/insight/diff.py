"""Two rulesets on the same rows: whose reward moves, by which rule, and what becomes of order and credit."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from rulereward.api import Ruleset
from rulereward.data import I64
from rulereward.engine.credit import REST
from rulereward.errors import ConfigurationError
from rulereward.insight.data import Data
from rulereward.insight.diff_groups import GroupsDiff, compare_groups
from rulereward.insight.judged import GATE, Judged, judge
from rulereward.insight.ranks import SAME

Owner = Literal["both", "A", "B"]
"""Which of the two rulesets has a rule."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two rulesets; `missing` rows have no reward under it."""

    name: str
    fingerprint: str
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """A row whose reward is another under B; `by` is the part that changed most, `change` how far that part did."""

    row: int
    where: str
    a: float
    b: float
    by: str
    change: float

    @property
    def move(self) -> float:
        """How far the reward goes from A to B."""
        return self.b - self.a


@dataclass(frozen=True, slots=True)
class Switch:
    """A row with a reward on one side only; `why` there is none on the other, and which rule says so."""

    row: int
    where: str
    a: float | None
    b: float | None
    why: str


@dataclass(frozen=True, slots=True)
class ByRule:
    """The rows that one rule (or `gate NAME`, or `(rest)`) moved most."""

    rule: str
    owner: Owner
    rows: int
    mean_move: float
    largest_move: float


@dataclass(frozen=True, slots=True)
class Diff:
    """What changes from A to B. `moves` are the rows that move, the furthest first; `switches` stand in row order.

    `equal`: the fingerprints are equal, so nothing was scored. `groups` is None, and `no_groups` says why, where the
    data does not tell groups.
    """

    a: Side
    b: Side
    equal: bool
    rows: int = 0
    moves: tuple[Move, ...] = ()
    switches: tuple[Switch, ...] = ()
    by_rule: tuple[ByRule, ...] = ()
    groups: GroupsDiff | None = None
    no_groups: str | None = None

    @property
    def mean_move(self) -> float:
        """The mean over the rows that move; 0 where none does."""
        return math.fsum(move.move for move in self.moves) / len(self.moves) if self.moves else 0.0

    def to_json(self, most_rows: int | None = None) -> dict[str, object]:
        """Plain values, as `rulereward diff --format json` prints them; lists of rows cut to `most_rows`."""
        groups = None if self.groups is None else self.groups.to_json(most_rows)
        return {
            "a": asdict(self.a),
            "b": asdict(self.b),
            "equal": self.equal,
            "rows": self.rows,
            "moved": len(self.moves),
            "mean_move": self.mean_move,
            "appear": sum(switch.a is None for switch in self.switches),
            "disappear": sum(switch.b is None for switch in self.switches),
            "by_rule": [asdict(rule) for rule in self.by_rule],
            "moves": [asdict(move) | {"move": move.move} for move in self.moves[:most_rows]],
            "switches": [asdict(switch) for switch in self.switches[:most_rows]],
            "groups": groups,
            "no_groups": self.no_groups,
        }


def diff(ruleset_a: Ruleset, ruleset_b: Ruleset, data: Data, *, step: int | None = None) -> Diff:
    """What changes for these rows when B takes the place of A.

    Groups are told as A tells them, as B does where A cannot. Raises ConfigurationError where a ruleset needs groups
    or `step` and they are missing.
    """
    if ruleset_a.fingerprint == ruleset_b.fingerprint:
        return Diff(_side(ruleset_a), _side(ruleset_b), equal=True)
    a, b = judge(ruleset_a, data, step), judge(ruleset_b, data, step)
    moves = _moves(a, b, data)
    members = _members(ruleset_a, ruleset_b, data)
    return Diff(
        a=_side(ruleset_a, a),
        b=_side(ruleset_b, b),
        equal=False,
        rows=len(data.rows),
        moves=tuple(sorted(moves, key=lambda move: (-abs(move.move), move.row))),
        switches=_switches(a, b, data),
        by_rule=_by_rule(a, b, moves),
        groups=compare_groups(a, b, members, data.where, {move.row: move.by for move in moves}) if members else None,
        no_groups=None if members else "no two rows of the data have the same group key or prompt",
    )


def mapped(ruleset_a: Ruleset, ruleset_b: Ruleset, columns: Mapping[str, str]) -> tuple[Ruleset, Ruleset]:
    """Both with other columns for some inputs, each with those it has.

    Raises ConfigurationError for an input that neither has.
    """
    known = [{*ruleset.plan.inputs, "group"} for ruleset in (ruleset_a, ruleset_b)]
    for name in columns:
        if not any(name in names for names in known):
            listed = ", ".join(sorted(known[0] | known[1]))
            raise ConfigurationError(f"neither ruleset has an input `{name}`; their inputs are {listed}")
    first, second = (
        ruleset.with_inputs({name: column for name, column in columns.items() if name in names})
        for ruleset, names in zip((ruleset_a, ruleset_b), known, strict=True)
    )
    return first, second


def _side(ruleset: Ruleset, judged: Judged | None = None) -> Side:
    missing = 0 if judged is None else int(np.count_nonzero(~np.isfinite(judged.reward)))
    return Side(ruleset.name, ruleset.fingerprint, missing)


def _moves(a: Judged, b: Judged, data: Data) -> list[Move]:
    moves: list[Move] = []
    for row in np.flatnonzero(np.isfinite(a.reward) & np.isfinite(b.reward)).tolist():
        before, after = float(a.reward[row]), float(b.reward[row])
        if abs(after - before) > SAME * max(1.0, abs(before)):
            moves.append(Move(row, data.where[row], before, after, *_mover(a, b, row)))
    return moves


def _mover(a: Judged, b: Judged, row: int) -> tuple[str, float]:
    """The part that changed most, and by how much. A gate that only one side took is the reason for all the rest."""
    changes = {
        name: (float(b.parts[name][row]) if name in b.parts else 0.0)
        - (float(a.parts[name][row]) if name in a.parts else 0.0)
        for name in _parts(a, b)
    }
    if a.gates[row] != b.gates[row]:
        changes = {name: changes[name] for name in (b.gates[row], a.gates[row]) if name is not None}
    for name in [name for name in changes if name not in b.parts]:
        twin = next(
            (other for other in changes if other not in a.parts and abs(changes[other] + changes[name]) <= SAME), None
        )
        if twin is not None and len(changes) > 2:
            changes = {other: change for other, change in changes.items() if other not in (name, twin)}
    furthest = max(abs(change) for change in changes.values())
    name = next(name for name, change in changes.items() if abs(change) >= furthest - SAME)
    return name, changes[name]


def _parts(a: Judged, b: Judged) -> list[str]:
    """The names of all parts in A's order, then B's; what is no single rule's at the end."""
    return [name for name in {**a.parts, **b.parts} if name != REST] + [REST]


def _owner(name: str, a: Judged, b: Judged) -> Owner:
    """Rules are told by being reported, terms by being weighed, gates by standing in the ruleset."""
    has_a, has_b = (name in side.rules or name in side.parts or name in _gates(side) for side in (a, b))
    return "both" if has_a and has_b else "A" if has_a else "B"


def _gates(side: Judged) -> set[str]:
    return {f"{GATE}{gate.name}" for branch in side.ruleset.plan.branches for gate in branch.gates}


def _switches(a: Judged, b: Judged, data: Data) -> tuple[Switch, ...]:
    found = []
    for row in np.flatnonzero(np.isfinite(a.reward) != np.isfinite(b.reward)).tolist():
        before, after = (
            None if math.isnan(value) else value for value in (float(a.reward[row]), float(b.reward[row]))
        )
        why = a.trouble(row) if before is None else b.trouble(row)
        found.append(Switch(row, data.where[row], before, after, why or "no value"))
    return tuple(found)


def _by_rule(a: Judged, b: Judged, moves: Sequence[Move]) -> tuple[ByRule, ...]:
    moved: dict[str, list[float]] = defaultdict(list)
    for move in moves:
        moved[move.by].append(move.move)
    found = [
        ByRule(name, _owner(name, a, b), len(values), math.fsum(values) / len(values), max(values, key=abs))
        for name, values in moved.items()
    ]
    return tuple(sorted(found, key=lambda rule: (-rule.rows, rule.rule)))


def _members(ruleset_a: Ruleset, ruleset_b: Ruleset, data: Data) -> list[I64]:
    """The rows of each group of two or more, in the order of the data; none where the data tells no groups."""
    keys = data.keys(ruleset_a)
    keys = data.keys(ruleset_b) if keys is None else keys
    groups: dict[Hashable, list[int]] = {}
    for row, key in enumerate(keys or ()):
        if key is not None:
            groups.setdefault(key, []).append(row)
    return [np.array(rows, dtype=np.int64) for rows in groups.values() if len(rows) > 1]
