"""The recipes: rulesets that compile without a warning and do what their cases say, in both evaluators,
and docs/recipes.md shows exactly their files.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from case_reference import disagreements

import rulereward as rr
from rulereward.api import compile_text
from rulereward.insight.cases.coverage import Coverage
from rulereward.insight.cases.reading import Case, read_cases
from rulereward.insight.cases.running import run_case
from rulereward.lang.messages import render_all
from rulereward.lang.source import Source

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "recipes.md"
RECIPES = {path.stem: path for path in sorted((REPOSITORY / "tests" / "cases" / "recipes").glob("*.yaml"))}
CASES = {name: read_cases(Source(path.name, path.read_text("utf-8"))) for name, path in RECIPES.items()}
BLOCK = re.compile(r"^<!-- file: (?P<file>\S+) -->\n```yaml\n(?P<text>.*?)^```$", re.M | re.S)
FEWEST_CASES = 3


@cache
def loaded(name: str) -> rr.Ruleset:
    return rr.load(RECIPES[name])


each_recipe = pytest.mark.parametrize("name", RECIPES)
each_case = pytest.mark.parametrize(
    ("name", "case"),
    [pytest.param(name, case, id=f"{name}: {case.name}") for name, cases in CASES.items() for case in cases],
)


def test_there_are_twelve() -> None:
    assert len(RECIPES) == 12


def test_the_page_shows_the_files() -> None:
    shown = {part["file"]: part["text"] for part in BLOCK.finditer(PAGE.read_text("utf-8"))}
    assert list(shown) == re.findall(
        r"^\| \[`(\w+\.yaml)`\]", PAGE.read_text("utf-8"), re.M
    )  # in the order of its list
    assert sorted(shown) == [path.name for path in RECIPES.values()]
    assert [name for name, path in RECIPES.items() if shown[path.name] != path.read_text("utf-8")] == []


@each_recipe
def test_it_compiles_without_a_warning(name: str) -> None:
    _, found = compile_text(RECIPES[name].name, RECIPES[name].read_text("utf-8"))
    assert found == [], render_all(found)


@each_recipe
def test_cases_are_enough(name: str) -> None:
    cases = read_cases(loaded(name))  # the names in them are those of the ruleset
    assert len(cases) == len(CASES[name]) >= FEWEST_CASES
    assert all("reward" in {expected.name for expected in row.expected} for case in cases for row in case.rows)


@pytest.mark.parametrize("evaluate", ["needed", "all"])
@each_case
def test_case(name: str, case: Case, evaluate: str) -> None:
    assert [str(difference) for difference in run_case(loaded(name), case, evaluate).differences] == []


@each_case
def test_the_reference_agrees(name: str, case: Case) -> None:
    assert disagreements(loaded(name), case) == []


@each_recipe
def test_cases_take_every_way_of_the_file(name: str) -> None:
    """Its own gates, routes and arms; those of a shipped ruleset below are for that one's cases to take."""
    coverage = Coverage(loaded(name))
    for case in CASES[name]:
        coverage.add(run_case(loaded(name), case).scores)
    own = [point for point in coverage.untaken if point.span.source.text == loaded(name).text]
    assert [str(point) for point in own] == []
