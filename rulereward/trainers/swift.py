"""ms-swift: ORM classes, registered by a plugin file.

    # plugin.py, for --external_plugins plugin.py --reward_funcs math
    from rulereward.trainers.swift import register
    register("math")

ms-swift names a reward's curve after its class, so each rule has a class of its own beside the one with the whole
score: `--reward_funcs math math_accuracy math_boxed --reward_weights 1 0 0` learns from the score and logs the rules.

None is left out of a sum over functions, but a completion for which every function gives None counts as 0 there. So
the whole score never gives None: a missing reward becomes what `masked` says, by default the mean of its group.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rulereward.api import Ruleset
from rulereward.api.masking import GROUP_MEAN, Masked, masked_rewards, read_masked
from rulereward.api.micro_batches import DEADLINE_S
from rulereward.trainers.last_call import LastCall
from rulereward.trainers.rollouts import Rollouts, listed_columns
from rulereward.trainers.scorer import Params, Scored, Scorer
from rulereward.trainers.sinks import Sink


def register(
    ruleset: str | Path | Ruleset,
    *,
    name: str | None = None,
    kinds: Sequence[str] = (),
    params: Params = None,
    num_generations: int | None = None,
    masked: object = GROUP_MEAN,
    deadline_s: float = DEADLINE_S,
    sink: Sink | str | None = None,
) -> list[str]:
    """Enter the classes into ms-swift's `orms`: `name`, and `name_rule` for each rule; their names, in that order.

    `num_generations` is the trainer's. With it groups that are cut between processes are refused, where the ruleset
    compares their members and where a missing reward becomes their mean; several processes have to give it. Raises
    RulesetError and ConfigurationError as `rulereward.load` does.
    """
    from swift.rewards import orms  # noqa: PLC0415  # not before it is used

    made = reward_classes(
        ruleset,
        name=name,
        kinds=kinds,
        params=params,
        num_generations=num_generations,
        masked=masked,
        deadline_s=deadline_s,
        sink=sink,
    )
    orms.update(made)
    return list(made)


def reward_classes(
    ruleset: str | Path | Ruleset,
    *,
    name: str | None = None,
    masked: object = GROUP_MEAN,
    num_generations: int | None = None,
    **options: Any,
) -> dict[str, type[RuleORM]]:
    """The classes by name, without ms-swift; see `register`."""
    chosen = read_masked(masked)
    whole_groups = chosen == GROUP_MEAN
    scorer = Scorer(ruleset, group_size=num_generations, name=name, needs_whole_groups=whole_groups, **options)
    source = _Source(scorer, chosen)
    whole = _identifier(source.scorer.name)
    rules = {f"{whole}_{_identifier(rule)}": rule for rule in source.scorer.ruleset.rules}
    named: dict[str, str | None] = {whole: None, **rules}
    return {called: type(called, (RuleORM,), {"source": source, "rule": rule}) for called, rule in named.items()}


class RuleORM:
    """An outcome reward model as ms-swift makes and calls it; `rule` is None in the class with the whole score."""

    source: _Source
    rule: str | None = None

    def __init__(self, args: Any = None, **_: Any) -> None:
        self.args = args

    def __call__(self, completions: Sequence[object], **call: Any) -> list[float | None]:
        """A reward for each completion, or the rule's value, None where it has none."""
        scores, keys = self.source.scored(completions, call)
        if self.rule is None:
            return list(masked_rewards(scores.reward, keys, self.source.masked))
        return [None if math.isnan(value) else value for value in scores[self.rule].values.tolist()]


class _Source:
    """What the classes of one ruleset share: the scores of the call they are all in."""

    def __init__(self, scorer: Scorer, masked: Masked) -> None:
        self.scorer = scorer
        self.masked = masked
        self._last: LastCall[Scored] = LastCall()

    def scored(self, completions: Sequence[object], call: Mapping[str, Any]) -> Scored:
        """The scores of a call, which all classes ask for."""
        return self._last.of({**call, "completions": completions}, lambda: self._score(completions, call))

    def _score(self, completions: Sequence[object], call: Mapping[str, Any]) -> Scored:
        columns = listed_columns(call, len(completions))
        ids = columns.pop("response_token_ids", None)
        prompts = [_prompt(messages) for messages in columns["messages"]] if "messages" in columns else None
        rollouts = Rollouts(
            completions,
            prompts,
            None if ids is None else [_flat(turns) for turns in ids],
            columns.get("finish_reason"),
            columns=columns,
        )
        state = call.get("trainer_state")
        return self.scorer.score(rollouts, step=None if state is None else state.global_step)


def _prompt(messages: Any) -> Any:
    """The messages in front of the completion, which is the last."""
    return list(messages)[:-1] or None


def _flat(turns: Any) -> Any:
    """Token ids of all turns; ms-swift has a list for each."""
    if turns and all(isinstance(turn, list | tuple) for turn in turns):
        return [token for turn in turns for token in turn]
    return turns or None


def _identifier(name: str) -> str:
    """A name as class names go."""
    return re.sub(r"\W", "_", name)
