"""Packed tests of LiveCodeBench: all that `pickle` writes for a text is read, and nothing else."""

from __future__ import annotations

import base64
import os
import pickle
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.text.code_tests import packed
from rulereward.text.code_tests.packed import looks_packed, pickled_text, unpacked
from rulereward.text.code_tests.values import UnreadableError

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
UNICODE = st.text(st.characters(codec="utf-8"))


def pack(data: bytes, level: int = -1) -> str:
    return base64.b64encode(zlib.compress(data, level)).decode()


@given(UNICODE, st.sampled_from(PROTOCOLS))
def test_any_text_in_any_protocol(text: str, protocol: int) -> None:
    assert pickled_text(pickle.dumps(text, protocol)) == text


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("size", [0, 255, 256, 65_535, 65_536, 300_000])
def test_texts_of_all_lengths(size: int, protocol: int) -> None:
    """The length decides the operation, and how frames are cut."""
    for text in ("a" * size, "é\n\\u" * (size // 4)):
        assert pickled_text(pickle.dumps(text, protocol)) == text


def test_by_hand() -> None:
    assert pickled_text(b"X\x02\x00\x00\x00ab.") == "ab"
    assert pickled_text(b"\x8c\x02ab.") == "ab"
    assert pickled_text(b"\x8d\x02\x00\x00\x00\x00\x00\x00\x00ab\x94.") == "ab"
    assert pickled_text(b"Vab\\u000acd\np0\n.") == "ab\ncd"
    assert pickled_text(b"\x80\x02X\x01\x00\x00\x00aq\x00.") == "a"


def tried(read: Callable[[Any], str], value: object) -> str:
    """What `read` gives, or the code of its refusal."""
    try:
        return read(value)
    except UnreadableError as error:
        return error.code


class Runs:
    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("/nowhere/at/all",)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("value", [Runs(), ["a"], ("a", "b"), {"a": 1}, b"a", 1, None, True, "\ud800"])
def test_what_is_no_text_is_refused(value: object, protocol: int) -> None:
    data = pickle.dumps(value, protocol)
    if protocol == 0 and value == "\ud800":
        assert pickled_text(data) == value  # refused where the tests are made of it
        return
    with pytest.raises(UnreadableError):
        pickled_text(data)


@pytest.mark.parametrize(
    "data",
    [
        b"", b".", b"X\x02\x00\x00\x00ab", b"X\x09\x00\x00\x00ab.", b"X\x02\x00",
        b"\x8d\xff\xff\xff\xff\xff\xff\xff\xffab.",
        b"X\x01\x00\x00\x00aX\x01\x00\x00\x00b.", b"X\x01\x00\x00\x00a.X", b"Vab", b"Va\\ud\n.", b"p0\n.", b"\x80",
        b"X\x01\x00\x00\x00\xff.", b"cos\nsystem\n.", b"X\x01\x00\x00\x00ap",
    ],
)  # fmt: skip
def test_malformed(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        pickled_text(data)


@given(st.binary(max_size=60))
def test_no_bytes_make_it_raise_anything_else(data: bytes) -> None:
    assert isinstance(tried(pickled_text, data), str)


@given(st.text(alphabet="eJxNAF+/= \n9ab", max_size=40))
def test_no_text_makes_it_raise_anything_else(text: str) -> None:
    assert isinstance(tried(unpacked, "eJ" + text), str)


@pytest.mark.parametrize("level", range(10))
def test_compression_of_all_levels(level: int) -> None:
    text = pack(pickle.dumps("[1]"), level)
    assert looks_packed(text)
    assert unpacked(text) == "[1]"
    assert unpacked("\n".join(text[place : place + 10] for place in range(0, len(text), 10))) == "[1]"


def test_bombs_and_cut_off_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MAX_UNPACKED_BYTES", 1 << 20)
    assert unpacked(pack(pickle.dumps("a" * (1 << 19)))) == "a" * (1 << 19)
    with pytest.raises(UnreadableError) as found:
        unpacked(pack(pickle.dumps("a" * (1 << 24))))
    assert found.value.code == "tests_too_large"
    whole = zlib.compress(pickle.dumps("ab" * 1000))
    with pytest.raises(UnreadableError, match="cut off"):
        unpacked(base64.b64encode(whole[:-1]).decode())
    monkeypatch.setattr(packed, "MAX_PACKED_CHARS", 10)
    with pytest.raises(UnreadableError) as found:
        unpacked(pack(pickle.dumps("a")))
    assert found.value.code == "tests_too_large"
