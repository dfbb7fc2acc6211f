"""Files that are damaged, cut off, or hold what Python's own types do not: whatever is whole is kept."""

from __future__ import annotations

import datetime as dt
import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.io import Record, Row, open_writer, read_rows
from rulereward.io.decode import Decoder
from rulereward.io.json_array import array_elements

COUNT = 5_000
LINES = [b'{"n": %d, "text": "%s"}' % (n, str(n * n).encode() * 50) for n in range(COUNT)]
TEXT = b"\n".join(LINES) + b"\n"
PACKED = gzip.compress(TEXT)


def file(tmp_path, content: bytes, name: str) -> str:
    path = tmp_path / name
    path.write_bytes(content)
    return str(path)


def numbers_and_flaw(path):
    """The `n` of the rows that could be read, and the reason of the last one, which could not."""
    *rows, last = read_rows([path])
    assert all(row.error is None for row in rows)
    assert last.error is not None
    assert last.line_number == len(rows) + 1
    return [row.fields["n"] for row in rows], last.error


WHOLE_BUT = {
    "junk behind": (PACKED + b"junk", "b'junk' behind the last whole part is not gzip data"),
    "junk that begins like gzip": (PACKED + b"\x1f\x8bjunk", "compression method"),
    "a second part cut off in its header": (PACKED + b"\x1f", "before its last part does"),
    "a wrong checksum": (PACKED[:-8] + bytes([PACKED[-8] ^ 1]) + PACKED[-7:], "incorrect data check"),
    "a cut checksum": (PACKED[:-5], "before its last part does"),
}


@pytest.mark.parametrize("case", WHOLE_BUT)
def test_a_gzip_file_whose_rows_are_all_there(case, tmp_path):
    content, message = WHOLE_BUT[case]
    numbers, error = numbers_and_flaw(file(tmp_path, content, "x.jsonl.gz"))
    assert numbers == list(range(COUNT))
    assert error.code == "damaged_file"
    assert message in error.message


def test_a_last_line_without_its_end_before_junk_is_whole(tmp_path):
    numbers, _ = numbers_and_flaw(file(tmp_path, gzip.compress(TEXT[:-1]) + b"junk", "x.jsonl.gz"))
    assert numbers == list(range(COUNT))
    zstandard = pytest.importorskip("zstandard", reason="reading .zst needs the zstandard package")
    packed = zstandard.ZstdCompressor().compress(TEXT[:-1])
    numbers, _ = numbers_and_flaw(file(tmp_path, packed + b"junk that is no frame", "x.jsonl.zst"))
    assert numbers == list(range(COUNT))


@pytest.mark.parametrize("case", WHOLE_BUT)
def test_a_packed_array_whose_rows_are_all_there(case, tmp_path):
    array = gzip.compress(b"[" + b",\n".join(LINES) + b"]")
    content = array + WHOLE_BUT[case][0].removeprefix(PACKED) if "junk" in case else array[:-5]
    numbers, error = numbers_and_flaw(file(tmp_path, content, "x.json.gz"))
    assert numbers == list(range(COUNT))
    assert error.code == "damaged_file"


