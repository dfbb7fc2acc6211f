"""The output record: the line's own bytes, our fields behind them, and nothing of the row lost."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.data import Reason, State
from rulereward.io import Record, Row, encode_record, failed_record, record_fields, state_text
from rulereward.io.decode import Decoder

RECORD = Record(0.5, components={"format": True, "accuracy": None, "length": 0.25})
OURS = b'"reward":0.5,"reward_state":"ok","reward_components":{"format":1.0,"accuracy":null,"length":0.25}}'


def output_line(row, record):
    pieces, was_renamed = encode_record(row, record)
    return b"".join(pieces), was_renamed


def row_of(line: bytes) -> Row:
    fields, error = Decoder().decode(line)
    return Row("x.jsonl", 1, line, fields, error)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"a":1}', b'{"a":1,'),
        (b"{}", b"{"),
        (b"{ }", b"{"),
        (b' { "a" : "}" } \t', b' { "a" : "}",'),
        (b'{"a":{}}', b'{"a":{},'),
        (b'{"a":"{"}', b'{"a":"{",'),
        (b'{"a":1.50e0,"b":123456789012345678901234567890}', b'{"a":1.50e0,"b":123456789012345678901234567890,'),
        (b'{"a":NaN}', b'{"a":NaN,'),
        ('{"问":"答"}'.encode(), '{"问":"答",'.encode()),
        (rb'{"a":"\ud83d \u0000"}', rb'{"a":"\ud83d \u0000",'),
        (b'{"reward_model":{"ground_truth":"4"}}', b'{"reward_model":{"ground_truth":"4"},'),
        (b'{"a":"\\"reward\\""}', b'{"a":"\\"reward\\"",'),
        (b'{"a":{"reward":1}}', b'{"a":{"reward":1},'),
    ],
)
def test_the_line_stays_as_it_is(line, expected):
    assert output_line(row_of(line), RECORD) == (expected + OURS, False)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"reward":1.50,"a":2}', b'{"input_reward":1.50,"a":2,'),
        (b'{"reward":1,"input_reward":2}', b'{"input_input_reward":1,"input_reward":2,'),
        (b'{"reward_state":"ok","rewards":[1e2]}', b'{"input_reward_state":"ok","input_rewards":[1e2],'),
        (rb'{"r\u0065ward":3}', b'{"input_reward":3,'),
        (b'{"reward":123456789012345678901234567890}', b'{"input_reward":123456789012345678901234567890,'),
        (b'{"reward":NaN,"a":1}', b'{"input_reward":NaN,"a":1,'),
        ('{"问":"答","reward":1}'.encode(), '{"问":"答","input_reward":1,'.encode()),
        (rb'{"\ud83d":"x","reward":1}', rb'{"\ud83d":"x","input_reward":1,'),
    ],
)
def test_reward_columns_of_the_input_are_kept_under_new_names(line, expected):
    assert output_line(row_of(line), RECORD) == (expected + OURS, True)


def test_scoring_an_output_again_loses_nothing():
    once, _ = output_line(row_of(b'{"a":1}'), RECORD)
    twice, changed = output_line(row_of(once), Record(-1.0))
    assert changed
    assert json.loads(twice) == {
        "a": 1,
        "input_reward": 0.5,
        "input_reward_state": "ok",
        "input_reward_components": {"format": 1.0, "accuracy": None, "length": 0.25},
        "reward": -1.0,
        "reward_state": "ok",
        "reward_components": {},
    }


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"nope", "nope"),
        (b"[1, 2]", "[1, 2]"),
        (b'{"a": "caf\xe9"}', '{"a": "caf�"}'),
        (b'{"a": "\x00"}', '{"a": "\x00"}'),
        (b"", ""),
    ],
)
def test_a_line_that_is_no_object_is_kept_as_text(line, text):
    row = row_of(line)
    record = failed_record(row.error, ("format",))
    encoded, _ = output_line(row, record)
    assert json.loads(encoded) == {
        "input": text,
        "reward": None,
        "reward_state": f"error: {row.error.code}: {row.error.message}",
        "reward_components": {"format": None},
    }


def test_state_text():
    reason = Reason("service_died", "the worker died")
    assert state_text(Record(1.0)) == "ok"
    assert state_text(Record(1.0, reason=reason)) == "ok"
    assert state_text(Record(None, State.NULL)) == "null"
    assert state_text(Record(None, State.ERROR, reason)) == "error: service_died: the worker died"
    assert (
        state_text(Record(None, State.ERROR, reason, "accuracy")) == "error: service_died: accuracy: the worker died"
    )
    assert state_text(Record(None, State.NULL, Reason("gold_unreadable", ""))) == "null: gold_unreadable"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_no_number_that_json_lacks(value):
    record = Record(value, components={"a": value}, details={"rules": {"a": {"value": value}}})
    line, _ = output_line(row_of(b"{}"), record)
    read = json.loads(line, parse_constant=pytest.fail)
    assert (read["reward"], read["reward_components"], read["reward_details"]["rules"]) == (
        None,
        {"a": None},
        {"a": {"value": None}},
    )


def test_details():
    details = {"ruleset": "math", "fingerprint": "f", "environment": {}, "gate": None, "step": 3, "rules": {}}
    fields = record_fields(Record(1.0, details=details))
    assert list(fields) == ["reward", "reward_state", "reward_components", "reward_details"]
    assert fields["reward_details"] == {"schema": 1, **details}


def test_surrogates_and_control_characters_in_our_own_fields():
    reason = Reason("bad", "found \ud83d and \x00 and \u2028 and \n")
    record = Record(None, State.ERROR, reason, details={"evidence": "\ud83d", "value": float("nan")})
    line, _ = output_line(row_of(b'{"a":1}'), record)
    assert b"\n" not in line
    read = json.loads(line)
    assert read["reward_state"] == "error: bad: found � and \x00 and \u2028 and \n"
    assert read["reward_details"] == {"schema": 1, "evidence": "\ud83d", "value": None}


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_rewards_are_read_back_bit_by_bit(value):
    line, _ = output_line(row_of(b"{}"), Record(value, components={"a": value}))
    read = json.loads(line)
    assert (repr(read["reward"]), repr(read["reward_components"]["a"])) == (repr(value), repr(value))


NAMES = st.sampled_from(["reward", "reward_state", "input_reward", "reward_model", "input", "rewards", "", "答"])
TEXTS = st.text(st.characters(), max_size=5)  # lone surrogates included
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | TEXTS, inner, max_size=3),
    max_leaves=6,
)
SPACES = st.text(st.sampled_from(" \t"), max_size=2)


@given(
    st.dictionaries(NAMES | TEXTS, VALUES, max_size=5),
    st.booleans(),
    st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]),
    SPACES,
    SPACES,
)
def test_the_record_is_the_row_and_our_fields(fields, escaped, separators, before, after):
    text = before + json.dumps(fields, ensure_ascii=escaped, separators=separators) + after
    try:
        line = text.encode()
    except UnicodeEncodeError:
        line = (before + json.dumps(fields, separators=separators) + after).encode()
    encoded, changed = output_line(row_of(line), RECORD)
    read = json.loads(encoded)
    ours = {name: read.pop(name) for name in ("reward", "reward_state", "reward_components")}
    assert ours == {
        "reward": 0.5,
        "reward_state": "ok",
        "reward_components": {"format": 1.0, "accuracy": None, "length": 0.25},
    }
    assert b"\n" not in encoded
    if changed:
        assert len(read) == len(fields)
        for name, value in fields.items():
            kept = not name.startswith("reward") or name == "reward_model"
            assert any(
                read.get(new) == value for new in ([name] if kept else [f"input_{name}", f"input_input_{name}"])
            )
    else:
        assert read == fields
        assert encoded.startswith(line.rstrip()[:-1].rstrip())
