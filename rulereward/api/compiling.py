"""From the text of a ruleset, and of all it extends, to a checked one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rulereward.api.bases import Bases
from rulereward.api.catalogue import catalogue
from rulereward.lang.diagnostics import Diagnostic, Diagnostics
from rulereward.lang.layers import read_layers
from rulereward.plan.check import check
from rulereward.plan.params import ParamValue
from rulereward.plan.typed import Checked


@dataclass(frozen=True, slots=True)
class Definition:
    """All that a ruleset is made from. `files` holds the texts of rulesets it extends, so that no file is needed."""

    name: str
    text: str
    kinds: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, ParamValue] = field(default_factory=dict)
    stubs: frozenset[str] = frozenset()
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """`checked` is None if there are errors. `diagnostics` are all findings, in the order of the files."""

    checked: Checked | None
    diagnostics: list[Diagnostic]
    files: Mapping[str, str]


def compile_definition(definition: Definition) -> Compiled:
    """Read and check a ruleset. Raises ConfigurationError for modules with kinds that cannot be had."""
    diagnostics = Diagnostics()
    bases = Bases(definition.files)
    document = read_layers(bases.start(definition.name, definition.text), bases.find, diagnostics)
    known = catalogue(definition.kinds)
    checked = None if document is None else check(document, known, diagnostics, definition.params)
    return Compiled(None if diagnostics.has_errors else checked, diagnostics.in_order(), bases.read)


def compile_text(
    name: str, text: str, kinds: tuple[str, ...] = (), params: Mapping[str, ParamValue] | None = None
) -> tuple[Checked | None, list[Diagnostic]]:
    """The checked tree of a ruleset, None if there are errors, and all findings."""
    compiled = compile_definition(Definition(name, text, kinds, params=dict(params or {})))
    return compiled.checked, compiled.diagnostics
