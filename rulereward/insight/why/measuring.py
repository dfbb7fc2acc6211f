"""Scoring the few rows that a tool looks into: every rule on each, with the cells of all nodes kept."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from rulereward.api import Ruleset
from rulereward.api.batches import Fields, groups_of, make_batch
from rulereward.api.shared import shared_services
from rulereward.data import Reason
from rulereward.engine.outcome import RunResult
from rulereward.engine.run import Options, run
from rulereward.kind import Services


def measured(
    ruleset: Ruleset,
    rows: Sequence[Fields | Reason],
    keys: Sequence[Hashable] | None,
    step: int | None,
    services: Services | None = None,
) -> RunResult:
    """One run over all rows. An error in a rule that says `on_error: abort` is told as any other error.

    Raises ConfigurationError where the ruleset needs groups or `step` and they are missing.
    """
    plan = replace(ruleset.plan, aborts=frozenset())
    groups = None if keys is None else groups_of(keys, range(len(rows)), plan.group.size)
    used = shared_services() if services is None else services
    return run(plan, make_batch(plan, rows, groups, step), used, Options("all"))
