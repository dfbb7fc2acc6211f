"""Lists, unions, matrices and named values: what is read from a text, and what two of them prove."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.text.math_answer import judge, prove, read_written
from rulereward.text.math_exact import Number
from rulereward.text.math_normal import normal_form
from rulereward.text.math_reading import read_exact
from rulereward.text.math_values import Exact, Infinite, Listed, Named, Union


def read_list(text: str) -> Listed:
    found = read_exact(text)
    assert isinstance(found, Listed)
    return found


def number(value: int) -> Number:
    return Number(Fraction(value))


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("(1,2)", Listed(("(", ")"), (number(1), number(2)))),
        ("\\{1, 2\\}", Listed(("{", "}"), (number(1), number(2)))),
        ("1,2", Listed(("", ""), (number(1), number(2)), sure=False)),
        ("1, 2", Listed(("", ""), (number(1), number(2)))),
        ("1,2,3", Listed(("", ""), (number(1), number(2), number(3)))),
        ("1 \\text{ or } 2", Listed(("", ""), (number(1), number(2)))),
        ("1, 2, \\text{ and } 3", Listed(("", ""), (number(1), number(2), number(3)))),
        ("\\pm 2", Listed(("", ""), (number(2), number(-2)))),
        ("(-\\infty,2]", Listed(("(", "]"), (Infinite(negative=True), number(2)))),
        ("\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", Listed(("matrix", "2 x 2"), tuple(map(number, (1, 2, 3, 4))))),
        ("\\begin{bmatrix}1\\\\2\\\\\\end{bmatrix}", Listed(("matrix", "2 x 1"), (number(1), number(2)))),
        ("x=5", Named("x", number(5))),
        ("5 = x", Named("x", number(5))),
        ("x=1,x=2", Named("x", Listed(("", ""), (number(1), number(2))))),
        ("x \\in (1,2)", Named("x", Listed(("(", ")"), (number(1), number(2))))),
        ("(1,2)\\cup[3,4]", Union((read_list("(1,2)"), read_list("[3,4]")))),
        ("x=x+1", None),  # an equation to be solved
        ("x^2=1", None),
        ("x=1,y=2", None),
        ("x \\in 5", None),
        ("e=5", None),
        ("1,\\ldots", None),
        ("1,,2", None),
        ("\\begin{vmatrix}1&2\\\\3&4\\end{vmatrix}", None),  # a determinant
        ("\\begin{pmatrix}1&2\\\\3\\end{pmatrix}", None),
        ("\\infty", None),
        ("\\infty,1", None),
        ("2\\pm", None),
        ("1 \\cup 2", None),
    ],
)  # fmt: skip
def test_reading(text: str, exact: Exact | None) -> None:
    result = read_exact(text)
    assert (result is None) == (exact is None)
    if exact is not None:
        assert _bare(result) == _bare(exact)


def _bare(value: object) -> object:
    """Without what is remembered of how a number was written."""
    if isinstance(value, Named):
        return value.name, _bare(value.value)
    if isinstance(value, Union):
        return tuple(map(_bare, value.parts))
    if isinstance(value, Listed):
        return value.brackets, value.sure, tuple(map(_bare, value.items))
    return value.value if isinstance(value, Number) else value


@pytest.mark.parametrize(
    ("gold", "answer", "equal"),
    [
        ("\\{1,\\sqrt{8}\\}", "\\{2\\sqrt{2}, 1\\}", True),
        ("\\{1,2\\}", "\\{1,3\\}", False),
        ("\\{1,2\\}", "\\{1,2,1\\}", True),  # a set holds an item once
        ("1,2", "1,2,1", None),
        ("1,2", "2,1", True),
        ("1,2", "\\{2,1\\}", True),
        ("(1,2)", "1,2", None),
        ("(1,2)", "(1,2,3)", False),
        ("(\\pi,1)", "(\\pi,2)", False),
        ("[0,1]", "[0,1)", None),
        ("(2,\\infty)", "(2,+\\infty)", True),
        ("(2,\\infty)", "(2,-\\infty)", False),
        ("(2,\\infty)", "(2,3)", False),
        ("(0,1)\\cup(2,3)", "(2,3)\\cup(0,1)", True),
        ("(0,1)\\cup[1,2)", "(0,2)", None),
        ("1\\pm\\sqrt{2}", "1+\\sqrt{2}, 1-\\sqrt{2}", True),
        ("1\\pm\\sqrt{2}", "1+\\sqrt{2}", False),
        ("x=5", "5", True),
        ("5", "x=6", False),
        ("x=5", "y=5", False),
        ("x=y", "y=x", None),
        ("x=5", "AB=5", None),
        ("x_1=5", "x_{1} = 5", True),
        ("x_1=1, x_2=2", "x_1=1, x_2=2", True),
        ("x_1=1, x_2=2", "x_1=2, x_2=1", None),  # two roots of one equation, or two unknowns
        ("x=1 \\text{ or } x=2", "x_1=2, x_2=1", True),
        ("x_1=1, x_2=2", "1, 2", True),
        ("£5", "5 pounds", True),
        ("6 pounds", "6 lb", True),
        ("£5", "5 lb", False),
        ("35", "35\\text{人}", True),
        ("47\\text{ m}", "47 \\mathrm{~m}", True),
        ("5 m/s", "5\\text{ m}/\\text{s}", True),
        ("{101}_2", "(101)_{2}", True),
        ("3:2", "3\\colon 2", True),
        ("\\begin{pmatrix}3&2\\end{pmatrix}", "\\frac{1}{6}\\begin{pmatrix}18&12\\end{pmatrix}", True),
        ("\\begin{pmatrix}3&2\\end{pmatrix}", "\\left(\\begin{array}{cc}3&2\\end{array}\\right)", True),
        ("f(x)=2x", "f'(x)=2x", False),
        ("f(2)=4", "f(3)=4", False),
        ("5", "\\text{Area}=5", True),
        ("5", "面积=5", True),
        ("5", "不是=5", None),
        ("60^\\circ", "∠A=60°", True),
        ("(2,\\infty)", "x>2", True),
        ("(1,3]", "1<x≤3", True),
        ("(1,3]", "3 \\ge x > 1", True),
        ("(1,3]", "1<x<3", None),
        ("(-\\infty,0)\\cup(1,\\infty)", "x<0 或 x>1", True),
        ("(0,1)", "x>0且x<1", True),
        ("x>2", "y>2", False),
        ("x>2", "2<x", True),
        ("x>2", "2x>4", None),
        ("5", "x<5", False),
        ("1:2:3", "2:4:6", True),
        ("1:2:3", "1:3:2", False),
        ("1:\\sqrt{3}:2", "\\sqrt{3}:3:2\\sqrt{3}", True),
        ("\\frac{1}{2}", "1:2", True),
        ("1:8", "1:2:4", False),
        ("1000, 2000", "2,000, 1,000", True),
        ("2x+1", "y=2x+1", True),
        ("3", "1,2,3", False),
        ("2.5", "2,5", None),  # a decimal comma, or two numbers
        ("5", "(5,6)", False),
        ("x", "(5,6)", None),
        ("5", "(1,234)", False),  # two numbers or one, and neither is 5
        ("1234", "(1,234)", None),
        ("(1,2)", "(1,234)", False),
        ("(1,234)", "(1,234)", True),
        ("5", "\\{594,337\\}", False),
        ("5", "\\begin{pmatrix}5&5\\end{pmatrix}", False),
        ("\\begin{pmatrix}1&2\\end{pmatrix}", "\\begin{bmatrix}1&2\\end{bmatrix}", True),
        ("\\begin{pmatrix}1&2\\end{pmatrix}", "\\begin{pmatrix}1\\\\2\\end{pmatrix}", False),
        ("\\{1,2\\}", "(1,2)", False),
        ("(1,2)", "\\{1,2\\}", False),
        ("0.333333", "\\frac{1}{3}", True),
        ("0.3333333", "\\frac{1}{3}", True),
        ("0.666666", "\\frac{2}{3}", True),  # cut off
        ("0.666668", "\\frac{2}{3}", False),
        ("0.5000001", "\\frac{1}{2}", False),
        ("0.33333334", "\\frac{1}{3}", False),
        ("0.30000000000000004", "0.3", True),
        ("1.414214", "\\sqrt{2}", None),
        ("1.414", "\\sqrt{2}", False),
        ("1.414214", "x", False),
        ("5x\\%", "\\frac{x}{20}", True),
        ("cat", "act", None),
        ("5 m", "5m", None),
        ("5 m", "5 cm", False),
        ("2\\sqrt{3} \\text{ cm}", "\\sqrt{12}", True),
    ],
)
def test_what_is_proved(gold: str, answer: str, equal: bool | None) -> None:
    assert prove(read_written(gold), read_written(answer), "strict", "loose") is equal


@pytest.mark.parametrize(
    ("gold", "answer", "path"),
    [
        ("5", "5.0", "exact"),
        ("5", "6", "exact"),
        ("x", "x", "text"),
        ("5 m", "5 cm", "units"),
        ("yes", "Yes", "words"),
        ("yes", "5", "words"),
        ("5", "yes", "words"),
        ("5", "\\frac{1}{2", "text"),
        ("\\sin x", "x", "open"),
    ],
)
def test_what_decided(gold: str, answer: str, path: str) -> None:
    assert judge(read_written(gold), read_written(answer), "strict", "loose").path == path


def test_50_percent_is_50_where_it_may_be() -> None:
    gold, answer = read_written("5x\\%"), read_written("5x")
    assert prove(gold, answer, "strict", "loose") is False
    assert prove(gold, answer, "loose", "loose") is True


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("1'234'567", "1234567"),
        ("1’234", "1234"),
        ("1.234.567", "1234567"),
        ("1.234.567,8", "1234567.8"),
        ("1.234", "1.234"),
        ("11,\\! 111,\\! 111", "11111111"),
        ("1~000", "1000"),
        ("f'(2)", "f'(2)"),
        ("1'23", "1'23"),
        ("3\\frac12", "3\\frac{1}{2}"),
        ("\\frac123", "\\frac123"),
        ("\\frac\\pi3", "\\frac{\\pi}{3}"),
        ("\\frac1{x}", "\\frac{1}{x}"),
        ("\\frac{2^{3}}2+\\frac{\\frac{1}3}4", "\\frac{2^{3}}{2}+\\frac{\\frac{1}{3}}{4}"),
        ("√10", "\\sqrt{10}"),
        ("2∛54", "2\\sqrt[3]{54}"),
        ("\\sqrt[3]7", "\\sqrt[3]{7}"),
        ("\\sqrt23", "\\sqrt{2}3"),
        ("\\log_28", "\\log_{2}8"),
        ("x~+{}1", "x +1"),
        ("\\mathbb R", "\\mathbb{R}"),
        ("0万", "0"),
        ("1.5万", "15000"),
        ("2.5 million", "2500000"),
        ("{1 \\over 2}", "\\frac{1 }{ 2}"),
        ("x+{\\pi \\over 2}", "x+\\frac{\\pi }{ 2}"),
        ("\\overline{1}", "\\overline{1}"),
    ],
)
def test_separators_and_short_fractions(text: str, normal: str) -> None:
    assert normal_form(text) == normal


SIGNS = [",", "(", ")", "[", "\\{", "\\}", "\\cup ", "\\pm ", "=", " or ", "-", "&"]
PIECES = st.sampled_from(["1", "2", "x", "y", "\\infty", "\\sqrt{2}", *SIGNS])


@given(st.lists(PIECES, max_size=12).map("".join), st.lists(PIECES, max_size=12).map("".join))
def test_a_proof_does_not_depend_on_which_side_is_the_gold(a: str, b: str) -> None:
    left, right = read_written(a), read_written(b)
    if left.exact is None or right.exact is None or left.measure.unit or right.measure.unit:
        return
    assert prove(left, right, "strict", "loose") is prove(right, left, "strict", "loose")
