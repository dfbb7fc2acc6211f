# A ruleset as the reward function of EasyR1, read from verl/workers/reward/function.py (hiyouga/EasyR1 46c6c21).
#
#     worker.reward.reward_function=/path/to/this_file.py:ruleset_reward
#
# A version that does not look for REWARD_TYPE wants worker.reward.reward_type=batch as well.

from typing import Any

from rulereward.trainers.generic import reward_function

REWARD_NAME = "rulereward"
REWARD_TYPE = "batch"

# EasyR1 shuffles the batch and does not say which rows are a group, so a missing reward has to be a number.
SCORE = reward_function("math", masked=0)


def ruleset_reward(inputs: list[dict[str, Any]]) -> list[dict[str, float]]:
    """For each row `overall`, which trains, and every rule's value, whose mean EasyR1 logs."""
    completions = [row["response"] for row in inputs]
    columns = {name: [row[name] for row in inputs] for name in inputs[0] if name != "response"}
    scored = SCORE.details(completions, **columns)
    # EasyR1 takes the mean of what stands under a name, and a None would stop it.
    known = [{rule: value for rule, value in row.items() if value is not None} for row in scored]
    return [row | {"overall": row.pop("reward")} for row in known]
