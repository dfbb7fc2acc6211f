"""Cells, reasons and groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.data import Groups, Reason, ReasonTable, State, all_ok, filled


def test_equal_reasons_share_an_index_and_none_is_zero():
    table = ReasonTable()
    first = table.add(Reason("late", "too late"))
    assert table.add(Reason("late", "too late")) == first
    assert table.add(None) == 0
    assert (table[first], table[0], len(table)) == (Reason("late", "too late"), None, 2)


def test_a_full_table_keeps_codes_and_drops_messages():
    table = ReasonTable()
    for number in range(ReasonTable.LIMIT - 1_000):
        table.add(Reason("row", str(number)))
    assert table[table.add(Reason("late", "one more message"))] == Reason("late", "")
    assert table[table.add(Reason("row", "7"))] == Reason("row", "7")


def test_a_full_table_gives_every_further_reason_one_place():
    table = ReasonTable()
    places = [table.add(Reason(str(number), "")) for number in range(ReasonTable.LIMIT + 10)]
    assert max(places) < 2**16
    assert {table[place] for place in places[-8:]} == {ReasonTable.OTHER}


def test_cells_take_rows():
    cells = all_ok(np.array([1.0, 2.0, 3.0])).take(np.array([2, 0]))
    assert (cells.values.tolist(), cells.clean, len(cells)) == ([3.0, 1.0], True, 2)
    assert filled(2, State.ERROR, 5).states.tolist() == [3, 3]


def test_shared_states_cannot_be_written():
    cells = all_ok(np.zeros(3))
    with pytest.raises(ValueError, match="read-only"):
        cells.states[0] = 1


@given(st.lists(st.sampled_from(["a", "b", "c", 1, None]), max_size=12))
def test_groups_hold_each_row_once_in_order(keys):
    groups = Groups.from_keys(keys)
    members = [rows.tolist() for rows in groups.members()]
    assert sorted(row for rows in members for row in rows) == list(range(len(keys)))
    for rows in members:
        assert rows == sorted(rows)
        assert len({repr(keys[row]) for row in rows}) == 1
    assert len(members) == len({repr(key) for key in keys if key is not None}) + keys.count(None)


def test_a_group_of_another_size_and_a_row_without_a_key_are_incomplete():
    groups = Groups.from_keys(["a", "a", "b", None], expected_size=2)
    assert groups.incomplete().tolist() == [False, True, True]
    assert Groups.from_keys(["a", None]).incomplete().tolist() == [False, True]
