"""The cases of a ruleset: read, with every name checked against the ruleset they are for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rulereward.api import Ruleset
from rulereward.errors import RulesetError
from rulereward.insight.cases.names import check_names
from rulereward.lang.case_document import Case, Failing, Scalar
from rulereward.lang.diagnostics import Diagnostic, Diagnostics
from rulereward.lang.messages import render_all
from rulereward.lang.read_cases import read_inline_cases
from rulereward.lang.source import Source, Span


def read_cases(source: Source | Ruleset) -> list[Case]:
    """The cases in a ruleset, none where it has no `cases`. Of a compiled one the names in them are checked too.

    Raises RulesetError, with all that is wrong with them.
    """
    diagnostics = Diagnostics()
    if isinstance(source, Source):
        found: Sequence[Case] = read_inline_cases(source, diagnostics)
    else:
        found = checked_cases(source, diagnostics)
    if diagnostics.has_errors:
        raise RulesetError(diagnostics.found, render_all(diagnostics.in_order()))
    return list(found)


def checked_cases(ruleset: Ruleset, diagnostics: Diagnostics) -> list[Case]:
    """The cases of a compiled ruleset that can be run; what is wrong with others is reported."""
    return bound_cases(ruleset, read_inline_cases(source_of(ruleset), diagnostics), diagnostics)


def bound_cases(ruleset: Ruleset, cases: Iterable[Case], diagnostics: Diagnostics) -> list[Case]:
    """Those among cases that fit a ruleset; what is wrong with others is reported."""
    fitting = [case for case in cases if check_names(ruleset, case, diagnostics) and case.sound]
    return [case for case in fitting if _compiles(ruleset, case, diagnostics)]


def case_findings(ruleset: Ruleset) -> list[Diagnostic]:
    """What is wrong with the cases in a ruleset, for `check`."""
    diagnostics = Diagnostics()
    checked_cases(ruleset, diagnostics)
    return diagnostics.in_order()


def findings_beside(error: RulesetError, name: str) -> list[Diagnostic]:
    """What is wrong with the cases in a ruleset that is itself wrong: their structure alone can be looked at."""
    sources = [found.primary.span.source for found in error.diagnostics]
    source = next((source for source in sources if source.name == name), None)
    diagnostics = Diagnostics()
    if source is not None:
        read_inline_cases(source, diagnostics)
    return diagnostics.in_order()


def source_of(ruleset: Ruleset) -> Source:
    """The file that a ruleset was compiled from."""
    return Source(ruleset.checked.span.source.name, ruleset.text)


def variant(ruleset: Ruleset, case: Case) -> Ruleset:
    """The ruleset with the parameters of a case, its stubbed rules not measured."""
    settings = tuple((setting.name, setting.value) for setting in case.settings)
    return _variant(ruleset, settings, frozenset(case.rows[0].stubs))


@lru_cache(maxsize=32)
def _variant(
    ruleset: Ruleset, settings: tuple[tuple[str, Scalar | Sequence[Scalar]], ...], stubs: frozenset[str]
) -> Ruleset:
    made = ruleset.with_params(dict(settings)) if settings else ruleset
    return made.with_stubs(stubs) if stubs else made


def _setting_of(case: Case, found: Diagnostic) -> Span:
    """Where a case sets the parameter that a finding is about, whose value is a source of its own to the compiler."""
    about = found.primary.span.source.name
    named = (setting.span for setting in case.settings if about == f"parameter {setting.name}")
    return next(named, case.settings[0].span)


def _compiles(ruleset: Ruleset, case: Case, diagnostics: Diagnostics) -> bool:
    """Does the ruleset take the parameters of a case, and does the case give all fields that are then read?"""
    try:
        plan = variant(ruleset, case).plan
    except RulesetError as error:
        for found in error.diagnostics:
            if found.severity == "error":
                diagnostics.report("E0609", found.message, _setting_of(case, found), help=found.help)
        return False
    before = len(diagnostics.found)
    for stub in {id(stub): stub for row in case.rows for stub in row.stubs.values()}.values():
        start = f"stub.{stub.rule}."
        needed = [column.removeprefix(start) for column in sorted(plan.reads) if column.startswith(start)]
        for field in needed:
            if field not in stub.fields and stub.value is not None and stub.value is not Failing.ERROR:
                help = f"write `{stub.rule}: {{value: ..., {field}: ...}}`"
                message = f"the ruleset reads `{stub.rule}.{field}`, and this gives no value for it"
                diagnostics.report("E0606", message, stub.span, help=help)
    return len(diagnostics.found) == before
