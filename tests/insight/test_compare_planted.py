"""Five bugs planted in a reward function, each found and named by a group of its own."""

from __future__ import annotations

import pytest
from planted_rewards import BUGS, ONE_BUG, flawless, reward
from planted_rows import RULESET, planted_rows

import rulereward as rr
from rulereward.insight.compare.comparison import compare
from rulereward.insight.data import Data

ROWS = planted_rows()
DATA = Data(ROWS, [f"made:{place}" for place in range(len(ROWS))])

SIGNS = {
    "across_lines": {"only_inner_box", "box_in_thinking", "inner_box_is_gold"},
    "text_numbers": {"written_otherwise"},
    "first_box": {"boxes_differ", "outer_boxes_differ", "several_boxes"},
    "zero_without_gold": {"no_gold"},
    "no_words": {"empty"},
}
"""A group that has one of these among its predicates names the bug."""


@pytest.fixture(scope="module")
def ruleset():
    return rr.Ruleset("planted.yaml", RULESET)


def named(group):
    names = {*group.features, *group.also}
    return {bug for bug, signs in SIGNS.items() if names & signs}


def test_without_bugs_there_is_nothing_to_find(ruleset):
    found = compare(ruleset, flawless, DATA)
    assert (found.differ, found.groups) == (0, ())
    assert found.agree == len(ROWS)


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_alone_is_named(ruleset, bug):
    found = compare(ruleset, ONE_BUG[bug], DATA)
    assert bug in named(found.groups[0]) | (named(found.groups[1]) if len(found.groups) > 1 else set())
    assert sum(len(group.rows) for group in found.groups) == found.differ >= 20


def test_all_five_are_named_by_groups_of_their_own(ruleset):
    found = compare(ruleset, reward, DATA)
    groups = [group for group in found.groups if group.found]
    assert {bug for group in groups for bug in named(group)} == set(BUGS)
    assert all(named(group) for group in groups)
    assert len({frozenset(named(group)) for group in groups}) >= len(BUGS)
    left = sum(len(group.rows) for group in found.groups if not group.found)
    assert left <= 0.02 * found.differ


def test_what_a_group_tells_is_so(ruleset):
    """Checked against the rows themselves: the same predicate, worked out here in another way."""
    found = compare(ruleset, reward, DATA)
    (no_gold,) = (group for group in found.groups if "no_gold" in group.features)
    assert set(no_gold.rows) == {place for place, row in enumerate(ROWS) if row["answer"] is None}
    assert (no_gold.agreeing, no_gold.values) == (0, (("null", "0", len(no_gold.rows)),))
    (empty,) = (group for group in found.groups if "empty" in group.features)
    blank = {place for place, row in enumerate(ROWS) if not row["completion"].strip() and row["answer"] is not None}
    assert set(empty.rows) == blank
    assert empty.difference == "theirs fails with ZeroDivisionError"
    assert empty.examples[0].where == f"made:{min(blank)}"
    assert empty.examples[0].theirs == "ZeroDivisionError: division by zero"


def test_every_differing_row_stands_in_one_group(ruleset):
    found = compare(ruleset, reward, DATA)
    rows = [row for group in found.groups for row in group.rows]
    assert len(rows) == len(set(rows)) == found.differ
    assert found.agree + found.differ == len(ROWS)


def test_the_same_rows_give_the_same_groups(ruleset):
    assert compare(ruleset, reward, DATA) == compare(ruleset, reward, DATA)


def test_a_failing_row_loses_no_other(ruleset):
    """The batch fails, then the group, and only the blank completions stay failures."""
    found = compare(ruleset, ONE_BUG["no_words"], DATA)
    assert found.differ == sum(not row["completion"].strip() and row["answer"] is not None for row in ROWS)
    assert any("one by one" in note for note in found.notes)
