"""Every line that is not blank gives one row, whatever it holds and wherever it comes from."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.errors import InputError
from rulereward.io import Row, blocks, read_rows
from rulereward.io.decode import MAX_DEPTH, Decoder, decode_all
from rulereward.io.json_array import array_elements

GOOD = b'{"completion": "ok"}'


def file(tmp_path, content: bytes, name: str = "x.jsonl") -> str:
    path = tmp_path / name
    path.write_bytes(content)
    return str(path)


def nested(depth: int) -> bytes:
    return b'{"completion": ' + b"[" * depth + b"]" * depth + b"}"


BAD_LINES = {
    "not JSON": (b"nope", "not_json", "expecting value, character 1, before 'nope'"),
    "cut off": (b'{"completion": "x', "not_json", "unterminated string starting, character 16"),
    "trailing garbage": (b'{"completion": "x"} tail', "not_json", "extra data, character 21, before 'tail'"),
    "two objects": (b'{"a": 1}{"a": 2}', "not_json", "extra data, character 9"),
    "single quotes": (b"{'a': 1}", "not_json", "character 2"),
    "trailing comma": (b'{"a": 1,}', "not_json", "character"),
    "an array": (b'[{"completion": "x"}]', "not_object", "the line is a list, not a JSON object"),
    "a number": (b"12", "not_object", "the line is the number 12"),
    "a string": (b'"text"', "not_object", "the line is the text 'text'"),
    "null": (b"null", "not_object", "the line is null"),
    "NUL in a string": (b'{"completion": "a\x00b"}', "not_json", "invalid control character, character 18"),
    "NUL bytes": (b"\x00" * 100, "not_json", "expecting value, character 1"),
    "Latin-1": (b'{"completion": "caf\xe9"}', "not_utf8", "byte 0xe9 at byte 20"),
    "GB18030": ('{"completion": "答案"}'.encode("gb18030"), "not_utf8", "byte 0xb4 at byte 17"),
    "an encoded surrogate": (b'{"completion": "\xed\xa0\xbd"}', "not_utf8", "byte 0xed at byte 17"),
    "wrong encoding in a column not read": (b'{"other": "caf\xe9"}', "not_utf8", "byte 0xe9 at byte 15"),
    "100,000 brackets": (b"[" * 100_000, "too_deep", "nested too deep"),
    "5,000 brackets in a column": (nested(5_000), "too_deep", "nested"),
    "one bracket too many": (nested(MAX_DEPTH + 1), "too_deep", f"nested more than {MAX_DEPTH} deep"),
    "5,000 digits": (b'{"completion": ' + b"1" * 5_000 + b"}", "not_json", "too many digits"),
}


@pytest.mark.parametrize("name", ["答案", "é", "e\u0301", "😀"])
def test_columns_with_names_that_are_not_ascii(name, tmp_path):
    """msgspec skips them where it is told which columns to decode."""
    line = json.dumps({name: "x", "b": 1, "": 2}, ensure_ascii=False)
    (row,) = read_rows([file(tmp_path, line.encode())], {name, "c"})
    assert row.fields == {name: "x"}


@pytest.mark.parametrize("case", BAD_LINES)
def test_bad_line(case, tmp_path):
    line, code, message = BAD_LINES[case]
    path = file(tmp_path, GOOD + b"\n\n" + line + b"\n" + GOOD)
    rows = list(read_rows([path], {"completion"}))
    assert [(row.line_number, row.fields) for row in rows] == [
        (1, {"completion": "ok"}),
        (3, None),
        (4, {"completion": "ok"}),
    ]
    assert rows[1].raw == line
    assert rows[1].where == f"{path}:3"
    assert rows[1].error.code == code
    assert message in rows[1].error.message
    assert len(rows[1].error.message) < 200


ODD_LINES = {
    "lone surrogate": (rb'{"completion": "\ud83d x"}', "\ud83d x"),
    "surrogate pair": (rb'{"completion": "\ud83d\ude00"}', "😀"),
    "NUL as an escape": (rb'{"completion": "a\u0000b"}', "a\x00b"),
    "key twice": (b'{"completion": "a", "completion": "b"}', "b"),
    "key escaped": (rb'{"\u0063ompletion": "a"}', "a"),
    "no completion": (b'{"other": 1}', None),
    "empty object": (b"{}", None),
    "number for text": (b'{"completion": 3}', 3),
    "large number": (b'{"completion": 123456789012345678901234567890}', 123456789012345678901234567890),
    "number past the largest float": (b'{"completion": 1e999}', float("inf")),
    "white space around": (b'  {"completion": "a"}\t', "a"),
    "deepest allowed": (nested(MAX_DEPTH), "deep"),
    "5 MB": (b'{"completion": "' + b"x" * 5_000_000 + b'"}', "x" * 5_000_000),
    "NaN elsewhere": (b'{"completion": "a", "other": NaN}', "a"),
    "deep in a column not read": (b'{"completion": "a", "other": ' + b"[" * 300 + b"]" * 300 + b"}", "a"),
    "digits in a column not read": (b'{"completion": "a", "other": ' + b"1" * 5_000 + b"}", "a"),
}


@pytest.mark.parametrize("case", ODD_LINES)
def test_odd_line_that_is_read(case, tmp_path):
    line, completion = ODD_LINES[case]
    (row,) = read_rows([file(tmp_path, line)], {"completion"})
    assert row.error is None
    assert row.raw == line
    if completion != "deep":
        assert row.fields.get("completion") == completion
    assert set(row.fields) <= {"completion"}


@pytest.mark.parametrize("case", ODD_LINES)
def test_every_column_can_be_had_later(case, tmp_path):
    line, _ = ODD_LINES[case]
    (row,) = read_rows([file(tmp_path, line)], set())
    assert row.columns().keys() <= {"completion", "other"}
    assert list(row.columns()) == list(decode_all(line))
    assert "other" not in str(line) or "other" in row.columns()


@given(st.binary(max_size=40) | st.text(max_size=20).map(lambda text: json.dumps({"completion": text}).encode()[:-1]))
def test_any_line_is_fields_or_an_error(line):
    for wanted in (None, {"completion"}):
        fields, error = Decoder(wanted).decode(line)
        assert (fields is None) != (error is None)


def test_line_ends_marks_and_blank_lines(tmp_path):
    content = b"\xef\xbb\xbf" + GOOD + b"\r\n\r\n  \n" + b"\xef\xbb\xbf" + GOOD + b"\n" + GOOD
    rows = list(read_rows([file(tmp_path, content)]))
    assert [(row.line_number, row.raw) for row in rows] == [(1, GOOD), (4, GOOD), (5, GOOD)]


def test_empty_file(tmp_path):
    assert list(read_rows([file(tmp_path, b"")])) == []
    assert list(read_rows([file(tmp_path, b"", "x.json")])) == []


def test_many_files_keep_their_own_line_numbers(tmp_path):
    one, two = file(tmp_path, GOOD + b"\n" + GOOD, "one.jsonl"), file(tmp_path, b"\nbad", "two.jsonl")
    rows = list(read_rows([one, two]))
    assert [row.where for row in rows] == [f"{one}:1", f"{one}:2", f"{two}:2"]


def test_gzip(tmp_path):
    path = file(tmp_path, gzip.compress(GOOD + b"\n" + GOOD + b"\n"), "x.jsonl.gz")
    assert [row.raw for row in read_rows([path])] == [GOOD, GOOD]


def test_damaged_gzip_keeps_what_can_be_read_and_says_where_it_ends(tmp_path):
    lines = b"".join(b'{"n": %d, "text": "%s"}\n' % (n, str(n * n).encode() * 50) for n in range(5_000))
    packed = gzip.compress(lines)
    paths = [file(tmp_path, packed[: len(packed) // 2], "x.jsonl.gz"), file(tmp_path, GOOD, "y.jsonl")]
    rows = list(read_rows(paths))
    good = [row for row in rows[:-2] if row.error is None]
    assert len(good) > 100
    assert [row.fields["n"] for row in good] == list(range(len(good)))
    assert rows[-2].error.code == "damaged_file"
    assert rows[-2].line_number == rows[-3].line_number + 1
    assert rows[-1].raw == GOOD


def test_zstandard_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(InputError, match="pip install zstandard"):
        read_rows([file(tmp_path, b"", "x.jsonl.zst")])


def test_zstandard(tmp_path):
    zstandard = pytest.importorskip("zstandard", reason="reading .zst needs the zstandard package")
    lines = b"".join(b'{"n": %d, "text": "%s"}\n' % (n, str(n * n).encode() * 50) for n in range(5_000))
    packed = zstandard.ZstdCompressor().compress(lines)
    whole = list(read_rows([file(tmp_path, packed + packed, "two_frames.jsonl.zst")]))
    assert [row.fields["n"] for row in whole] == [*range(5_000), *range(5_000)]
    for name, content, least in (("cut", packed[:-9], 1_000), ("broken", packed + b"tail that is no frame", 5_000)):
        *rows, last = read_rows([file(tmp_path, content, f"{name}.jsonl.zst")])
        assert last.error.code == "damaged_file"
        assert len(rows) >= least
        assert [row.fields["n"] for row in rows] == list(range(len(rows)))
    empty = file(tmp_path, b"", "empty.jsonl.zst")
    assert list(read_rows([empty])) == []


def test_paths_are_checked_before_reading(tmp_path):
    good = file(tmp_path, GOOD)
    with pytest.raises(InputError, match=r"missing\.jsonl: no such file"):
        read_rows([good, str(tmp_path / "missing.jsonl")])
    with pytest.raises(InputError, match="is a folder"):
        read_rows([str(tmp_path)])
    with pytest.raises(InputError, match="only once"):
        read_rows(["-", "-"])
    with pytest.raises(InputError, match="no input file"):
        read_rows([])


@pytest.mark.parametrize("content", [GOOD + b"\nbad\n", b'\n [{"completion": "ok"},\nbad]'])
def test_stdin_is_lines_or_an_array(content, monkeypatch):
    stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO(content)))
    monkeypatch.setattr(sys, "stdin", stdin)
    rows = list(read_rows(["-"]))
    assert [(row.where, row.raw) for row in rows] == [("stdin:1", GOOD), ("stdin:2", b"bad")]
    assert not stdin.buffer.closed


ARRAYS = {
    "plain": (b'[{"n": 1}, {"n": 2}]', [{"n": 1}, {"n": 2}]),
    "pretty": (b'\xef\xbb\xbf\r\n[\n  {\n    "n": 1\n  },\n  {"n": [1,\n 2]}\n]\n', [{"n": 1}, {"n": [1, 2]}]),
    "brackets and commas in strings": (rb'[{"n": "],[\"}"}, {"n": "\\"}]', [{"n": '],["}'}, {"n": "\\"}]),
    "empty": (b" [ ] ", []),
    "element not an object": (b'[1, {"n": 1}]', [None, {"n": 1}]),
    "element broken": (b'[{"n": nope}, {"n": 1}]', [None, {"n": 1}]),
    "stray brace": (b'[{"n": 1}}, {"n": 2}]', [None, {"n": 2}]),
    "bracket in an object": (b'[{"n": 1]}, {"n": 2}]', [None, {"n": 2}]),
    "not closed": (b'[{"n": 1}, {"n": 2', [{"n": 1}, None]),
    "text behind": (b'[{"n": 1}]\n[2]', [{"n": 1}, None]),
}


@pytest.mark.parametrize("case", ARRAYS)
@pytest.mark.parametrize("name", ["x.json", "x.json.gz"])
def test_json_array(case, name, tmp_path):
    content, expected = ARRAYS[case]
    rows = list(read_rows([file(tmp_path, gzip.compress(content) if name.endswith("gz") else content, name)]))
    assert [row.fields for row in rows] == expected
    assert [row.line_number for row in rows] == list(range(1, len(rows) + 1))
    assert all(b"\n" not in row.raw for row in rows)


def test_json_file_of_lines(tmp_path):
    assert [row.raw for row in read_rows([file(tmp_path, GOOD + b"\n" + GOOD, "x.json")])] == [GOOD, GOOD]


class Trickle:
    """A stream that gives a few bytes at a time."""

    def __init__(self, content: bytes, size: int) -> None:
        self._inner, self._size = io.BytesIO(content), size

    def read(self, size: int) -> bytes:
        return self._inner.read(min(size, self._size))


@given(
    st.lists(st.dictionaries(st.text(max_size=3), st.text(st.sampled_from('\\"[]{}, a答'), max_size=8), max_size=3)),
    st.sampled_from([None, 1]),
    st.integers(1, 7),
)
def test_array_is_cut_the_same_in_any_chunks(values, indent, size):
    content = json.dumps(values, ensure_ascii=False, indent=indent).encode()
    elements = list(array_elements(Trickle(content, size)))
    assert [json.loads(element) for _, element in elements] == values


def test_blocks_are_cut_by_rows_and_by_bytes():
    rows = [Row("x", number, b"x" * 10, {}) for number in range(10)]
    assert [len(block) for block in blocks(rows, size_rows=4)] == [4, 4, 2]
    assert [len(block) for block in blocks(rows, size_bytes=25)] == [3, 3, 3, 1]
    assert list(blocks([])) == []


def test_blocks_come_as_the_rows_do():
    taken = 0

    def endless():
        nonlocal taken
        for taken in itertools.count(1):
            yield Row("x", taken, b"{}", {})

    block = next(blocks(endless(), size_rows=5))
    assert [row.line_number for row in block] == [1, 2, 3, 4, 5]
    assert taken == 5


def test_nothing_heavy_is_imported():
    code = "import sys, rulereward.io; print(sorted({'pyarrow', 'zstandard', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
