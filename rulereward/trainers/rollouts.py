"""From the columns a trainer hands over to the rows of a ruleset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rulereward.api import Ruleset
from rulereward.errors import InputError

Columns = Mapping[str, Sequence[object]]
Rows = list[dict[str, object]]


@dataclass(frozen=True, slots=True, eq=False)
class Rollouts:
    """What a policy wrote, and what goes with it: lists of one length, None where the trainer does not tell.

    `completions` are texts or lists of chat messages, `token_ids` the ids of whole completions, `finish_reasons`
    `stop` or `length`, `groups` the key of each completion's group. `columns` are the data set's.
    """

    completions: Sequence[object]
    prompts: Sequence[object] | None = None
    token_ids: Sequence[object] | None = None
    finish_reasons: Sequence[object] | None = None
    groups: Sequence[object] | None = None
    columns: Columns = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.completions)

    def rows(self, ruleset: Ruleset) -> Rows:
        """One row for each completion. What the trainer says of a rollout goes before a column of that name.

        Raises InputError where a list is of another length than the completions.
        """
        given: dict[str, Sequence[object]] = dict(self.columns)
        for name, values in (
            ("completion", self.completions),
            ("prompt", self.prompts),
            ("token_ids", self.token_ids),
            ("finish_reason", self.finish_reasons),
        ):
            if values is not None:
                given[ruleset.plan.inputs[name].paths[0]] = values
        for name, values in given.items():
            if isinstance(values, str):
                raise InputError(f"`{name}` is a text: give a list with one value for each completion")
            if len(values) != len(self):
                raise InputError(f"`{name}` has {len(values)} values for {len(self)} completions")
        return [dict(zip(given, values, strict=True)) for values in zip(*given.values(), strict=True)]


def listed_columns(given: Mapping[str, object], size: int) -> dict[str, Sequence[object]]:
    """The columns among a trainer's keyword arguments: lists, tuples and arrays of `size` values."""
    found: dict[str, Sequence[object]] = {}
    for name, values in given.items():
        if hasattr(values, "tolist"):
            values = values.tolist()
        if isinstance(values, list | tuple) and len(values) == size:
            found[name] = values
    return found


def finish_reasons(token_ids: Sequence[Sequence[int]], eos_token_ids: frozenset[int]) -> list[str]:
    """`stop` where a completion ends with one of its end tokens, else `length`: so trainers tell them apart."""
    return ["stop" if len(ids) and ids[-1] in eos_token_ids else "length" for ids in token_ids]
