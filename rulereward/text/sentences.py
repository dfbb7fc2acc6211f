"""Sentences and paragraphs of a text in any language.

A sentence ends behind 。！？!?… and their like, behind a full stop that white space or the end of the text follows,
and at a line break, unless the next line goes on in lower case: a single newline ends a sentence in Chinese, in
lists, headings and tables, and does not in wrapped prose. A blank line always ends one. Closing quotes, brackets and
emphasis belong to the sentence before them. A sentence holds a letter or a digit: `---` and `...` are none.

No ends: the stop in a decimal, an address or a file name (nothing but white space, a closing mark, a tag or an
ideograph may follow an end, or a capitalized word behind one in lower case: `It rained.We left.`), behind the
number of a list item (`1. `), a title or another common abbreviation (`Dr. `, `e.g. `), an initial (`John F.
Kennedy`); an ellipsis that goes on in lower case, in a formula or in ideographs (我……不知道。); a factorial in
front of an operator; a quoted question inside a sentence (`"Why?" she asked`, “好吗？”他问。). Code and formulas
are cut like prose: take them out before, with `rulereward.text.markup.without`.
"""

from __future__ import annotations

import re

from rulereward.text.spans import Span, line_spans, trimmed
from rulereward.text.words import IDEOGRAPH_CLASS

ASKING = "?？؟⁇⁈⁉‽"
CALLING = "!！‼"
END_MARKS = ".．…。｡।॥۔։።" + CALLING + ASKING
"""What sentences end with."""

CLOSING_MARKS = "\"'”’»›)]}）］｝】〕』」》〉〗＂＇*_"
"""Closing quotes, brackets and emphasis, which belong to the sentence before them."""

_FULL_ENDS = frozenset(END_MARKS) - frozenset(".．…!?")
"""Marks that end a sentence whatever follows."""

_CLOSING = re.compile(f"[{re.escape(CLOSING_MARKS)}]*+")
_OPENING = re.compile(r"\s*+[\"'“‘«(\[*_`]*+")
_LINE_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_ITEM = re.compile(r"(?:[a-z]|[ivx]{1,4}+)[.)] ")
_TOKEN = re.compile(r"[^\s(\[{\"'“‘«*_（【]*+\Z")
_TELLS = re.compile(r"[^\W_]")
_UNSPACED = re.compile(rf"[{IDEOGRAPH_CLASS}“‘（【《「『]")

_TAG = re.compile(r"</[A-Za-z]|<[A-Za-z][\w-]{0,30}>|<\|")
_IDEOGRAPH = re.compile(f"[{IDEOGRAPH_CLASS}]")
_SAID = re.compile("(?:[他她它我你您][们們]?)?(?:[說说](?![明法不])|[問问](?![題题])|喊|叫(?![做作])|道(?![理路德]))")
_LOWER_WORD = re.compile(r"(?:[^\W\d_]+['’-])*[^\W\d_]{3,}+")
_CAPITALIZED = re.compile(r"[^\W\d_]{1,24}+(?=[\s,;:!?…\"'”’)*]|\.(?:\s|\Z)|\Z)")
_BEFORE_WORD = frozenset(' \t\n\r"“‘')
_QUOTES = frozenset("”’」』\"'＂＇")
_CRIES = frozenset(ASKING + CALLING + "…")
_NAME_ENDINGS = frozenset((
    "com", "net", "org", "edu", "gov", "info", "biz", "app", "dev", "html", "htm", "css", "js", "ts", "jsx", "tsx",
    "py", "java", "cpp", "rb", "go", "rs", "cs", "php", "sh", "sql", "md", "txt", "csv", "tsv", "json", "xml", "yaml",
    "yml", "toml", "ini", "cfg", "log", "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "png", "jpg", "jpeg",
    "gif", "svg", "zip", "tar", "gz", "exe", "dll", "bat", "tex", "ipynb", "mp", "mov", "wav",
))  # fmt: skip
"""What addresses and names of files end with; `example.Com` is one in any case."""

_GOES_ON = frozenset(",，、;；:：")
_OPERATORS = frozenset("=+*/×÷·<>^≤≥≠-−")
_TOKEN_CHARS = 24
"""Characters in front of a full stop that are looked at; longer words are no abbreviations."""

