r"""The normal form of a written mathematical answer: the same answer in one spelling, whoever wrote it.

Only what cannot change meaning is unified: full-width and styled characters, signs that Unicode has several of,
`$...$`, `\boxed{...}` and `\text{...}` around the whole, sizes and spacing of LaTeX, `10{,}000`, a full stop at
the end. `x²` becomes `x^{2}`, not `x2`. Case and the order of terms stay. All steps take linear time.
"""

from __future__ import annotations

import re

from rulereward.text.math_symbols import CHARACTERS, COMMANDS, LOWERED, PLAIN_NAMES, RAISED, UPRIGHT

MAX_CHARS = 20_000
"""Texts longer than this are not brought into normal form: nothing that long is an answer."""

_LAYERS = 8
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_RAISED = re.compile(f"[{''.join(RAISED)}]+")
_LOWERED = re.compile(f"[{''.join(LOWERED)}]+")
_COMMAND = re.compile(r"\\([A-Za-z]+|.)")
_WORD = re.compile(r"(?<![A-Za-z\\])[A-Za-z]+")
_BRACED_COMMA = re.compile(r"(?<=[0-9])\{,\}(?=[0-9])")
_THIN_SPACE_GROUP = re.compile(r"(?<=[0-9])(?:\\[,;:]|\{,\}|,?\\! ?|~)(?=[0-9]{3}(?![0-9]))")
_MARKED_GROUPS = re.compile(r"(?<![0-9.,'’])[1-9][0-9]{0,2}(?:['’][0-9]{3})+(?![0-9'’])")
_DOTTED_GROUPS = re.compile(r"(?<![0-9.,])([1-9][0-9]{0,2}(?:\.[0-9]{3}){2,})(?![0-9.])(?:,([0-9]+)(?![0-9,.]))?")
_SHORT_FRACTION = re.compile(r"\\frac ?([0-9]) ?([0-9])(?![0-9])")
_CHOOSE = re.compile(r"(?:\{|^)([^{}]*?)\\choose(?![A-Za-z])([^{}]*?)(?:\}|$)")
_EMPTY_SET = re.compile(r"\\\{ *\\\}")
_POWER_INSIDE = re.compile(r"\\text ?\{([^{}^]*)\^ ?\{?([23])\}? ?\}")
_MIXED_ZH = re.compile(r"(?<=[0-9])又(?=[0-9\\])")
_COUNTED = re.compile(
    r"(?<![0-9A-Za-z.,}])([0-9]+(?:\.[0-9]+)?) ?(\\text ?\{ ?)?(million|billion|trillion|万亿|亿|万)(?![A-Za-z])"
)
_LONGEST_COUNTED = 30
_MAX_INFIXES = 8
_ZEROS = {"million": 6, "billion": 9, "trillion": 12, "万": 4, "亿": 8, "万亿": 12}
_BUILDER_SIGNS = ("|", "\\mid")
_OVER = re.compile(r"(?:\{|^)([^{}]*?)\\over(?![A-Za-z])([^{}]*?)(?:\}|$)")
_MIXED = re.compile(r"(?<![0-9A-Za-z.,/}^_])([0-9]{1,9}) ([0-9]{1,9})/([0-9]{1,9})(?![0-9.,/^!A-Za-z])")
_SPACED_GROUPS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?: [0-9]{3})+(?:\.[0-9]+)?")
_SPACES = re.compile(r"\s+")
_UPRIGHT = re.compile(r"\\(?:mathrm|operatorname|text) ?\{ ?([A-Za-z]+) ?\}")
_EMPTY_COMMAND = re.compile(r"\\text ?\{ *\}")

_FENCES = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("***", "***"), ("**", "**"), ("*", "*"))
_WRAPPERS = ("\\boxed", "\\fbox", "\\text", "\\textbf", "\\textit", "\\textrm", "\\mathrm", "\\mathbf", "\\mbox", "")


