"""What people hand to `load` that is no ruleset's name: a text, a folder, a file of rows."""

from __future__ import annotations

import os

from rulereward.errors import ConfigurationError

MOST_NAME = 4096
"""Characters of the longest path that systems take."""

SHOWN = 40

ROW_FILES = (".jsonl", ".ndjson", ".json", ".parquet")


def refuse_other_things(name: str) -> None:
    """Raise ConfigurationError, with the next step, for a name that no ruleset can have."""
    if "\n" in name or len(name) > MOST_NAME:
        raise ConfigurationError(
            f"{name.strip()[:SHOWN]!r}... is a text, not the name of a ruleset: give a path; "
            "Ruleset(name, text) compiles a text"
        )
    if os.path.isdir(name):  # noqa: PTH112  Path.is_dir raises for names that no file can have
        raise ConfigurationError(f"{name} is a folder: name a ruleset in it, such as {name.rstrip('/')}/mine.yaml")
    if name.lower().removesuffix(".gz").removesuffix(".zst").endswith(ROW_FILES):
        raise ConfigurationError(
            f"{name} is named like a file of rows; a ruleset is a YAML file, such as ./mine.yaml"
        )
