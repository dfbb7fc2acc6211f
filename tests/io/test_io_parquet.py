"""Parquet in and out."""

from __future__ import annotations

import datetime as dt
import json

import pytest

pa = pytest.importorskip("pyarrow", reason="Parquet needs pyarrow")
pq = pytest.importorskip("pyarrow.parquet", reason="Parquet needs pyarrow")

from rulereward.data import Reason  # noqa: E402
from rulereward.errors import InputError  # noqa: E402
from rulereward.io import Record, Row, completion_text, failed_record, open_writer, read_rows  # noqa: E402


def rows_of(*objects):
    lines = [json.dumps(value).encode() for value in objects]
    return [Row("x.jsonl", n, line, value) for n, (line, value) in enumerate(zip(lines, objects, strict=True), 1)]


def write(path, *row_blocks, record=None):
    with open_writer(str(path)) as writer:
        for rows in row_blocks:
            writer.write(rows, [record or Record(1.0, components={"a": None, "b": 2.0})] * len(rows))


def test_round_trip(tmp_path):
    rows = rows_of(
        {"n": 1, "text": "答案", "messages": [{"role": "assistant", "content": "x"}], "extra": {"k": [1.5]}},
        {"n": 2, "text": None, "messages": [], "extra": {"k": []}},
    )
    write(tmp_path / "out.parquet", rows)
    read = list(read_rows([str(tmp_path / "out.parquet")]))
    ours = {"reward": 1.0, "reward_state": "ok", "reward_components": {"a": None, "b": 2.0}}
    assert [row.fields for row in read] == [{**row.fields, **ours} for row in rows]
    assert [row.where for row in read] == [f"{tmp_path}/out.parquet:1", f"{tmp_path}/out.parquet:2"]
    assert completion_text(read[0].fields["messages"]) == "x"
    schema = pq.read_schema(tmp_path / "out.parquet")
    assert schema.field("reward").type == pa.float64()
    assert schema.field("reward_components").type == pa.struct([("a", pa.float64()), ("b", pa.float64())])
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]


def test_details_are_a_json_string(tmp_path):
    record = Record(1.0, details={"ruleset": "math", "rules": {"a": {"state": "ok"}}})
    write(tmp_path / "out.parquet", rows_of({"n": 1}), record=record)
    (row,) = read_rows([str(tmp_path / "out.parquet")])
    assert json.loads(row.fields["reward_details"]) == {
        "schema": 1,
        "ruleset": "math",
        "rules": {"a": {"state": "ok"}},
    }


def column(path, name):
    return pq.read_table(path).column(name).to_pylist()


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([1], [2.5], [1.0, 2.5]),
        ([None], ["x"], [None, "x"]),
        (["x"], [None], ["x", None]),
        ([{"k": 1}], [{"l": "x"}], [{"k": 1, "l": None}, {"k": None, "l": "x"}]),
        ([[]], [["x"]], [[], ["x"]]),
        ([1], ["x"], ["1", "x"]),
        ([1, "x"], [None], ["1", "x", None]),
        ([{}], [{}], ["{}", "{}"]),
        ([{}], [{"k": 1}], ["{}", '{"k": 1}']),
        ([10**30], [1], [str(10**30), "1"]),
        ([{"k": [1, "x"]}], [2], ['{"k": [1, "x"]}', "2"]),
        (["\ud83d"], ["y"], ["�", "y"]),
        ([True], [None], [True, None]),
    ],
)
def test_types_of_a_column_over_blocks(first, second, expected, tmp_path):
    path = tmp_path / "out.parquet"
    write(path, rows_of(*({"v": value} for value in first)), rows_of(*({"v": value} for value in second)))
    assert column(path, "v") == expected


def test_columns_that_come_and_go(tmp_path):
    path = tmp_path / "out.parquet"
    write(path, rows_of({"a": 1}), rows_of({"b": "x", "reward": 7}), rows_of({"a": 2}))
    assert column(path, "a") == [1, None, 2]
    assert column(path, "b") == [None, "x", None]
    assert column(path, "input_reward") == [None, 7, None]


def test_rows_that_could_not_be_read_are_kept(tmp_path):
    bad = Row("x.jsonl", 2, b"nope \xe9", None, Reason("not_json", "the line is not JSON"))
    with open_writer(str(tmp_path / "out.parquet")) as writer:
        records = [Record(1.0, components={"a": 1.0}), failed_record(bad.error, ("a",))]
        writer.write([*rows_of({"n": 1}), bad], records)
    assert column(tmp_path / "out.parquet", "input") == [None, "nope �"]
    assert column(tmp_path / "out.parquet", "reward") == [1.0, None]
    assert column(tmp_path / "out.parquet", "reward_state")[1] == "error: not_json: the line is not JSON"


def test_nothing_written(tmp_path):
    write(tmp_path / "out.parquet")
    assert list(read_rows([str(tmp_path / "out.parquet")])) == []


def test_the_file_appears_only_when_whole(tmp_path):
    path = tmp_path / "out.parquet"

    def interrupted():
        with open_writer(str(path)) as writer:
            writer.write(rows_of({"n": 1}), [Record(1.0)])
            assert not path.exists()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not path.exists()
    assert column(tmp_path / "out.parquet.part0", "n") == [1]


def test_values_that_json_lacks(tmp_path):
    path = tmp_path / "in.parquet"
    day = dt.datetime(2024, 2, 29, 12, 30)
    pq.write_table(pa.table({"day": [day], "raw": [b"\xff\x00"], "nan": [float("nan")]}), path)
    (row,) = read_rows([str(path)])
    assert row.fields["day"] == day
    assert json.loads(row.line()) == {"day": "2024-02-29T12:30:00", "raw": "/wA=", "nan": None}


def test_times_keep_their_type_from_parquet_to_parquet(tmp_path):
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"day": [dt.datetime(2024, 2, 29, 12, 30)]}), path)
    write(tmp_path / "out.parquet", list(read_rows([str(path)])))
    assert column(tmp_path / "out.parquet", "day") == [dt.datetime(2024, 2, 29, 12, 30)]


def test_a_row_that_python_cannot_hold_is_an_error_of_its_own(tmp_path):
    path = tmp_path / "in.parquet"
    offsets = pa.py_buffer(b"".join(n.to_bytes(4, "little") for n in (0, 4, 6, 10)))
    texts = pa.Array.from_buffers(pa.string(), 3, [None, offsets, pa.py_buffer(b"good\xff\xfefine")])
    pq.write_table(pa.table({"text": texts}), path)
    rows = list(read_rows([str(path)]))
    assert [row.fields and row.fields["text"] for row in rows] == ["good", None, "fine"]
    assert rows[1].error.code == "not_readable"


@pytest.mark.parametrize("content", [b"", b"not a parquet file at all"])
def test_not_parquet(content, tmp_path):
    path = tmp_path / "in.parquet"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"in\.parquet"):
        list(read_rows([str(path)]))
