"""verl: `reward.custom_reward_function.path=pkg://rulereward.trainers.verl`.

`compute_score` is called for each sample in a thread, `acompute_score` is its coroutine, which scores what arrives
together as one batch, and `compute_scores` is for verl's batch manager. The ruleset and the options are
`reward.custom_reward_function.reward_kwargs`. `rulereward.trainers.verl_manager` knows more of each sample.

verl takes numbers only, and the same keys for every sample. So `masked` must be chosen: `group_mean` with
`group_size` (`rollout.n`) and `reward.num_workers=1`, `nan` with `algorithm.adv_estimator=rulereward_grpo`
(`rulereward.trainers.verl_advantage`), or a number.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from typing import Any

from rulereward.api.masking import GROUP_MEAN, masked_rewards
from rulereward.data import State
from rulereward.errors import ConfigurationError
from rulereward.trainers.rollouts import Rollouts
from rulereward.trainers.samples import NAN, Judged, Samples, read_masked_or_nan
from rulereward.trainers.scorer import Scorer, kind_modules, read_params
from rulereward.trainers.verl_samples import GROUP_KEYS, Scored, check_names, columns_of, flat, group_of, step_of

_MAKING = threading.Lock()
"""verl's first samples come from many threads at once: they share one set-up, as a group's mean has to."""

_FEW_THREADS = (
    "masked=group_mean lets missing rewards wait, and verl calls `compute_score` in a few threads, which would all "
    "wait: set reward.custom_reward_function.name=acompute_score, or masked=NUMBER"
)

_NO_GROUP = (
    f"masked=group_mean needs to know the group of a sample, and `extra_info` has none of {', '.join(GROUP_KEYS)}: "
    "use rulereward.trainers.verl_manager, or masked=NUMBER"
)

_SCORER_OPTIONS = frozenset({"ruleset", "kinds", "params", "group_size", "deadline_s", "sink"})
_OPTIONS = _SCORER_OPTIONS | {"masked", "group_wait_s", "log_rows"}


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
    if samples.waits:
        raise ConfigurationError(_FEW_THREADS)
    row, key = _row(samples, data_source, solution_str, ground_truth, extra_info)
    return flat(samples.ruleset.rules, samples.score(row, key, step_of(extra_info)))


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
    return flat(samples.ruleset.rules, await samples.ascore(row, key, step_of(extra_info)))


def compute_scores(
    data_sources: Sequence[str],
    solution_strs: Sequence[str],
    ground_truths: Sequence[object],
    extra_infos: Sequence[Mapping[str, Any] | None],
    **call: Any,
) -> list[Scored]:
    """A whole batch, for the reward manager `batch`. Group functions work where `extra_infos` tell the groups."""
    options = dict(_options(call))
    masked = read_masked_or_nan(options.get("masked", GROUP_MEAN))
    keys = [group_of(*row) for row in zip(data_sources, extra_infos, strict=True)]
    if masked == GROUP_MEAN and any(key is None for key in keys):
        raise ConfigurationError(_NO_GROUP)
    scorer = _scorer(tuple(item for item in options.items() if item[0] in _SCORER_OPTIONS))
    samples = zip(data_sources, ground_truths, extra_infos, strict=True)
    columns = [columns_of(scorer.ruleset, *sample) for sample in samples]
    names = {name for row in columns for name in row}
    known = any(key is not None for key in keys) and not scorer.ruleset.plan.group.declared
    told = {name: [row.get(name) for row in columns] for name in names}
    scores, _ = scorer.score(Rollouts(list(solution_strs), groups=keys if known else None, columns=told))
    rewards = scores.reward.tolist() if masked == NAN else masked_rewards(scores.reward, keys, masked)
    return [
        flat(scorer.ruleset.rules, Judged(reward, record.state is State.OK, record))
        for reward, record in zip(rewards, scores.record_objects(), strict=True)
    ]


def make_samples(options: Mapping[str, Any]) -> Samples:
    """The set-up for samples that come one by one. Raises ConfigurationError where an option is missing or wrong."""
    samples = Samples(trainer="verl", **options)
    check_names(samples.ruleset)
    return samples


def _samples(options: tuple[tuple[str, Any], ...]) -> Samples:
    with _MAKING:
        return _made_samples(options)


def _scorer(options: tuple[tuple[str, Any], ...]) -> Scorer:
    with _MAKING:
        return _made_scorer(options)


@cache
def _made_samples(options: tuple[tuple[str, Any], ...]) -> Samples:
    return make_samples(dict(options))


@cache
def _made_scorer(options: tuple[tuple[str, Any], ...]) -> Scorer:
    scorer = Scorer(**dict(options))
    check_names(scorer.ruleset)
    return scorer


def _options(call: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Our options among the keyword arguments; verl adds some of its own."""
    given = {name: value for name, value in call.items() if name in _OPTIONS}
    if "ruleset" not in given:
        raise ConfigurationError(
            "no ruleset is named: +reward.custom_reward_function.reward_kwargs.ruleset=math, or the path of a file"
        )
    if "kinds" in given:
        given["kinds"] = kind_modules(given["kinds"])  # a list of Hydra's is no key
    if "params" in given:
        given["params"] = tuple(sorted(read_params(given["params"]).items()))
    if "masked" in given:
        given["masked"] = read_masked_or_nan(given["masked"])  # NaN is no key: it is not equal to itself
    return tuple(sorted(given.items()))


def _row(
    samples: Samples, data_source: str, solution_str: str, ground_truth: object, extra_info: Mapping[str, Any] | None
) -> tuple[dict[str, Any], Hashable]:
    """The row of a sample, and its group."""
    key = group_of(data_source, extra_info)
    if key is None and samples.waits:
        raise ConfigurationError(_NO_GROUP)
    row = columns_of(samples.ruleset, data_source, ground_truth, extra_info)
    return {**row, samples.ruleset.plan.inputs["completion"].paths[0]: solution_str}, key
