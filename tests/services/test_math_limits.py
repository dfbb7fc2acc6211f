"""What is too large to be evaluated, told from the text alone, and what is not: each beside its neighbour."""

from __future__ import annotations

import re
import time

import pytest

from rulereward.text import math_limits
from rulereward.text.math_limits import excess


@pytest.mark.parametrize(
    "text",
    [
        "2^{2024}",
        "\\binom{100}{50}",
        "\\binom{2024}{1012}",
        "\\frac{2024!}{2022!}",
        "\\sum_{k=1}^{2024} k",
        "\\sum_{i=1}^{2024}\\sum_{j=1}^{i} ij",
        "\\prod_{k=1}^{99999} \\frac{k+1}{k}",
        "(x+1)^{10}",
        "(1+x)^{2024}",
        "(x+y+z)^{100}",
        "(x+y+z)^{2024}",
        "(\\frac{1-x}{1+x})^{2024}",
        "(1-1+2)^{99999}",
        "(3!)!",
        "(7!)!",
        "5!!",
        "(2 \\cdot 5)!",
        "(2024-2022)!",
        "(2^{3})!",
        "\\frac{10!}{(5!)(5!)}",
        "2^{8!}",
        "2^{3 \\cdot 5 \\cdot 7}",
        "2^{\\binom{10}{5}}",
        "((x^2)^3)^4",
        "(x^{100})^{999}",
        "x^{y^{z^{2}}}",
        "a^{b^{c^{d^e}}}",
        "\\Gamma(10000)",
        "\\sin(\\cos(\\tan(x)))",
        "\\sqrt{2+\\sqrt{2+\\sqrt{2}}}",
        "x=y=z=1",
        "||x|-|y||",
        "\\int_0^1\\int_0^1\\int_0^1 xyz",
        "--5",
        "+" + "-" * 18 + "5",
        "\\cup".join(["(0,1)"] * 41),
    ],
)
def test_large_and_honest(text: str) -> None:
    assert excess(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(8!)!", "factorial"),
        ("(9!)!", "factorial"),
        ("((3!)!)!", "factorial"),
        ("{(9! )}!", "factorial"),
        ("(999 \\cdot 9999)!", "factorial"),
        ("(2*3*5*7*11*13)!", "factorial"),
        ("(10^{9})!", "factorial"),
        ("(10^9)!", "factorial"),
        ("\\Gamma(10001)", "gamma function"),
        ("\\binom{999999999}{499999999}", "binomial"),
        ("\\dbinom{99999999999999}{3}", "binomial"),
        ("2^{9!}", "exponent"),
        ("2^{99 !}", "exponent"),
        ("7^{9999 \\cdot 9999 \\cdot 9999}", "exponent"),
        ("7^{999*999}", "exponent"),
        ("2^{\\binom{99}{49}}", "exponent"),
        ("(10^{99999})^{99999}", "exponent"),
        ("(x^{100})^{1000}", "exponent"),
        ("(" * 20 + "x+y" + ")^2" * 20, "exponent"),
        ("(1+" * 20 + "x" + ")^{2}" * 20, "exponent"),
        ("x^{x^{x^{x^{x^x}}}}", "storeys"),
        ("e^e^e^e^e^5", "storeys"),
        ("(x+y+z+1)^{500}", "sum comes to"),
        ("(a+b-c+d)^ {99999}", "sum comes to"),
        ("\\sum_{i=1}^{9999}\\sum_{j=1}^{9999}\\sum_{k=1}^{9999} 1", "sums up"),
        ("\\prod^{99999}_{i=1} \\sum^{99999} x", "sums up"),
        ("\\sin" * 13 + "x", "functions"),
        ("\\log(" * 13 + "x" + ")" * 13, "functions"),
        ("|x|" * 31, "`|`"),
        ("x=" * 41 + "1", "`=`"),
        ("\\int " * 7 + "x", "int"),
        ("\\frac{d}{dx} " * 13 + "x", "frac"),
        ("\\cup".join(["(0,1)"] * 42), "cup"),
        ("-" * 20 + "5", "signs"),
        ("- + " * 10 + "5", "signs"),
    ],
)
def test_large_beyond_use(text: str, words: str) -> None:
    reason = excess(text)
    assert reason is not None
    assert words in reason


def test_all_of_it_is_linear_in_the_text() -> None:
    """Each of these takes seconds where a pattern is quadratic, and must take milliseconds."""
    pieces = [*"9(){}!^-+=| x\\", "9!", "!)", "(9", "9*", "^2)", ")^2", "^{9", "x^", "\\sin", "\\sin("]
    pieces += [
        "\\sum",
        "+x",
        "a^{",
        "\\binom{9}{",
        "\\cdot",
        "9\\cdot ",
        "\\sum_{",
        "(9\\cdot",
        "^{9\\cdot",
        "!})",
        "( 9^",
        "\\Gamma(",
    ]
    texts = [piece * (math_limits.MAX_CHARS // len(piece)) for piece in pieces]
    texts += ["(" + text[:-2] + ")" for text in texts]
    patterns = [value for value in vars(math_limits).values() if isinstance(value, re.Pattern)]
    for text in texts:
        started = time.process_time()
        excess(text)
        for pattern in patterns:
            sum(1 for _ in pattern.finditer(text))
        assert time.process_time() - started < 0.25, text[:20]