def normal_form(text: str) -> str:
    """The normal form of `text`, which must not be longer than MAX_CHARS; empty where nothing is written."""
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return text
    if not text.isascii() or "\t" in text or "\n" in text:
        text = _RAISED.sub(lambda run: "^{" + "".join(RAISED[c] for c in run[0]) + "}", text)
        text = _LOWERED.sub(lambda run: "_{" + "".join(LOWERED[c] for c in run[0]) + "}", text)
        text = text.translate(CHARACTERS)
    text = _unwrapped(text)
    text = _THIN_SPACE_GROUP.sub("", text)
    text = _MARKED_GROUPS.sub(lambda match: match[0].replace("'", "").replace("’", ""), text)
    text = _DOTTED_GROUPS.sub(_dotted, text)
    text = _BRACED_COMMA.sub(".", text)  # what is left is a decimal comma: 3{,}14
    if "\\" in text:
        text = _UPRIGHT.sub(lambda match: UPRIGHT.get(match[1], match[0]), text)
        text = _COMMAND.sub(_command, text)
        text = _POWER_INSIDE.sub(r"\\text{\1}^{\2}", text)
        text = _infixes(text)
        text = _SHORT_FRACTION.sub(r"\\frac{\1}{\2}", text)
        text = _EMPTY_SET.sub(r"\\emptyset", text)
    text = _COUNTED.sub(_counted, _MIXED_ZH.sub(" ", text))
    text = _EMPTY_COMMAND.sub("", text)
    text = _WORD.sub(_named, text)
    text = text.replace("**", "^").replace("<=", "\\le ").replace(">=", "\\ge ").replace("!=", "\\ne ")
    text = _brace_arguments(text)
    text = _MIXED.sub(_mixed, _unwrapped(_SPACES.sub(" ", text)))
    return text.replace(" ", "") if _SPACED_GROUPS.fullmatch(text) else text


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


def _dotted(match: re.Match[str]) -> str:
    """`1.234.567,8` has groups of thousands and a decimal comma; with one point alone it is a decimal."""
    return match[1].replace(".", "") + (f".{match[2]}" if match[2] else "")


def _counted(match: re.Match[str]) -> str:
    """`1.5 million` and `1.5万` in digits; more places than the word has zeros stay as they are."""
    digits, text, word = match.groups()
    whole, _, places = digits.partition(".")
    zeros = _ZEROS[word] - len(places)
    if zeros < 0 or len(digits) > _LONGEST_COUNTED:
        return match[0]
    return (whole + places + "0" * zeros).lstrip("0") + (text or "")


def _mixed(match: re.Match[str]) -> str:
    """`1 1/4` as a mixed number, unless the fraction is improper: then it may be a product."""
    whole, above, below = match.groups()
    return f"{whole}\\frac{{{above}}}{{{below}}}" if int(above) < int(below) else match[0]


def _unwrapped(text: str) -> str:
    """`text` without delimiters around the whole of it and without a full stop at the end."""
    if not text.strip("$ "):
        return ""
    for _ in range(_LAYERS):
        before = text
        text = _without_stop(text.strip())
        for opening, closing in _FENCES:
            inner = text[len(opening) : -len(closing)]
            if text.startswith(opening) and text.endswith(closing) and inner and closing not in inner:
                text = inner
                break
        else:
            text = _unbraced(text)
        if text == before:
            break
    return text


def _without_stop(text: str) -> str:
    """A single full stop, comma or semicolon at the end goes; `..` stays, for it means something else."""
    if text.endswith(("。", ".", ",", ";")) and not text.endswith(("..", "\\,", "\\;", "\\.")):
        return text[:-1].rstrip()
    return text


def _unbraced(text: str) -> str:
    if not text.endswith("}") or text.endswith("\\}"):
        return text
    for command in _WRAPPERS:
        if text.startswith(command):
            start = len(command)
            while start < len(text) and text[start] == " ":
                start += 1
            if start < len(text) and text[start] == "{" and closing_brace(text, start) == len(text) - 1:
                inner = text[start + 1 : -1]
                plain_set = not command and any(sign in inner for sign in _BUILDER_SIGNS) and inner[:1] not in "|\\"
                return f"\\{{{inner}\\}}" if plain_set else inner
    return text


def closing_brace(text: str, start: int) -> int:
    r"""Where the brace that opens at `start` closes, -1 if it does not. `\{` and `\}` do not count."""
    depth = 0
    at = start
    while at < len(text):
        character = text[at]
        if character == "\\":
            at += 1
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return -1


def braces_balance(text: str) -> bool:
    """Does every brace of `text` close inside it?"""
    return closing_brace(f"{{{text}}}", 0) == len(text) + 1


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
