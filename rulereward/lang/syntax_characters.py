"""Characters that no expression holds outside of quotes, each with what to write instead."""

from __future__ import annotations

import re
import unicodedata

from rulereward.lang.full_width import half_width
from rulereward.lang.mistakes import Mistake
from rulereward.lang.syntax_context import Situation
from rulereward.lang.templates import TEMPLATE, TEMPLATE_HELP, template_message

_FULL_WIDTH = {
    "。": ".", "、": ",", "《": "<", "》": ">", "【": "[", "】": "]", "「": '"', "」": '"', "『": '"', "』": '"',
}  # fmt: skip
_TYPOGRAPHIC = {
    "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "—": "-",
    "…": "..", "≥": ">=", "≤": "<=", "≠": "!=", "²": "**2",
}  # fmt: skip
INVISIBLE = {
    "\u00a0": "a no-break space", "\u3000": "a full-width space", "\u200b": "a zero-width space",
    "\u2003": "an em space", "\u2002": "an en space", "\u2009": "a thin space", "\u202f": "a narrow no-break space",
    "\ufeff": "a byte order mark", "\u00ad": "a soft hyphen", "\u200e": "a direction mark",
    "\u200f": "a direction mark", "\u2028": "a line separator", "\u2029": "a paragraph separator",
}  # fmt: skip
_FOREIGN = {
    "&": ("and", "write `and`"),
    "|": ("or", "write `or`"),
    "!": ("not", "write `not x`; `!=` compares"),
    "^": ("power", "write `**` for a power"),
    "~": ("match", 'write `regex_match(text, pattern=r"...")`; `"part" in text` looks for a part of a text'),
    "%": ("remainder", "write `mod(a, b)` for a remainder; `5%` is the number 0.05"),
}
_MEANINGLESS = {
    "$": "a column of the data is read as `row.name`",
    ";": "an expression is one value; give parts of it names under `let`",
    "`": "a text stands in quotes, a name stands alone",
}
_SLIPS = (("full-width", _FULL_WIDTH), ("typographic", _TYPOGRAPHIC), ("invisible", INVISIBLE))
NO_CONDITIONAL = "there is no `c ? a : b`"
CONDITIONAL_HELP = "write `a if c else b`; for a default where something is missing, `x ?? default`"
TAG = re.compile(r"</?[\w|][^<>\s]{0,60}>")


def by_character(situation: Situation, at: int) -> Mistake:
    """The mistake at the character `text[at]`, which starts no token."""
    text = situation.text
    char = text[at]
    if char in "\"'":
        return _open_string(text, at)
    for name, table in _SLIPS:
        if char in table:
            return _slip(char, at, name, table[char])
    if "！" <= char <= "～":
        return _full_width(text, at)
    if char == "|" and situation.there == "<" and situation.previous is not None:
        tag = TAG.match(text, situation.previous.start_pos or 0)
        if tag:
            return unquoted_tag(tag)
    if char in _FOREIGN:
        return _foreign(situation, at)
    if char == "?":
        return _question_mark(text, at)
    if char == ":":
        return _colon(situation, at)
    if char == "\\":
        word = re.compile(r"\\\w*").match(text, at)
        end = word.end() if word else at + 1
        help = 'put text into quotes, with an `r` before them if it holds a backslash: `r"\\boxed"`'
        return Mistake(at, end, "E0104", "`\\` stands for nothing outside of quotes", help)
    if char in _MEANINGLESS:
        return _meaningless(text, at)
    name = unicodedata.name(char, f"U+{ord(char):04X}").lower()
    return Mistake(at, at + 1, "E0104", f"`{char}` ({name}) cannot stand outside of quotes", "put text into quotes")


def unquoted_tag(tag: re.Match[str]) -> Mistake:
    """`</think>` where a value must come."""
    message = f"the tag `{tag.group()}` needs quotes"
    return Mistake(tag.start(), tag.end(), "E0132", message, f'write `"{tag.group()}"`')


