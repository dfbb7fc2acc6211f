"""GRPO's advantage for verl, with rewards that may be missing: `algorithm.adv_estimator=rulereward_grpo`.

verl loads it where `VERL_USE_EXTERNAL_MODULES=rulereward.trainers.verl_advantage` is set. A NaN reward has the
advantage 0, and is left out of its group's mean and deviation, so the others' advantages are what they would be
without it. No number in its place can do that.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import torch
from verl.trainer.ppo.core_algos import register_adv_est  # the one module that exists to be imported by verl

EPSILON = 1e-6
"""Added to a deviation, as verl does."""


@register_adv_est("rulereward_grpo")  # type: ignore[untyped-decorator, unused-ignore]
def grpo_advantage(
    token_level_rewards: torch.Tensor,
    response_mask: torch.Tensor,
    index: Sequence[Hashable],
    config: Any = None,
    **_: Any,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Advantages and returns, both of shape (batch, response_length); `index` holds the prompt of each row.

    (r - mean) / (std + 1e-6) over the group's known rewards, without the division where
    `algorithm.norm_adv_by_std_in_grpo` is false (Shao et al. 2024; Liu et al. 2025). A group of one row has, as in
    verl's own estimator, mean 0 and deviation 1; of a larger group with one known reward nothing is learnt.
    """
    divides = True if config is None else bool(config.get("norm_adv_by_std_in_grpo", True))
    with torch.no_grad():
        scores = token_level_rewards.sum(dim=-1)
        advantages = torch.zeros_like(scores)
        for members in _groups(index):
            rows = [row for row in members if not torch.isnan(scores[row])]
            if len(members) == 1:
                mean, deviation = 0.0, 1.0
            elif len(rows) > 1:
                mean, deviation = scores[rows].mean(), scores[rows].std()
            else:
                continue
            apart = scores[rows] - mean
            advantages[rows] = apart / (deviation + EPSILON) if divides else apart
        spread = advantages.unsqueeze(-1) * response_mask
    return spread, spread


def _groups(index: Sequence[Hashable]) -> list[list[int]]:
    """The rows of each group."""
    groups: dict[Hashable, list[int]] = {}
    for row, key in enumerate(index):
        groups.setdefault(key, []).append(row)
    return list(groups.values())
