r"""Numbers in text, read exactly: decimals, fractions, percents, scientific notation, mixed numbers.

`1,234.5`, `-3/4`, `\frac{3}{4}`, `12.5\%`, `1.5e-3`, `1.5 \times 10^{3}`, `2 1/2`, `2½`, `１２`. Thousands
separators stand between groups of three digits; `0,111` and `32, 349` are no numbers, and neither is anything with a
unit. All patterns are linear in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction

from rulereward.text.normalize import fold_width, unwrap
from rulereward.text.spans import Span, last_match, lines_from_end

MAX_CHARACTERS = 4_000
"""Longer texts are no numbers; it also keeps every integer under the length that Python converts."""

MAX_EXPONENT = 4_000

_DIGITS = r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9])|[0-9]+)"
_DECIMAL = rf"(?:{_DIGITS}(?:\.[0-9]*)?|\.[0-9]+)"
_SIGN = r"([+-]?) ?"
_FRAC = r"\\[dtc]?frac"
_BRACED_FRACTION = rf"{_FRAC} ?\{{ ?([+-]?{_DECIMAL}) ?\}} ?\{{ ?([+-]?{_DECIMAL}) ?\}}"
_TIMES_TEN = r" ?(?:[×·*x]|\\times|\\cdot) ?10 ?\^ ?(?:\{ ?([+-]?[0-9]{1,4}) ?\}|([+-]?[0-9]{1,4}))"
_VULGAR = "".join(
    chr(code)
    for code in (*range(0xBC, 0xBF), *range(0x2150, 0x215F), 0x2189)
    if "\u2044" in unicodedata.normalize("NFKC", chr(code))
)

_SEPARATORS = re.compile(r"\{,\}|,?\\!|(?<=[0-9])\\,(?=[0-9]{3}(?![0-9]))")
_LATEX_SPACES = re.compile(r"\\[ ,;:]|\\\$|[$~]")


def parse_number(text: str) -> Fraction | None:
    """The number that the whole text spells, None where it spells none. Never raises."""
    if len(text) > MAX_CHARACTERS:
        return None
    plain = _plain(text)
    percent = plain.endswith("%")
    if percent:
        plain = plain[:-1].removesuffix("\\").rstrip()
    for pattern, value_of in _FORMS:
        match = pattern.fullmatch(plain)
        if match:
            value = value_of(match)
            return value / 100 if percent and value is not None else value
    return None


def last_number_span(text: str) -> Span | None:
    """The last number in the text with its sign, separators, fraction or percent; None where there is none.

    Digits inside a name (`H2O`, `x_1`) are no number; a sign counts only where it cannot be a minus between two
    things, so `10-5` ends in 5 and `= -5` in -5. A number lies within one line.
    """
    narrow = text if text.isascii() else text.translate(_NARROW)
    for start, end in lines_from_end(narrow):
        found = last_match(_IN_TEXT, narrow, start, end)
        if found is not None:
            return found.span()
    return None


def _plain(text: str) -> str:
    text = unwrap(fold_width(text)).replace("\u2044", "/").replace("\u2215", "/")
    if text.endswith((".", "。")):
        text = unwrap(text[:-1])
    if text[:1] in ("–", "—"):
        text = "-" + text[1:]
    text = _SEPARATORS.sub(lambda found: "" if found[0] == "\\!" else ",", text)
    return " ".join(_LATEX_SPACES.sub(" ", text).split())


def _fraction(numerator: str, denominator: str) -> Fraction | None:
    below = _decimal(denominator)
    return _decimal(numerator) / below if below else None


def _decimal(digits: str) -> Fraction:
    return Fraction(digits.replace(",", ""))


def _signed(sign: str, value: Fraction | None) -> Fraction | None:
    return -value if sign == "-" and value is not None else value


def _scientific(match: re.Match[str]) -> Fraction | None:
    sign, mantissa, *exponents = match.groups()
    exponent = int(next(exponent for exponent in exponents if exponent))
    if abs(exponent) > MAX_EXPONENT:
        return None
    return _signed(sign, _decimal(mantissa) * Fraction(10) ** exponent)


def _mixed(match: re.Match[str]) -> Fraction | None:
    """A whole number and a proper fraction; `2 3/2` might be meant as a product and is no number."""
    sign, whole, numerator, denominator = match.groups()
    part = _fraction(numerator, denominator)
    if part is None or not 0 <= part < 1:
        return None
    return _signed(sign, _decimal(whole) + part)


def _vulgar(match: re.Match[str]) -> Fraction | None:
    sign, whole, character = match.groups()
    numerator, denominator = unicodedata.normalize("NFKC", character).split("\u2044")
    part = _fraction(numerator, denominator)
    return None if part is None else _signed(sign, _decimal(whole or "0") + part)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Fraction | None]], ...] = (
    (re.compile(rf"{_SIGN}({_DECIMAL})"), lambda m: _signed(m[1], _decimal(m[2]))),
    (re.compile(rf"{_SIGN}({_DECIMAL}) ?/ ?({_DECIMAL})"), lambda m: _signed(m[1], _fraction(m[2], m[3]))),
    (re.compile(_SIGN + _BRACED_FRACTION), lambda m: _signed(m[1], _fraction(m[2], m[3]))),
    (re.compile(rf"{_SIGN}{_FRAC} ?([0-9]) ?([0-9])"), lambda m: _signed(m[1], _fraction(m[2], m[3]))),
    (re.compile(rf"{_SIGN}({_DECIMAL})[eE]([+-]?[0-9]{{1,4}})"), _scientific),
    (re.compile(rf"{_SIGN}({_DECIMAL}){_TIMES_TEN}"), _scientific),
    (re.compile(rf"{_SIGN}({_DIGITS}) ({_DIGITS})/({_DIGITS})"), _mixed),
    (re.compile(rf"{_SIGN}({_DIGITS}) ?{_FRAC} ?\{{({_DIGITS})\}} ?\{{({_DIGITS})\}}"), _mixed),
    (re.compile(rf"{_SIGN}({_DIGITS})? ?([{_VULGAR}])"), _vulgar),
)
"""Tried in order; each matches the whole of the plain text. Two unbounded repeats never read the same digits."""

_NARROW = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *map(ord, "．％－＋／"))} | {0x2212: 0x2D}
"""One character for one, so that spans stay true. A full-width comma is not in it: in prose it ends a clause."""

_TEXT_DIGITS = r"(?:[1-9][0-9]{0,2}(?:(?:,|\{,\}|,?\\!|\\,)[0-9]{3})+(?![0-9])|[0-9]+)"
_TEXT_DECIMAL = rf"(?:{_TEXT_DIGITS}(?:\.[0-9]+)?|\.[0-9]+)"
_IN_TEXT = re.compile(
    rf"""(?:(?<![A-Za-z0-9_)\]}}%\-+])[+-](?:\\?\$)?(?=[0-9.\\{_VULGAR}]))?  # a sign, next to what it signs
    (?:{_BRACED_FRACTION.replace(" ", "[ ]")}
      |{_FRAC}[ ]?[0-9][ ]?[0-9]
      |(?<![A-Za-z0-9_])(?:
          {_TEXT_DIGITS}(?:[ ]{_TEXT_DIGITS}/{_TEXT_DIGITS}|[ ]?{_FRAC}\{{[0-9]+\}}\{{[0-9]+\}}|[ ]?[{_VULGAR}])
         |{_TEXT_DECIMAL}(?:[eE][+-]?[0-9]{{1,4}}(?![0-9A-Za-z])|{_TIMES_TEN.replace(" ", "[ ]")}|/{_TEXT_DECIMAL})?
         |[{_VULGAR}]
      )
    )
    (?:[ ]?\\?%)?""",
    re.VERBOSE,
)
