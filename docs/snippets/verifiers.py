# A ruleset as a reward of verifiers, read from v1/task.py (0.4.0) and rubrics/rubric.py (0.1.14; 0.3.1 `legacy`).
#
#     --env.taskset.task.rewards.ruleset.fn /path/to/ruleset_reward.py:ruleset_reward    # v1, with any taskset
#     vf.Rubric(funcs=[ruleset_group_reward])                                            # rubrics
#
# Save it as ruleset_reward.py; verifiers.py would hide verifiers.

from typing import Any

from rulereward.trainers.generic import reward_function

SCORE = reward_function("math")
GROUP_SCORE = reward_function("math", masked="group_mean")


async def ruleset_reward(task: Any, trace: Any) -> float:
    """v1. Raising is its way to say that there is no reward: prime-rl drops such a rollout from its group."""
    [reward] = await SCORE.ascore(
        [plain(trace.assistant_messages)],
        prompt=[task.prompt_text],
        answer=[getattr(task, "answer", None)],
        finish_reason=["length" if trace.is_truncated else "stop"],
    )
    if reward is None:
        raise ValueError("the ruleset has no reward for this trace")
    return reward


async def ruleset_group_reward(prompts: list[Any], completions: list[Any], answers: list[Any]) -> list[float | None]:
    """Rubrics. The plural names tell a `Rubric` that this is for a whole group."""
    return await GROUP_SCORE.ascore([*map(plain, completions)], prompt=[*map(plain, prompts)], answer=answers)


def plain(messages: Any) -> Any:
    return messages if isinstance(messages, str) else [m if isinstance(m, dict) else m.model_dump() for m in messages]
