"""A ruleset set up for a trainer: groups, step, deadline and logging in one place."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rulereward.api import Ruleset, Scores, load
from rulereward.api.batches import Fields, group_keys
from rulereward.api.inputs import absent_columns
from rulereward.api.micro_batches import DEADLINE_S
from rulereward.api.monitors import Monitor, log_alerts
from rulereward.api.statistics import PREFIX, Log, statistics
from rulereward.data import Reason
from rulereward.errors import ConfigurationError
from rulereward.trainers.rollouts import Rollouts
from rulereward.trainers.sinks import Sink, open_sink, tell

Params = Mapping[str, Any] | Sequence[tuple[str, Any]] | None
"""Values for a ruleset's parameters: a mapping, or pairs."""


class Scored(NamedTuple):
    """The scores of some rollouts, and the group of each, None where nobody knows it."""

    scores: Scores
    keys: list[Hashable]


class Scorer:
    """Scores rollouts as one batch, in which every group should be whole. Picklable and thread-safe.

    `group_size` is the trainer's number of completions for a prompt. A prompt that occurs twice in a batch then makes
    two groups, and a group that is not whole is refused where the ruleset compares its members.
    """

    def __init__(
        self,
        ruleset: str | Path | Ruleset,
        *,
        kinds: Sequence[str] = (),
        params: Params = None,
        group_size: int | None = None,
        deadline_s: float = DEADLINE_S,
        sink: Sink | str | None = None,
        name: str | None = None,
        needs_whole_groups: bool = False,
    ) -> None:
        """`name` sets a second ruleset apart in the log. `needs_whole_groups` refuses cut groups for every ruleset.

        Raises ConfigurationError for a `group_size` other than the one the ruleset declares.
        """
        self.ruleset = open_ruleset(ruleset, kinds, params)
        self.monitor = Monitor(self.ruleset)
        declared = self.ruleset.plan.group.size
        if declared is not None and group_size is not None and declared != group_size:
            raise ConfigurationError(
                f"the ruleset `{self.ruleset.name}` declares groups of {declared}, and the trainer makes groups of "
                f"{group_size}: change one of them"
            )
        self.group_size = group_size or declared
        self.deadline_s = deadline_s
        self.sink = open_sink(sink)
        self.name = distinct_name(self.ruleset, name)
        self._prefix = PREFIX if name is None else f"{PREFIX}/{name}"
        self._warned = False
        self._checks = needs_whole_groups or self.ruleset.uses_groups

    def score(self, rollouts: Rollouts, *, step: int | None = None) -> Scored:
        """The scores, whose numbers have gone to the sink if there is one, and the group of each row.

        Raises InputError for lists of different lengths, ConfigurationError as `keys` does.
        """
        rows = rollouts.rows(self.ruleset)
        if rows and not self._warned:
            self._warned = True
            self._warn_absent(rows[0])
        keys = self.keys(rows, rollouts.groups)
        scores = self.ruleset.score_rows(rows, group=keys, step=step, deadline_s=self.deadline_s)
        if self.sink is not None and rows:
            tell(self.sink, self.log(scores), step)
        if self.monitor and rows:
            log_alerts(self.monitor.observe(scores, step=step))
        return Scored(scores, keys)

    def log(self, scores: Scores) -> Log:
        """The numbers of a batch for the trainer's own logger."""
        return statistics(scores, self._prefix)

    def keys(self, rows: Sequence[Fields | Reason], given: Sequence[object] | None = None) -> list[Hashable]:
        """The group of each row: as `given`, by the ruleset's column, or by equal prompts; None where there is none.

        Raises ConfigurationError where the ruleset compares members, and a group is not whole or cannot be known.
        """
        plan = self.ruleset.plan
        try:
            keys, _ = group_keys(plan.group, rows, given, plan.inputs["prompt"].paths)
        except ConfigurationError:
            if self.ruleset.uses_groups:
                raise
            return [None] * len(rows)
        keys = split_repeats(keys, self.group_size)
        if self._checks:
            self._check_whole(keys)
        return keys

    def _warn_absent(self, row: Fields) -> None:
        for name, paths in absent_columns(self.ruleset.plan, row.keys()).items():
            tried, there = (", ".join(f"`{one}`" for one in names) for names in (paths, row))
            message = (
                f"the ruleset `{self.ruleset.name}` reads `{name}`, and the data set has no column {tried} with one "
                f"value for each completion; there are {there}. What hangs on it is missing, rewards included"
            )
            warnings.warn(message, UserWarning, stacklevel=4)

    @property
    def _why(self) -> str:
        """What groups have to be whole for."""
        compares = "compares the completions of a group"
        return compares if self.ruleset.uses_groups else "gives a missing reward the mean of its group"

    def _check_whole(self, keys: Sequence[Hashable]) -> None:
        """In a process of several, only the size tells whether the rest of a group is elsewhere."""
        name, size = self.ruleset.name, self.group_size
        if size is None:
            if int(os.environ.get("WORLD_SIZE", "1")) > 1:
                raise ConfigurationError(
                    f"the ruleset `{name}` {self._why}, and each process has a part of the batch: "
                    "give the number of completions for a prompt, so that cut groups are noticed"
                )
            return
        for key, count in Counter(key for key in keys if key is not None).items():
            if count != size:
                raise ConfigurationError(
                    f"the ruleset `{name}` {self._why}, which has {size}, and this batch has {count} of the group "
                    f"{_shown(key)}: make the batch of a process a multiple of {size}, in evaluation too"
                )


