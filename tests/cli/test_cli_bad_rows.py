"""Rows that cannot be scored: each is kept, says why and where, and the others are scored all the same."""

from __future__ import annotations

import json

import pytest
from command_line import SHORT, rulereward

GOOD = b'{"completion": "4", "answer": "4"}'

BAD = {
    b"not json": "not_json",
    b'{"completion": "4", "answer": "4"': "not_json",
    b"[1, 2]": "not_object",
    b'"4"': "not_object",
    b"{}": "no_completion",
    b'{"answer": "4"}': "no_completion",
    b'{"completion": null, "answer": "4"}': "no_completion",
    b'{"completion": 4, "answer": "4"}': "bad_completion",
    b'{"completion": {"a": 1}, "answer": "4"}': "bad_completion",
    b'{"completion": [], "answer": "4"}': "bad_completion",
    b'{"completion": [{"role": "user", "content": "4"}], "answer": "4"}': "bad_completion",
    b'{"completion": ' + b"[" * 5000 + b"]" * 5000 + b"}": "too_deep",
    b'{"completion": "caf\xe9", "answer": "4"}': "not_utf8",
    '{"completion": "4"}'.encode("utf-16"): "not_utf8",
}

FINE = {
    b'{"completion": "", "answer": "4"}': (0.0, 0.0),
    b'{"completion": "a\\ud800b", "answer": "4"}': (0.0, 3.0),
    b'{"completion": "a\\u0000b", "answer": "4"}': (0.0, 3.0),
    b'{"completion": "4", "answer": "4", "x": NaN}': (1.0, 1.0),
    b'{"completion": [{"role": "assistant", "content": "4"}], "answer": "4"}': (1.0, 1.0),
}
"""Odd rows that can be scored, with the values of `right` and `length`."""


@pytest.fixture
def scored(tmp_path):
    source = tmp_path / "rows.jsonl"
    lines = [line for row in (*BAD, *FINE) for line in (row, GOOD)]
    source.write_bytes(b"\n".join(line.replace(b"\n", b"") for line in lines) + b"\n")
    return rulereward("score", source, "-r", SHORT)


def test_no_row_is_lost(scored):
    assert scored.status == 0
    assert len(scored.records) == 2 * len(BAD) + 2 * len(FINE)


def test_good_rows_beside_them_are_scored(scored):
    for record in scored.records[1::2]:
        assert record["reward_state"] == "ok"
        assert record["reward_components"] == {"right": 1.0, "length": 1.0}


def test_bad_rows_are_errors_that_say_where(scored):
    for number, (record, code) in enumerate(zip(scored.records[::2], BAD.values(), strict=False)):
        where = f"rows.jsonl:{2 * number + 1}: "
        state, found, message = record["reward_state"].split(": ", 2)
        assert (state, found) == ("error", code)
        assert where in message + " "
        assert record["reward"] is None
        assert record["reward_components"] == {"right": None, "length": None}


def test_odd_rows_are_scored(scored):
    for record, (right, length) in zip(scored.records[2 * len(BAD) :: 2], FINE.values(), strict=True):
        assert record["reward_state"] == "ok"
        assert record["reward_components"] == {"right": right, "length": length}


def test_the_first_five_are_told_and_the_number_of_all(scored):
    told = [line for line in scored.err.splitlines() if "rows.jsonl:" in line]
    assert [line.split("rows.jsonl:")[1].split(":")[0] for line in told] == ["1", "3", "5", "7", "9"]
    assert f"\nand {len(BAD) - 5} more\n" in scored.err
    assert f"{len(BAD)} of them bad" in scored.err


def test_the_reward_of_a_bad_row_counts_as_an_error(scored):
    table = {line.split()[0]: line.split()[1:] for line in scored.err.splitlines() if line.strip()}
    assert table["mean"][:2] == ["missing", "error"]
    assert table["reward"][1:3] == ["0", str(len(BAD))]


def test_lines_that_are_no_rows_are_kept_as_text(scored):
    assert scored.records[0]["input"] == "not json"


def test_bad_rows_in_a_ruleset_with_groups(tmp_path):
    rows = [{"completion": "a", "prompt_id": 1}, {"completion": "ab", "prompt_id": 1}, {"completion": "a" * 9}]
    source = tmp_path / "rows.jsonl"
    source.write_text("\n".join(["oops", *map(json.dumps, rows)]), encoding="utf-8")
    ruleset = tmp_path / "g.yaml"
    ruleset.write_text("rulereward: 1\nrules: {n: length(completion)}\nscore: rank(n) over group\n")
    ran = rulereward("score", source, "-r", ruleset)
    assert [record["reward"] for record in ran.records] == [None, 2.0, 1.0, None]
    assert "incomplete_group" in ran.records[3]["reward_state"]
