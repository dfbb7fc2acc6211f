"""Finding the rulesets that a ruleset extends: shipped ones by name, others beside it by path."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from rulereward.api.reading import read_ruleset_file
from rulereward.api.shipped import ruleset_text, shipped_rulesets
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.document import Word
from rulereward.lang.layers import Base, NoBase
from rulereward.lang.source import Source
from rulereward.lang.suggest import did_you_mean
from rulereward.lang.yaml_source import decode_source


class Bases:
    """One compilation's look-ups. `known` are texts that need not be read; `read` are all that were used, by key."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known
        self.read: dict[str, str] = {}

    def start(self, name: str, text: str) -> Base:
        """The ruleset itself."""
        return Base(os.path.normpath(name), Source(name, text))

    def find(self, word: Word) -> Base | NoBase:
        """The ruleset behind a word under `extends`, or why it cannot be had."""
        written = word.text
        if "/" not in written and not written.endswith((".yaml", ".yml")):
            return self._shipped(written)
        folder = Path(word.span.source.name).parent
        key = os.path.normpath(folder / written)
        if key in self._known:
            return self._kept(key, key, self._known[key])
        if not written.endswith((".yaml", ".yml")):
            return NoBase(f"`{written}` is no YAML file", "a ruleset's file ends with .yaml")
        if not _stays_under(folder, written):
            help = "copy the file into the folder, or extend a shipped ruleset by its name"
            return NoBase(f"`{written}` does not lie under the folder of this ruleset", help)
        return self._file(key, written)

    def _shipped(self, name: str) -> Base | NoBase:
        if name in shipped_rulesets():
            key = f"the shipped {name}"
            return self._kept(key, f"rulereward/rulesets/{name}.yaml", self._known.get(key) or ruleset_text(name))
        by_path = f"a file is named by its path: `./{name}.yaml`"
        help = did_you_mean(name, shipped_rulesets())
        help = help or f"shipped are {', '.join(shipped_rulesets())}; {by_path}"
        return NoBase(f"there is no shipped ruleset `{name}`", help)

    def _file(self, key: str, written: str) -> Base | NoBase:
        try:
            data = read_ruleset_file(Path(key))
        except (OSError, ValueError) as error:  # a path with a null character is a ValueError
            return NoBase(f"`{written}` cannot be read: {getattr(error, 'strerror', None) or error}")
        diagnostics = Diagnostics()
        source = decode_source(key, data, diagnostics)
        if source is None:
            return NoBase(f"`{written}` cannot be read: {diagnostics.found[0].message}")
        return self._kept(key, key, source.text)

    def _kept(self, key: str, name: str, text: str) -> Base:
        self.read[key] = text
        return Base(key, Source(name, text))


def _stays_under(folder: Path, written: str) -> bool:
    """Does a path lead to a place under the folder, links followed?"""
    try:
        return (folder / written).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # a name with a null character; a link that leads into itself
        return False
