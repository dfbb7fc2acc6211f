"""The files that `rulereward test` is given: rulesets with cases in them, and files of cases for a ruleset."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rulereward.api import Ruleset, load
from rulereward.api.reading import read_ruleset_file
from rulereward.errors import ConfigurationError, RulesetError
from rulereward.insight.cases.reading import bound_cases, checked_cases
from rulereward.lang.case_document import Case
from rulereward.lang.diagnostics import Diagnostic, Diagnostics
from rulereward.lang.document import Word
from rulereward.lang.messages import render_all
from rulereward.lang.read_cases import is_cases_file, read_cases_file, read_inline_cases
from rulereward.lang.source import Source
from rulereward.lang.yaml_source import decode_source
from rulereward.plan.params import ParamValue


@dataclass(frozen=True, slots=True, eq=False)
class Suite:
    """The cases of one file, for one ruleset; several files can be about the same one."""

    file: str
    ruleset: Ruleset
    cases: Sequence[Case]


@dataclass(slots=True, eq=False)
class Opened:
    """What some files hold. `diagnostics` are all mistakes in them, by file; `refused` what could not be opened."""

    suites: list[Suite] = field(default_factory=list)
    diagnostics: dict[str, list[Diagnostic]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Could everything be read? Warnings do not count."""
        found = (one for several in self.diagnostics.values() for one in several)
        return not self.refused and not any(one.severity == "error" for one in found)

    def told(self) -> str:
        """All mistakes, as a text."""
        found = [one for several in self.diagnostics.values() for one in several]
        return "\n\n".join([*self.refused, *([render_all(found)] if found else [])])


def open_files(
    names: Sequence[str], kinds: Sequence[str] = (), params: Mapping[str, ParamValue] | None = None
) -> Opened:
    """Open rulesets (paths and shipped names) and files of cases. Nothing is raised for what is wrong with them."""
    opener = _Opener(tuple(kinds), dict(params or {}))
    for name in dict.fromkeys(names):
        opener.open(name)
    return opener.opened


class _Opener:
    def __init__(self, kinds: tuple[str, ...], params: Mapping[str, ParamValue]) -> None:
        self.opened = Opened()
        self._kinds, self._params = kinds, params
        self._known: dict[str, Ruleset] = {}

    def open(self, name: str) -> None:
        diagnostics = Diagnostics()
        source = _source(name)
        try:
            if source is not None and is_cases_file(source):
                self._cases_file(source, diagnostics)
            else:
                self._ruleset_file(name, source, diagnostics)
        except ConfigurationError as error:
            self.opened.refused.append(str(error))
        if diagnostics.found:
            self.opened.diagnostics[name] = diagnostics.in_order()

    def _ruleset_file(self, name: str, source: Source | None, diagnostics: Diagnostics) -> None:
        try:
            ruleset = self._load(name)
        except RulesetError as error:
            diagnostics.found += error.diagnostics
            if source is not None:
                read_inline_cases(source, diagnostics)
            return
        self.opened.suites.append(Suite(name, ruleset, checked_cases(ruleset, diagnostics)))

    def _cases_file(self, source: Source, diagnostics: Diagnostics) -> None:
        read = read_cases_file(source, diagnostics)
        if read is None or read.ruleset is None:
            return
        try:
            ruleset = self._load(_beside(read.ruleset))
        except RulesetError as error:
            diagnostics.found += error.diagnostics
        except ConfigurationError as error:
            diagnostics.report("E0610", str(error), read.ruleset.span, help=_RULESET)
        else:
            self.opened.suites.append(Suite(source.name, ruleset, bound_cases(ruleset, read.cases, diagnostics)))

    def _load(self, name: str) -> Ruleset:
        key = os.path.realpath(name) if _is_path(name) else name
        if key not in self._known:
            self._known[key] = load(name, kinds=self._kinds, params=self._params)
        return self._known[key]


_RULESET = "write a path from the folder of this file, such as `./mine.yaml`, or the name of a shipped ruleset"


def _is_path(name: str) -> bool:
    return "/" in name or name.endswith((".yaml", ".yml"))


def _beside(word: Word) -> str:
    """The ruleset of a file of cases, as `load` finds it."""
    folder = Path(word.span.source.name).parent
    return os.path.normpath(folder / word.text) if _is_path(word.text) else word.text


def _source(name: str) -> Source | None:
    """The text of a file; None where there is none, or none that can be read: `load` says why."""
    if not _is_path(name):
        return None
    try:
        return decode_source(name, read_ruleset_file(Path(name)), Diagnostics())
    except (OSError, ValueError):  # a path with a null character is a ValueError
        return None
