"""What is read from answers and golds without algebra: on any text, in bounded work, and proving nothing false."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.text.math_answer import prove, read_written
from rulereward.text.math_exact import Number
from rulereward.text.math_limits import excess
from rulereward.text.math_normal import normal_form
from rulereward.text.math_reading import read_exact
from rulereward.text.math_units import split_measure
from rulereward.text.math_values import Listed, LongInteger

CHARACTERS = "0123.,-+/^_{}()[]%$=:!'&x½²√π，。５或 \n\u2212\u200b"
COMMANDS = ["\\{", "\\}", "\\%", "\\,", "{,}", "\\(", "\\)", "\\\\", "**", "\\frac", "\\sqrt", "\\text{", "\\boxed{"]
WHOLE = [
    "\\begin{pmatrix}",
    "\\end{pmatrix}",
    "\\\\",
    "&",
    "\\cup",
    "\\in",
    "<",
    "\\infty",
    "i",
    "x",
    "万",
    "\\sqrt[3]",
]
PIECES = st.sampled_from([*CHARACTERS, *COMMANDS, *WHOLE, "\\left", "\\pm", "cm", "or"])
TEXTS = st.text(max_size=40) | st.lists(PIECES, max_size=25).map("".join)


@given(TEXTS)
def test_any_text_can_be_read(text: str) -> None:
    written = read_written(text)
    assert written.usable or written.excess or written.complaint
    assert "\n" not in written.text


@given(TEXTS)
def test_what_is_proved_of_a_text_and_itself_is_that_they_are_equal(text: str) -> None:
    written = read_written(text)
    for percent in ("strict", "loose"):
        for units in ("strict", "loose"):
            assert prove(written, written, percent, units) is not False or not written.usable


@given(st.fractions(), st.fractions())
def test_fractions_are_compared_as_fractions(a: Fraction, b: Fraction) -> None:
    gold = read_written(f"\\frac{{{a.numerator}}}{{{a.denominator}}}")
    answer = read_written(f"{b.numerator}/{b.denominator}")
    assert prove(gold, answer, "strict", "loose") is (a == b)
    assert prove(answer, gold, "strict", "loose") is (a == b)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3), st.integers(0, 3))
def test_zeros_behind_a_decimal_change_nothing(value: object, zeros: int) -> None:
    assert prove(read_written(f"{value:f}"), read_written(f"{value:f}{'0' * zeros}"), "strict", "loose") is True


@given(st.integers(min_value=0, max_value=10**12))
def test_separators_of_thousands_change_nothing(value: int) -> None:
    plain = read_written(str(value))
    for separator in (",", "{,}", "\\,", ",\\!", "\u2009", " "):
        grouped = read_written(f"{value:,}".replace(",", separator))
        assert prove(plain, grouped, "strict", "loose") is True
        assert prove(read_written(str(value + 1)), grouped, "strict", "loose") is False


@given(st.lists(st.integers(-99, 99), min_size=2, max_size=4), st.randoms())
def test_tuples_keep_their_order(items: list[int], random: object) -> None:
    shuffled = sorted(items, key=lambda _: random.random())  # type: ignore[attr-defined]
    gold = read_written(f"({', '.join(map(str, items))})")
    answer = read_written(f"\\left({','.join(f' {item}' for item in shuffled)} \\right)")
    assert prove(gold, answer, "strict", "loose") is (items == shuffled)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("$\\boxed{\\text{  Friday }}$.", "Friday"),
        ("\\left(1,\\dfrac{1}{2}\\right)", "(1,\\frac{1}{2})"),
        ("10{,}000", "10000"),
        ("3{,}14", "3.14"),
        ("x¹²", "x^{12}"),
        ("2(x+1)^(n-1)", "2(x+1)^{n-1}"),
        ("√(2)", "\\sqrt {2}"),
        ("sqrt(x)", "\\sqrt{x}"),
        ("２ｘ", "2x"),
        ("𝑥+𝟏", "x+1"),
        ("2pi", "2\\pi"),
        ("pin", "pin"),
        ("1..", "1.."),
        ("$a$ or $b$", "$a$ or $b$"),
        ("{{5}}", "5"),
        ("\\{5\\}", "\\{5\\}"),
    ],
)
def test_normal_form(text: str, normal: str) -> None:
    assert normal_form(text) == normal


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("0.1\\overline{6}", Number(Fraction(1, 6), fraction=True)),
        ("12.50", Number(Fraction(25, 2), places=2)),
        ("12.5%", Number(Fraction(25, 2), percent=True, places=1)),
        ("-1\\frac{1}{4}", Number(Fraction(-5, 4), fraction=True)),
        ("[0,1)", Listed(("[", ")"), (Number(Fraction(0)), Number(Fraction(1))))),
        ("7" * 5000, LongInteger("7" * 5000)),
        ("0" * 5000 + "7", Number(Fraction(7))),
        ("0,111", None),
        ("(1,234)", Listed(("(", ")"), (Number(Fraction(1)), Number(Fraction(234))), joined=Number(Fraction(1234)))),
        ("(0,111)", None),
        ("(1,234,5)", None),
        ("1\\frac{5}{4}", None),
        ("2x2", None),
        ("1e99999", None),
        ("", None),
    ],
)
def test_exact_reading(text: str, exact: object) -> None:
    assert read_exact(text) == exact


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("5\\text{ square cm}", "5", "cm^2"),
        ("5 cm^2", "5", "cm^2"),
        ("5cm", "5", "cm"),
        ("5 m", "5", "m"),
        ("5m", "5m", None),
        ("5 t", "5 t", None),
        ("90^{\\circ}", "90", "degree"),
        ("\\$5", "5", "$"),
        ("-\\$5", "-5", "$"),
        ("101_{12}", "101", "base 12"),
        ("x_1", "x_1", None),
        ("5 apples", "5", "apples"),
        ("5平方米", "5", "m^2"),
        ("x_{\\text{max}}", "x_{\\text{max}}", None),
        ("2\\text{j}", "2\\text{j}", None),
    ],
)
def test_units(text: str, value: str, unit: str | None) -> None:
    measure = split_measure(text)
    assert (measure.value, measure.unit) == (value, unit)


@pytest.mark.parametrize(
    ("text", "reasonable"),
    [
        ("2^{2^{10}}", True),
        ("9^{9^9}", False),
        ("9^9^9", False),
        ("2^{99999}", True),
        ("2^{100000}", False),
        ("2^{000002}", True),
        ("1^{1^{99999}}", True),
        ("10000!", True),
        ("10001!", False),
        ("(10001)!", False),
        ("1" * 1_000, True),
        ("1" * 1_001, False),
        ("(" * 40 + ")" * 40, True),
        ("(" * 41 + ")" * 41, False),
        (")(" * 500, True),
        ("x+" * 1_001, False),
        ("((x^2)^3)^4", True),
    ],
)
def test_limits(text: str, reasonable: bool) -> None:
    assert (excess(text) is None) is reasonable


def test_reading_is_linear_in_the_text() -> None:
    """Each of these takes minutes where a step is quadratic; the suite would not end."""
    for piece in ("1", "1,", "\\text{", "{", "}", "(", "^(", "√(", "1 ", "$", "²", "\\pm ", "a ", "_{", "9^", "5 cm"):
        written = read_written(piece * (19_000 // len(piece)))
        assert written.excess is not None or written.exact is not None or written.blank
