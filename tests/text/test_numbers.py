"""Numbers are read exactly, in every spelling, and what is no number is not read."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.text.numbers import last_number_span, parse_number

WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42", "42"), ("+5", "5"), ("- 5", "-5"), ("−5", "-5"), ("–5", "-5"), ("007", "7"), (".5", "1/2"),
        ("5.", "5"), ("5。", "5"), ("1,234.5", "2469/2"), ("1，234", "1234"), (r"1\,000", "1000"),
        (r"1,\!000", "1000"),
        ("-3/4", "-3/4"), ("3 / 4", "3/4"), ("3⁄4", "3/4"), ("1.5/2", "3/4"), (r"\frac{3}{4}", "3/4"),
        (r"-\dfrac{3}{4}", "-3/4"), (r"\frac{-3}{4}", "-3/4"), (r"\frac34", "3/4"), (r"\tfrac 3 4", "3/4"),
        ("½", "1/2"), ("2½", "5/2"), ("-2 ½", "-5/2"), ("⅔", "2/3"), ("2 1/2", "5/2"), (r"2\frac{1}{2}", "5/2"),
        ("12.5%", "1/8"), (r"12.5\%", "1/8"), (r"50\,\%", "1/2"), ("50 ％", "1/2"), ("33 1/3%", "1/3"),
        ("1.5e3", "1500"), ("1E-2", "1/100"), ("1.5×10^3", "1500"), (r"-2 \times 10^{-2}", "-1/50"),
        (r"3\cdot10^2", "300"), ("$5$", "5"), ("-$5", "-5"), (r"\$5", "5"), ("**5**", "5"), (r"\(5\)", "5"),
        (r"\text{5}", "5"), (" 5\n", "5"),
    ],
)  # fmt: skip
def test_numbers(text: str, value: str) -> None:
    assert parse_number(text) == Fraction(value)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "%", "-", ".", "$", "five", "5 cm", "5x", "(5)", "--5", "5 6", "1,2345", "12,34", "0,111", "32, 349",
        "1_000", "1/0", "0/0", r"\frac{1}{0}", r"\frac{1}{", "2 3/2", "2 1/0", "1e", "1e99999", "1e4001", "²", "x²",
        "٣", "1.2.3", "1,234,56", "$3$$4$", "inf", "nan", "1" * 4001, "三", "10^6", "5\n6", "½½",
    ],
)  # fmt: skip
def test_no_numbers(text: str) -> None:
    assert parse_number(text) is None


@given(st.integers(-(10**30), 10**30))
def test_spellings_of_an_integer(number: int) -> None:
    plain, grouped = str(number), f"{number:,}"
    for text in (
        plain,
        grouped,
        grouped.replace(",", "{,}"),
        plain.translate(WIDE),
        f"${plain}$",
        f"{plain}.",
        plain + ".00",
    ):
        assert parse_number(text) == number
    assert parse_number(f"{grouped}%") == Fraction(number, 100)
    assert parse_number(f"{plain}e-5") == Fraction(number, 10**5)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_decimals_are_exact(number: object) -> None:
    text = f"{number:f}"
    assert parse_number(text) == Fraction(text)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_spellings_of_a_fraction(above: int, below: int) -> None:
    value = Fraction(above, below)
    assert parse_number(f"{above}/{below}") == value
    assert parse_number(rf"-\frac{{{above}}}{{{below}}}") == -value
    mixed = parse_number(f"7 {above}/{below}")
    assert mixed == (7 + value if above < below else None)


@given(st.integers(-(10**12), 10**12), st.sampled_from(["{}", "{}.5", "{}/7", "{}e5", "{}%", r"{}\%"]))
def test_the_last_number_of_a_sentence(number: int, spelling: str) -> None:
    written = spelling.format(f"{number:,}")
    for text in (f"First 1, then {written}.", f"答案是{written}。", f"x={written}\nso it is", f"({written})"):
        span = last_number_span(text)
        assert span is not None
        assert text[slice(*span)] == written
