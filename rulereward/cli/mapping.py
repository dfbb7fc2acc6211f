"""`--map completion=response`: an input of the ruleset taken from another column for one run."""

from __future__ import annotations

from collections.abc import Sequence

from rulereward.errors import ConfigurationError
from rulereward.plan.nodes import Plan


def read_mapping(written: Sequence[str]) -> dict[str, str]:
    """From `input=column` each. Raises ConfigurationError for what is not of that form, or given twice."""
    found: dict[str, str] = {}
    for item in written:
        name, equals, column = (part.strip() for part in item.partition("="))
        if not (name and equals and column):
            raise ConfigurationError(f"--map {item}: write input=column, such as --map completion=response")
        if name in found:
            raise ConfigurationError(f"--map names the input `{name}` twice")
        found[name] = column
    return found


def columns_read(plan: Plan) -> list[str]:
    """Every column path that a run may look at, those that tell groups apart included."""
    read = [path for name, item in plan.inputs.items() if name in plan.reads for path in item.paths]
    rows = [name.removeprefix("row.") for name in plan.reads if name.startswith("row.")]
    return [*read, *rows, *plan.group.by, *plan.inputs["prompt"].paths]
