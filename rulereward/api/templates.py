"""Rulesets to start from. They are files beside the shipped rulesets, and no names that `load` takes."""

from __future__ import annotations

import shlex
from pathlib import Path

from rulereward import _files
from rulereward.errors import ConfigurationError
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.read_document import read_document
from rulereward.lang.source import Source
from rulereward.lang.suggest import did_you_mean

DEFAULT_PATH = "rulereward.yaml"
"""Where a ruleset is written when nobody says so; the first line of each template names it."""


def template_names() -> list[str]:
    return sorted(path.stem for path in _folder().glob("*.yaml"))


def template_descriptions() -> dict[str, str]:
    """What each template says of itself."""
    sources = [Source(name, template_text(name)) for name in template_names()]
    documents = {source.name: read_document(source, Diagnostics()) for source in sources}
    return {name: found.description.text for name, found in documents.items() if found and found.description}


def template_text(name: str, path: str = DEFAULT_PATH) -> str:
    """The text of a template, whose first line says what to do next with it once it stands at `path`.

    Raises ConfigurationError for a name that no template has.
    """
    names = template_names()
    if name not in names:
        help = did_you_mean(name, names) or f"there are {', '.join(names)}"
        raise ConfigurationError(f"there is no template `{name}`: {help}")
    text = (_folder() / f"{name}.yaml").read_text(encoding="utf-8")
    first, line_break, rest = text.partition("\n")
    if path.isprintable():  # a line break would end the comment
        first = first.replace(DEFAULT_PATH, shlex.quote(path))
    return first + line_break + rest


def _folder() -> Path:
    return _files.shipped_folder("rulesets") / "templates"
