"""Spread and credit gathered block by block."""

from __future__ import annotations

import numpy as np
import pytest

from rulereward.cli.groups import GroupSample


def fed(keys, reward, part, most_rows=1000, block=3):
    """A sample that got rows in blocks."""
    sample = GroupSample(most_rows)
    for start in range(0, len(keys), block):
        rows = slice(start, start + block)
        values = {"r": np.array(part[rows], dtype=float)}
        sample.add(keys[rows], np.array(reward[rows], dtype=float), values, values)
    return sample


def test_members_of_a_group_may_come_in_different_blocks():
    """Group a: rewards 0 and 1; b: 1 and 1, tied; c: 0 and 2, all of it from the part."""
    keys = ["a", "b", "c", "b", "a", "c"]
    tally = fed(keys, reward=[0, 1, 0, 1, 1, 2], part=[0, 0, 0, 5, 0, 2]).tally()
    assert (tally.groups, tally.tied) == (3, 1)
    assert tally.spread == {"r": 2}
    assert tally.credit() == pytest.approx({"r": 0.5, "(rest)": 0.5})


def test_rows_without_a_key_are_in_no_group():
    tally = fed([None, None, "a", "a"], reward=[0, 1, 0, 1], part=[0, 0, 0, 1]).tally()
    assert tally.groups == 1


def test_nothing_at_all():
    assert GroupSample().tally().groups == 0


def test_too_many_rows_leave_whole_groups_of_all_the_run():
    """400 groups of 4, of which the middle ones are complete only at the end."""
    keys = [group for _ in range(4) for group in range(400)]
    reward = [member for member in range(4) for _ in range(400)]
    sample = fed(keys, reward, reward, most_rows=200, block=64)
    assert not sample.is_whole
    tally = sample.tally()
    assert 10 <= tally.groups <= 50, "200 rows are 50 groups, and halving goes no further than it must"
    assert tally.spread["r"] == tally.groups
    assert tally.credit()["r"] == pytest.approx(1.0)


def test_one_group_larger_than_the_bound_is_dropped_rather_than_cut():
    sample = fed(["a"] * 50, list(range(50)), list(range(50)), most_rows=20)
    assert sample.tally().groups == 0


def test_what_stays_does_not_hang_on_order_or_blocks():
    keys = [n // 2 for n in range(400)]
    values = [n % 7 for n in range(400)]
    order = np.random.default_rng(1).permutation(400).tolist()
    one = fed(keys, values, values, most_rows=50, block=7).tally()
    other = fed([keys[n] for n in order], [values[n] for n in order], [values[n] for n in order], 50, 31).tally()
    assert (one.groups, one.tied, one.spread) == (other.groups, other.tied, other.spread)
    assert one.groups > 0
