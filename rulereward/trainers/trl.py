"""TRL: GRPOTrainer, RLOOTrainer and AsyncGRPOTrainer.

    from rulereward.trainers.trl import reward
    trainer = GRPOTrainer(model, reward_funcs=reward("math"), train_dataset=dataset, args=args)

A row without a reward is None, whose advantage TRL makes 0; it is left out of its group's mean and deviation.
Rewards are those of the whole ruleset. Rule statistics go to the trainer's log, the breakdown of each completion to
its table of completions.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rulereward.api import Ruleset, Scores
from rulereward.api.additive import Part, additive_parts
from rulereward.api.micro_batches import DEADLINE_S
from rulereward.io import state_text
from rulereward.trainers.last_call import LastCall
from rulereward.trainers.rollouts import Rollouts, finish_reasons, listed_columns
from rulereward.trainers.scorer import Params, Scorer
from rulereward.trainers.sinks import Sink

Rewards = list[float | None]


def reward(
    ruleset: str | Path | Ruleset,
    *,
    kinds: Sequence[str] = (),
    params: Params = None,
    name: str | None = None,
    num_generations: int | None = None,
    eos_token_id: int | Sequence[int] | None = None,
    deadline_s: float = DEADLINE_S,
    sink: Sink | str | None = None,
    asynchronous: bool = False,
) -> RuleReward:
    """One reward function with the whole score.

    `name` is what TRL logs it under, by default the ruleset's; give one where a trainer has several rulesets.
    `num_generations` is the trainer's: with it, a prompt that comes twice in a batch makes two groups, and cut groups
    are refused. With `eos_token_id` a completion that does not end with one is known to be truncated. What is
    not measured after `deadline_s` seconds is an error: the row gets None. `asynchronous` gives a coroutine function,
    which TRL runs beside others. Raises RulesetError and ConfigurationError as `rulereward.load` does.
    """
    scorer = Scorer(
        ruleset, kinds=kinds, params=params, group_size=num_generations, deadline_s=deadline_s, sink=sink, name=name
    )
    source = _Source(scorer, _ids(eos_token_id))
    return (AsyncRuleReward if asynchronous else RuleReward)(source, scorer.name, None)


def terms(ruleset: str | Path | Ruleset, **options: Any) -> tuple[list[RuleReward], list[float]]:
    """A function for each part of the score, and their weights for `GRPOConfig(reward_weights=...)`.

    The functions share one evaluation. Where the ruleset gives a row no reward, all of them give None. `options` are
    those of `reward`. Raises ConfigurationError, with the reason, for a score that is no sum of parts with constant
    weights: one with gates, a clamp, or products of rules.
    """
    whole = reward(ruleset, **options)
    parts = additive_parts(whole.source.scorer.ruleset.plan)
    made = [type(whole)(whole.source, f"{whole.__name__}/{part.rule}", part) for part in parts]
    return made, [part.weight for part in parts]


class RuleReward:
    """A reward function as TRL calls it; `__name__` is the column it is logged under. Picklable."""

    def __init__(self, source: _Source, name: str, part: Part | None) -> None:
        self.source = source
        self.part = part
        self.__name__ = name

    def __call__(self, *args: Any, **call: Any) -> Any:
        """The rewards of `completions`, None where there is none; see TRL's documentation of reward functions."""
        return self._rewards(*args, **call)

    def _rewards(
        self,
        prompts: Sequence[object] | None = None,
        completions: Sequence[object] = (),
        completion_ids: Sequence[Sequence[int]] | None = None,
        **call: Any,
    ) -> Rewards:
        call |= {"prompts": prompts, "completions": completions, "completion_ids": completion_ids}
        scores = self.source.scores(call) if self.part is None else self.source.shared_scores(call)
        values = scores.reward if self.part is None else scores.values_of(self.part.node)
        judged = scores.reward.tolist()
        # a part without a value beside a reward counts 0 there; were it None, all parts could be, and the reward lost
        return [
            None if math.isnan(whole) else 0.0 if math.isnan(value) else value
            for value, whole in zip(values.tolist(), judged, strict=True)
        ]


class AsyncRuleReward(RuleReward):
    """The same as a coroutine function: scoring runs in a thread, and other functions go on meanwhile."""

    async def __call__(self, *args: Any, **call: Any) -> Rewards:
        return await asyncio.to_thread(self._rewards, *args, **call)


class _Source:
    """What the functions of one ruleset share: the scorer, and the scores of the call they are all in."""

    def __init__(self, scorer: Scorer, eos_token_ids: frozenset[int]) -> None:
        self.scorer = scorer
        self._eos_token_ids = eos_token_ids
        self._last: LastCall[Scores] = LastCall()

    def shared_scores(self, call: dict[str, Any]) -> Scores:
        """The scores of a call, which the functions of all parts ask for."""
        return self._last.of(call, lambda: self.scores(call))

    def scores(self, call: dict[str, Any]) -> Scores:
        """The scores of a call, which are logged by the means that TRL gives with it."""
        given = ("prompts", "completions", "completion_ids")
        prompts, completions, ids = (call[name] for name in given)
        columns = {name: values for name, values in call.items() if name not in given}
        rollouts = Rollouts(
            completions,
            prompts,
            ids,
            finish_reasons(ids, self._eos_token_ids) if ids is not None and self._eos_token_ids else None,
            groups=None if self.scorer.ruleset.plan.group.declared else prompts,
            columns=listed_columns(columns, len(completions)),
        )
        state = call.get("trainer_state")
        scores, _ = self.scorer.score(rollouts, step=None if state is None else state.global_step)
        self._log(scores, call)
        return scores

    def _log(self, scores: Scores, call: dict[str, Any]) -> None:
        """Statistics for the trainer's log, the breakdown for its table of completions; AsyncGRPO has neither."""
        if (log_metric := call.get("log_metric")) is not None:
            for name, value in self.scorer.log(scores).items():
                log_metric(name, value)
        if (log_extra := call.get("log_extra")) is not None:
            for rule in scores:
                values = scores[rule].values.tolist()
                told = [None if math.isnan(value) else value for value in values]
                log_extra(f"{self.scorer.name}/rules/{rule}", told)
            states = [state_text(record) for record in scores.record_objects()]
            log_extra(f"{self.scorer.name}/reward_state", states)


def _ids(given: int | Sequence[int] | None) -> frozenset[int]:
    if given is None:
        return frozenset()
    return frozenset([given] if isinstance(given, int) else given)