_NEVER_ENDS = frozenset((
    "mr", "mrs", "ms", "mx", "dr", "prof", "rev", "hon", "gen", "col", "capt", "lt", "sgt", "gov", "sen", "rep", "st",
    "mt", "messrs", "mme", "mlle", "sr", "sra", "hr", "fr", "e.g", "eg", "i.e", "ie", "cf", "viz", "vs", "al",
    "approx", "ca", "resp", "fig", "figs", "eq", "eqs", "eqn", "eds", "т.е", "т.к", "ул",
))  # fmt: skip
_BEFORE_DIGITS = frozenset((
    "no", "nos", "p", "pp", "art", "sec", "ch", "vol", "ref", "refs", "jan", "feb", "mar", "apr", "jun", "jul", "aug",
    "sep", "sept", "oct", "nov", "dec",
))  # fmt: skip
"""Abbreviations when a digit follows (`No. 5`, `Jan. 3`), words at the end of a sentence otherwise."""

_BEFORE_LOWER = frozenset((
    "etc", "inc", "ltd", "co", "corp", "jr", "dept", "est", "min", "max", "hrs", "a.m", "p.m", "b.c", "a.d", "u.s",
    "u.k", "e.u", "u.n", "ph.d", "m.d", "т.д", "т.п", "г",
))  # fmt: skip
"""Abbreviations that go on in lower case and end a sentence otherwise."""

_LABELLED = frozenset((
    "is", "are", "was", "be", "answer", "answers", "option", "choice", "point", "case", "part", "letter", "equals",
    "type", "grade", "vitamin",
))  # fmt: skip
"""Words behind which a single letter is a label (`the answer is B. Next`) and no initial."""


_LAST_TWO = "|".join(sorted({
    word[-2:] for word in _NEVER_ENDS | _BEFORE_DIGITS | _BEFORE_LOWER if re.fullmatch("[a-z]{2}", word[-2:])
}))  # fmt: skip
_SIGNS = r"\s\"#$%&'()*+,/:;<=>@\[\\\]^`{|}~”’»）】》」』-"
_FULL_CLASS = "".join(sorted(_FULL_ENDS))
_BREAK = re.compile(
    rf"[{END_MARKS}\n\r\x0b\x0c\x85\u2028\u2029]"  # one class in front is what a search is fast with
    rf"(?:(?<=[{_FULL_CLASS}])[{_FULL_CLASS}]*+(?![{re.escape(END_MARKS + CLOSING_MARKS)}{''.join(_GOES_ON)}])"
    rf"|(?<=\.)(?=\s|\Z)(?:(?<=[{_SIGNS}]\.)|(?<=[a-z]{{2}}\.)(?<!(?:[ivx]{{2}}|{_LAST_TWO})\.))"
    rf"|(?<=[{END_MARKS}])(?!(?<=\.)[a-z0-9])(?P<marks>[{END_MARKS}]*+)"
    r"|(?<=\s)\s*+(?:(?P<ends>(?=[\0-`{-\x7f\u4e00-\u9fff]))|(?P<line>)))"
)
"""Where a sentence may end. Where no group has matched it does: the marks are ends whatever follows, and none of the
other marks or closing ones follows, or a full stop stands between white space and a sign or a word in lower case,
which is no abbreviation and no number. `ends` is a line break in front of a capital, a sign or an ideograph. A full
stop in front of a digit or a lower-case letter is passed over: it ends nothing.
"""


def sentence_spans(text: str) -> list[Span]:
    """Where the sentences lie, without white space around them. Linear in the length of the text."""
    spans: list[Span] = []
    start = 0
    for match in _BREAK.finditer(text):
        end = match.end()
        group = match.lastgroup
        if group is not None:
            place = match.start()
            if group == "marks":
                behind = _end_behind(text, start, place, end)
                if behind is None:
                    continue
                end = behind
            elif group == "line" and not _line_ends(text, place, end):
                continue
            else:
                end = place
        _add(text, start, end, spans)
        start = end
    _add(text, start, len(text), spans)
    return spans


def paragraph_spans(text: str) -> list[Span]:
    """Blocks of lines between blank lines (nothing but white space), without white space around them."""
    spans: list[Span] = []
    start: int | None = None
    last = 0
    for first, end in line_spans(text):
        if not text[first:end].strip():
            if start is not None:
                spans.append(trimmed(text, start, last))
            start = None
            continue
        start, last = first if start is None else start, end
    if start is not None:
        spans.append(trimmed(text, start, last))
    return spans


def _add(text: str, start: int, end: int, spans: list[Span]) -> None:
    while start < end and text[start].isspace():
        start += 1
    if start < end and (text[start].isalnum() or _TELLS.search(text, start, end)):  # most begin with a letter
        spans.append((start, end) if not text[end - 1].isspace() else trimmed(text, start, end))


