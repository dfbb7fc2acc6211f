"""Tables for `math_normal`: single characters and LaTeX commands, and the plain form each is read as."""

from __future__ import annotations

import unicodedata

_GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lamda mu nu xi pi rho sigma tau phi chi psi omega"
_GREEK_CAPITALS = "gamma delta theta lamda xi pi sigma upsilon phi psi omega"


def _greek() -> dict[str, str]:
    table: dict[str, str] = {}
    for case, names in (("SMALL", _GREEK.split()), ("CAPITAL", _GREEK_CAPITALS.split())):
        for name in names:
            command = name.replace("lamda", "lambda")
            command = command.capitalize() if case == "CAPITAL" else command
            table[unicodedata.lookup(f"GREEK {case} LETTER {name.upper()}")] = f"\\{command} "
    return table


def _fractions() -> dict[str, str]:
    """`½` is read as a LaTeX fraction, so that `3½` is a mixed number."""
    table: dict[str, str] = {}
    for character in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒":
        above, below = unicodedata.normalize("NFKC", character).split("\N{FRACTION SLASH}")
        table[character] = f"\\frac{{{above}}}{{{below}}}"
    return table


def _compatible() -> dict[str, str]:
    """Characters that NFKC changes in form only: full-width ASCII, and the styled letters and digits of mathematics.

    NFKC as a whole is not safe here: it turns x² into x2.
    """
    codes = [*range(0xFF01, 0xFF5F), *range(0x1D400, 0x1D800)]
    return {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in codes}


_OPERATORS = {
    **dict.fromkeys("−–—‐‑‒﹣", "-"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff", ""),
    **dict.fromkeys("\u2060\u2061\u2062\u2063\u2066\u2067\u2068\u2069", ""),
    **dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000\t\r\n", " "),
    **dict.fromkeys("·⋅∙", "\\cdot "),
    **dict.fromkeys("≤⩽≦", "\\le "),
    **dict.fromkeys("≥⩾≧", "\\ge "),
    **dict.fromkeys("⁄∕", "/"),
    **dict.fromkeys("∅⌀", "\\emptyset "),
    "×": "\\times ",
    "÷": "\\div ",
    "∞": "\\infty ",
    "≠": "\\ne ",
    "∪": "\\cup ",
    "∩": "\\cap ",
    "∈": "\\in ",
    "±": "\\pm ",
    "∓": "\\mp ",
    "√": "\\sqrt ",
    "∛": "\\sqrt[3] ",
    "∜": "\\sqrt[4] ",
    "∠": "\\angle ",
    "℃": "^\\circ C",
    "℉": "^\\circ F",
    "￥": "¥",
    "且": " and ",
    "㎡": " m^2",
    "㎥": " m^3",
    "㎝": " cm",
    "㎜": " mm",
    "㎞": " km",
    "㎏": " kg",
    "㎎": " mg",
    "°": "^\\circ ",
    "∗": "*",
    "∶": ":",
    "、": ",",
    "或": " or ",
    "和": " and ",
    "′": "'",
    "ℝ": "\\mathbb{R}",
    "ℤ": "\\mathbb{Z}",
    "ℕ": "\\mathbb{N}",
    "ℚ": "\\mathbb{Q}",
    "ℂ": "\\mathbb{C}",
}

CHARACTERS = str.maketrans({**_compatible(), **_greek(), **_fractions(), **_OPERATORS})
"""For `str.translate`; a command is followed by a space, so that it does not run into the next letter."""

RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₙ", "0123456789+-n", strict=True))

COMMANDS = {
    **dict.fromkeys(("left", "right", "bigl", "bigr", "Bigl", "Bigr", "big", "Big", "bigg", "Bigg"), ""),
    **dict.fromkeys(("displaystyle", "textstyle", "limits", "nolimits", "!"), ""),
    **dict.fromkeys((",", ";", ":", " ", "quad", "qquad", "thinspace"), " "),
    **dict.fromkeys(("dfrac", "tfrac", "cfrac"), "\\frac"),
    **dict.fromkeys(("dbinom", "tbinom"), "\\binom"),
    **dict.fromkeys(("leq", "leqslant"), "\\le"),
    **dict.fromkeys(("geq", "geqslant"), "\\ge"),
    **dict.fromkeys(("degree", "degrees"), "^\\circ"),
    **dict.fromkeys(("langle", "lparen"), "("),
    **dict.fromkeys(("rangle", "rparen"), ")"),
    **dict.fromkeys(("textrm", "textnormal", "textbf", "textit", "mathrm", "mbox"), "\\text"),
    **dict.fromkeys(("boxed", "fbox", "boldsymbol", "mathbf", "bm"), ""),
    "neq": "\\ne",
    "lbrace": "\\{",
    "rbrace": "\\}",
    "lbrack": "[",
    "rbrack": "]",
    "%": "%",
    "colon": ":",
    "varnothing": "\\emptyset",
    "infin": "\\infty",
    "dots": "\\ldots",
    "cdots": "\\ldots",
}
"""What stands for a command (without its backslash) in the normal form; others stay as they are."""

_PLAIN = "pi theta sqrt infty sin cos tan cot sec csc arcsin arccos arctan ln lg log exp cup cap times cdot pm frac"
PLAIN_NAMES = {**{name: f"\\{name}" for name in _PLAIN.split()}, "infinity": "\\infty"}
"""Names that mean a LaTeX command when they are written without its backslash."""

UPRIGHT = {
    **{name: f"{command} " for name, command in PLAIN_NAMES.items()},
    **{name: f"\\operatorname{{{name}}}" for name in ("lcm", "gcd")},
    **{name: f"\\{name} " for name in ("max", "min", "lim", "det")},
    "e": "e",
    "i": "i",
}
"""What names set upright by `\\mathrm`, `\\operatorname` or `\\text` mean. Other letters may be units."""
