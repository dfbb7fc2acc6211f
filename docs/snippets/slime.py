# A ruleset as the reward of slime, read from rollout/rm_hub and rollout/sglang_rollout (THUDM/slime 0b420f1, 0044b40)
#
#     --custom-rm-path ruleset_slime.ruleset_reward --group-rm
#
# Save it as ruleset_slime.py on PYTHONPATH; slime.py would hide slime. Without --group-rm, which evaluation does not
# allow, it gets one sample at a time, and a missing reward becomes 0.

from functools import cache
from typing import Any

from rulereward.trainers.generic import RewardFunction, reward_function


@cache
def score(group_size: int) -> RewardFunction:
    return reward_function("math", masked="group_mean", group_size=group_size)


async def ruleset_reward(args: Any, samples: Any, **options: object) -> Any:
    """The rewards of a group, or of one sample."""
    group = samples if isinstance(samples, list) else [samples]
    rewards = await score(args.n_samples_per_prompt).ascore(
        [sample.response for sample in group],
        prompt=[sample.prompt for sample in group],
        group=[sample.group_index for sample in group],
        answer=[sample.label for sample in group],
        # `tokens` has the prompt's too, and [-0:] would be all of them.
        token_ids=[sample.tokens[len(sample.tokens) - sample.response_length :] for sample in group],
        finish_reason=["length" if sample.status.value == "truncated" else "stop" for sample in group],
    )
    return rewards if isinstance(samples, list) else rewards[0]
