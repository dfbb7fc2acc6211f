"""verl's configuration as its launcher composes it, and batches as its rollout leaves them."""

from __future__ import annotations

import warnings

import numpy as np
import torch
from hydra import compose, initialize_config_module
from made import END, ids_of, padded
from verl.protocol import DataProto

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of Ray's and of others that verl imports: once they are here, they are quiet
    import verl.experimental.reward_loop
    import verl.trainer.ppo.ray_trainer  # noqa: F401

FUNCTION = "reward.custom_reward_function"
MANAGER = (
    "reward.reward_manager.source=importlib",
    "reward.reward_manager.module.path=pkg://rulereward.trainers.verl_manager",
    "reward.reward_manager.name=RuleRewardManager",
)
PROMPT = "2 + 2?"


def config(folder, *overrides):
    """The trainer's configuration; `folder` has the tokenizer."""
    with initialize_config_module("verl.trainer.config", version_base=None):
        return compose("ppo_trainer", overrides=[f"actor_rollout_ref.model.path={folder}", *overrides])


def function(name, ruleset, **kwargs):
    """Overrides that make `name` of our module the reward function."""
    given = {"ruleset": ruleset, **kwargs}
    return [
        f"{FUNCTION}.path=pkg://rulereward.trainers.verl",
        f"{FUNCTION}.name={name}",
        *(f"+{FUNCTION}.reward_kwargs.{key}={written(value)}" for key, value in given.items()),
    ]


def manager(ruleset, *, group_size=2, workers=1, **kwargs):
    """Overrides that make our reward manager verl's."""
    given = {"ruleset": ruleset, **kwargs}
    return [
        *MANAGER,
        f"reward.num_workers={workers}",
        f"actor_rollout_ref.rollout.n={group_size}",
        *(f"+reward.reward_kwargs.{key}={written(value)}" for key, value in given.items()),
    ]


def written(value):
    """A value as Hydra reads it: texts in quotes, for paths have signs that mean something to it."""
    return f"'{value}'" if isinstance(value, str) else str(value).replace("'", "")


def batch(tok, texts, golds, infos=None, *, cut=(), width=64, **columns):
    """Samples with right-padded responses, which end with the end token but for the rows in `cut`.

    The data set is made as verl makes GSM8K: `extra_info` has `split`, `index` (here two rows for each prompt) and,
    as `answer`, the whole worked solution.
    """
    size = len(texts)
    prompts, prompt_mask = padded([ids_of(tok, PROMPT)] * size, width=len(PROMPT) + 2, left=True)
    found = [ids_of(tok, text if row in cut else text + END) for row, text in enumerate(texts)]
    responses, response_mask = padded(found, width=width)
    if infos is None:
        infos = [{"split": "train", "index": row // 2, "answer": "2 + 2 makes #### 4"} for row in range(size)]
    tensors = {
        "prompts": prompts,
        "responses": responses,
        "attention_mask": torch.cat([prompt_mask, response_mask], 1),
        "response_mask": response_mask,
    }
    told = {
        "data_source": ["made"] * size,
        "reward_model": [{"ground_truth": gold, "style": "rule"} for gold in golds],
        "extra_info": infos,
        **columns,
    }
    return DataProto.from_dict(tensors=tensors, non_tensors={name: listed(values) for name, values in told.items()})


def listed(values):
    """An array of objects, also of lists that numpy would make a matrix of."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
