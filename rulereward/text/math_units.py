r"""Units and percent signs at the end of an answer: `5\text{ cm}`, `5 cm`, `90^\circ`, `$5`, `50%`, `101_2`.

Units are compared as written, after synonyms; nothing is converted, so 100 cm is not 1 m.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SYNONYMS = {
    "mm": "millimeter millimeters millimetre millimetres",
    "cm": "centimeter centimeters centimetre centimetres",
    "m": "meter meters metre metres",
    "km": "kilometer kilometers kilometre kilometres",
    "in": "inch inches",
    "ft": "foot feet",
    "yd": "yard yards",
    "mi": "mile miles",
    "mg": "milligram milligrams",
    "g": "gram grams",
    "kg": "kilogram kilograms",
    "lb": "lbs pound pounds",
    "oz": "ounce ounces",
    "ml": "mL milliliter milliliters millilitre millilitres",
    "L": "liter liters litre litres",
    "ms": "millisecond milliseconds",
    "s": "sec secs second seconds",
    "min": "mins minute minutes",
    "h": "hr hrs hour hours",
    "day": "days",
    "week": "weeks",
    "month": "months",
    "year": "years yr yrs",
    "degree": "degrees deg",
    "radian": "radians rad",
    "$": "dollar dollars usd USD",
    "cent": "cents",
    "€": "euro euros",
    "mph": "",
    "unit": "units",
}
_KNOWN = {name: unit for unit, names in _SYNONYMS.items() for name in (unit, *names.split())}
_PREFIXES = {"square": "^2", "sq": "^2", "cubic": "^3"}
_ONE_LETTER = frozenset("mgLsh")

_WORDED = re.compile(r"\\text ?\{([^{}\\]*)\}(?: ?\^ ?(?:\{ ?([23]) ?\}|([23])))?$")
_PLAIN = re.compile(r"( ?)((?:(?:square|sq\.?|cubic) )?[A-Za-z$€]+)\.?(?: ?\^ ?(?:\{ ?([23]) ?\}|([23])))?$")
_DEGREE = re.compile(r" ?\^ ?(?:\\circ|\{ ?\\circ ?\}) ?([CF]?)$")
_BASE = re.compile(r"(?<=[0-9A-Za-z}]) ?_ ?(?:\{ ?([0-9]{1,2}|\\text\{[a-z]+\}) ?\}|([0-9]))$")
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
        return Measure(money[1] + text[money.end() :], unit=money[2], known=True)
    degree = _DEGREE.search(text)
    if degree and degree.start() > 0:
        return Measure(text[: degree.start()], unit=f"degree{degree[1]}", known=True)
    base = _BASE.search(text)
    if base and text[: base.start()].replace(" ", "").isalnum() and any(c.isdigit() for c in text[: base.start()]):
        return Measure(text[: base.start()], unit=f"base {base[1] or base[2]}", known=True)
    return _worded(text) or _plain(text) or Measure(text)


def _worded(text: str) -> Measure | None:
    match = _WORDED.search(text)
    if match is None or not match[1].strip(" .") or not _valued(text[: match.start()]):
        return None
    unit, known = _canonical(match[1], match[2] or match[3])
    return Measure(text[: match.start()].rstrip(), unit=unit, known=known)


def _plain(text: str) -> Measure | None:
    r"""A known unit written without `\text`; a single letter only after a space: `4t` and `5m` are products."""
    match = _PLAIN.search(text)
    if match is None or match.start() == 0 or text[match.start() - 1] not in "0123456789}":
        return None
    unit, known = _canonical(match[2], match[3] or match[4])
    one_letter = len(match[2]) == 1 and match[2].isalpha()
    if not known or (one_letter and not (match[1] and match[2] in _ONE_LETTER)):
        return None
    return Measure(text[: match.start()], unit=unit, known=True, letters=True)


def _valued(text: str) -> bool:
    r"""Does a unit after `text` measure something? A name such as `x_{\text{max}}` is no value and a unit."""
    return any(c.isdigit() for c in text) and text.rstrip()[-1:] not in ("", "_", "^", "{", "=", "+", "-", ",", "(")


def _canonical(words: str, power: str | None) -> tuple[str, bool]:
    parts = words.replace(".", " ").split()
    raised = f"^{power}" if power else ""
    if len(parts) > 1 and parts[0].lower() in _PREFIXES:
        raised = _PREFIXES[parts.pop(0).lower()]
    name = " ".join(parts)
    unit = _KNOWN.get(name) or _KNOWN.get(name.lower())
    return (unit or name.lower()) + raised, unit is not None
