"""What verl tells of a sample, as a row of a ruleset: columns, group and step; and a reward as verl takes it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from rulereward.api import Ruleset
from rulereward.errors import ConfigurationError
from rulereward.trainers.samples import Judged

GROUP_KEYS = ("uid", "group", "group_id", "prompt_id", "index")
"""What `extra_info` may tell the group of a sample by; verl's data sets have `index`, the number of the prompt."""

RESERVED = frozenset({
    "score", "valid", "reward_state", "uid", "index", "data_source", "reward_model", "extra_info", "raw_prompt",
})  # fmt: skip
"""What a sample of verl has of its own: a rule of such a name would take its place, in the groups or in a log."""

Scored = dict[str, float | str]


def flat(rules: Sequence[str], judged: Judged) -> Scored:
    """A sample's reward as verl takes it: a flat mapping whose keys never change."""
    return {
        "score": judged.reward,
        **judged.values(rules),
        "valid": float(judged.valid),
        "reward_state": judged.state,
    }


def check_names(ruleset: Ruleset) -> None:
    """Raise ConfigurationError for a rule that is called as something of verl's."""
    taken = RESERVED.intersection(ruleset.rules)
    if taken:
        raise ConfigurationError(f"a rule cannot be called `{min(taken)}` with verl: the name is a key of the reward")


def columns_of(
    ruleset: Ruleset, data_source: object, ground_truth: object, extra_info: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The columns of a sample. The answer is the ground truth, also where `extra_info` has an `answer`: in data sets
    made as verl's examples are, that is the whole worked solution.
    """
    info = dict(extra_info or {})
    row = {**info, "extra_info": info, "data_source": data_source, "ground_truth": ground_truth}
    paths = ruleset.plan.inputs["answer"].paths
    return {**row, paths[0]: ground_truth} if "ground_truth" in paths else row


def step_of(told: Mapping[str, Any] | None) -> int | None:
    """The training step among what verl tells of a sample; its rollout servers know it."""
    step = (told or {}).get("global_steps")
    return None if step is None else int(step)


def group_of(data_source: object, extra_info: Mapping[str, Any] | None) -> Hashable:
    """The group of a sample. Data sets, and their splits, count their prompts anew."""
    info = extra_info or {}
    apart = (str(data_source), str(info.get("split")))
    found = ((*apart, name, str(info[name])) for name in GROUP_KEYS if info.get(name) is not None)
    return next(found, None)
