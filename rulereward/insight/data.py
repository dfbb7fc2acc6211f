"""The rows of a file, for tools that look at all of them at once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import islice

from rulereward.api import Ruleset
from rulereward.api.batches import Fields, group_keys
from rulereward.data import Reason
from rulereward.errors import ConfigurationError
from rulereward.io import read_rows


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Rows with their places (`file.jsonl:12`). A row that could not be read is the reason why."""

    rows: Sequence[Fields | Reason]
    where: Sequence[str]

    def keys(self, ruleset: Ruleset) -> list[Hashable] | None:
        """The group of each row as the ruleset sees it, None where neither a key nor a prompt tells groups.

        Raises ConfigurationError where the ruleset compares the completions of a group.
        """
        try:
            return group_keys(ruleset.plan.group, self.rows, None, ruleset.plan.inputs["prompt"].paths)[0]
        except ConfigurationError:
            if ruleset.uses_groups:
                raise
            return None


def read_data(files: Sequence[str], limit: int | None = None) -> Data:
    """All rows of some files, the first `limit` if that is given. Raises InputError for a file that is not there."""
    rows: list[Fields | Reason] = []
    where: list[str] = []
    for row in islice(read_rows(files), limit):
        rows.append(row.content)
        where.append(row.where)
    return Data(rows, where)