def _slip(char: str, at: int, kind: str, meant: str) -> Mistake:
    if kind == "invisible":
        message = f"{meant} (U+{ord(char):04X}) stands here"
        return Mistake(at, at + 1, "E0107", message, "delete it, or write a plain space")
    message = f"{kind} character `{char}` (U+{ord(char):04X})"
    note = "input methods and word processors write such characters; inside quotes they may stand"
    return Mistake(at, at + 1, "E0107", message, f"write `{meant}`", note=note)


def _meaningless(text: str, at: int) -> Mistake:
    template = TEMPLATE.match(text, at)
    if template:
        return Mistake(at, template.end(), "E0106", template_message(template.group()), TEMPLATE_HELP)
    return Mistake(at, at + 1, "E0104", f"`{text[at]}` stands for nothing here", _MEANINGLESS[text[at]])


def _full_width(text: str, at: int) -> Mistake:
    """One sign, or all letters and digits that stand together."""
    run = re.compile(r"[０-９Ａ-Ｚａ-ｚ＿]{2,}").match(text, at)
    if run is None:
        return _slip(text[at], at, "full-width", half_width(text[at]))
    message = f"`{run.group()}` stands in full-width characters"
    return Mistake(at, run.end(), "E0107", message, f"write `{half_width(run.group())}`")


def _open_string(text: str, at: int) -> Mistake:
    line_end = len(re.split(r"[\r\n]", text[at:], maxsplit=1)[0].rstrip()) + at
    quote = text[at]
    help = f"add a closing {quote}"
    if f"\\{quote}" in text[at:line_end]:
        help = f"add a closing {quote}; a quote behind a backslash does not close a string"
    elif line_end < len(text.rstrip()):
        help = f"add a closing {quote}; a string ends on the line it starts on, and `\\n` stands for a line break"
    return Mistake(at, line_end, "E0108", "this string is never closed", help, "starts here")


def _foreign(situation: Situation, at: int) -> Mistake:
    text = situation.text
    char = text[at]
    end = at + 1
    while end < min(len(text), at + 3) and text[end] in (char, "=", "~"):
        end += 1
    if char == "%" and situation.previous is not None and situation.previous.type == "NUMBER":
        help = f"write `{situation.there}%` without a blank for a percentage, `mod(a, b)` for a remainder"
        return Mistake(at, end, "E0101", "`%` is not an operator", help)
    help = _FOREIGN[char][1]
    if text[at:end] == "||":
        help = "write `or`; for a default where something is missing, `x ?? default`"
    elif text[at:end] == "|":
        help = "write `or`; a function takes the value in its parentheses, as `length(text)` does"
    return Mistake(at, end, "E0101", f"`{text[at:end]}` is not an operator", help)


def _question_mark(text: str, at: int) -> Mistake:
    if text.startswith("?.", at) or text.startswith("?[", at):
        message = f"`{text[at : at + 2]}` is not an operator"
        return Mistake(at, at + 2, "E0101", message, f"write `{text[at + 1]}`; what is missing stays missing")
    return Mistake(at, at + 1, "E0102", NO_CONDITIONAL, CONDITIONAL_HELP)


def _colon(situation: Situation, at: int) -> Mistake:
    message, help = "`:` stands for nothing here", "a range is written `lo..hi`"
    kind = situation.frame.kind
    if situation.text.startswith(":=", at):
        return Mistake(at, at + 2, "E0105", "`:=` is not an operator", "names are given under `let`")
    if kind == "call" and situation.previous is not None and situation.previous.type == "NAME":
        help = f"write `{situation.there}=value` for an argument with a name"
    elif kind == "case":
        help = "write `condition => value`"
    elif kind == "index":
        help = "there are no slices; `x[0]` is one item"
    elif situation.there == "else" or situation.frame.ifs:
        help = "write `a if c else b` on one line, without `:`"
    return Mistake(at, at + 1, "E0105", message, help)
