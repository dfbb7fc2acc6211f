"""Printing a tree and reading it again changes nothing; the text has no parentheses too many."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from lang_helpers import parse, shape
from tree_strategies import trees

from rulereward.lang.build_parts import MAX_DEPTH
from rulereward.lang.print import print_expression


@settings(max_examples=500, deadline=None)
@given(trees)
def test_reading_the_text_gives_the_tree(tree):
    assert shape(parse(print_expression(tree))) == shape(tree)


@settings(max_examples=200, deadline=None)
@given(trees)
def test_printing_is_stable(tree):
    text = print_expression(parse(print_expression(tree)))
    assert print_expression(parse(text)) == text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("( (a) )", "a"),
        ("(a+b)*c", "(a + b) * c"),
        ("a+(b*c)", "a + b * c"),
        ("a-(b-c)", "a - (b - c)"),
        ("(a-b)-c", "a - b - c"),
        ("-(a**b)", "-a ** b"),
        ("(-a)**b", "(-a) ** b"),
        ("a**(b**c)", "a ** b ** c"),
        ("(a**b)**c", "(a ** b) ** c"),
        ("a??(-1)", "a ?? -1"),
        ("a ?? (b ?? c)", "a ?? (b ?? c)"),
        ("(a??b)*c", "(a ?? b) * c"),
        ("not(a==b)", "not a == b"),
        ("(not a)and b", "not a and b"),
        ("(a or b)and c", "(a or b) and c"),
        ("(a<b)<c", "(a < b) < c"),
        ("(a)is null", "a is null"),
        ("x in(1..2)", "x in 1..2"),
        ("x in (1 .. 2)", "x in 1..2"),
        ("[(1..2)]", "[1..2]"),
        ("(a if b else c)if d else e", "(a if b else c) if d else e"),
        ("a if b else(c if d else e)", "a if b else c if d else e"),
        ("f(a,k='it\\'s',)", 'f(a, k="it\'s")'),
        ("mean(x,0.5 where y excluding self)over group", "mean(x where y excluding self, 0.5) over group"),
        ('row["a b"]["c"]', 'row["a b"].c'),
        ('row["in"]', 'row["in"]'),
        ("'\\\\d+'", 'r"\\d+"'),
        ("'\\\\\"'", '"\\\\\\""'),
        ("'\\u200b'", '"\\u200b"'),
        ("case{a=>1,else=>2,}", "case { a => 1, else => 2 }"),
        ("1_000TOK", "1_000TOK"),
    ],
)
def test_one_way_to_write_it(written, canonical):
    assert print_expression(parse(written)) == canonical


def test_the_deepest_tree_prints():
    text = "f([" * (MAX_DEPTH // 2 - 1) + "a" + "])" * (MAX_DEPTH // 2 - 1)
    assert print_expression(parse(text)) == text
