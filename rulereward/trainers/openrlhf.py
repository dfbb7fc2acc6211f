"""OpenRLHF: the `reward_func` of a file that `--reward.remote_url` names.

    # reward.py
    from rulereward.trainers.openrlhf import reward_function
    reward_func = reward_function("math", n_samples_per_prompt=8)

OpenRLHF asks for one completion at a time, from the threads of its event loop; they are scored as micro-batches. It
has no missing reward: what takes its place says `masked`. `rulereward serve` answers the same requests over HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rulereward.api import Ruleset
from rulereward.api.queries import numbers_answer, row_of_query
from rulereward.errors import ConfigurationError
from rulereward.trainers.samples import Judged, Samples

WAITING_THREADS = 1024
"""A missing reward keeps a thread until its group is there. An event loop has a few dozen by itself, and when all of
them wait, nothing completes a group any more."""

RewardFunction = Callable[..., dict[str, Any]]


def reward_function(
    ruleset: str | Path | Ruleset, *, n_samples_per_prompt: int | None = None, **options: Any
) -> RewardFunction:
    """`reward_func(queries, prompts, labels)` with the whole score, and the value of every rule for the log.

    `n_samples_per_prompt` is the trainer's. With it a missing reward becomes the mean of its prompt's other rewards,
    whose advantage is 0; without it `masked=NUMBER` has to be given. Further `options` are those of `Samples`. The
    label goes into the row as the answer. Raises ConfigurationError for a ruleset that compares completions or uses
    `step`, which OpenRLHF does not tell.

    Made on a running event loop, as OpenRLHF does where missing rewards wait, it gives the loop more threads.
    """
    samples = Samples(ruleset, "OpenRLHF", group_size=n_samples_per_prompt, **options)
    if samples.ruleset.plan.uses_step:
        raise ConfigurationError(
            f"the ruleset `{samples.ruleset.name}` uses `step`, and OpenRLHF does not tell the training step"
        )
    if samples.waits:
        _make_room()
    return _Adapter(samples).reward_func


def _make_room() -> None:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # no loop: whoever calls has threads of their own
        return
    loop.set_default_executor(ThreadPoolExecutor(WAITING_THREADS, thread_name_prefix="rulereward-waiting"))


class _Adapter:
    """One ruleset in one process."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    def reward_func(
        self, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[object], **_: Any
    ) -> dict[str, Any]:
        """A number each for one query, as OpenRLHF wants it; lists for several."""
        items = list(zip(queries, prompts, labels, strict=True))
        if len(items) == 1:
            judged = [self._judge(*items[0])]
        else:
            with ThreadPoolExecutor(max(1, len(items))) as pool:  # side by side: they may be one group
                judged = list(pool.map(lambda item: self._judge(*item), items))
        return dict(numbers_answer([one.reward for one in judged], [one.record for one in judged]))

    def _judge(self, query: str, prompt: str, label: object) -> Judged:
        return self._samples.score(row_of_query(self._samples.ruleset, query, prompt, label), prompt)
