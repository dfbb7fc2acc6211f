"""Every kind with a row form against its cases."""

from __future__ import annotations

import pytest
from rule_case_files import ALL_CASES, ALL_KINDS, ANSWERED_CASES, KINDS, RuleCase, call, check_outcome_of

from rulereward.kind import BY_DATA, result_of

EVERY_CASE = [case for cases in ALL_CASES.values() for case in cases]


@pytest.mark.parametrize("case", EVERY_CASE, ids=str)
def test_case(case: RuleCase) -> None:
    check_outcome_of(case, call(case.kind, case.args, case.params))


@pytest.mark.parametrize("name", [*KINDS, *ANSWERED_CASES])
def test_cases_are_enough_and_sourced(name: str) -> None:
    cases = {**ALL_CASES, **ANSWERED_CASES}[name]
    assert len(cases) >= 8
    assert len({case.name for case in cases}) == len(cases)
    assert all(case.source for case in cases)
    texts = [case.args[0] for case in cases]
    assert "" in texts, "no case with an empty text"
    assert any(text and not text.isascii() for text in texts), "no case with Chinese text"


@pytest.mark.parametrize("name", ALL_KINDS)
def test_a_kind_says_what_it_is(name: str) -> None:
    doc = ALL_KINDS[name].doc
    for heading in ("Reads:", "Returns:", "Missing:", "Gamed by:", "Source:"):
        assert heading in doc, heading
    assert ALL_KINDS[name].summary.endswith((".", "?"))


MISSING_DATA = [
    case
    for case in EVERY_CASE
    if case.expect is None and case.kind.returns.null == BY_DATA and case.kind.signature.args[0].nullable
]


@pytest.mark.parametrize("case", MISSING_DATA, ids=str)
def test_missing_data_is_missing_whatever_the_text(case: RuleCase) -> None:
    """So that the compiler may try data that a ruleset writes out, and a policy never chooses a null."""
    with_text = result_of(call(case.kind, case.args, case.params)).value
    without = result_of(call(case.kind, (None, *case.args[1:]), case.params)).value
    assert without == with_text
