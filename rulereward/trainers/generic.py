"""Any other trainer: a plain function from completions and columns to rewards.

    from rulereward.trainers.generic import reward_function
    score = reward_function("math", masked="group_mean", group_size=8)
    rewards = score(completions, prompt=prompts, answer=answers, step=120)

How it stands in EasyR1, slime, AReaL, NeMo-RL and verifiers is in docs/trainers.md.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rulereward.api import Ruleset
from rulereward.api.masking import masked_rewards, read_masked
from rulereward.trainers.rollouts import Rollouts
from rulereward.trainers.scorer import Scored, Scorer

Rewards = list[float | None]


def reward_function(
    ruleset: str | Path | Ruleset, *, masked: object = None, group_size: int | None = None, **options: Any
) -> RewardFunction:
    """A reward function over batches. `masked` None leaves a missing reward None; see `rulereward.api.masking`.

    `group_size` is the number of completions of a prompt; further `options` are those of `Scorer`. Raises
    RulesetError and ConfigurationError as `rulereward.load` does.
    """
    return RewardFunction(Scorer(ruleset, group_size=group_size, **options), masked)


class RewardFunction:
    """Picklable and thread-safe. `ascore` is for coroutines, `details` tells every rule's value too."""

    def __init__(self, scorer: Scorer, masked: object) -> None:
        self.scorer = scorer
        self._masked = None if masked is None else read_masked(masked)

    def __call__(
        self, completions: Sequence[object], *, step: int | None = None, **columns: Sequence[object]
    ) -> Rewards:
        """A reward for each completion; `columns` hold one value for each. Raises InputError for other lengths.

        `prompt`, `token_ids`, `finish_reason` and `group` are that, whatever columns the ruleset reads them from.
        """
        return self._rewards(self._scored(completions, step, columns))

    async def ascore(
        self, completions: Sequence[object], *, step: int | None = None, **columns: Sequence[object]
    ) -> Rewards:
        """The same off the event loop."""
        return self._rewards(await asyncio.to_thread(self._scored, completions, step, columns))

    def details(
        self, completions: Sequence[object], *, step: int | None = None, **columns: Sequence[object]
    ) -> list[dict[str, float | None]]:
        """For each completion its `reward` and every rule's value, None where there is none."""
        scored = self._scored(completions, step, columns)
        rules = {rule: scored.scores[rule].values.tolist() for rule in scored.scores}
        return [
            {"reward": reward, **{rule: _or_none(values[row]) for rule, values in rules.items()}}
            for row, reward in enumerate(self._rewards(scored))
        ]

    def _scored(
        self, completions: Sequence[object], step: int | None, columns: Mapping[str, Sequence[object]]
    ) -> Scored:
        rest = dict(columns)
        rollouts = Rollouts(
            completions,
            prompts=rest.pop("prompt", None),
            token_ids=rest.pop("token_ids", None),
            finish_reasons=rest.pop("finish_reason", None),
            groups=rest.pop("group", None),
            columns=rest,
        )
        return self.scorer.score(rollouts, step=step)

    def _rewards(self, scored: Scored) -> Rewards:
        rewards = scored.scores.reward
        if self._masked is not None:
            return list(masked_rewards(rewards, scored.keys, self._masked))
        return [_or_none(reward) for reward in rewards.tolist()]


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
