"""Outputs: JSON Lines, gzip, standard output and Parquet; beginning a file and going on with it."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from itertools import islice
from pathlib import Path

import msgspec
import pytest

from rulereward.errors import InputError, OutputError
from rulereward.io import (
    Record,
    Row,
    RunMeta,
    blocks,
    check_output,
    check_written,
    describe_inputs,
    failed_record,
    meta_path,
    open_writer,
    read_rows,
    start_output,
)

META = RunMeta(
    ruleset="math", fingerprint="f1", environment={"rulereward": "0.1"}, inputs=(), options={"limit": None}
)


def write(path, rows, append=False, size=2):
    with open_writer(str(path), append) as writer:
        for block in blocks(rows, size_rows=size):
            writer.write(block, [record_of(row) for row in block])
    return writer


def record_of(row):
    if row.error is not None:
        return failed_record(row.error, ("length",))
    return Record(1.5, components={"length": float(row.fields["n"])})


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"n": 1}\n\nbad\n{"n": 2, "reward": 0}\n{"n": 3}\n{"n": 4}\n', encoding="utf-8")
    return str(path)


EXPECTED = [
    {"n": 1, "reward": 1.5, "reward_state": "ok", "reward_components": {"length": 1.0}},
    {
        "input": "bad",
        "reward": None,
        "reward_state": "error: not_json: the line is not JSON: expecting value, character 1, before 'bad'",
        "reward_components": {"length": None},
    },
    {"n": 2, "input_reward": 0, "reward": 1.5, "reward_state": "ok", "reward_components": {"length": 2.0}},
    {"n": 3, "reward": 1.5, "reward_state": "ok", "reward_components": {"length": 3.0}},
    {"n": 4, "reward": 1.5, "reward_state": "ok", "reward_components": {"length": 4.0}},
]


def read_lines(path):
    content = path.read_bytes()
    lines = gzip.decompress(content) if path.suffix == ".gz" else content
    return [json.loads(line) for line in lines.splitlines()]


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_one_record_a_row(name, source, tmp_path):
    writer = write(tmp_path / name, read_rows([source]))
    assert read_lines(tmp_path / name) == EXPECTED
    assert writer.renamed == 1


def test_every_block_is_on_disk_when_write_returns(source, tmp_path):
    path = tmp_path / "out.jsonl"
    with open_writer(str(path)) as writer:
        rows = list(read_rows([source]))
        writer.write(rows[:2], [record_of(row) for row in rows[:2]])
        assert read_lines(path) == EXPECTED[:2]


def test_stdout(source, monkeypatch):
    stdout = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", stdout)
    write("-", read_rows([source]))
    assert [json.loads(line) for line in stdout.buffer.getvalue().splitlines()] == EXPECTED
    assert not stdout.buffer.closed


def test_as_many_records_as_rows(tmp_path):
    with open_writer(str(tmp_path / "out.jsonl")) as writer, pytest.raises(ValueError, match="zip"):
        writer.write([Row("x", 1, b"{}", {})], [])


def test_a_closed_pipe_is_left_to_the_caller(monkeypatch):
    class Closed(io.RawIOBase):
        def writable(self):
            return True

        def write(self, block):
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(Closed()))
    with pytest.raises(BrokenPipeError), open_writer("-") as writer:
        writer.write([Row("x", 1, b"{}", {})], [Record(1.0)])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device /dev/full")
def test_a_full_disk_is_an_output_error():
    with pytest.raises(OutputError, match="writing to /dev/full failed"), open_writer("/dev/full") as writer:
        writer.write([Row("x", 1, b"{}", {})], [Record(1.0)])


def test_an_output_is_not_overwritten_unasked(tmp_path):
    path = tmp_path / "out.jsonl"
    assert start_output(str(path), META) == 0
    assert msgspec.json.decode(meta_path(str(path)).read_bytes(), type=RunMeta) == META
    path.write_text("precious\n")
    with pytest.raises(OutputError, match=r"exists already: --overwrite replaces it, --resume goes on with it"):
        start_output(str(path), META)
    assert path.read_text() == "precious\n"
    check_output(str(path), META.inputs, overwrite=True)
    check_output(str(path), META.inputs, resume=True)
    assert path.read_text() == "precious\n"
    assert start_output(str(path), META, overwrite=True) == 0
    assert not path.exists()


def test_an_output_is_no_input(source):
    meta = msgspec.structs.replace(META, inputs=describe_inputs([source]))
    for choice in ({}, {"overwrite": True}, {"resume": True}):
        with pytest.raises(OutputError, match="is an input of this run"):
            start_output(source, meta, **choice)


@pytest.mark.parametrize(
    ("name", "choice", "message"),
    [
        ("", {}, "is a folder"),
        ("missing/out.jsonl", {}, "does not exist"),
        ("out.jsonl.zst", {}, "read but not written"),
        ("out.csv", {}, r"ends in one of \.jsonl, \.ndjson, \.jsonl\.gz, \.ndjson\.gz, \.parquet$"),
        ("out.parquet", {"resume": True}, "cannot be resumed; write .jsonl, or --overwrite starts anew"),
    ],
)
def test_outputs_that_cannot_be(name, choice, message, tmp_path):
    with pytest.raises(OutputError, match=message):
        start_output(str(tmp_path / name), META, **choice)


def test_stdout_needs_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert start_output("-", META) == 0
    assert start_output(os.devnull, META) == 0
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OutputError, match="nothing to resume"):
        start_output("-", META, resume=True)


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_resuming_after_a_cut_at_any_byte_gives_the_whole_output(name, source, tmp_path):
    path = tmp_path / name
    meta = msgspec.structs.replace(META, inputs=describe_inputs([source]))
    start_output(str(path), meta)
    write(path, read_rows([source]))
    whole = path.read_bytes()
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        done = start_output(str(path), meta, resume=True)
        assert 0 <= done <= 5
        rows = read_rows([source])
        check_written(str(path), islice(rows, done), done)
        write(path, rows, append=True)
        assert read_lines(path) == EXPECTED


def test_resuming_keeps_every_whole_line(source, tmp_path):
    path = tmp_path / "out.jsonl"
    start_output(str(path), META)
    path.write_bytes(b'{"n":1}\n{"n":2}\n{"n"')
    assert start_output(str(path), META, resume=True) == 2
    assert path.read_bytes() == b'{"n":1}\n{"n":2}\n'
    path.unlink()
    assert start_output(str(path), META, resume=True) == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fingerprint": "f2"}, "fingerprint was 'f1' and is 'f2'"),
        ({"environment": {"rulereward": "0.2"}}, "environment rulereward was '0.1' and is '0.2'"),
        ({"environment": {"rulereward": "0.1", "lm": "x"}}, "environment lm was None and is 'x'"),
        ({"options": {"limit": 3}}, "options limit was None and is 3"),
        ({"inputs": ("other.jsonl",)}, "inputs was '.*' and is 'other.jsonl'"),
        ({"inputs": "shorter"}, "size of .* was 5,000 bytes and is"),
    ],
)
def test_resuming_with_something_else_is_refused(change, message, source, tmp_path, monkeypatch):
    path = tmp_path / "out.jsonl"
    inputs = describe_inputs([source])
    before = [msgspec.structs.replace(inputs[0], size=5_000)] if change.get("inputs") == "shorter" else inputs
    start_output(str(path), msgspec.structs.replace(META, inputs=tuple(before)))
    path.write_bytes(b'{"n":1}\n{"n"')
    if change.get("inputs") == ("other.jsonl",):
        (tmp_path / "other.jsonl").write_text("{}")
        monkeypatch.chdir(tmp_path)
        change = {"inputs": describe_inputs(["other.jsonl"])}
    elif "inputs" in change:
        change = {}
    now = msgspec.structs.replace(META, **{"inputs": inputs, **change})
    with pytest.raises(OutputError, match=f"{message}.*; --overwrite starts anew$"):
        start_output(str(path), now, resume=True)
    assert path.read_bytes() == b'{"n":1}\n{"n"'


def test_an_input_that_has_grown_can_be_resumed(source, tmp_path):
    path = tmp_path / "out.jsonl"
    start_output(str(path), msgspec.structs.replace(META, inputs=describe_inputs([source])))
    path.write_bytes(b"{}\n")
    with Path(source).open("a") as stream:
        stream.write("{}\n")
    assert start_output(str(path), msgspec.structs.replace(META, inputs=describe_inputs([source])), resume=True) == 1


@pytest.mark.parametrize(("content", "message"), [(None, "is missing"), (b"{", "is not readable")])
def test_resuming_without_the_sidecar_is_refused(content, message, tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_bytes(b"{}\n")
    if content is not None:
        meta_path(str(path)).write_bytes(content)
    with pytest.raises(OutputError, match=f"{message}.*; --overwrite starts anew$"):
        start_output(str(path), META, resume=True)


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('{"n": 1}', '{"n": 0}\n{"n": 1}', "its line 1 does not come from .*in.jsonl:1,"),
        ('{"n": 3}', '{"n": 30}', "its line 4 does not come from .*in.jsonl:5,"),
        ("bad", "Bad", "its line 2 does not come from .*in.jsonl:3,"),
        ('"reward": 0', '"reward": 1', "its line 3 does not come from .*in.jsonl:4,"),
        ('{"n": 3}\n{"n": 4}\n', "", "it holds 5 rows and the input only 3"),
    ],
)
def test_lines_that_come_from_other_rows_are_found(name, before, after, message, source, tmp_path):
    path = tmp_path / name
    write(path, read_rows([source]))
    check_written(str(path), read_rows([source]), 5)
    Path(source).write_text(Path(source).read_text().replace(before, after))
    with pytest.raises(OutputError, match=f"{message}.*; --overwrite starts anew$"):
        check_written(str(path), islice(read_rows([source]), 5), 5)


def test_an_input_that_is_not_there():
    with pytest.raises(InputError, match=r"^nope\.jsonl cannot be read: No such file"):
        describe_inputs(["nope.jsonl"])


def test_standard_output_is_called_by_its_name(monkeypatch):
    class Full(io.RawIOBase):
        def write(self, block):
            raise OSError(28, "No space left on device")

    class Stdout:
        buffer = Full()

    monkeypatch.setattr(sys, "stdout", Stdout())
    with pytest.raises(OutputError, match="writing to standard output failed: No space left on device"):
        write("-", [Row("x", 1, b'{"n": 1}', {"n": 1})])


def test_pyarrow_missing(tmp_path, monkeypatch):
    for name in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)
    (tmp_path / "x.parquet").touch()
    with pytest.raises(InputError, match=r"pip install 'rulereward\[parquet\]'"):
        list(read_rows([str(tmp_path / "x.parquet")]))
    with pytest.raises(InputError, match=r"pip install 'rulereward\[parquet\]'"):
        open_writer(str(tmp_path / "y.parquet"))
