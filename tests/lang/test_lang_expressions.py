"""What expressions mean: precedence, tokens, and that the grammar has no conflict."""

from __future__ import annotations

import subprocess
import sys

import pytest
from lang_helpers import CASES, children, load_cases, mistakes, parse, prefix_form

from rulereward._files import shipped
from rulereward.lang import tree as syntax
from rulereward.lang.build_parts import MAX_DEPTH
from rulereward.lang.parse import MAX_BYTES, MAX_NESTING, expression_parser
from rulereward.lang.words import KEYWORDS

GRAMMAR_CASES = [
    case for name in ("precedence.yaml", "tokens.yaml") for case in load_cases(CASES / "language" / name)
]


@pytest.mark.parametrize("case", GRAMMAR_CASES, ids=lambda case: case["text"])
def test_meaning(case):
    assert prefix_form(parse(case["text"])) == case["tree"]


def test_grammar_has_no_conflict():
    """LALR(1) without a conflict, and no text that two terminals match."""
    pytest.importorskip("interegular", reason="lark's strict mode needs it")
    from lark import Lark

    grammar = shipped("grammar", "expression.lark").read_text(encoding="utf-8")
    strict = Lark(grammar, parser="lalr", lexer="basic", regex=True, strict=True)
    assert strict.parse("a + b").children


def test_words_are_those_of_the_grammar():
    words = {terminal.pattern.value for terminal in expression_parser().terminals if terminal.pattern.type == "str"}
    assert {word for word in words if word.isalpha()} == KEYWORDS


def test_lark_is_imported_by_the_first_expression_only():
    code = "import sys, rulereward.lang.parse, rulereward.lang.messages; sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_node_has_its_place():
    text = 'case { (a + f(x.y where [z, "é"][0] is null, k=-1tok) over group) in 1..<2 => not b, else => null ?? 5% }'
    expected = {
        "Case": [text],
        "Compare": ['(a + f(x.y where [z, "é"][0] is null, k=-1tok) over group) in 1..<2'],
        "Binary": ['a + f(x.y where [z, "é"][0] is null, k=-1tok) over group'],
        "Call": ['f(x.y where [z, "é"][0] is null, k=-1tok) over group'],
        "Attribute": ["x.y"],
        "Negate": ["-1tok"],
        "Number": ["0", "1tok", "1", "2", "5%"],
        "IsNull": ['[z, "é"][0] is null'],
        "Index": ['[z, "é"][0]'],
        "ListOf": ['[z, "é"]'],
        "Text": ['"é"'],
        "Range": ["1..<2"],
        "Not": ["not b"],
        "Coalesce": ["null ?? 5%"],
        "Null": ["null"],
        "Name": ["a", "x", "z", "b"],
    }
    found: dict[str, list[tuple[int, str]]] = {}
    waiting = [parse(text)]
    while waiting:
        node = waiting.pop()
        found.setdefault(type(node).__name__, []).append((node.span.start, text[node.span.start : node.span.end]))
        waiting.extend(children(node))
    assert {kind: [part for _, part in sorted(parts)] for kind, parts in found.items()} == expected


def test_names_inside_a_call_have_places():
    text = "mean(x, unit='tok') over group"
    call = parse(text)
    assert isinstance(call, syntax.Call)
    assert call.over_span is not None
    spans = call.name_span, call.keywords[0].name_span, call.over_span
    assert [text[span.start : span.end] for span in spans] == ["mean", "unit", "group"]


def test_an_operation_starts_with_the_parenthesis_of_its_first_value():
    text = "((a) + b) * (c)"
    product = parse(text)
    assert isinstance(product, syntax.Binary)
    assert text[product.span.start : product.span.end] == text
    assert text[product.left.span.start : product.left.span.end] == "(a) + b"


@pytest.mark.parametrize(("text", "flag"), [("(a ?? b) * c", True), ("a ?? b * c", False), ("((a ?? b)) * c", True)])
def test_parentheses_around_a_default_are_known(text, flag):
    product = parse(text)
    assert isinstance(product, syntax.Binary)
    assert isinstance(product.left, syntax.Coalesce)
    assert product.left.parenthesised is flag


def nested(count: int) -> dict[str, str]:
    return {
        "parentheses": "(" * count + "a" + ")" * count,
        "lists": "[" * count + "a" + "]" * count,
        "calls": "f(" * count + "a" + ")" * count,
        "cases": "case{else=>" * count + "a" + "}" * count,
    }


@pytest.mark.parametrize("form", nested(1))
def test_brackets_may_nest_to_the_limit_only(form):
    within = nested(MAX_NESTING - 1)[form]
    assert len(prefix_form(parse(within))) >= 1
    found = mistakes(nested(MAX_NESTING + 1)[form]).found
    assert [diagnostic.code for diagnostic in found] == ["E0127"]


@pytest.mark.parametrize("form", ["a" + " + a" * 1000, "not " * 1000 + "a", "-" * 2000 + "a", "a ** " * 1000 + "a"])
def test_operators_may_nest_to_the_limit_only(form):
    assert [diagnostic.code for diagnostic in mistakes(form).found] == ["E0127"]


def test_a_long_sum_within_the_limit():
    assert prefix_form(parse(" + ".join("a" * (MAX_DEPTH - 1)))).count("+") == MAX_DEPTH - 2


def test_an_expression_has_a_longest_length():
    text = "中" * (MAX_BYTES // 3)
    assert prefix_form(parse(text)) == text
    assert [diagnostic.code for diagnostic in mistakes(text + "中").found] == ["E0128"]
