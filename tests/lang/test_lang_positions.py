"""Every character of a scalar's value is found at the place in the file where it was written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lang_helpers import LOADERS, read
from scalar_writer import documents

from rulereward.lang import yaml_compose
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.source import Source
from rulereward.lang.yaml_nodes import MappingNode, Node, ScalarNode
from rulereward.lang.yaml_source import compose


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__, autouse=True)
def loader(request, monkeypatch):
    monkeypatch.setattr(yaml_compose, "LOADER", request.param)
    return request.param


def composed(text: str) -> Node:
    diagnostics = Diagnostics()
    found = compose(Source("a.yaml", text), diagnostics)
    assert not diagnostics.found, (text, diagnostics.found)
    assert found is not None
    return found.root


@settings(max_examples=300, deadline=None)
@given(documents())
def test_what_was_written_is_found(document):
    """1,800 scalars with each parser, in every style, with both line ends, behind wide and astral characters."""
    text, scalars = document
    root = composed(text)
    assert isinstance(root, MappingNode)
    values = [value for _, value in root.entries][-len(scalars) :]
    for (style, start, written), node in zip(scalars, values, strict=True):
        assert isinstance(node, ScalarNode)
        assert (node.text, node.style, node.span.start) == (written.value, style, start)
        placed = node.placed
        assert placed.starts is not None, (text, style, written)
        assert placed.ends is not None
        content = len(written.value.rstrip("\n")) if style in ("literal", "folded") else len(written.value)
        assert list(placed.starts[:content]) == [start + at for at in written.starts[:content]]
        assert list(placed.ends[:content]) == [start + at for at in written.ends[:content]]


ANYTHING = st.text(st.one_of(st.sampled_from(" \n\t\r'\"\\|>-+1x:#\x85\u2028\u3000中🙂[]{},&*!%@`"), st.characters()))


@settings(max_examples=300, deadline=None)
@given(ANYTHING, st.sampled_from(["", "'", '"']), st.sampled_from(["", "|", ">", "|2", ">1-", "|+"]))
def test_no_place_is_wrong(text, quote, header):
    """Whatever a scalar looks like, a place is either unknown or that of a character that can stand for its own."""
    value = text.replace(quote, "") if quote else text
    body = "\n  ".join(value.split("\n"))
    file = f"k: {header}\n  {body}\n" if header else f"k: {quote}{body}{quote}\n"
    found = compose(Source("a.yaml", file), Diagnostics())
    if found is None or not found.whole or not isinstance(found.root, MappingNode):
        return
    for key, node in found.root.entries:
        for scalar in (key, node):
            if isinstance(scalar, ScalarNode) and scalar.placed.starts is not None and scalar.placed.ends is not None:
                check_places(file, scalar, scalar.placed.starts, scalar.placed.ends)


def check_places(file, scalar, starts, ends) -> None:
    assert len(starts) == len(ends) == len(scalar.text)
    for char, start, end in zip(scalar.text, starts, ends, strict=True):
        raw = file[start:end]
        breaks = raw in ("\n", "\r", "\r\n", "\x85")
        assert raw == char or raw.startswith("\\") or raw == "''" or (breaks and char in " \n") or raw == "", (
            file,
            scalar.text,
        )
        assert raw != "" or char == "\n"


STYLES = {
    "plain": "score: {}\n",
    "plain over lines": "score: a\n  +\n  {}\n",
    "single": "score: 'it''s(\"中\") + {}'\n".replace("it''s", "its"),
    "double": 'score: "f(\\"\\u4e2d\\") + {}"\n',
    "literal": "score: |\n  a +\n\n    {}\n",
    "literal, kept": "score: |+\n  {}\n\n",
    "literal, indented by hand": "score: |2\n    {}\n",
    "folded": "score: >\n  a +\n  {}\n",
    "folded to the end of the file": "score: >-\n  {}",
    "anchored": "score: &s {}\n",
    "in a flow mapping": "score: {{terms: {{a: {}}}}}\n",
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("before", ["", "# 中文\n", "name: 🙂🙂\n", "\ufeff"], ids=["first", "CJK", "emoji", "BOM"])
@pytest.mark.parametrize("style", STYLES)
def test_a_mistake_is_pointed_at(style, before, newline):
    file = before + "rulereward: 1\n" + STYLES[style].format("中文 && b")
    file = file.replace("\n", newline)
    _, diagnostics = read(file)
    assert [diagnostic.code for diagnostic in diagnostics.found] == ["E0101"]
    span = diagnostics.found[0].primary.span
    assert span.source.text[span.start : span.end] == "&&"
    lines = file.removeprefix("\ufeff").split(newline)
    line = next(number for number, line in enumerate(lines, 1) if "&&" in line)
    assert span.position == (line, lines[line - 1].index("&&") + 1)