@pytest.mark.parametrize("cut", [20, 1_000, len(PACKED) // 2])
def test_a_gzip_file_cut_off_gives_all_lines_that_can_be_unpacked(cut, tmp_path):
    import zlib

    unpacked = zlib.decompressobj(wbits=31).decompress(PACKED[:-cut])
    numbers, error = numbers_and_flaw(file(tmp_path, PACKED[:-cut], "x.jsonl.gz"))
    assert numbers == list(range(unpacked.count(b"\n")))
    assert error.code == "damaged_file"


def test_damage_within_a_gzip_file_costs_nothing_before_it(tmp_path):
    stored = gzip.compress(b"", 0)[:10]  # a header; what follows it is made of stored blocks, to know where they end
    block = TEXT[:40_000]
    size = len(block).to_bytes(2, "little")
    stored += b"\x00" + size + bytes(byte ^ 255 for byte in size) + block
    numbers, _ = numbers_and_flaw(file(tmp_path, stored + b"\x07 no such block", "x.jsonl.gz"))
    assert numbers == list(range(block.count(b"\n")))


@pytest.mark.parametrize("content", [PACKED + gzip.compress(b'{"n": 5000}\n'), PACKED + bytes(512), PACKED])
def test_gzip_files_without_damage(content, tmp_path):
    rows = list(read_rows([file(tmp_path, content, "x.jsonl.gz")]))
    assert [row.error for row in rows] == [None] * len(rows)
    assert [row.fields["n"] for row in rows][:COUNT] == list(range(COUNT))
    assert len(rows) - COUNT == (b"5000" in gzip.decompress(content)[-12:])


@pytest.mark.parametrize("content", [b"not gzip", bytes(10)])
def test_a_gzip_name_on_something_else(content, tmp_path):
    (row,) = read_rows([file(tmp_path, content, "x.jsonl.gz")])
    assert row.error.code == "damaged_file"
    assert "is not gzip data" in row.error.message


def test_an_empty_gzip_file(tmp_path):
    assert list(read_rows([file(tmp_path, gzip.compress(b""), "x.jsonl.gz")])) == []
    assert list(read_rows([file(tmp_path, b"", "y.jsonl.gz")])) == []


def test_what_one_packed_megabyte_unpacks_to_is_not_held_at_once(tmp_path):
    import tracemalloc

    path = file(tmp_path, gzip.compress((b" " * 99 + b"\n") * 1_000_000 + b'{"n": 1}\n'), "x.jsonl.gz")
    tracemalloc.start()
    try:
        (row,) = read_rows([path])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert row.fields == {"n": 1}
    assert peak < 20_000_000, "the file holds 100 MB"


EARLY = "the array ends early: there is no ] at its end"
BEFORE = "the array has a comma with no element before it"
BEHIND = "the array has a comma with no element behind it"

ARRAYS = {
    "cut between elements": (b'[{"n": 1}, {"n": 2}', [1, 2, EARLY]),
    "cut behind a comma": (b'[{"n": 1},\n', [1, EARLY]),
    "only a bracket": (b"[", [EARLY]),
    "cut within an element": (b'[{"n": 1}, {"n": 2', [1, "at the end of the line"]),
    "cut within a string": (b'[{"n": 1}, "te', [1, "unterminated string"]),
    "comma behind the last": (b'[{"n": 1}, ]', [1, BEHIND]),
    "comma before the first": (b'[, {"n": 1}]', [BEFORE, 1]),
    "two commas": (b'[{"n": 1},, {"n": 2}]', [1, BEFORE, 2]),
    "only a comma": (b"[,]", [BEFORE, BEHIND]),
    "nothing wrong": (b'[{"n": 1}, {"n": 2}]\n', [1, 2]),
    "nothing in it": (b"[ \n ]", []),
}


@pytest.mark.parametrize("case", ARRAYS)
@pytest.mark.parametrize("name", ["x.json", "x.json.gz"])
def test_arrays_that_are_not_whole(case, name, tmp_path):
    content, expected = ARRAYS[case]
    rows = list(read_rows([file(tmp_path, gzip.compress(content) if name.endswith("gz") else content, name)], {"n"}))
    assert [row.line_number for row in rows] == list(range(1, len(expected) + 1))
    for row, value in zip(rows, expected, strict=True):
        if isinstance(value, str):
            assert row.error.code == "not_json"
            assert value in row.error.message
        else:
            assert row.fields == {"n": value}


@given(st.lists(st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=5), max_size=3), min_size=1))
def test_an_array_cut_anywhere_shows_it(values):
    import io

    content = json.dumps(values).encode()
    for end in range(1, len(content)):
        *whole, last = (element for _, element in array_elements(io.BytesIO(content[:end])))
        assert [json.loads(element) for element in whole] == values[: len(whole)]
        fields, error = Decoder().decode(last)
        assert (fields, error.code) == (None, "not_json")


def test_the_row_in_the_place_of_a_flaw_is_written_with_its_reason(tmp_path):
    *_, flaw = read_rows([file(tmp_path, b'[{"n": 1},]', "x.json")])
    with open_writer(str(tmp_path / "out.jsonl")) as writer:
        writer.write([flaw], [Record(None, reason=flaw.error)])
    assert json.loads((tmp_path / "out.jsonl").read_text())["input"] == ""


