r"""How large a written answer may be before computer algebra looks at it.

These limits cost microseconds and stop what would cost seconds: power towers, factorials of large numbers, deep
nesting, endless digits, expansions into millions of terms. They are far above what an honest answer writes, which
may well be `2^{2024}`, `\binom{100}{50}`, `\frac{2024!}{2022!}` or `\sum_{k=1}^{2024} k`. They do not stop
everything; the worker that runs the algebra has a time limit behind them.
"""

from __future__ import annotations

import math
import re

MAX_CHARS = 2_000
MAX_NESTING = 40
MAX_DIGITS = 1_000
MAX_EXPONENT_DIGITS = 5
MAX_FACTORIAL = 10_000
MAX_POWERS = 60
MAX_INNER_FACTORIAL = 7
MAX_SUMMANDS = 1_000_000_000
MAX_TERMS = 5_000_000
MAX_STOREYS = 4
MAX_APPLIED = 12
MAX_DIGITS_OF_BINOMIAL = 40_000
MAX_DIGITS_OF_POWER = 300_000
MAX_FACTORIAL_SUMMANDS = 3_000
MAX_COUNTS = {"\\int": 6, "\\frac{d}{d": 12, "\\cup": 40, "=": 40, "|": 60}
"""How often an answer may write these."""

_RUN = re.compile(r"[0-9]+")
_FACTORIAL = re.compile(r"(?<![0-9])([0-9]++)[)} ]*+!")
_EXPONENT = re.compile(r"\^ ?(?:\{ ?[+-]? ?([0-9]+)|([0-9]))")
_TOWER = re.compile(r"\^ ?(?:\{ ?([0-9]+) ?\}|\{? ?([0-9]+)) ?\^ ?\{? ?([0-9]+)( ?\}? ?\^)?")
_PRODUCT = r"([0-9]++(?: ?(?:\\cdot|\\times|\*) ?[0-9]++)++)"
_PRODUCT_EXPONENT = re.compile(rf"\^ ?\{{ ?{_PRODUCT} ?\}}")
_PRODUCT_FACTORIAL = re.compile(rf"\( ?{_PRODUCT} ?\) ?!")
_POWER_FACTORIAL = re.compile(r"\( ?([0-9]++) ?\^ ?\{? ?([0-9]++) ?\}? ?\) ?!")
_FACTORIAL_EXPONENT = re.compile(r"\^ ?\{ ?([0-9]++) ?!")
_FACTORIALS = re.compile(r"(?<![0-9])([0-9]++)[} ]*+![} ]*+\)[)} ]*+!")
_THREE_FACTORIALS = re.compile(r"![} ]*+\)[)} ]*+![} ]*+\)[)} ]*+!")
_GAMMA = re.compile(r"\\Gamma ?\( ?([0-9]++)")
_BINOMIAL = re.compile(r"\\[dt]?binom ?\{ ?([0-9]++) ?\} ?\{ ?([0-9]++) ?\}")
_BINOMIAL_EXPONENT = re.compile(rf"\^ ?\{{ ?{_BINOMIAL.pattern}")
_POWERS_OF_POWERS = re.compile(r"\^ ?(?:\{ ?[0-9]++ ?\}|[0-9])(?: ?\) ?\^ ?(?:\{ ?[0-9]++ ?\}|[0-9]))+")
_POWER_OF_GROUP = re.compile(r"[)}] ?\^ ?\{? ?([0-9]{4,})")
_POWER_OF_SUM = re.compile(r"\(([^(){}]*+)\) ?\^ ?\{? ?([0-9]++)")
_TERM = re.compile(r"[A-Za-z][^-+]*+")
_STOREYS = re.compile(rf"(?:[A-Za-z0-9)}}] ?\^ ?\{{? ?){{{MAX_STOREYS + 1}}}")
_BOUND = re.compile(r"\\(?:sum|prod) ?(?:_ ?(?:\{[^{}]*+\}|.))? ?\^ ?\{? ?([0-9]++)")
_APPLIED = re.compile(rf"(?:\\(?:sin|cos|tan|cot|sec|csc|log|ln|exp|arc[a-z]++|sqrt) ?[({{]? ?){{{MAX_APPLIED + 1}}}")
_SIGNS = re.compile(r"(?:[-+] ?){20}")
_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")