def _shown(key: Hashable) -> str:
    """A group's key as `split_repeats` makes it, for a message."""
    own = key[0] if isinstance(key, tuple) else key
    return repr(str(own)[:60])


def split_repeats(keys: Sequence[Hashable], size: int | None) -> list[Hashable]:
    """Keys under which no more than `size` rows stand: later ones of a key, in order, are further groups."""
    if size is None:
        return list(keys)
    seen: Counter[Hashable] = Counter()
    split: list[Hashable] = []
    for key in keys:
        split.append(None if key is None else (key, seen[key] // size))
        seen[key] += 1
    return split


def open_ruleset(ruleset: str | Path | Ruleset, kinds: str | Sequence[str] = (), params: Params = None) -> Ruleset:
    """A ruleset as it is, or by name or path; see `rulereward.load`. A single text names a single module."""
    values = read_params(params)
    if isinstance(ruleset, Ruleset):
        return ruleset.with_params(values) if values else ruleset
    return load(ruleset, kinds=kind_modules(kinds), params=values)


def read_params(params: Params) -> dict[str, Any]:
    """Parameters as configuration files give them, by mapping or as pairs; Hydra's lists are no lists of Python."""
    found = dict(params or {})
    return {
        name: value if isinstance(value, str | bool | int | float) else tuple(value) for name, value in found.items()
    }


def kind_modules(kinds: str | Sequence[str]) -> tuple[str, ...]:
    """The modules with kinds as configuration files give them: one, or a list."""
    return (kinds,) if isinstance(kinds, str) else tuple(kinds)


def refuse_groups(ruleset: Ruleset, trainer: str) -> None:
    """Raise ConfigurationError for a ruleset that compares completions where the trainer hands them over singly."""
    if ruleset.uses_groups:
        raise ConfigurationError(
            f"the ruleset `{ruleset.name}` compares the completions of a group, and {trainer} asks for the reward of "
            "one completion at a time: use a ruleset without `over group`, or a trainer that hands over whole groups"
        )


_NAMED: dict[str, str] = {}
"""Names given in this process, with the fingerprint of the ruleset that has each."""


def distinct_name(ruleset: Ruleset, name: str | None) -> str:
    """What a trainer's log calls a ruleset: `name`, else its own, told apart from another of the same name.

    A name given twice is the author's own doing: a notebook makes its function anew with every change.
    """
    if name is not None:
        return name
    chosen = Path(ruleset.name).name.removesuffix(".yaml").removesuffix(".yml")
    if _NAMED.setdefault(chosen, ruleset.fingerprint) != ruleset.fingerprint:
        chosen = f"{chosen}-{ruleset.fingerprint[-4:]}"
    return chosen
