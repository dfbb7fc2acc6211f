"""Families of numbers: a gold, an answer that equals it, and one that does not. See `math_pairs.py`."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from math import isqrt

from math_pairs_trees import PI, Tree, add, div, mul, num, rational, root, write

Triple = tuple[str, str, str]
"""A gold, an answer equal to it, and one that is not."""


def grouped(chance: random.Random, value: int) -> str:
    """With thousands separators as data sets write them."""
    mark = chance.choice((",", "{,}", "\\,", ",\\!", " "))
    return f"{value:,}".replace(",", mark)


def decimal(value: Fraction) -> str:
    """A fraction over a power of ten, in full."""
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    digits = str(abs(int(value * 10**places))).rjust(places + 1, "0")
    whole, rest = digits[: len(digits) - places], digits[len(digits) - places :]
    return ("-" if value < 0 else "") + (f"{whole}.{rest}" if rest else whole)


def fraction(chance: random.Random, value: Fraction, times: int = 1) -> str:
    """As a fraction, perhaps not in lowest terms."""
    above, below = abs(value.numerator) * times, value.denominator * times
    command = chance.choice(("\\frac", "\\dfrac", "\\tfrac", "\\frac"))
    forms = [f"{command}{{{above}}}{{{below}}}", f"{command}{{{above}}}{{{below}}}", f"{above}/{below}"]
    if above < 10 and below < 10:
        forms.append(f"{command}{above}{below}")
    forms.append(f"{{{above} \\over {below}}}")
    sign = "-" if value < 0 else ""
    if value < 0 and chance.random() < 0.3:
        return f"{command}{{-{above}}}{{{below}}}"
    return sign + chance.choice(forms)


def integers(chance: random.Random) -> Triple:
    value = chance.randint(2, 10 ** chance.randint(1, 9)) * chance.choice((1, 1, -1))
    spelled = (
        str(value),
        grouped(chance, value),
        f"{value}.0",
        f"{value}.",
        f"\\text{{{value}}}",
        f"\\mathbf{{{value}}}",
    )
    wrong = chance.choice((value + 1, value - 1, -value, value * 10, value + 10, value + 1000))
    gold = chance.choice((str(value), grouped(chance, value)))
    return gold, chance.choice(spelled), chance.choice((str(wrong), grouped(chance, wrong), f"{wrong}.0"))


def decimals(chance: random.Random) -> Triple:
    value = _not_whole(chance, chance.randint(1, 4))
    texts = (decimal(value) + "0", decimal(value).replace("0.", ".", 1) if abs(value) < 1 else decimal(value) + "00")
    wrong = chance.choice((value * 10, value / 10, -value, value + Fraction(1, 1000), value + 1))
    return decimal(value), chance.choice((*texts, fraction(chance, value))), decimal(wrong)


def _not_whole(chance: random.Random, places: int) -> Fraction:
    value = Fraction(chance.randint(1, 10 ** (places + 2)), 10**places)
    return value if value.denominator > 1 else _not_whole(chance, places)


def _proper(chance: random.Random, most: int = 60) -> Fraction:
    value = Fraction(chance.randint(1, most), chance.randint(2, most))
    return value if value.denominator > 1 else _proper(chance, most)


def fractions(chance: random.Random) -> Triple:
    value = _proper(chance) * chance.choice((1, 1, -1))
    above, below = value.numerator, value.denominator
    wrongs = [Fraction(above + 1, below), -value, Fraction(above, below + 1), value + 1, value * 10]
    if abs(value) != 1:
        wrongs.append(1 / value)
    return (
        fraction(chance, value),
        fraction(chance, value, chance.choice((1, 1, 2, 3, 5))),
        fraction(chance, chance.choice(wrongs)),
    )


def nested_fractions(chance: random.Random) -> Triple:
    a, b, c = chance.randint(1, 9), chance.randint(2, 9), chance.randint(2, 9)
    top, below = _proper(chance, 9), _proper(chance, 9)
    forms: tuple[tuple[Tree, Fraction], ...] = (
        (add(num(a), div(num(1), add(num(b), div(num(1), num(c))))), a + 1 / (b + Fraction(1, c))),
        (div(rational(top), rational(below)), top / below),
        (div(num(a), add(num(b), rational(below))), a / (b + below)),
        (div(add(rational(top), num(a)), num(c)), (top + a) / c),
    )
    tree, value = chance.choice(forms)
    ink = chance.choice(("latex", "latex", "ascii"))
    simple, nested = fraction(chance, value), write(tree, chance, ink)  # type: ignore[arg-type]
    wrong = value + chance.choice((1, -1, Fraction(1, b), Fraction(-1, c)))
    if chance.random() < 0.5:
        return simple, nested, fraction(chance, wrong)
    return write(tree, chance), simple, fraction(chance, wrong)


def mixed_numbers(chance: random.Random) -> Triple:
    part = _proper(chance, 12) % 1
    whole, sign = chance.randint(1, 30), chance.choice(("", "", "-"))
    value = (whole + part) * (-1 if sign else 1)
    a, b = part.numerator, part.denominator
    mixed = [f"{sign}{whole}\\frac{{{a}}}{{{b}}}", f"{sign}{whole} \\dfrac{{{a}}}{{{b}}}", f"{sign}{whole} {a}/{b}"]
    gold, *rights = chance.sample([*mixed, fraction(chance, value)], 3)
    times = f"{sign}{whole} \\cdot \\frac{{{a}}}{{{b}}}"
    wrongs = [
        f"{sign}{whole + 1}\\frac{{{a}}}{{{b}}}",
        fraction(chance, -value),
        times,
        fraction(chance, value + part),
    ]
    return gold, chance.choice(rights), chance.choice(wrongs)


def percents(chance: random.Random) -> Triple:
    hundredths = chance.choice((Fraction(chance.randint(1, 150)), Fraction(chance.randint(1, 999), 10)))
    share, text = hundredths / 100, decimal(hundredths)
    spelled = (f"{text}\\%", f"{text}%", f"{text} \\%", decimal(share), fraction(chance, share))
    wrongs = (text, f"{decimal(hundredths + 1)}\\%", f"{decimal(hundredths * 10)}\\%", decimal(share * 10))
    if share.denominator == 1:
        return percents(chance)
    wrong = chance.choice(wrongs[1:] if chance.random() < 0.6 else wrongs)
    return chance.choice(spelled[:4]), chance.choice(spelled), wrong


def scientific(chance: random.Random) -> Triple:
    shift = chance.choice((-3, -2, 2, 3, 4, 5, 6, 8, 9))
    value = _not_whole(chance, 1) % 10 or Fraction(3, 2)
    mantissa, full = decimal(value), value * Fraction(10) ** shift
    dot = chance.choice(("\\times", "\\cdot", "\\times", "×"))
    forms = [
        f"{mantissa} {dot} 10^{{{shift}}}",
        f"{mantissa}e{shift}",
        f"{mantissa}*10^{shift}",
        f"{mantissa}E{shift}",
    ]
    if shift < 0:
        forms[2] = f"{mantissa}*10^({shift})"
    forms.append(decimal(full))
    wrongs = [f"{mantissa} \\times 10^{{{shift + 1}}}", f"{mantissa} \\times 10^{{{-shift}}}"]
    wrongs += [f"{decimal(value + 1)} {dot} 10^{{{shift}}}", f"-{mantissa}e{shift}", decimal(full * 10)]
    gold = forms[0] if chance.random() < 0.7 else forms[-1]
    return gold, chance.choice([form for form in forms if form != gold]), chance.choice(wrongs)


def recurring(chance: random.Random) -> Triple:
    length, before = chance.randint(1, 3), chance.choice(("", "", str(chance.randint(0, 9))))
    block = str(chance.randint(1, 10**length - 2)).rjust(length, "0")
    lead = Fraction(int(before or "0"), 10 ** len(before))
    value = lead + Fraction(int(block), (10**length - 1) * 10 ** len(before))
    text = f"0.{before}\\overline{{{block}}}"
    wrongs = (f"0.{before}{block}", fraction(chance, value + Fraction(1, 9)), fraction(chance, value * 10))
    gold, right = chance.sample((text, fraction(chance, value)), 2)
    return gold, right, chance.choice(wrongs)


def _rounded(value: Fraction, places: int) -> str:
    whole = round(abs(value) * 10**places)
    digits = str(whole).rjust(places + 1, "0")
    return ("-" if value < 0 else "") + f"{digits[:-places]}.{digits[-places:]}"


def rounded_decimals(chance: random.Random) -> Triple:
    """Six places and more may be a rounded value, fewer are not."""
    below = chance.choice((3, 7, 9, 11, 13, 17, 21))
    exact = Fraction(chance.randint(1, 200) * below + chance.randint(1, below - 1), below * chance.choice((1, 10)))
    gold: Tree = rational(exact)
    many = chance.choice((2, 3, 5, 6, 7, 11, 13))
    if chance.random() < 0.4:
        exact, gold = Fraction(isqrt(many * 10**60), 10**30), root(num(many))
    elif chance.random() < 0.3:
        exact, gold = many * Fraction(31415926535897932384626433, 10**25), mul(num(many), PI)
    places = chance.randint(6, 10)
    short = _rounded(exact, chance.randint(1, 4))
    off = _rounded(exact + Fraction(chance.choice((1, -1, 7)), 1000), places)
    return write(gold, chance), _rounded(exact, places), chance.choice((short, off))


def money(chance: random.Random) -> Triple:
    cents = chance.choice((chance.randint(101, 99999), chance.randint(2, 300) * 100))
    amount = f"{cents // 100}.{cents % 100:02d}" if cents % 100 else str(cents // 100)
    mark = chance.choice(("\\$", "\\$", "$", "€", "£"))
    word = {"\\$": "dollars", "$": "dollars", "€": "euros", "£": "pounds"}[mark]
    rights = (f"{mark}{amount}", f"{mark} {amount}", amount, f"{amount} \\text{{ {word}}}", f"{amount} {word}")
    more = f"{cents // 100 + 1}{amount[len(str(cents // 100)) :]}"
    other = {"\\$": "€", "$": "£", "€": "\\$", "£": "€"}[mark]
    gold = chance.choice(rights[:3])
    wrongs = [f"{mark}{more}", more, f"{more} \\text{{ {word}}}"]
    if gold != amount:
        wrongs.append(f"{other}{amount}")  # against a bare amount any one currency is left aside
    return gold, chance.choice(rights), chance.choice(wrongs)


_BASES: Sequence[tuple[int, str]] = ((2, "two"), (3, "three"), (5, "five"), (7, "seven"), (8, "eight"))


def bases(chance: random.Random) -> Triple:
    base, _ = chance.choice(_BASES)
    digits = str(chance.randint(1, base - 1)) + "".join(str(chance.randint(0, base - 1)) for _ in range(3))
    other = digits[:-1] + str((int(digits[-1]) + 1) % base)
    gold, right = chance.sample((f"{digits}_{base}", f"{digits}_{{{base}}}", f"{{{digits}}}_{{{base}}}"), 2)
    return gold, right, chance.choice((f"{other}_{base}", f"{other}_{{{base}}}", f"{digits}_{{{base + 1}}}"))


FAMILIES = {
    "integers": integers,
    "decimals": decimals,
    "fractions": fractions,
    "nested fractions": nested_fractions,
    "mixed numbers": mixed_numbers,
    "percents": percents,
    "scientific notation": scientific,
    "recurring decimals": recurring,
    "rounded decimals": rounded_decimals,
    "money": money,
    "bases": bases,
}
