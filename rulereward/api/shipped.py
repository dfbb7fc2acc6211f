"""The rulesets that ship with the package."""

from __future__ import annotations

from rulereward import _files
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.read_document import read_document
from rulereward.lang.source import Source


def shipped_rulesets() -> list[str]:
    """The names that `load` takes without a path."""
    return sorted(path.stem for path in _files.shipped_folder("rulesets").glob("*.yaml"))


def ruleset_text(name: str) -> str:
    """The file of a shipped ruleset."""
    return _files.shipped("rulesets", f"{name}.yaml").read_text(encoding="utf-8")


def descriptions() -> dict[str, str]:
    """What each shipped ruleset says of itself."""
    sources = {name: Source(f"{name}.yaml", ruleset_text(name)) for name in shipped_rulesets()}
    documents = {name: read_document(source, Diagnostics()) for name, source in sources.items()}
    return {name: found.description.text for name, found in documents.items() if found and found.description}
