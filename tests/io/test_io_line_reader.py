"""Lines come out of a stream as they are, however it hands its bytes on and whoever decodes them."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulereward.cli.main import main
from rulereward.io import Record, Row, line_reader, open_writer, writers
from rulereward.io.decode import Decoder
from rulereward.io.line_reader import LineReader, whole_lines
from rulereward.text.json_lines import SPARE_BYTES

LINES = [
    b'{"completion": "one", "answer": "1"}', b"", b'{"completion": "\xe4\xba\x8c"}\r', b"nope", b"\x0b",
    b'{"completion": ["no text"]}', b'{"answer": null}', b'\xef\xbb\xbf{"completion": "marked"}', b'{"reward": 1}',
    b" \t", b'{"completion": "\\ud83d"}', b'{"completion": "last"}',
]  # fmt: skip
NUMBERS = [1, 3, 4, 6, 7, 8, 9, 11, 12]
"""Those of the lines that are rows: the others are blank."""


class Stream(io.BytesIO):
    """Hands on so many bytes at a time, and fails at the end where it is told to."""

    def __init__(self, content: bytes, sizes: list[int], failure: OSError | None = None) -> None:
        super().__init__(content)
        self.sizes = sizes
        self.failure = failure

    def read1(self, size: int | None = -1) -> bytes:
        piece = self.read(self.sizes.pop() if self.sizes else size)
        if not piece and self.failure is not None:
            raise self.failure
        return piece


def rows(content: bytes, names: set[str] | None = None) -> list[Row]:
    reader = LineReader(Decoder(names or {"completion", "answer"}))
    return list(reader.rows("x.jsonl", io.BytesIO(content)))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of some lines, read by a kernel from the first one on."""
    monkeypatch.setattr(line_reader, "CHUNK_BYTES", 60)
    monkeypatch.setattr(line_reader, "KERNEL_FROM_BYTES", 0)


def test_a_kernel_gives_the_rows_that_single_lines_give(monkeypatch: pytest.MonkeyPatch, small: None) -> None:
    content = b"\n".join(LINES)
    by_kernel = rows(content)
    monkeypatch.setattr(line_reader, "KERNEL_FROM_BYTES", 1 << 30)
    by_line = rows(content)
    assert [row.line_number for row in by_kernel] == NUMBERS
    assert by_kernel == by_line
    assert {type(row.fields) for row in by_kernel} > {type(row.fields) for row in by_line}, "a kernel was at work"


def test_without_numba(monkeypatch: pytest.MonkeyPatch, small: None) -> None:
    monkeypatch.setitem(sys.modules, "rulereward.text.kernels_json", None)
    assert [row.line_number for row in rows(b"\n".join(LINES))] == NUMBERS


@given(st.lists(st.sampled_from(LINES)), st.lists(st.integers(1, 50)), st.booleans())
@settings(deadline=None)
def test_chunks_are_the_stream(lines: list[bytes], sizes: list[int], ended: bool) -> None:
    content = b"\n".join(lines) + b"\n" * ended
    chunks = list(whole_lines(Stream(content, sizes)))
    assert all(chunk.endswith(bytes(SPARE_BYTES)) for chunk in chunks)
    cut = [chunk[:-SPARE_BYTES] for chunk in chunks]
    assert b"".join(cut) == content
    assert all(chunk.endswith(b"\n") for chunk in cut[:-1])


def test_a_line_longer_than_a_chunk(small: None) -> None:
    long = json.dumps({"completion": "x" * 1000}).encode()
    assert [row.raw for row in rows(b"{}\n" + long + b"\n{}")] == [b"{}", long, b"{}"]


def test_whole_lines_come_before_a_failure() -> None:
    stream = Stream(b'{"a": 1}\n{"a": 2}\n{"a": 3', [3, 4, 5], OSError("the disk is gone"))
    chunks = whole_lines(stream)
    assert next(chunks) == b'{"a": 1}\n{"a": 2}\n' + bytes(SPARE_BYTES)
    with pytest.raises(OSError, match="the disk is gone"):
        next(chunks)


def test_what_trickles_in_is_not_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while each piece brings what came before it."""
    monkeypatch.setattr(line_reader, "PATIENCE_S", -1.0)
    chunks = whole_lines(Stream(b"{}\n{}\n{}\n", [3, 3, 3]))
    assert [chunk[:-SPARE_BYTES] for chunk in chunks] == [b"{}\n", b"{}\n", b"{}\n"]


def score(source: Path, output: Path, capsys: Any) -> bytes:
    with pytest.raises(SystemExit):
        main(["score", str(source), "-r", "r1", "-o", str(output), "--overwrite", "-q"])
    capsys.readouterr()
    return output.read_bytes()


def test_the_output_does_not_hang_on_who_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    source = tmp_path / "in.jsonl"
    prompt = [{"role": "user", "content": "2+2?"}]
    think = {"completion": "<think>so</think><answer>\\boxed{4}</answer>", "prompt": prompt}
    texts = [json.dumps({**think, "answer": str(place % 5), "note": place}).encode() for place in range(50)]
    source.write_bytes(b"\n".join(line for pair in zip(texts, LINES * 5, strict=False) for line in pair))
    by_line = score(source, tmp_path / "out.jsonl", capsys)
    monkeypatch.setattr(line_reader, "KERNEL_FROM_BYTES", 0)
    assert score(source, tmp_path / "out.jsonl", capsys) == by_line


def test_a_write_that_stops_short_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = os.writev
    monkeypatch.setattr(os, "writev", lambda file, pieces: written(file, [pieces[0][:3]]))
    path = tmp_path / "out.jsonl"
    row = Row("x.jsonl", 1, b'{"a": 1}', {"a": 1})
    with open_writer(str(path)) as writer:
        writer.write([row] * 700, [Record(0.5)] * 700)
    assert [json.loads(line)["reward"] for line in path.read_text().splitlines()] == [0.5] * 700
    assert writers._MOST_PIECES < 2100, "it was more than one call"
