"""Whatever a file holds, reading it ends with a document or with diagnostics, within bounds of work."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lang_helpers import CASES, LOADERS, load_cases

from rulereward.lang import yaml_compose, yaml_source
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.messages import render_all
from rulereward.lang.parse import parse_expression
from rulereward.lang.placed_text import PlacedText
from rulereward.lang.read_document import read_document
from rulereward.lang.source import Source
from rulereward.lang.yaml_source import MAX_FILE_BYTES, decode_source

FULL = (CASES / "language" / "full.yaml").read_text(encoding="utf-8")
SPLICES = [
    "{", "}", "[", "]", "(", ")", '"', "'", "|", ">", "&a", "*a", "!x", "%", "@", "`", ": ", " #", "- ", "? ", "<<",
    "\t", "\n", "\r", "\r\n", "\n\n", "---", "...", "\ufeff", "\u2028", "\x85", "（", "：", "，", "\u3000", "\u200b",
    "\x00",
    "if", "else", "case", "where", "..", "..<", "??", "=>", "=", "\\", "\\U00110000", "\\ud800", "🙂", "0", "None",
]  # fmt: skip


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__, autouse=True)
def loader(request, monkeypatch):
    monkeypatch.setattr(yaml_compose, "LOADER", request.param)


def read_bytes(data: bytes) -> list[str]:
    """The codes of all diagnostics; every form of the messages is rendered on the way."""
    diagnostics = Diagnostics()
    source = decode_source("any.yaml", data, diagnostics)
    document = None if source is None else read_document(source, diagnostics)
    assert document is not None or diagnostics.has_errors
    for diagnostic in diagnostics.found:
        for label in (diagnostic.primary, diagnostic.secondary):
            assert label is None or 0 <= label.span.start <= label.span.end <= len(label.span.source.text)
    for form in ("text", "json", "github"):
        assert isinstance(render_all(diagnostics.in_order(), form), str)
    return [diagnostic.code for diagnostic in diagnostics.found]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(data):
    read_bytes(data)


@settings(max_examples=300, deadline=None)
@given(st.text(st.one_of(st.sampled_from("".join(SPLICES)), st.characters(exclude_categories=["Cs"])), max_size=200))
def test_any_text(text):
    read_bytes(text.encode())


@settings(max_examples=250, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_a_good_file_with_slips(dice: random.Random, slips: int):
    text = FULL
    for _ in range(slips):
        at = dice.randrange(len(text))
        length = dice.choice([0, 0, 1, 1, 5, 40])
        text = text[:at] + dice.choice(["", *SPLICES]) + text[at + length :]
    read_bytes(text.encode("utf-8", "replace"))


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.sampled_from([*SPLICES, " ", " ", "a", "f(", "1", "5%", "and", "not", "in", "is null", ",", "+", "-"]),
        max_size=25,
    )
)
def test_any_expression(pieces):
    diagnostics = Diagnostics()
    text = "".join(pieces)
    expression = parse_expression(PlacedText.of(text), diagnostics)
    assert (expression is None) == (len(diagnostics.found) == 1)
    assert len(diagnostics.found) <= 1


def cut_short(name: str) -> list[str]:
    return [case["text"] for case in load_cases(CASES / "language" / name)]


@pytest.mark.parametrize("name", ["precedence.yaml", "tokens.yaml"])
def test_every_beginning_of_an_expression_is_told_apart(name):
    """A cut-off expression is an expression or has a message of its own, never only `has no place here`."""
    for text in cut_short(name):
        for end in range(1, len(text)):
            diagnostics = Diagnostics()
            parse_expression(PlacedText.of(text[:end]), diagnostics)
            assert [found.code for found in diagnostics.found if found.code in ("E0100", "E0113")] == [], text[:end]


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
HUGE = {
    "aliases of aliases": (LAUGHS, "E0003"),
    "open brackets": ("a: " + "[" * 100_000, "E0003"),
    "open braces": ("a: " + "{a: " * 50_000, "E0003"),
    "nested lists": ("a:\n" + "".join(" " * depth + "-\n" for depth in range(1, 500)), "E0003"),
    "nested mappings": ("".join(" " * depth + "a:\n" for depth in range(500)), "E0003"),
    "many entries": ("a: [" + "x," * 150_000 + "]", "E0003"),
    "a long key": ("a" * 500_000, "E0015"),
    "a long quoted text": ('score: "' + "a" * 500_000, "E0004"),
    "a long expression": ("score: |\n  " + "a + " * 50_000, "E0128"),
    "a long expression of brackets": ("score: |\n  " + "(" * 9_000, "E0127"),
    "a long chain": ("score: |\n  " + "-" * 9_000 + "a", "E0127"),
    "a block indented far": ("score: |9\n" + " " * 5_000 + "a &&\n", "E0101"),
    "a large file": ("#" * (MAX_FILE_BYTES + 1), "E0003"),
    "many documents": ("---\n" * 10_000, "E0006"),
    "many broken lines": ("a: b: c\n" * 1_000, "E0019"),
}


@pytest.mark.parametrize("name", HUGE)
def test_bombs(name):
    text, code = HUGE[name]
    assert code in read_bytes(text.encode())


def test_a_source_may_be_too_large_too():
    diagnostics = Diagnostics()
    assert read_document(Source("a.yaml", "#" * (MAX_FILE_BYTES + 1)), diagnostics) is None
    assert [found.code for found in diagnostics.found] == ["E0003"]


@pytest.mark.parametrize(
    ("data", "position"),
    [
        (b"\xff", (1, 1)),
        (b"name: a\n\xe4\xb8", (2, 1)),
        ("score: é".encode("latin-1"), (1, 8)),
        (FULL.encode("utf-16"), (1, 1)),
    ],
)
def test_not_utf8(data, position):
    diagnostics = Diagnostics()
    assert decode_source("a.yaml", data, diagnostics) is None
    (found,) = diagnostics.found
    assert (found.code, found.primary.span.position) == ("E0001", position)


def test_a_byte_order_mark_is_no_part_of_the_text():
    diagnostics = Diagnostics()
    source = decode_source("a.yaml", b"\xef\xbb\xbfrulereward: 1\nscore: a\n", diagnostics)
    assert source is not None
    assert source.text == "rulereward: 1\nscore: a\n"
    assert not diagnostics.found


def test_broken_entries_are_reported_up_to_a_limit():
    text = "rulereward: 1\n" + "".join(f"k{number}: a: b\n" for number in range(100))
    codes = read_bytes(text.encode())
    assert codes.count("E0019") == yaml_source.MAX_YAML_ERRORS