def excess(text: str) -> str | None:
    """What is unreasonably large about a normal form, as a clause for a person; None where nothing is."""
    if len(text) > MAX_CHARS:
        return f"it is longer than {MAX_CHARS:,} characters"
    if _nesting(text) > MAX_NESTING:
        return f"brackets nest deeper than {MAX_NESTING}"
    if any(len(run[0]) > MAX_DIGITS for run in _RUN.finditer(text)):
        return f"a number has more than {MAX_DIGITS:,} digits"
    if text.count("^") > MAX_POWERS:
        return f"it has more than {MAX_POWERS} powers"
    if any(_above(match[1], MAX_FACTORIAL) for match in _FACTORIAL.finditer(text)):
        return f"it has a factorial of a number above {MAX_FACTORIAL:,}"
    if any(len((match[1] or match[2]).lstrip("0")) > MAX_EXPONENT_DIGITS for match in _EXPONENT.finditer(text)):
        return f"an exponent has more than {MAX_EXPONENT_DIGITS} digits"
    if any(_towers(match) for match in _TOWER.finditer(text)):
        return f"a power in an exponent has more than {MAX_EXPONENT_DIGITS} digits"
    return _repeated(text) or _hidden(text)


def _repeated(text: str) -> str | None:
    """What is written too often."""
    for sign, most in MAX_COUNTS.items():
        if text.count(sign) > most:
            return f"it has more than {most} of `{sign}`"
    if _SIGNS.search(text):
        return "it has twenty signs in a row"
    if "\\" in text and _APPLIED.search(text):
        return f"more than {MAX_APPLIED} functions are applied one to the other"
    return None


def _hidden(text: str) -> str | None:
    """What comes to a large number though no number in it is large."""
    if "!" in text and _has_large_factorial(text):
        return f"it has a factorial of a number above {MAX_FACTORIAL:,}"
    if "^" in text and (reason := _large_power(text)):
        return reason
    if "\\" not in text:
        return None
    if any(_above(match[1], MAX_FACTORIAL) for match in _GAMMA.finditer(text)):
        return f"it has a gamma function of a number above {MAX_FACTORIAL:,}"
    if any(_digits_of_binomial(*match.groups()) > MAX_DIGITS_OF_BINOMIAL for match in _BINOMIAL.finditer(text)):
        return f"it has a binomial of more than {MAX_DIGITS_OF_BINOMIAL:,} digits"
    if "!" in text and any(_above(bound, MAX_FACTORIAL_SUMMANDS) for bound in _BOUND.findall(text)):
        return f"it sums up factorials of numbers above {MAX_FACTORIAL_SUMMANDS:,}"
    if _digits_of_product(_BOUND.findall(text)) > math.log10(MAX_SUMMANDS):
        return f"it sums up or multiplies more than {MAX_SUMMANDS:,} terms"
    return None


def _has_large_factorial(text: str) -> bool:
    """Of a product, of a power, or of a factorial."""
    if _THREE_FACTORIALS.search(text) or any(
        _above(match[1], MAX_INNER_FACTORIAL) for match in _FACTORIALS.finditer(text)
    ):
        return True
    digits = [_digits_of_product(_RUN.findall(match[1])) for match in _PRODUCT_FACTORIAL.finditer(text)]
    digits += [_digits_of_power(*match.groups()) for match in _POWER_FACTORIAL.finditer(text)]
    return any(count > math.log10(MAX_FACTORIAL) for count in digits)


