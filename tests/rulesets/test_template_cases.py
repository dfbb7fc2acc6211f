"""Every template of `rulereward init` does on its own cases what they say."""

from __future__ import annotations

from functools import cache

import pytest
from case_reference import disagreements

import rulereward as rr
from rulereward.api.templates import template_names, template_text
from rulereward.insight.cases.reading import Case, read_cases
from rulereward.insight.cases.running import run_case
from rulereward.lang.source import Source

CASES = {name: read_cases(Source(f"{name}.yaml", template_text(name))) for name in template_names()}


@cache
def compiled(name: str) -> rr.Ruleset:
    return rr.Ruleset(f"{name}.yaml", template_text(name))


@pytest.mark.parametrize(
    ("name", "case"),
    [pytest.param(name, case, id=f"{name}: {case.name}") for name, cases in CASES.items() for case in cases],
)
def test_case(name: str, case: Case) -> None:
    assert [str(difference) for difference in run_case(compiled(name), case).differences] == []
    assert disagreements(compiled(name), case) == []


@pytest.mark.parametrize("name", CASES)
def test_cases_are_enough(name: str) -> None:
    cases = read_cases(compiled(name))
    assert len(cases) == len(CASES[name]) >= 3
    assert all("reward" in {expected.name for expected in row.expected} for case in cases for row in case.rows)
