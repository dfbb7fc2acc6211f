"""Families of spelling: units, words, Chinese, sizes and spaces, plain text. See `math_pairs.py`."""

from __future__ import annotations

import random
import re
from fractions import Fraction

from math_pairs_letters import as_terms, linear, times
from math_pairs_numbers import Triple, decimal, fraction, grouped
from math_pairs_roots import small, surd_terms
from math_pairs_trees import ONE, PI, Ink, Terms, altered, combined, name, power, root, write
from math_pairs_trees import num as number

_UNITS = (
    (("cm", "centimeters"), ("m", "meters")),
    (("kg", "kilograms"), ("g", "grams")),
    (("m", "meters"), ("km", "kilometers")),
    (("hours",), ("minutes",)),
    (("cm^2", "square centimeters"), ("cm^3", "cubic centimeters")),
    (("m/s", "meters per second"), ("km/h", "kilometers per hour")),
    (("mL", "milliliters"), ("L", "liters")),
    (("feet", "ft"), ("inches", "in")),
    (("square units", "units^2"), ("cubic units", "units^3")),
)


def _with_unit(chance: random.Random, value: str, unit: str) -> str:
    base, raised = unit.partition("^")[::2]
    top = f"^{raised}" if raised and chance.random() < 0.5 else f"^{{{raised}}}" if raised else ""
    forms = [f"{value} \\text{{ {base}}}{top}", f"{value}\\text{{ {base}}}{top}", f"{value}\\,\\text{{{base}}}{top}"]
    forms += [f"{value}~\\mathrm{{{base}}}{top}", f"{value} \\mathrm{{~{base}}}{top}"] if " " not in base else []
    forms += [f"{value} {unit}"] if not raised else []
    if "/" in base:
        above, below = base.split("/")
        forms += [f"{value} \\text{{ {above}}}/\\text{{{below}}}", f"{value}~\\mathrm{{{above}/{below}}}"]
    return chance.choice(forms)


def units(chance: random.Random) -> Triple:
    here, there = chance.choice(_UNITS)
    amount = small(chance, 60)
    value, other = decimal(abs(amount)) if amount.denominator != 3 else fraction(chance, abs(amount)), abs(amount) + 1
    more = decimal(other) if other.denominator != 3 else fraction(chance, other)
    gold = _with_unit(chance, value, here[0])
    rights = (_with_unit(chance, value, chance.choice(here)), _with_unit(chance, value, here[0]), value)
    wrongs = (_with_unit(chance, value, there[0]), _with_unit(chance, more, here[0]), more)
    if chance.random() < 0.25:
        return value, _with_unit(chance, value, chance.choice(here)), _with_unit(chance, more, here[0])
    return gold, chance.choice(rights), chance.choice(wrongs)


def degrees(chance: random.Random) -> Triple:
    value = chance.randint(1, 359)
    signs = ("^\\circ", "^{\\circ}", "°", "\\text{ degrees}", " degrees", "^\\circ")
    gold, *rights = (f"{value}{sign}" for sign in chance.sample(signs, 4))
    wrong = chance.choice((value + 1, 360 - value if value != 180 else 90, value * 10))
    return gold, chance.choice((*rights, str(value))), f"{wrong}{chance.choice((*signs, ''))}"


_WORDS = (
    ("Yes", "No"), ("True", "False"), ("even", "odd"), ("Monday", "Tuesday"), ("Alice", "Bob"), ("none", "all"),
    ("A", "B"), ("C", "D"), ("(A)", "(B)"), ("E", "A"), ("ellipse", "hyperbola"), ("east", "west"),
)  # fmt: skip


def words(chance: random.Random) -> Triple:
    right, wrong = chance.choice(_WORDS)
    styles = ("{}", "\\text{{{}}}", "\\textbf{{{}}}", "\\mathrm{{{}}}", "\\text{{ {} }}", "{}.", "\\text{{{}.}}")
    gold = chance.choice(styles[:3]).format(right)
    return gold, chance.choice(styles).format(right), chance.choice(styles).format(wrong)


