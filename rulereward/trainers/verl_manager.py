"""A reward manager for verl, which knows more of a sample than a reward function is told.

    reward.reward_manager.source=importlib
    reward.reward_manager.module.path=pkg://rulereward.trainers.verl_manager
    reward.reward_manager.name=RuleRewardManager
    +reward.reward_kwargs.ruleset=math

It passes on the prompt, the response's token ids, whether the response was cut off, the training step and the group.
What a missing reward becomes follows from the configuration, unless `+reward.reward_kwargs.masked=` says it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from rulereward.api.masking import GROUP_MEAN
from rulereward.errors import ConfigurationError
from rulereward.trainers.samples import NAN
from rulereward.trainers.verl import make_samples
from rulereward.trainers.verl_samples import columns_of, flat, step_of

ESTIMATOR = "rulereward_grpo"
"""The advantage estimator that knows missing rewards; `rulereward.trainers.verl_advantage` registers it."""

_OPTIONS = frozenset({"ruleset", "kinds", "params", "masked", "group_wait_s", "deadline_s", "sink", "log_rows"})


class RuleRewardManager:
    """What verl asks for a sample's reward. It is made, and called, by verl's reward workers."""

    def __init__(self, config: Any, tokenizer: Any, compute_score: Any = None, **_: Any) -> None:
        """Raises ConfigurationError where the ruleset is not named, or nothing says what a missing reward becomes."""
        self._tokenizer = tokenizer
        self._samples = make_samples(options_of(config))

    async def run_single(self, data: Any) -> dict[str, Any]:
        """`{"reward_score", "reward_extra_info"}` of the last sequence of `data`, a DataProto with one sample."""
        row, key, step = await asyncio.to_thread(self._row, data[-1:][0])
        judged = await self._samples.ascore(row, key, step)
        found = flat(self._samples.ruleset.rules, judged)
        return {"reward_score": found["score"], "reward_extra_info": found}

    @classmethod
    def assemble_rm_scores(cls, data: Any, scores: list[float]) -> Any:
        """The scores at the last token of each response, as verl's own managers put them."""
        from verl.experimental.reward_loop.reward_manager.base import RewardManagerBase  # noqa: PLC0415  # with verl only

        return RewardManagerBase.assemble_rm_scores(data, scores)

    def _row(self, item: Any) -> tuple[dict[str, Any], Any, int | None]:
        """A sample as a row, with its group and the training step."""
        told: Mapping[str, Any] = item.non_tensor_batch
        responses = item.batch["responses"]
        length = int(item.batch["attention_mask"][-responses.shape[-1] :].sum())
        ids = responses[:length].tolist()
        answer = told["reward_model"].get("ground_truth")
        row = columns_of(self._samples.ruleset, told.get("data_source"), answer, told.get("extra_info"))
        inputs = self._samples.ruleset.plan.inputs
        row[inputs["completion"].paths[0]] = self._tokenizer.decode(ids, skip_special_tokens=True)
        row[inputs["token_ids"].paths[0]] = ids
        row[inputs["finish_reason"].paths[0]] = (
            "stop" if ids and ids[-1] == self._tokenizer.eos_token_id else "length"
        )
        row[inputs["prompt"].paths[0]] = self._prompt(item)
        row |= {"reward_model": dict(told["reward_model"]), "num_turns": _plain(told.get("__num_turns__"))}
        step = step_of(told)
        return row, told.get("uid"), step_of(told.get("tool_extra_fields")) if step is None else step

    def _prompt(self, item: Any) -> Any:
        """The prompt's messages where the data has them, else its text."""
        messages = item.non_tensor_batch.get("raw_prompt")
        if messages is not None:
            return _plain(messages)
        prompts = item.batch["prompts"]
        mask = item.batch["attention_mask"][: prompts.shape[-1]].bool()
        return self._tokenizer.decode(prompts[mask].tolist(), skip_special_tokens=True)


def options_of(config: Any) -> dict[str, Any]:
    """The options for `Samples` in verl's configuration.

    Where `masked` is not given it is `nan` with our advantage estimator, and else the group's mean, which only one
    reward worker can know. Raises ConfigurationError where neither is so.
    """
    given = dict(config.reward.get("reward_kwargs") or {})
    options = {name: value for name, value in given.items() if name in _OPTIONS}
    if "ruleset" not in options:
        raise ConfigurationError("no ruleset is named: +reward.reward_kwargs.ruleset=math, or the path of a file")
    options["group_size"] = config.actor_rollout_ref.rollout.n
    if "masked" not in options and config.algorithm.adv_estimator == ESTIMATOR:
        options["masked"] = NAN
    if options.get("masked", GROUP_MEAN) == GROUP_MEAN and config.reward.num_workers != 1:
        raise ConfigurationError(
            "the mean of a group is known where all its rewards are: set reward.num_workers=1, or "
            f"algorithm.adv_estimator={ESTIMATOR}, or say +reward.reward_kwargs.masked=NUMBER"
        )
    return options


def _plain(value: Any) -> Any:
    """Arrays and array scalars as Python has them."""
    return value.tolist() if hasattr(value, "tolist") else value