def _large_power(text: str) -> str | None:
    if _STOREYS.search(text):
        return f"powers are more than {MAX_STOREYS} storeys high"
    exponents = [_digits_of_product(_RUN.findall(match[1])) for match in _PRODUCT_EXPONENT.finditer(text)]
    exponents += [_digits_of_product(_RUN.findall(match[0])) for match in _POWERS_OF_POWERS.finditer(text)]
    exponents += [_digits_of_binomial(*match.groups()) for match in _BINOMIAL_EXPONENT.finditer(text)]
    if any(count >= MAX_EXPONENT_DIGITS for count in exponents):
        return f"an exponent comes to more than {MAX_EXPONENT_DIGITS} digits"
    if any(_above(match[1], MAX_INNER_FACTORIAL + 1) for match in _FACTORIAL_EXPONENT.finditer(text)):
        return f"an exponent comes to more than {MAX_EXPONENT_DIGITS} digits"
    if any(_digits_of_group(text, match) > MAX_DIGITS_OF_POWER for match in _POWER_OF_GROUP.finditer(text)):
        return f"a power comes to more than {MAX_DIGITS_OF_POWER:,} digits"
    if any(_terms(*match.groups()) > MAX_TERMS for match in _POWER_OF_SUM.finditer(text)):
        return f"a power of a sum comes to more than {MAX_TERMS:,} terms"
    return None


def _terms(base: str, exponent: str) -> int:
    """How many terms a power of a sum has when it is multiplied out. Terms without letters count as one."""
    parts = base.replace("-", "+").split("+")
    summands = sum(_TERM.search(part) is not None for part in parts)
    summands += any(part.strip() and _TERM.search(part) is None for part in parts)
    if summands < 3:  # (1+x)^{2024} may be an answer
        return 1
    power = min(int(exponent[:MAX_EXPONENT_DIGITS]), MAX_TERMS)
    return math.comb(power + min(summands, 6) - 1, min(summands, 6) - 1)


def _digits_of_group(text: str, power: re.Match[str]) -> int:
    """How many digits a power of what stands between brackets may have: those written there, times the exponent."""
    closing = text[power.start()]
    opening = "(" if closing == ")" else "{"
    start, depth = power.start(), 1
    while depth and start > 0:
        start -= 1
        depth += (text[start] == closing) - (text[start] == opening)
    base = text[start : power.start()]
    written = sum(character.isdigit() for character in base)
    factorials = sum(4 * int(match[1][:MAX_EXPONENT_DIGITS]) for match in _FACTORIAL.finditer(base))
    return (written + factorials) * int(power[1][: MAX_EXPONENT_DIGITS + 1])


def _digits_of_product(numbers: list[str]) -> float:
    return sum(_digits(number) for number in numbers)


def _digits_of_power(base: str, exponent: str) -> float:
    return _digits(base) * int(exponent[:9])


def _digits(number: str) -> float:
    """The decimal logarithm of what may have a thousand digits."""
    significant = number.lstrip("0")
    return math.log10(int(significant[:15])) + max(0, len(significant) - 15) if significant else 0.0


def _digits_of_binomial(above: str, below: str) -> float:
    if len(above) > 12 or len(below) > 12:
        return math.inf
    n, k = int(above), int(below)
    if k > n:
        return 0.0
    return (math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)) / math.log(10)


def _nesting(text: str) -> int:
    depth = deepest = 0
    for character in text:
        if character in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif character in _CLOSING:
            depth = max(0, depth - 1)
    return deepest


def _above(digits: str, limit: int) -> bool:
    return len(digits) > len(str(limit)) or int(digits) > limit


def _towers(match: re.Match[str]) -> bool:
    """Is the exponent of a power itself a power with too many digits, or three storeys high?"""
    closed, open_base, exponent, third = match.groups()
    base = closed or open_base
    if third is not None or len(exponent) > MAX_EXPONENT_DIGITS:
        return base.strip("0") != "1"
    return int(exponent) * math.log10(max(int(base), 1)) > MAX_EXPONENT_DIGITS
