"""For trainers that ask for the reward of one completion at a time, and take nothing but a number for it."""

from __future__ import annotations

import math
import threading
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from rulereward.api import Ruleset, Scores
from rulereward.api.batches import Fields
from rulereward.api.masking import GROUP_MEAN, GROUP_WAIT_S, GroupMeans, Masked, read_masked
from rulereward.api.micro_batches import DEADLINE_S, MicroBatcher, Settings
from rulereward.api.monitors import Monitor, log_alerts
from rulereward.api.statistics import Statistics
from rulereward.data import Reason, State
from rulereward.errors import ConfigurationError
from rulereward.io import Record, state_text
from rulereward.trainers.scorer import Params, open_ruleset, refuse_groups
from rulereward.trainers.sinks import Sink, open_sink, tell

LOG_ROWS = 1024
"""Completions between two lines in the sink: nobody tells when a step ends."""

NAN: Literal["nan"] = "nan"
"""`masked` for those whose advantages know NaN."""


class Judged(NamedTuple):
    """The reward of one completion as the trainer gets it; `valid` says whether the ruleset gave it."""

    reward: float
    valid: bool
    record: Record

    def values(self, rules: Sequence[str]) -> dict[str, float]:
        """A number for every rule: NaN where it has none, so that all completions have the same keys."""
        components = self.record.components or {}
        values = {rule: components.get(rule) for rule in rules}
        return {rule: math.nan if value is None else float(value) for rule, value in values.items()}

    @property
    def state(self) -> str:
        """`ok`, or why the ruleset gave no reward."""
        return state_text(self.record)


class Samples:
    """Scores completions that come one by one, as micro-batches, and masks missing rewards. Thread-safe."""

    def __init__(
        self,
        ruleset: str | Path | Ruleset,
        trainer: str,
        *,
        kinds: Sequence[str] = (),
        params: Params = None,
        masked: object = GROUP_MEAN,
        group_size: int | None = None,
        group_wait_s: float = GROUP_WAIT_S,
        deadline_s: float = DEADLINE_S,
        sink: Sink | str | None = None,
        log_rows: int = LOG_ROWS,
    ) -> None:
        """`trainer` is its name, for messages. Raises ConfigurationError for a ruleset that compares completions, and
        for `group_mean` without the size of a group.
        """
        self.ruleset = open_ruleset(ruleset, kinds, params)
        refuse_groups(self.ruleset, trainer)
        self._masked = read_masked_or_nan(masked)
        self._means = None
        if self._masked == GROUP_MEAN:
            if group_size is None:
                raise ConfigurationError(
                    f"{trainer} takes a number for every completion: give the number of completions of a prompt "
                    "(`group_size`, in OpenRLHF `n_samples_per_prompt`), and a missing reward becomes the mean of "
                    "the others; or say what it becomes by masked=NUMBER"
                )
            self._means = GroupMeans(group_size, wait_s=group_wait_s)
        self._sink = open_sink(sink)
        self._log_rows = log_rows
        self._statistics = Statistics(self.ruleset.rules)
        self._monitor = Monitor(self.ruleset)
        self._seen = 0
        self._logging = threading.Lock()
        self._batcher = MicroBatcher(self.ruleset, Settings(deadline_s=deadline_s), self._observe)

    @property
    def waits(self) -> bool:
        """Does a missing reward wait for its group? Then every completion has to say which group it is in."""
        return self._means is not None

    def score(self, row: Fields | Reason, key: Hashable, step: int | None = None) -> Judged:
        """The reward of one row of the group `key`. A missing one may wait for its group, up to `group_wait_s`."""
        (record,) = self._batcher.submit([row], step=step).result()
        reward = _reward(record)
        return self._judged(record, reward if self._means is None else self._means.masked(key, reward))

    async def ascore(self, row: Fields | Reason, key: Hashable, step: int | None = None) -> Judged:
        """`score` for coroutines."""
        (record,) = await self._batcher.ascore([row], step=step)
        reward = _reward(record)
        if self._means is not None:
            (reward,) = await self._means.amasked([key], [reward])
        return self._judged(record, reward)

    def _judged(self, record: Record, reward: float) -> Judged:
        if math.isnan(reward) and not isinstance(self._masked, str):
            reward = self._masked
        return Judged(reward, record.state is State.OK, record)

    def _observe(self, scores: Scores) -> None:
        """Count a batch; tell the sink, and judge what the ruleset expects, after every `log_rows` rows."""
        if self._sink is None and not self._monitor:
            return
        with self._logging:  # batches are scored in several threads
            self._statistics.add(scores)
            self._monitor.add(scores)
            before = self._seen // self._log_rows
            self._seen += len(scores.states)
            if self._seen // self._log_rows > before:
                log = self._statistics.take()
                if self._sink is not None:
                    tell(self._sink, log, None)
                log_alerts(self._monitor.close_batch())


def read_masked_or_nan(value: object) -> Masked | Literal["nan"]:
    """`masked` where NaN is allowed too: as text, or as the number that Hydra makes of `masked=nan`."""
    is_nan = value == NAN or (isinstance(value, float) and math.isnan(value))
    return NAN if is_nan else read_masked(value)


def _reward(record: Record) -> float:
    return math.nan if record.reward is None else record.reward