def _line_ends(text: str, start: int, end: int) -> bool:
    """Does the white space from `start` to `end`, which begins with a newline, end a sentence?"""
    if not text[end : end + 1].islower() or _ITEM.match(text, end):
        return True
    first = _LINE_BREAK.match(text, start)
    return first is not None and _LINE_BREAK.search(text, first.end(), end) is not None


def _end_behind(text: str, sentence: int, start: int, end: int) -> int | None:
    """Where the sentence ends whose closing marks may stand from `start` to `end`; None if it goes on."""
    marks = text[start : min(end, start + 8)]
    closed = _end_of(_CLOSING, text, end)
    after = text[closed : closed + 1]
    if after and (after in _GOES_ON or after in END_MARKS or _is_said(text, end, closed)):
        return None
    if not _FULL_ENDS.isdisjoint(marks) or _TAG.match(text, closed) or _words_meet(text, sentence, start, end):
        return closed
    following = text[(ahead := _end_of(_OPENING, text, closed)) : ahead + 1]
    if "!" in marks or "?" in marks:
        ends = not _is_inside(after) and not (end < closed and following.islower()) and following not in {"=", "^"}
        ends = ends and not (marks == "!" and following in _OPERATORS and text[start - 1 : start].isalnum())
    elif "…" in marks or len(marks) > 1:
        ends = not (_is_inside(after) or (end == closed and _IDEOGRAPH.match(after))) and not following.islower()
        ends = ends and following not in _GOES_ON | _OPERATORS
    else:
        ends = _full_stop_ends(text, sentence, start, after, following)
    return closed if ends else None


def _end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where the match at `start` ends, `start` itself without one."""
    match = pattern.match(text, start)
    return start if match is None else match.end()


def _is_inside(after: str) -> bool:
    """Is the character behind a mark one that shows the mark to stand inside an address, a name or a program?"""
    return after.isascii() and (after.isalnum() or after in set("=_/&%#\\~@$"))


def _is_said(text: str, end: int, closed: int) -> bool:
    """Do the marks up to `end`, which are no full stops, end a quotation behind which `他问` or its like stands?"""
    return (
        text[end - 1] in _CRIES
        and not _QUOTES.isdisjoint(text[end : min(closed, end + 8)])
        and _SAID.match(text, closed) is not None
    )


def _words_meet(text: str, sentence: int, start: int, end: int) -> bool:
    """Is the space left out behind the marks, between a word in lower case and a capitalized one?"""
    match = _CAPITALIZED.match(text, end)
    word = match[0] if match is not None else ""
    if not (word in {"A", "I"} or (word.istitle() and len(word) > 1)) or word.lower() in _NAME_ENDINGS:
        return False
    low = max(sentence, start - _TOKEN_CHARS)
    token = _TOKEN.search(text, low, start)
    if token is None or not token[0].islower() or _LOWER_WORD.fullmatch(token[0]) is None:
        return False
    return token.start() == sentence or (token.start() > low and text[token.start() - 1] in _BEFORE_WORD)


def _full_stop_ends(text: str, sentence: int, stop: int, after: str, following: str) -> bool:
    if after and not after.isspace():
        before = text[stop - 1 : stop]
        return _UNSPACED.match(after) is not None and not (before.isascii() and before.isalnum())
    if not following or after in {"\n", "\r"}:
        return True
    low = max(sentence, stop - _TOKEN_CHARS)
    found = _TOKEN.search(text, low, stop)
    token = found[0] if found is not None else ""
    return not (
        _is_abbreviation(token.lower(), following)
        or _is_item_number(text, sentence, stop - len(token), token)
        or _is_initial(text[low : stop - len(token)], token, following)
    )


def _is_abbreviation(token: str, following: str) -> bool:
    if token in _NEVER_ENDS:
        return True
    if token in _BEFORE_DIGITS:
        return following.isdigit()
    return token in _BEFORE_LOWER and following.islower()


def _is_item_number(text: str, sentence: int, token_start: int, token: str) -> bool:
    """Does the token begin its sentence as `1`, `a` or `iv`, the number of a list item?"""
    if token_start - sentence > _TOKEN_CHARS or text[sentence:token_start].strip(" \t\r\n#>*_-+•"):
        return False
    return (token.isdigit() and len(token) <= 3) or _ITEM.fullmatch(f"{token.lower()}. ") is not None


def _is_initial(before: str, token: str, following: str) -> bool:
    letter = token[-1:]
    if not (letter.isupper() and following.isupper() and letter != "I"):
        return False
    if len(token) > 1:  # U.S. Navy, J.F. Kennedy
        return token[-2] == "."
    words = before.split()
    return not words or words[-1].lower() not in _LABELLED
