"""verl: `reward.custom_reward_function.path=pkg://rulereward.trainers.verl`.

`compute_score` is called for each sample in a thread, `acompute_score` is its coroutine, which scores what arrives
together as one batch, and `compute_scores` is for verl's batch manager. The ruleset and the options are
`reward.custom_reward_function.reward_kwargs`. `rulereward.trainers.verl_manager` knows more of each sample.

verl takes numbers only, and the same keys for every sample. So `masked` must be chosen: `group_mean` with
`group_size` (`rollout.n`) and `reward.num_workers=1`, `nan` with `algorithm.adv_estimator=rulereward_grpo`
(`rulereward.trainers.verl_advantage`), or a number.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from typing import Any

from rulereward.api import Ruleset
from rulereward.api.masking import GROUP_MEAN, masked_rewards, read_masked
from rulereward.data import State
from rulereward.errors import ConfigurationError
from rulereward.trainers.rollouts import Rollouts
from rulereward.trainers.samples import NAN, Judged, Samples
from rulereward.trainers.scorer import Scorer

GROUP_KEYS = ("uid", "group", "group_id", "prompt_id", "index")
"""What `extra_info` may tell the group of a sample by; verl's data sets have `index`, the number of the prompt."""

RESERVED = frozenset({"score", "valid", "reward_state"})

_SCORER_OPTIONS = frozenset({"ruleset", "kinds", "group_size", "deadline_s", "sink"})
_OPTIONS = _SCORER_OPTIONS | {"masked", "group_wait_s", "log_rows"}

Scored = dict[str, float | str]


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: object,
    extra_info: Mapping[str, Any] | None = None,
    **call: Any,
) -> Scored:
    """The reward of one sample, and every rule's value (NaN where it has none), `valid` and `reward_state`.

    `ground_truth` is the answer, `extra_info`'s entries are columns of the row, as are `data_source` and `extra_info`
    itself. Raises ConfigurationError, at the first sample, where an option is missing or wrong.
    """
    samples = _samples(_options(call))
    row, key = _row(samples, data_source, solution_str, ground_truth, extra_info)
    return scored(samples, samples.score(row, key))


async def acompute_score(
    data_source: str,
    solution_str: str,
    ground_truth: object,
    extra_info: Mapping[str, Any] | None = None,
    **call: Any,
) -> Scored:
    """`compute_score` as a coroutine: samples that arrive within a few milliseconds are scored as one batch."""
    samples = _samples(_options(call))
    row, key = _row(samples, data_source, solution_str, ground_truth, extra_info)
    return scored(samples, await samples.ascore(row, key))


def compute_scores(
    data_sources: Sequence[str],
    solution_strs: Sequence[str],
    ground_truths: Sequence[object],
    extra_infos: Sequence[Mapping[str, Any] | None],
    **call: Any,
) -> list[Scored]:
    """A whole batch, for the reward manager `batch`. Group functions work where `extra_infos` tell the groups."""
    options = dict(_options(call))
    masked = options.get("masked", GROUP_MEAN)
    scorer = _scorer(tuple(item for item in options.items() if item[0] in _SCORER_OPTIONS))
    rows = zip(data_sources, ground_truths, extra_infos, strict=True)
    columns = [columns_of(scorer.ruleset, *row) for row in rows]
    names = {name for row in columns for name in row}
    rollouts = Rollouts(list(solution_strs), columns={name: [row.get(name) for row in columns] for name in names})
    scores, _ = scorer.score(rollouts)
    rewards = scores.reward.tolist()
    if masked != NAN:
        rewards = masked_rewards(scores.reward, [_key(info) for info in extra_infos], read_masked(masked))
    records = scores.record_objects()
    judged = [
        Judged(reward, record.state is State.OK, record) for reward, record in zip(rewards, records, strict=True)
    ]
    return [_flat(scorer.ruleset.rules, one) for one in judged]


def scored(samples: Samples, judged: Judged) -> Scored:
    """A sample's reward as verl takes it: a flat mapping whose keys never change."""
    return _flat(samples.ruleset.rules, judged)


def _flat(rules: Sequence[str], judged: Judged) -> Scored:
    return {
        "score": judged.reward,
        **judged.values(rules),
        "valid": float(judged.valid),
        "reward_state": judged.state,
    }


def make_samples(options: Mapping[str, Any]) -> Samples:
    """The set-up for samples that come one by one. Raises ConfigurationError where an option is missing or wrong."""
    samples = Samples(trainer="verl", **options)
    _check_names(samples.ruleset)
    return samples


def _check_names(ruleset: Ruleset) -> None:
    taken = RESERVED.intersection(ruleset.rules)
    if taken:
        raise ConfigurationError(f"a rule cannot be called `{min(taken)}` with verl: the name is a key of the reward")


@cache
def _samples(options: tuple[tuple[str, Any], ...]) -> Samples:
    return make_samples(dict(options))


@cache
def _scorer(options: tuple[tuple[str, Any], ...]) -> Scorer:
    scorer = Scorer(**dict(options))
    _check_names(scorer.ruleset)
    return scorer


def _options(call: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Our options among the keyword arguments; verl adds some of its own."""
    given = {name: value for name, value in call.items() if name in _OPTIONS}
    if "ruleset" not in given:
        raise ConfigurationError(
            "no ruleset is named: +reward.custom_reward_function.reward_kwargs.ruleset=math, or the path of a file"
        )
    if "kinds" in given:
        given["kinds"] = (given["kinds"],) if isinstance(given["kinds"], str) else tuple(given["kinds"])
    return tuple(sorted(given.items()))


def _row(
    samples: Samples, data_source: str, solution_str: str, ground_truth: object, extra_info: Mapping[str, Any] | None
) -> tuple[dict[str, Any], Hashable]:
    """The row of a sample, and its group."""
    key = _key(extra_info)
    if key is None and samples.needs_key:
        raise ConfigurationError(
            f"masked=group_mean needs to know the group of a sample, and `extra_info` has none of "
            f"{', '.join(GROUP_KEYS)}: use rulereward.trainers.verl_manager, or masked=NUMBER"
        )
    row = columns_of(samples.ruleset, data_source, ground_truth, extra_info)
    return {**row, samples.ruleset.plan.inputs["completion"].paths[0]: solution_str}, key


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


def _key(extra_info: Mapping[str, Any] | None) -> Hashable:
    found = ((name, (extra_info or {}).get(name)) for name in GROUP_KEYS)
    return next(((name, str(value)) for name, value in found if value is not None), None)
