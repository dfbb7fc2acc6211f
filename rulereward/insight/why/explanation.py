"""All that is said about one row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rulereward.insight.why.told import Condition, RuleTold, ScoreTold, Told

SCHEMA = 1
"""Version of the shape of `Explanation.to_json`."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A row among the completions of its group: `advantage` is its reward less the `mean` of the members' rewards.

    `standardized` is the advantage over their standard deviation `std` (n-1 in the denominator), as in GRPO. All are
    None where fewer than two members have a reward, `standardized` also where all rewards are equal.
    """

    mean: float | None = None
    std: float | None = None
    advantage: float | None = None
    standardized: float | None = None

    def to_json(self) -> dict[str, object]:
        return {
            "mean": self.mean,
            "std": self.std,
            "advantage": self.advantage,
            "standardized": self.standardized,
        }


@dataclass(frozen=True, slots=True)
class GroupTold:
    """The members of the row's group in the order of the data; `place` is the row's among them."""

    rewards: tuple[Told, ...]
    where: tuple[str, ...]
    place: int
    standing: Standing
    expected_size: int | None

    def to_json(self) -> dict[str, object]:
        members = [{"where": where, **told.to_json()} for where, told in zip(self.where, self.rewards, strict=True)]
        return {
            "members": members,
            "place": self.place,
            "expected_size": self.expected_size,
            **self.standing.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Scenario:
    """What the row would get if a rule had the value `value`, all other rules being as they are."""

    value: float | bool | None
    reward: Told
    gate: str | None
    route: str | None
    standing: Standing | None

    def to_json(self) -> dict[str, object]:
        standing = {} if self.standing is None else self.standing.to_json()
        return {
            "value": self.value,
            "reward": self.reward.to_json(),
            "gate": self.gate,
            "route": self.route,
            **standing,
        }


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A rule at its worst and at its best. `notes` say why one is left out, and where an end comes from.

    `matters`: one of them has another reward, or another state. `swing` is how far apart the rewards now, at worst
    and at best are; None where fewer than two of them are known.
    """

    rule: str
    now: Told
    worst: Scenario | None
    best: Scenario | None
    swing: float | None
    matters: bool
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        return {
            "rule": self.rule,
            "now": self.now.to_json(),
            "worst": None if self.worst is None else self.worst.to_json(),
            "best": None if self.best is None else self.best.to_json(),
            "swing": self.swing,
            "matters": self.matters,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class StoredTold:
    """What a scored file has in the row: `same` says whether it is the reward that is computed now.

    `same_ruleset` tells whether the file was scored with this ruleset; None where it does not say (`--details` does).
    """

    reward: float | None
    state: str
    same: bool
    fingerprint: str | None
    same_ruleset: bool | None

    def to_json(self) -> dict[str, object]:
        return {
            "reward": self.reward,
            "state": self.state,
            "same": self.same,
            "fingerprint": self.fingerprint,
            "same_ruleset": self.same_ruleset,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a row has the reward it has. `inputs` are what the ruleset reads of the row.

    `what_if` stands in the order of the swings, the widest first; `verdict` says in a sentence why no rule matters,
    None where one does. `stored` is what a scored file has in the row. `parted` are the texts that were cut out of
    the completion, such as an extracted answer.
    """

    ruleset: str
    fingerprint: str
    where: str
    step: int | None
    params: Mapping[str, str]
    inputs: Mapping[str, Told]
    parted: tuple[str, ...]
    reward: Told
    route: str | None
    gate: str | None
    routes: tuple[Condition, ...]
    gates: tuple[Condition, ...]
    rules: tuple[RuleTold, ...]
    score: ScoreTold
    group: GroupTold | None
    what_if: tuple[WhatIf, ...]
    verdict: str | None
    stored: StoredTold | None = None

    def to_json(self) -> dict[str, object]:
        """Plain values, as `rulereward why --format json` prints them."""
        return {
            "schema": SCHEMA,
            "ruleset": self.ruleset,
            "fingerprint": self.fingerprint,
            "where": self.where,
            "step": self.step,
            "params": dict(self.params),
            "inputs": {name: told.to_json() for name, told in self.inputs.items()},
            "reward": self.reward.to_json(),
            "route": self.route,
            "gate": self.gate,
            "routes": [route.to_json() for route in self.routes],
            "gates": [gate.to_json() for gate in self.gates],
            "rules": [rule.to_json() for rule in self.rules],
            "score": self.score.to_json(),
            "group": None if self.group is None else self.group.to_json(),
            "what_if": [entry.to_json() for entry in self.what_if],
            "verdict": self.verdict,
            "stored": None if self.stored is None else self.stored.to_json(),
        }