def test_details_with_a_lone_surrogate_go_to_parquet(tmp_path):
    pytest.importorskip("pyarrow", reason="Parquet needs pyarrow")
    line = rb'{"completion": "x", "answer": "\udfff"}'
    row = Row("x.jsonl", 1, line, json.loads(line))
    record = Record(0.0, details={"rules": {"a": {"evidence": {"gold": "\udfff", "share": float("nan")}}}})
    with open_writer(str(tmp_path / "out.parquet")) as writer:
        writer.write([row], [record])
    (read,) = read_rows([str(tmp_path / "out.parquet")])
    details = {"schema": 1, "rules": {"a": {"evidence": {"gold": "\udfff", "share": None}}}}
    assert json.loads(read.fields["reward_details"]) == details
    assert read.fields["answer"] == "�"


def test_names_with_a_lone_surrogate_go_to_parquet(tmp_path):
    pytest.importorskip("pyarrow", reason="Parquet needs pyarrow")
    line = rb'{"\ud800": 1, "\udfff": 2, "within": {"\udfff": 3}}'
    with open_writer(str(tmp_path / "out.parquet")) as writer:
        writer.write([Row("x.jsonl", 1, line, json.loads(line))], [Record(1.0, components={"a": 1.0})])
    (read,) = read_rows([str(tmp_path / "out.parquet")])
    assert [read.fields[name] for name in (r"\ud800", r"\udfff", "within")] == [1, 2, '{"�": 3}']


UTC = dt.UTC
EPOCH = "1970-01-01T00:00:00"
TIMES = {
    "nanoseconds": ("timestamp", ("ns",), [1, 2, None], [f"{EPOCH}.000000001", f"{EPOCH}.000000002", None]),
    "nanoseconds in a zone": ("timestamp", ("ns", "UTC"), [1], ["1970-01-01T00:00:00.000000001Z"]),
    "whole microseconds": ("timestamp", ("ns",), [2_000, None], [dt.datetime(1970, 1, 1, 0, 0, 0, 2), None]),
    "whole microseconds in a zone": ("timestamp", ("ns", "UTC"), [2_000], [dt.datetime(1970, 1, 1, 0, 0, 0, 2, UTC)]),
    "time of day": ("time64", ("ns",), [1, 1_000], ["00:00:00.000000001", "00:00:00.000001000"]),
    "span": ("duration", ("ns",), [1], ["1"]),
    "whole span": ("duration", ("ns",), [3_000], [dt.timedelta(microseconds=3)]),
    "a year past 9999": ("timestamp", ("ms",), [10**17, 0], [f"<value out of range: {10**17}>", f"{EPOCH}.000"]),
    "a day past 9999": ("date32", (), [10**8], ["<value out of range: 100000000>"]),
    "a day": ("date32", (), [1], [dt.date(1970, 1, 2)]),
    "no such zone": ("timestamp", ("us", "Nowhere/None"), [7], [7]),
}  # fmt: skip


@pytest.mark.parametrize("case", TIMES)
def test_times_that_python_cannot_hold_leave_the_rest_readable(case, tmp_path):
    pa = pytest.importorskip("pyarrow", reason="Parquet needs pyarrow")
    import pyarrow.parquet as pq

    name, arguments, values, expected = TIMES[case]
    kind = getattr(pa, name)(*arguments)
    table = {"completion": ["x"] * len(values), "d": pa.array(values, kind)}
    pq.write_table(pa.table(table), tmp_path / "in.parquet")
    rows = list(read_rows([str(tmp_path / "in.parquet")]))
    assert [row.error for row in rows] == [None] * len(values)
    assert [row.fields for row in rows] == [{"completion": "x", "d": value} for value in expected]
    assert all(json.loads(row.line())["completion"] == "x" for row in rows)


def test_times_within_lists_and_structs(tmp_path):
    pa = pytest.importorskip("pyarrow", reason="Parquet needs pyarrow")
    import pyarrow.parquet as pq

    kind = pa.list_(pa.struct([("at", pa.timestamp("ns")), ("who", pa.string())]))
    column = pa.array([[{"at": 1, "who": "a"}], None, []], kind)
    pq.write_table(pa.table({"events": column}), tmp_path / "in.parquet")
    rows = list(read_rows([str(tmp_path / "in.parquet")]))
    assert [row.error for row in rows] == [None] * 3
    first = [{"at": "1970-01-01 00:00:00.000000001", "who": "a"}]
    assert [row.fields["events"] for row in rows] == [first, None, []]
