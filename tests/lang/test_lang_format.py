"""Formatting: what is written anew, what stays to the letter, and that the meaning never changes."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lang_helpers import CASES, LOADERS, load_cases, parse, shape
from lark.exceptions import UnexpectedCharacters
from scalar_writer import Written
from tree_strategies import trees

from rulereward.errors import InternalError
from rulereward.lang import format_spacing, yaml_compose
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.format import Formatted, format_ruleset
from rulereward.lang.format_check import same_tree
from rulereward.lang.parse import MAX_BYTES, expression_parser
from rulereward.lang.print import print_expression
from rulereward.lang.read_document import read_document
from rulereward.lang.source import Source
from rulereward.lang.yaml_source import MAX_FILE_BYTES, compose

EXPRESSIONS = load_cases(CASES / "fmt" / "expressions.yaml")
FILES = load_cases(CASES / "fmt" / "files.yaml")
CHANGED = [case for case in FILES if "after" in case and not case.get("left")]
SHIPPED = sorted((CASES.parents[1] / "rulesets").rglob("*.yaml"))


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request, monkeypatch):
    monkeypatch.setattr(yaml_compose, "LOADER", request.param)


def formatted(text: str) -> Formatted:
    diagnostics = Diagnostics()
    found = format_ruleset(Source("ruleset.yaml", text), diagnostics)
    assert found is not None, (text, diagnostics.found)
    assert diagnostics.found == []
    return found


def left_alone(text: str) -> list[str]:
    """The codes of what is reported."""
    diagnostics = Diagnostics()
    assert format_ruleset(Source("ruleset.yaml", text), diagnostics) is None
    assert diagnostics.has_errors
    return [found.code for found in diagnostics.found]


@pytest.mark.parametrize("case", EXPRESSIONS, ids=lambda case: case["before"])
def test_expression(case):
    """On the one line of a block, and as deep as it may stand in a file."""
    before, after = case["before"], case.get("after", case["before"])
    head = "rulereward: 1\nscore:\n  terms:\n    a: |\n      "
    assert formatted(f"{head}{before}\n").text == f"{head}{after}\n"
    assert formatted(f"{head}{after}\n") == Formatted(f"{head}{after}\n")


@pytest.mark.parametrize("case", FILES, ids=lambda case: case["name"])
@pytest.mark.usefixtures("loader")
def test_file(case):
    if case.get("left"):
        diagnostics = Diagnostics()
        read_document(Source("ruleset.yaml", case["before"]), diagnostics)
        assert left_alone(case["before"]) == [found.code for found in diagnostics.found]
        return
    after = case.get("after", case["before"])
    assert formatted(case["before"]).text == after
    assert formatted(after) == Formatted(after)


@pytest.mark.parametrize("newline", ["\r\n", "\r"], ids=["CRLF", "CR"])
@pytest.mark.parametrize("case", CHANGED, ids=lambda case: case["name"])
def test_file_with_other_line_ends(case, newline):
    before, after = (case[name].replace("\r\n", "\n").replace("\n", newline) for name in ("before", "after"))
    assert formatted(before).text == after


def test_what_is_counted():
    found = formatted("rulereward： 1\nlet: {a: x+y+z, b: f（x）}\nscore: |\n  f（x，y）+ 1\n")
    assert found.text == "rulereward: 1\nlet: {a: x + y + z, b: f(x)}\nscore: |\n  f(x, y) + 1\n"
    assert (found.expressions, found.slips) == (2, 6)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_rulesets_are_formatted(path):
    text = path.read_bytes().decode()
    assert formatted(text) == Formatted(text)


# ---- any expression, in any scalar

BLANKS = st.sampled_from(["", "", "", " ", " ", "  ", "\t", "\n"])
STYLES = ["plain", "single", "double", "literal", "folded"]


@st.composite
def spaced(draw) -> tuple[str, str]:
    """An expression in its canonical form, and the same tokens with other blanks and line breaks between them."""
    canonical = print_expression(draw(trees))
    tokens = list(expression_parser().lex(canonical))
    loose = str(tokens[0])
    for before, after in pairwise(tokens):
        needed = bool(canonical[before.end_pos : after.start_pos])
        loose += draw(BLANKS) or (" " if needed and touching(str(before), str(after)) else "")
        loose += str(after)
    return canonical, loose


def touching(before: str, after: str) -> bool:
    """Whether two tokens would be read as others without a blank between them."""
    try:
        return [str(token) for token in expression_parser().lex(before + after)] != [before, after]
    except UnexpectedCharacters:
        return True


def scalar(style: str, text: str, newline: str) -> Written:
    """The text in a scalar of that style, a line break in it as one."""
    written = Written()
    quote = {"single": "'", "double": '"'}.get(style, "")
    written.layout({"literal": f"|{newline}    ", "folded": f">-{newline}    "}.get(style, quote))
    for char in text:
        if char == "\n":
            written.char("\n" if style == "literal" else " ", newline)
            written.layout("    ")
        else:
            written.char(char, {"single": char.replace("'", "''"), "double": escape(char)}.get(style, char))
    written.layout(quote)
    return written


def escape(char: str) -> str:
    if char.isprintable() and char not in '"\\':
        return char
    return {'"': '\\"', "\\": "\\\\", "\t": "\\t"}.get(char, f"\\U{ord(char):08x}")


def readable(text: str) -> bool:
    diagnostics = Diagnostics()
    read_document(Source("ruleset.yaml", text), diagnostics)
    return not diagnostics.has_errors


@settings(max_examples=400, deadline=None)
@given(spaced(), st.sampled_from(STYLES), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"]))
def test_any_expression_in_any_scalar(expression, style, newline, mark):
    """The tree stays, the tokens stay, everything around the scalar stays; formatting twice is formatting once."""
    canonical, loose = expression
    head = f"{mark}# 中文 🙂{newline}rulereward: 1{newline}score: "
    tail = f"{newline}  # a+b{newline}x-mine:   a+b"
    before = head + scalar(style, loose, newline).raw + tail
    if not readable(before):  # such as a plain scalar with a `#` in it
        return
    after = formatted(before).text
    assert after.startswith(head)
    assert after.endswith(tail)
    assert score(after)[0] == score(before)[0]
    assert re.sub(r"[ \t]|(?<!\\)\\t", "", after) == re.sub(r"[ \t]|(?<!\\)\\t", "", before)
    assert LINE_STARTS.findall(after) == LINE_STARTS.findall(before)
    assert formatted(after) == Formatted(after)
    if "\n" not in loose:
        assert score(after)[1].strip() == canonical


LINE_STARTS = re.compile(r"[ \t]*[\r\n]+[ \t]*")
"""Line breaks with the blanks around them, which formatting does not touch."""


def score(text: str) -> tuple[object, str]:
    """The tree and the text of the score."""
    diagnostics = Diagnostics()
    document = read_document(Source("ruleset.yaml", text), diagnostics)
    assert document is not None
    assert document.score is not None
    found = compose(document.source, diagnostics)
    assert found is not None
    node = next(value for key, value in found.root.entries if key.text == "score")
    return shape(document.score.expression), node.text


@settings(max_examples=300, deadline=None)
@given(trees)
def test_what_is_printed_is_formatted(tree):
    """The two know one canonical form."""
    text = f"rulereward: 1\nscore: |\n  {print_expression(tree)}\n"
    if readable(text):
        assert formatted(text) == Formatted(text)


@settings(max_examples=300, deadline=None)
@given(spaced(), st.data())
def test_full_width_signs_are_put_right(expression, data):
    """Some signs outside of strings are written as an input method would; the tree is that of the original."""
    canonical, _ = expression
    places = [
        at
        for token in expression_parser().lex(canonical)
        if token.type not in ("STRING", "NAME")
        for at in range(token.start_pos, token.end_pos)
        if canonical[at] in "()[]{},.=+-*/<>%!?"
    ]
    if not places or any(0xFF00 <= ord(char) <= 0xFFEF or char in "。、“”‘’「」『』" for char in canonical):
        return
    chosen = data.draw(st.sets(st.sampled_from(places), min_size=1))
    wide = "".join(chr(ord(char) + 0xFEE0) if at in chosen else char for at, char in enumerate(canonical))
    before = f"rulereward: 1\nlet:\n  k: |\n    {wide}\nscore: 1\n"
    wanted = f"rulereward: 1\nlet:\n  k: |\n    {canonical}\nscore: 1\n"
    if readable(wanted):
        assert formatted(before) == Formatted(wanted, slips=len(chosen))


PIECES = [
    "a", "f(", ")", "（", "）", "，", "：", "；", "＃", "“", "”", "‘", "「", "」", "＂", "。", "..", "　",
    " ", "+", "-", "?? ", "#", "\n  ", "\n", ": ", "'", '"', "[", "]", "{", "}", "row.", "ｎ", "５", "\\", "*a",
    "&a ",
]  # fmt: skip
HEADS = ["score: ", "score: |\n  ", "score: '", 'score: "', "score: >\n  ", "score： ", "score: {terms: {a: "]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=15), st.sampled_from(HEADS))
def test_whatever_stands_there(pieces, head):
    """Formatting ends with a file that can be read, that it would not change again, or with the file left alone."""
    text = f"rulereward: 1\n{head}{''.join(pieces)}"
    diagnostics = Diagnostics()
    found = format_ruleset(Source("ruleset.yaml", text), diagnostics)
    if found is None:
        assert diagnostics.has_errors
        return
    assert readable(found.text)
    assert formatted(found.text) == Formatted(found.text)
    if readable(text):
        assert found.slips == 0


# ---- it looks at its own work


def test_another_meaning_is_refused(monkeypatch):
    monkeypatch.setattr(format_spacing, "_blank", lambda before, after: "")
    with pytest.raises(InternalError, match=r"formatting ruleset\.yaml would change what it means"):
        format_ruleset(Source("ruleset.yaml", "rulereward: 1\nscore: a and b\n"), Diagnostics())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a + b * c", "a+b*c", True),
        ("a + b * c", "(a + b) * c", False),
        ("f(a, k=1)", "f(a, k=2)", False),
        ("f(a, k=1)", "f(a, j=1)", False),
        ("f(a)", "f(a, b)", False),
        ("f(a) over group", "f(a)", False),
        ("(a ?? b)", "a ?? b", False),
        ("1", "1.0", False),
        ("1tok", "1char", False),
        ("'a'", '"a"', True),
        ("'a'", "a", False),
        ("case { a => 1, else => 2 }", "case { b => 1, else => 2 }", False),
        ("a < b", "a <= b", False),
    ],
)
def test_same_tree(one, other, same):
    assert same_tree(parse(one), parse(other)) is same
    assert same_tree(parse(one), None) is False


def test_what_would_grow_too_long_is_left():
    long = "a" * (MAX_BYTES - 2) + "+b"
    text = f"rulereward: 1\nlet: {{a: x+y}}\nscore: {long}\n"
    assert formatted(text).text == text.replace("x+y", "x + y")
    name = "a" * 9_000
    rules = "".join(f"  r{number}: {name}+b\n" for number in range(110))
    text = f"rulereward: 1\nrules:\n{rules}#{'x' * (MAX_FILE_BYTES - len(rules) - 30)}\n"
    assert formatted(text) == Formatted(text)
