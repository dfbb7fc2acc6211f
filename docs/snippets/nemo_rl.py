# A ruleset as an environment of NeMo-RL, read from environments/interfaces.py, environments/utils.py and
# experience/rollouts.py (NVIDIA-NeMo/RL 0b8a793, 067e92b, 00617d3). For the recipe, and for the run script:
#
#     env: {ruleset: {ruleset: math}}
#     data: {default: {env_name: ruleset}}
#
#     register_env("ruleset", "ruleset_nemo_rl.RulesetEnvironment")
#     ACTOR_ENVIRONMENT_REGISTRY["ruleset_nemo_rl.RulesetEnvironment"] = PY_EXECUTABLES.SYSTEM

from typing import Any

import ray
import torch
from nemo_rl.environments.interfaces import EnvironmentInterface, EnvironmentReturn

from rulereward.trainers.generic import reward_function


@ray.remote
class RulesetEnvironment(EnvironmentInterface):
    def __init__(self, cfg: dict[str, Any]) -> None:
        self.score = reward_function(cfg["ruleset"], masked="group_mean")

    async def step(self, message_log_batch: list[list[dict]], metadata: list[dict]) -> EnvironmentReturn:
        rewards = await self.score.ascore(
            [log[-1]["content"] for log in message_log_batch],
            prompt=[log[:-1] for log in message_log_batch],
            answer=[info["ground_truth"] for info in metadata],
        )
        seen = {"role": "environment", "content": "Environment: scored"}  # it is tokenized: not empty
        done, stops = torch.ones(len(rewards)), [None] * len(rewards)
        return EnvironmentReturn([seen] * len(rewards), metadata, stops, torch.tensor(rewards), done)

    def global_post_process_and_metrics(self, batch: Any) -> tuple[Any, dict]:
        return batch, {}
