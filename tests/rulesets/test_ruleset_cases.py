"""Every shipped ruleset does on its own cases what they say, in both evaluators, and has a page."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from case_reference import disagreements

import rulereward as rr
from rulereward.insight.cases.coverage import Coverage
from rulereward.insight.cases.reading import Case, read_cases
from rulereward.insight.cases.running import run_case
from rulereward.lang.source import Source

REPOSITORY = Path(__file__).parents[2]
RULESETS = {path.stem: path for path in sorted((REPOSITORY / "rulesets").glob("*.yaml"))}
CASES = {name: read_cases(Source(path.name, path.read_text("utf-8"))) for name, path in RULESETS.items()}
PAGES = REPOSITORY / "docs" / "rulesets"
HEADINGS = ("## What for", "## Source", "## How it can be gamed")


@cache
def loaded(name: str) -> rr.Ruleset:
    return rr.load(RULESETS[name])


each_case = pytest.mark.parametrize(
    ("name", "case"),
    [pytest.param(name, case, id=f"{name}: {case.name}") for name, cases in CASES.items() for case in cases],
)


@pytest.mark.parametrize("evaluate", ["needed", "all"])
@each_case
def test_case(name: str, case: Case, evaluate: str) -> None:
    assert [str(difference) for difference in run_case(loaded(name), case, evaluate).differences] == []


@each_case
def test_the_reference_agrees(name: str, case: Case) -> None:
    assert disagreements(loaded(name), case) == []


@pytest.mark.parametrize("name", RULESETS)
def test_cases_are_enough(name: str) -> None:
    cases = read_cases(loaded(name))  # the names in them are those of the ruleset
    assert len(cases) == len(CASES[name]) >= 3
    assert all("reward" in {expected.name for expected in row.expected} for case in cases for row in case.rows)


@pytest.mark.parametrize("name", RULESETS)
def test_cases_take_every_way_and_change_every_rule(name: str) -> None:
    coverage = Coverage(loaded(name))
    for case in CASES[name]:
        coverage.add(run_case(loaded(name), case).scores)
    assert [str(point) for point in coverage.untaken] == []
    assert [f"{rule.name} is {rule.lack}" for rule in coverage.unchanging] == []


@pytest.mark.parametrize("name", RULESETS)
def test_a_ruleset_has_a_page(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text("utf-8")
    lines = page.splitlines()
    assert lines[0] == f"# `{name}`"
    assert [line for line in lines if line.startswith("## ")] == list(HEADINGS)
    assert f"[rulesets/{name}.yaml](../../rulesets/{name}.yaml)" in page


def test_the_list_is_complete() -> None:
    listed = (PAGES / "README.md").read_text("utf-8")
    assert {path.stem for path in PAGES.glob("*.md")} == {"README", *RULESETS}
    assert [name for name in RULESETS if f"[`{name}`]({name}.md)" not in listed] == []
