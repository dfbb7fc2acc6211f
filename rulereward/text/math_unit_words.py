"""Which words behind a number can be a unit that we do not know."""

from __future__ import annotations

_MAX_WORDS = 3
_MAX_CHARS_ZH = 4

_JOINING = """
or and not no nor but yet so if then than as is are was be to at via either neither both instead rather also else
except plus minus over by mod equals equal point because since unless until versus vs with without
"""
_DOUBTING = """
maybe perhaps actually probably possibly wait correction sorry error mistake wrong right correct incorrect false
true never nope denied excluded rejected discarded invalid impossible undefined about approximately roughly around
almost nearly circa
"""
_BOUNDING = """
above below under more less fewer greater larger smaller least most upward upwards downward downwards minimum
maximum up down beyond within outside exactly only onward onwards
"""
_CHANGING = """
divided multiplied added subtracted increased decreased squared cubed factorial root reciprocal inverse opposite
negative positive absolute doubled tripled quadrupled halved double triple quadruple twice thrice power exponent
raised log negated inverted reversed conjugate complement modulo binary octal decimal hexadecimal radical recurring
repeating percentage cube square
"""
_NUMERALS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion
quadrillion myriad zillion lakh crore googol quintillion sextillion septillion octillion nonillion decillion grand
kilo mille permille dozen gross score infinity percent half halve quarter third fourth fifth sixth seventh eighth
ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
hundredth thousandth millionth billionth
"""
_NO_UNIT = frozenset(f"{_JOINING} {_DOUBTING} {_BOUNDING} {_CHANGING} {_NUMERALS}".split())
"""Words that make another answer of what stands before them: `5 or six`, `5 millions`, `5 squared`, `5 or more`."""
_UNITS = frozenset(("points", "quarters", "scores"))
"""Plurals that count something: coins and marks."""

_NO_UNIT_ZH = frozenset(
    "或和与及且并非不没否无未万亿千百十半零一二两三四五六七八九几多约加减乘除负以上下内外左右前后的错误倒"
    "至大小于超近余来余少最若则当而但又即等仟佰拾廿兆打成假折京吗"
)
_NO_UNIT_PHRASES_ZH = ("方根", "循环", "舍去", "开方", "时候", "相反")


def could_be_unit(words: str) -> bool:
    """Can words that are no known unit be one: a few words, of letters alone, that say nothing else?"""
    parts = words.replace("/", " ").replace(".", " ").replace("·", " ").split()
    if not 1 <= len(parts) <= _MAX_WORDS or not all(part.replace("-", "").isalpha() for part in parts):
        return False
    if any(_says_more(part.lower()) for name in parts for part in name.split("-")):
        return False
    return all(part.isascii() or _could_be_unit_zh(part) for part in parts)


def _could_be_unit_zh(word: str) -> bool:
    if len(word) > _MAX_CHARS_ZH or any(phrase in word for phrase in _NO_UNIT_PHRASES_ZH):
        return False
    return word not in ("平方", "立方") and _NO_UNIT_ZH.isdisjoint(word)


def _says_more(word: str) -> bool:
    """Plurals are the same words."""
    if word in _UNITS:
        return False
    return word in _NO_UNIT or word.removesuffix("s") in _NO_UNIT or word.removesuffix("es") in _NO_UNIT
