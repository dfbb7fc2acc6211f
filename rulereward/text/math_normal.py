r"""The normal form of a written mathematical answer: the same answer in one spelling, whoever wrote it.

Only what cannot change meaning is unified: full-width and styled characters, signs that Unicode has several of,
`$...$`, `\boxed{...}` and `\text{...}` around the whole, sizes and spacing of LaTeX, `10{,}000`, a full stop at
the end. `x²` becomes `x^{2}`, not `x2`. Case and the order of terms stay. All steps take linear time.
"""

from __future__ import annotations

import re

from rulereward.text.math_numerals import count_words, join_groups, join_mixed
from rulereward.text.math_symbols import CHARACTERS, COMMANDS, LOWERED, PLAIN_NAMES, RAISED, UPRIGHT
from rulereward.text.math_wrappers import closing_brace, unwrapped

MAX_CHARS = 20_000
"""Texts longer than this are not brought into normal form: nothing that long is an answer."""

_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_RAISED = re.compile(f"[{''.join(RAISED)}]+")
_LOWERED = re.compile(f"[{''.join(LOWERED)}]+")
_COMMAND = re.compile(r"\\([A-Za-z]+|.)")
_WORD = re.compile(r"(?<![A-Za-z\\])[A-Za-z]+")
_BARE_ABOVE = re.compile(r"\\frac ?(?![0-9]{3})(\\pi|[0-9A-Za-z])(?= ?[{\\0-9A-Za-z])")
_FRACTION = re.compile(r"\\frac ?(?=\{)")
_BELOW = re.compile(r" ?(\\pi|[0-9A-Za-z])(?![0-9])")
_MAX_FRACTIONS = 32
_MAX_FRACTION_CHARS = 2_000
_BARE_ROOT = re.compile(r"\\sqrt ?(\[[^\[\]]{1,8}\])? ?([0-9])")
_BARE_BASE = re.compile(r"\\log ?_ ?([0-9])")
_ROOT_SIGN = re.compile(r"([√∛∜]) ?([0-9]+(?:\.[0-9]+)?|[A-Za-z](?![0-9A-Za-z(]))")
_ROOTS = {"√": "\\sqrt", "∛": "\\sqrt[3]", "∜": "\\sqrt[4]"}
_BARE_SET = re.compile(r"\\mathbb ?([A-Z])(?![A-Za-z])")
_CHOOSE = re.compile(r"(?:\{|^)([^{}]*?)\\choose(?![A-Za-z])([^{}]*?)(?:\}|$)")
_TIE = re.compile(r"(?<!^)~")
"""A space that does not break; at the beginning of a text it means `about`."""
_EMPTY_GROUP = re.compile(r"(?<![A-Za-z}\]])\{\}")
_EMPTY_SET = re.compile(r"\\\{ *\\\}")
_SPREAD_UNIT = re.compile(r"\\text ?\{([^{}]*)\} ?/ ?\\text ?\{([^{}]*)\}")
_POWER_INSIDE = re.compile(r"\\text ?\{([^{}^]*)\^ ?\{?([23])\}? ?\}")
_MAX_INFIXES = 8
_OVER = re.compile(r"(?:\{|^)([^{}]*?)\\over(?![A-Za-z])([^{}]*?)(?:\}|$)")
_SPACES = re.compile(r"\s+")
_UPRIGHT = re.compile(r"\\(?:mathrm|operatorname|text) ?\{ ?([A-Za-z]+) ?\}")
_EMPTY_COMMAND = re.compile(r"\\text ?\{ *\}")


def normal_form(text: str) -> str:
    """The normal form of `text`, which must not be longer than MAX_CHARS; empty where nothing is written."""
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return text
    if not text.isascii() or "\t" in text or "\n" in text:
        text = _RAISED.sub(lambda run: "^{" + "".join(RAISED[c] for c in run[0]) + "}", text)
        text = _LOWERED.sub(lambda run: "_{" + "".join(LOWERED[c] for c in run[0]) + "}", text)
        text = _ROOT_SIGN.sub(lambda match: f"{_ROOTS[match[1]]}{{{match[2]}}}", text)
        text = text.translate(CHARACTERS)
    text = _EMPTY_GROUP.sub("", _TIE.sub(" ", join_groups(unwrapped(text))))
    if "\\" in text:
        text = _UPRIGHT.sub(lambda match: UPRIGHT.get(match[1], match[0]), text)
        text = _COMMAND.sub(_command, text)
        text = _POWER_INSIDE.sub(r"\\text{\1}^{\2}", _SPREAD_UNIT.sub(r"\\text{\1/\2}", text))
        text = _braced(_infixes(text))
        text = _EMPTY_SET.sub(r"\\emptyset", text)
    text = _EMPTY_COMMAND.sub("", count_words(text))
    text = _WORD.sub(_named, text)
    text = text.replace("**", "^").replace("<=", "\\le ").replace(">=", "\\ge ").replace("!=", "\\ne ")
    text = _brace_arguments(text)
    return join_mixed(unwrapped(_SPACES.sub(" ", text)))


def _braced(text: str) -> str:
    r"""Braces around what LaTeX takes without: `\frac12`, `\frac\pi3`, `\sqrt2`, `\log_28`, `\mathbb R`."""
    text = _braced_below(_BARE_ABOVE.sub(r"\\frac{\1}", text))
    text = _BARE_ROOT.sub(lambda match: f"\\sqrt{match[1] or ''}{{{match[2]}}}", text)
    return _BARE_SET.sub(r"\\mathbb{\1}", _BARE_BASE.sub(r"\\log_{\1}", text))


def _braced_below(text: str) -> str:
    r"""`\frac{x}2` with braces around the 2; a text full of fractions is no answer."""
    if len(text) > _MAX_FRACTION_CHARS or text.count("\\frac") > _MAX_FRACTIONS:
        return text
    closes = (closing_brace(text, match.end()) for match in _FRACTION.finditer(text))
    found = [_BELOW.match(text, close + 1) for close in closes if close >= 0]
    for below in sorted((match for match in found if match is not None), key=re.Match.start, reverse=True):
        text = f"{text[: below.start()]}{{{below[1]}}}{text[below.end() :]}"
    return text


def _command(match: re.Match[str]) -> str:
    replaced = COMMANDS.get(match[1])
    return match[0] if replaced is None else replaced


def _named(match: re.Match[str]) -> str:
    return PLAIN_NAMES.get(match[0], match[0])


def _infixes(text: str) -> str:
    r"""`{1 \over 2}` and `{4 \choose 2}` as commands with arguments; a text full of them is no answer."""
    if 0 < text.count("\\over") + text.count("\\choose") <= _MAX_INFIXES:
        text = _CHOOSE.sub(r"\\binom{\1}{\2}", _OVER.sub(r"\\frac{\1}{\2}", text))
    return text


def _brace_arguments(text: str) -> str:
    r"""`\sqrt(x+1)` and `2^(n-1)` with braces in place of the round brackets, which LaTeX would not read as one."""
    if "^(" not in text and "sqrt(" not in text and "sqrt (" not in text:
        return text
    pieces = list(text)
    open_at: list[int] = []
    for at, character in enumerate(text):
        if character == "(":
            open_at.append(at)
        elif character == ")" and open_at:
            start = open_at.pop()
            head = text[max(0, start - 6) : start].rstrip()
            if head.endswith(("^", "\\sqrt")):
                pieces[start], pieces[at] = "{", "}"
    return "".join(pieces)
