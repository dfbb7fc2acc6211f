"""Cases with parameters, stubs, routes and groups: the reference evaluator gives what the engine gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_reference import disagreements

from rulereward.insight.cases.files import open_files
from rulereward.insight.cases.reading import Case

FOLDER = Path(__file__).parents[1] / "cases" / "tests_of_rulesets"
(HELD,) = open_files([str(FOLDER / "held.yaml")]).suites


@pytest.mark.parametrize("case", HELD.cases, ids=lambda case: case.name)
def test_the_reference_agrees(case: Case) -> None:
    assert disagreements(HELD.ruleset, case) == []
