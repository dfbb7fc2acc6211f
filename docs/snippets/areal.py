# A ruleset as the reward function of AReaL, read from areal/workflow/rlvr.py and api/reward_api.py (areal 1.0.4).
#
#     workflow_kwargs = dict(reward_fn="ruleset_areal.ruleset_reward", ...)    # for areal.workflow.rlvr.RLVRWorkflow
#
# Save it as ruleset_areal.py on the PYTHONPATH of every node; areal.py would hide AReaL.

from rulereward.trainers.generic import reward_function

# One completion at a time, in processes that know no groups: a missing reward has to be a number. AReaL waits 15 s,
# four times over, and then takes 0; what is not done after 10 s is missing here instead.
SCORE = reward_function("math", masked=0, deadline_s=10)


def ruleset_reward(
    prompt: str, completions: str, prompt_ids: list[int], completion_ids: list[int], **row: object
) -> float | None:
    """The reward of one completion; `completions` is a single text, and `row` the row of the data set."""
    columns = {name: [value] for name, value in row.items()}
    columns |= {"prompt": [prompt], "token_ids": [completion_ids]}
    return SCORE([completions], **columns)[0]
