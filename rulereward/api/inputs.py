"""Other columns behind a ruleset's inputs, for data that calls them otherwise."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace

from rulereward.errors import ConfigurationError
from rulereward.plan.nodes import Plan

GROUP = "group"
"""Stands for the key of the groups among a plan's inputs."""


def remapped(plan: Plan, columns: Mapping[str, str]) -> Plan:
    """The plan with the inputs named in `columns` read from other columns.

    Raises ConfigurationError for an input the ruleset does not have. The fingerprint stays: it is the ruleset's.
    """
    known = [*plan.inputs, GROUP]
    for name in columns:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean `{close[0]}`?" if close else f"its inputs are {', '.join(known)}"
            raise ConfigurationError(f"the ruleset `{plan.name}` has no input `{name}`; {hint}")
    inputs = {
        name: replace(item, paths=(columns[name],)) if name in columns else item for name, item in plan.inputs.items()
    }
    group = replace(plan.group, by=(columns[GROUP],), declared=True) if GROUP in columns else plan.group
    return replace(plan, inputs=inputs, group=group)
