"""Rewards for callers that send one completion at a time and take a number for each: trainers' own protocols."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from rulereward.api.inputs import asked_columns
from rulereward.api.masking import GROUP_MEAN, GroupMeans
from rulereward.io import Record
from rulereward.server.refusals import RefusedError
from rulereward.server.scoring import Row, Scoring
from rulereward.server.settings import ServerSettings

LABELLED = ("/get_reward",)
TEXTS = ("/classify", "/v1/embeddings", "/v1/scores")
PATHS = (*LABELLED, *TEXTS)


@dataclass(frozen=True, slots=True)
class Sample:
    """A row and what tells its group: the prompt, or None where that is not known."""

    row: Row
    prompt: Hashable


class Samples:
    """Scores samples, and gives each a number: `masked` says which where there is no reward."""

    def __init__(self, scoring: Scoring, settings: ServerSettings) -> None:
        self._scoring = scoring
        self._masked = settings.masked
        self._marked = settings.completion_after is not None
        self._means: GroupMeans | None = None
        if settings.masked == GROUP_MEAN:
            assert settings.group_size is not None
            self._means = GroupMeans(settings.group_size, wait_s=settings.group_wait_s)
        self._closed = {path: why for path in PATHS if (why := self._closed_for(path, settings)) is not None}

    @property
    def closed(self) -> Mapping[str, str]:
        """Which endpoints refuse whatever they are sent, and why."""
        return {path: f"{why.message}: {why.help}" for path, why in self._closed.items()}

    @property
    def unsent(self) -> list[str]:
        """What the ruleset reads and open endpoints are not sent: it is missing there on every row."""
        asked = asked_columns(self._scoring.ruleset.plan).keys()
        told = []
        for paths, sent in ((LABELLED, {"prompt", "answer"}), (TEXTS, {"prompt"} if self._marked else set())):
            lacking = ", ".join(f"`{name}`" for name in sorted(asked - sent - {"completion", "transcript"}))
            open_paths = ", ".join(path for path in paths if path not in self._closed)
            if lacking and open_paths:
                told.append(f"not sent to {open_paths}: {lacking}; what the ruleset takes from it is missing there")
        return told

    def refuse_closed(self, path: str) -> None:
        """Raises RefusedError, always for the same reason, where an endpoint cannot work."""
        if path in self._closed:
            raise self._closed[path]

    async def rewards(self, path: str, samples: Sequence[Sample]) -> tuple[list[Record], list[float]]:
        """The record of each sample, and its reward, in which nothing is missing. Raises RefusedError."""
        records = await self._scoring.records(path, [sample.row for sample in samples])
        rewards = [math.nan if record.reward is None else record.reward for record in records]
        if self._means is not None:
            return records, await self._means.amasked([sample.prompt for sample in samples], rewards)
        assert isinstance(self._masked, float)
        return records, [self._masked if math.isnan(reward) else reward for reward in rewards]

    def release(self) -> None:
        """Let nothing wait for its group any longer."""
        if self._means is not None:
            self._means.release()

    def _closed_for(self, path: str, settings: ServerSettings) -> RefusedError | None:
        name = self._scoring.ruleset.name
        if self._scoring.ruleset.uses_groups:
            message = f"the ruleset `{name}` compares the completions of a group, and one is sent here at a time"
            return RefusedError(409, "needs_groups", message, help="send whole groups to POST /score")
        if self._scoring.ruleset.plan.uses_step:
            message = f"the ruleset `{name}` uses `step`, and no training step is sent here"
            return RefusedError(409, "needs_step", message, help="send rows and `step` to POST /score")
        if settings.masked is None:
            message = "nobody has said what a missing reward becomes, and only numbers are answered here"
            help = "start the server with --masked group_mean --group-size N, or with --masked and a number"
            return RefusedError(409, "masked_not_said", message, help=help)
        if settings.masked == GROUP_MEAN and path in TEXTS and settings.completion_after is None:
            message = "no prompt is sent here, so that nobody knows which completions are a group"
            help = "start the server with --completion-after, or with --masked and a number"
            return RefusedError(409, "prompt_unknown", message, help=help)
        return None
