"""`load`: a ruleset by name or path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rulereward.api.compiling import Definition
from rulereward.api.names import refuse_other_things
from rulereward.api.reading import read_ruleset_file
from rulereward.api.ruleset import Ruleset
from rulereward.api.shipped import ruleset_text, shipped_rulesets
from rulereward.errors import ConfigurationError, RulesetError
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.messages import render_all
from rulereward.lang.source import Source
from rulereward.lang.yaml_source import decode_source
from rulereward.plan.params import ParamValue


def load(
    ruleset: str | Path, *, kinds: Sequence[str] = (), params: Mapping[str, ParamValue] | None = None
) -> Ruleset:
    """Compile a ruleset: a shipped one by name (`math`, `r1`), or a file by path; and the kernels that it needs.

    Kernels are compiled once, for some seconds; later they are loaded from numba's cache, where it can be written.
    `params` sets parameters of the ruleset: `{"max_len": 8192}`, or with a unit `{"max_len": "8192tok"}`.
    `kinds` names modules with rule kinds of your own; kinds behind the entry point group `rulereward.kinds` are found
    by themselves. Raises RulesetError with every mistake of the file, ConfigurationError if there is no such ruleset.
    """
    opened = opened_ruleset(ruleset, kinds=kinds, params=params)
    opened.prepare()
    return opened


def opened_ruleset(
    ruleset: str | Path, *, kinds: Sequence[str] = (), params: Mapping[str, ParamValue] | None = None
) -> Ruleset:
    """As `load`, for those who may not measure anything: kernels are compiled where something is measured."""
    source = _find(str(ruleset))
    return Ruleset.of(Definition(source.name, source.text, tuple(kinds), params=dict(params or {})))


def _find(name: str) -> Source:
    if name not in shipped_rulesets():
        refuse_other_things(name)
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or len(path.parts) > 1:
        try:
            data = read_ruleset_file(path)
        except OSError as error:
            raise ConfigurationError(f"the ruleset {name} cannot be read: {error.strerror or error}") from error
        diagnostics = Diagnostics()
        source = decode_source(name, data, diagnostics)
        if source is None:
            raise RulesetError(diagnostics.found, render_all(diagnostics.found))
        return source
    shipped = shipped_rulesets()
    if name not in shipped:
        raise ConfigurationError(
            f"there is no ruleset `{name}`: shipped are {', '.join(shipped)}; a file is given by its path, "
            f"such as ./{name}.yaml"
        )
    return Source(f"{name}.yaml", ruleset_text(name))
