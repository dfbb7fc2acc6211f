r"""Units and percent signs at the end of an answer: `5\text{ cm}`, `5 cm`, `90^\circ`, `$5`, `50%`, `101_2`.

Units are compared as written, after synonyms; nothing is converted, so 100 cm is not 1 m.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rulereward.text.math_rewrite import has_angle
from rulereward.text.math_symbols import PLAIN_NAMES
from rulereward.text.math_unit_words import could_be_unit

_SYNONYMS = {
    "Mg": "megagram megagrams",
    "t": "ton tons tonne tonnes 吨",
    "mm": "millimeter millimeters millimetre millimetres 毫米",
    "dm": "decimeter decimeters decimetre decimetres 分米",
    "cm": "centimeter centimeters centimetre centimetres 厘米",
    "m": "meter meters metre metres 米",
    "km": "kilometer kilometers kilometre kilometres 千米 公里",
    "in": "inch inches",
    "ft": "foot feet",
    "yd": "yard yards",
    "mi": "mile miles",
    "mg": "milligram milligrams 毫克",
    "g": "gram grams 克",
    "kg": "kilogram kilograms 千克 公斤",
    "lb": "lbs",
    "pound": "pounds",
    "oz": "ounce ounces",
    "mL": "ml milliliter milliliters millilitre millilitres 毫升",
    "L": "liter liters litre litres 升",
    "ms": "millisecond milliseconds",
    "s": "sec secs second seconds 秒",
    "min": "mins minute minutes 分钟",
    "mark": "marks 分",
    "gal": "gallon gallons 加仑",
    "qt": "quart quarts",
    "pt": "pint pints",
    "cup": "cups 杯",
    "acre": "acres",
    "ha": "hectare hectares 公顷",
    "h": "hr hrs hour hours 小时 时",
    "o'clock": "点 点钟",
    "day": "days 天",
    "day of a month": "日 号",
    "week": "weeks 周 星期",
    "month": "months 个月",
    "month of a year": "月",
    "year": "years yr yrs 年",
    "degree": "degrees deg 度",
    "radian": "radians rad 弧度",
    "$": "dollar dollars usd USD 美元",
    "cent": "cents 美分",
    "€": "euro euros 欧元",
    "¥": "yuan 元",
    "km/h": "kph km/hr 千米/时",
    "m/s": "米/秒",
    "mph": "mi/h",
    "degree C": "摄氏度 celsius",
    "degree F": "华氏度 fahrenheit",
    "unit": "units",
}
_KNOWN = {name: unit for unit, names in _SYNONYMS.items() for name in (unit, *names.split())}
_KNOWN |= {
    f"{degree} {scale}": f"degree {scale[0].upper()}"
    for degree in ("degree", "degrees")
    for scale in ("celsius", "fahrenheit")
}
_PREFIXES = {"square": "^2", "sq": "^2", "cubic": "^3"}
_PREFIXES_ZH = {"平方": "^2", "立方": "^3"}
_PREFIXED = 2
"""In a unit of so many letters their case counts."""
_ONE_LETTER = frozenset("mgLsh")
_WORD_LETTERS = 4
"""A word of so many letters after a number is taken for a unit even where we do not know it: `5 apples`."""

_RAISED = r"(?: ?\^ ?(?:\{ ?([23]) ?\}|([23])))?$"
_WORDED = re.compile(r"\\text ?\{([^{}\\]*)\}" + _RAISED)
_PLAIN = re.compile(
    r"(?:(?<=[0-9}])|(?<=\\pi))( ?)"
    r"((?:(?:square|sq\.?|cubic|degrees?) )?[A-Za-z$€\u4e00-\u9fff]+(?:(?:/| per )[A-Za-z\u4e00-\u9fff]+)?)" + _RAISED
)
_IN_BRACKETS = re.compile(r"(?<=[0-9}]) ?\( ?([A-Za-z/\u4e00-\u9fff]{1,12}) ?\)$")
_DEGREE = re.compile(r" ?\^ ?(?:\\circ|\{ ?\\circ ?\}) ?(?:([CF])|\\text ?\{ ?([CF]) ?\})?$")
_BASE = re.compile(r"(?<=[0-9]) ?_ ?(?:\{ ?([0-9]{1,2}) ?\}|([0-9]))$")
_LARGEST_BASE = 36
_PER = re.compile(r" per |/|每")
_MONEY = re.compile(r"(-?) ?\\?([$€£¥]) ?(?=[0-9.])")
_PERCENT = re.compile(r" ?(?:%|\\text ?\{ ?(?:percent|per cent) ?\}|(?<![A-Za-z])(?:percent|per cent))$")


@dataclass(frozen=True, slots=True)
class Measure:
    """`value` of an answer, and what it is a number of.

    `unit` is None where none is written; `known` units are in our table; `letters` units could also be variables,
    as the m of `5 m`.
    """

    value: str
    percent: bool = False
    unit: str | None = None
    known: bool = False
    letters: bool = False


def split_measure(text: str) -> Measure:
    """Take a percent sign or a unit off a normal form. A unit alone, without a value before it, is a value."""
    percent = _PERCENT.search(text)
    if percent and percent.start() > 0:
        return Measure(text[: percent.start()], percent=True)
    money = _MONEY.match(text)
    if money:
        rest = split_measure(money[1] + text[money.end() :])
        per = rest.unit if rest.unit is not None and rest.unit.startswith("/") else ""
        value = rest.value if per else money[1] + text[money.end() :]
        return Measure(value, unit=money[2] + per, known=True)
    degree = _DEGREE.search(text)
    if degree and degree.start() > 0 and not has_angle(text):
        scale = degree[1] or degree[2]
        return Measure(text[: degree.start()], unit=f"degree {scale}" if scale else "degree", known=bool(scale))
    base = _BASE.search(text)
    if base and _in_base(text[: base.start()], int(base[1] or base[2])):
        return Measure(text[: base.start()], unit=f"base {int(base[1] or base[2])}", known=True)
    return _worded(text) or _plain(text) or _bracketed(text) or Measure(text)


def _worded(text: str) -> Measure | None:
    match = _WORDED.search(text)
    if match is None or not _valued(text[: match.start()]):
        return None
    unit, known = _canonical(match[1], match[2] or match[3])
    single = match[1].strip()
    if not known and ((len(single) == 1 and single.isascii()) or not could_be_unit(match[1])):
        return None  # a variable set upright, or words that say something else
    return Measure(text[: match.start()].rstrip(), unit=unit, known=known)


def _plain(text: str) -> Measure | None:
    r"""A unit written without `\text`; a single letter only after a space: `4t` and `5m` are products."""
    match = _PLAIN.search(text)
    if match is None:
        return None
    unit, known = _canonical(match[2], match[3] or match[4])
    word = match[2]
    if not known and (len(word) < _WORD_LETTERS or word in PLAIN_NAMES) and word.isascii():
        return None
    if not known and not could_be_unit(word.replace(" per ", "/")):
        return None
    if len(word) == 1 and word.isascii() and word.isalpha() and not (match[1] and word in _ONE_LETTER):
        return None
    return Measure(text[: match.start()], unit=unit, known=known, letters=True)


def _bracketed(text: str) -> Measure | None:
    """`12（元）`: only units that we know, for brackets also mean a product."""
    match = _IN_BRACKETS.search(text)
    if match is None or (match[1].isascii() and len(match[1]) == 1):
        return None
    unit, known = _canonical(match[1], None)
    return Measure(text[: match.start()], unit=unit, known=known) if known else None


def _valued(text: str) -> bool:
    r"""Does a unit after `text` measure something? A name such as `x_{\text{max}}` is no value and a unit."""
    return any(c.isdigit() for c in text) and text.rstrip()[-1:] not in ("", "_", "^", "{", "=", "+", "-", ",", "(")


def _in_base(digits: str, base: int) -> bool:
    """Is `digits` a numeral in `base`? 5 is none in base 2, and nobody writes numbers in base 43."""
    if not (digits.isascii() and digits.isalnum()) or not 2 <= base <= _LARGEST_BASE:
        return False
    return all(int(digit, _LARGEST_BASE) < base for digit in digits)


def _canonical(words: str, power: str | None) -> tuple[str, bool]:
    """A unit in one spelling, and whether all of it is known."""
    raised = f"^{power}" if power else ""
    parts = [_one(part) for part in _PER.split(words.replace(".", " "))]
    name = "/".join(part for part, _ in parts)
    return _KNOWN.get(name, name) + raised, all(known for _, known in parts)


def _one(words: str) -> tuple[str, bool]:
    parts = words.split()
    raised = ""
    if len(parts) > 1 and parts[0].lower() in _PREFIXES:
        raised = _PREFIXES[parts.pop(0).lower()]
    name = " ".join(parts)
    if name[:2] in _PREFIXES_ZH:
        raised = _PREFIXES_ZH[name[:2]]
        name = name[2:]
    folded = name.lower() if name.isupper() or len(name) > _PREFIXED else name  # Mg is not mg
    unit = _KNOWN.get(name) or _KNOWN.get(folded)
    return (unit or folded) + raised, unit is not None