def absolute_values(chance: random.Random) -> Triple:
    n, k = chance.randint(2, 40), chance.randint(2, 7)
    far, value = root(number(chance.choice((2, 3, 5, 6, 7)))), chance.randint(4, 9)
    gap: Terms = {ONE: Fraction(value), far: Fraction(-1)}
    back = write(combined(chance, {ONE: Fraction(-value), far: Fraction(1)}), chance)
    forms = (
        (str(n), f"|-{n}|", f"-|{n}|"),
        (str(n), f"\\left| {k} - {n + k} \\right|", str(-n)),
        (write(combined(chance, gap), chance), f"|{back}|", back),
        (str(n // k), f"\\left\\lfloor \\frac{{{n}}}{{{k}}} \\right\\rfloor", str(n // k + 1)),
        (str(-(-n // k)), f"\\lceil {n}/{k} \\rceil", str(-(-n // k) - 1)),
        (str(n), f"\\sqrt{{({k} - {n + k})^2}}", str(-n)),
    )
    return chance.choice(forms)


def _chinese_number(chance: random.Random, value: int) -> tuple[str, str]:
    """The value times ten thousand or a hundred million, in characters and in digits."""
    mark, times_ = chance.choice((("万", 10**4), ("亿", 10**8)))
    tenths = Fraction(value, 10)
    return f"{decimal(tenths)}{mark}", str(int(tenths * times_))


def chinese(chance: random.Random) -> Triple:
    a, b = chance.randint(2, 99), chance.randint(100, 300)
    short, long = _chinese_number(chance, a)
    wide = str.maketrans(
        "0123456789(),=%", "0123456789（），＝％".translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    )
    unit, other = chance.choice(
        (
            ("厘米", "千克"),
            ("元", "米"),
            ("平方米", "米"),
            ("千米", "小时"),
            ("岁", "米"),
            ("度", "元"),
            ("个", "元"),
            ("人", "米"),
        )
    )
    forms = (
        (long, short, _chinese_number(chance, a + 1)[0]),
        (short, long, str(int(long) * 10)),
        (f"{a}{unit}", str(a), f"{a + 1}{unit}"),
        (str(a), f"{a}\\text{{{unit}}}", f"{b}\\text{{{unit}}}"),
        (f"{a}{unit}", f"{a} \\text{{{unit}}}", f"{a}{other}"),
        (f"({a},{b})", f"({a},{b})".translate(wide), f"({b},{a})".translate(wide)),
        (f"x={a}", f"x={a}".translate(wide), f"x={b}".translate(wide)),
        (f"{a}\\%", f"{a}%".translate(wide), f"{a + 1}%".translate(wide)),
        (f"{a}, {b}", f"{a}或{b}", f"{a}或{b + 1}"),
        (f"x={a}或x={b}", f"x = {b} \\text{{ or }} x = {a}", f"x={a}"),
        (f"x={a}或x={b}", f"x_1={a}, x_2={b}", f"x_1={a}，x_2={b + 1}"),
        (str(a), f"{a}。", f"{a + 1}。"),
        (str(b), str(b).translate(wide), str(b + 1).translate(wide)),
    )  # fmt: skip
    return chance.choice(forms)


def _anything(chance: random.Random) -> Terms:
    kind = chance.randrange(5)
    if kind == 0:
        letters = tuple(sorted(chance.sample("abxyz", 2)))
        return as_terms(times(linear(chance, 2), linear(chance, 2)), letters)
    if kind == 1:
        return as_terms(times(linear(chance), linear(chance)), (chance.choice("xtn"),))
    if kind == 2:
        return {PI: small(chance, 30), ONE: small(chance)}
    return (
        surd_terms(chance)
        if kind == 3
        else {ONE: small(chance, 5000), name("x"): small(chance), power(name("x"), number(2)): small(chance)}
    )


def _decorated(chance: random.Random, text: str) -> str:
    """Commands and spaces that mean nothing."""
    if chance.random() < 0.6:
        text = re.sub(
            r" ?([+-]) ?",
            lambda found: found[1] + chance.choice((" ", "\\, ", "\\; ", "\\ ", "{}", "\\! ", "~")),
            text,
        )
    forms = ("\\displaystyle {}", "\\left( {} \\right)", "$ {} $", "{{{}}}", "\\boxed{{{}}}", "{}.", "\\mathbf{{{}}}",
             "\\big( {} \\big)", "\\; {} \\;", "\\,{}\\,", "\\( {} \\)", "{}\\quad", "\\textstyle {}",
             "({})", "{}")  # fmt: skip
    return chance.choice(forms).format(text)


def sizes_and_spaces(chance: random.Random) -> Triple:
    terms = _anything(chance)
    gold, right, wrong = (write(combined(chance, some), chance) for some in (terms, terms, altered(chance, terms)))
    return gold, _decorated(chance, right), _decorated(chance, wrong)


def _inked(chance: random.Random, ink: Ink) -> Triple:
    terms = _anything(chance)
    gold, right, wrong = (combined(chance, some) for some in (terms, terms, altered(chance, terms)))
    if chance.random() < 0.25:
        return write(gold, chance, ink), write(right, chance), write(wrong, chance)
    return write(gold, chance), write(right, chance, ink), write(wrong, chance, ink)


def plain_text(chance: random.Random) -> Triple:
    return _inked(chance, "ascii")


def unicode_text(chance: random.Random) -> Triple:
    gold, right, wrong = _inked(chance, "unicode")
    minus = chance.random() < 0.4
    return gold, right.replace("-", "−") if minus else right, wrong.replace("-", "−") if minus else wrong


def _gold_value(gold: str) -> Fraction | None:
    """The number that a gold of the rollouts is, None where it is something else."""
    plain = gold.replace("{,}", "").replace(",", "")
    if re.fullmatch(r"-?\d+(\.\d+)?", plain):
        return Fraction(plain)
    found = re.fullmatch(r"(-?)(\d*)\\frac\{(\d+)\}\{(\d+)\}", plain)
    if found is None:
        return None
    value = int(found[2] or "0") + Fraction(int(found[3]), int(found[4]))
    return -value if found[1] else value


def from_golds(golds: list[str]) -> list[Triple]:
    """Every gold of the rollouts that is a number, rewritten and with another value."""
    found: list[Triple] = []
    for gold in golds:
        chance, value = random.Random(f"gold {gold}"), _gold_value(gold)
        if value is None:
            continue
        whole = value.denominator == 1
        forms = [
            fraction(chance, value, 1 if not whole else 3),
            f"x = {fraction(chance, value)}",
            f"${gold}$",
            f"{gold}.",
        ]
        forms += [grouped(chance, int(value)), f"{int(value)}.0", f"{gold} \\text{{ cm}}"] if whole else []
        forms += [decimal(value)] if whole or 10**4 % value.denominator == 0 else []
        wrong = value + chance.choice((1, -1, 10, Fraction(1, 2), Fraction(1, 100)))
        other = fraction(chance, chance.choice((wrong, wrong, -value or Fraction(7), value * 10 or Fraction(70))))
        found += [(gold, form, other) for form in chance.sample(forms, 2)]
    return found


FAMILIES = {
    "units": units,
    "degrees": degrees,
    "words": words,
    "absolute values": absolute_values,
    "Chinese": chinese,
    "sizes and spaces": sizes_and_spaces,
    "plain text": plain_text,
    "Unicode": unicode_text,
}
