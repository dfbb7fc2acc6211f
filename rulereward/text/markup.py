r"""Code, formulas and addresses inside prose: what a measure of language leaves out.

    code    closed fences (`rulereward.text.fences`), and `inline code` within one paragraph
    math    $...$  $$...$$  \(...\)  \[...\]  and \begin{equation} and its like, within one paragraph
    url     http://..., https://..., www...., up to what is not printable ASCII

Only what is closed is markup. A policy that opens a fence or a formula and never closes it hides nothing: an unclosed
mark is text, and so is what follows it. What is read in a formula, and not computed with, is text too:

    four words in a row make all of it text; spaces of TeX, braces and fonts (`\mathrm`) are between words
    what stands in `\text{...}`, and every ideograph, kana and Hangul syllable
    words of three letters and more, names of functions aside, where the different ones in all formulas of the text
    have 16 letters together: few formulas name so much, and prose cut up into formulas soon does

Letters one by one and made-up commands (`\Let\us`) stay unseen. Closed code and addresses are not read: where prose
could hide in them, measure with them left in.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Literal

from rulereward.text.fences import fences
from rulereward.text.spans import Span
from rulereward.text.words import IDEOGRAPH_CLASS

Markup = Literal["code", "math", "url"]

ENVIRONMENTS = (
    "equation", "align", "aligned", "alignat", "gather", "gathered", "multline", "eqnarray", "split", "math",
    "displaymath", "cases", "array", "subequations", "matrix", "pmatrix", "bmatrix", "vmatrix", "Bmatrix", "Vmatrix",
    "smallmatrix",
)  # fmt: skip
"""What stands between their begin and end is a formula, with a star behind the name too."""

ADDRESS = r"[!#%&'()*+,./0-9:;=?@A-Z\[\]_a-z~-]"
"""What may stand in an address."""

ADDRESS_END = ".,;:!?)]}>'\"*_`"
"""What does not belong to an address at its end."""

_TOKEN = re.compile(
    r"(?=[\\`$\nhHwW])(?:"  # most characters begin none, which one look tells
    r"\\(?P<edge>begin|end)\{(?P<name>" + "|".join(ENVIRONMENTS) + r")(?P<star>\*?)\}"
    r"|\\(?P<bracket>[()\[\]])"
    r"|\\[^`]"
    r"|(?P<ticks>`++)"
    r"|(?P<dollars>\$++)"
    r"|(?P<blank>\n(?:[ \t\r\f\v]*+\n)++)"
    r"|(?P<url>(?:[hH][tT][tT][pP][sS]?+://|[wW]{3}\.)" + ADDRESS + r"++))"
)
_SIGNS = ("`", "$", "\\", "~~~", "://")
"""A text without these has no markup but, perhaps, addresses that begin with `www.`."""

_CLOSERS = {"(": ")", "[": "]"}
NAME = r"[A-Za-z0-9\\]"
"""What beside a dollar with a space on its other side says that it is money."""

_NAME = re.compile(NAME)
SYLLABLES = rf"[{IDEOGRAPH_CLASS}\uac00-\ud7a3]"
LETTER = rf"[^\W\d_{SYLLABLES[1:-1]}]"
BETWEEN = r"[\s,.;:!?'\"-]"
"""In a formula: syllables are read; so are words of letters, and prose has this between them."""

_PROSE = re.compile(rf"(?<!{LETTER})(?<!\\){LETTER}{{2,}}+(?:{BETWEEN}++{LETTER}{{2,}}+){{3}}")
_ENVIRONMENT = r"\\(?:begin|end)\{[A-Za-z*]{1,20}\}(?:\{[lcr| ]*\})?"
_BETWEEN_WORDS = re.compile(
    rf"{_ENVIRONMENT}|(?P<blank>\\[\\ ,;:!]|\\q?quad(?![A-Za-z])|[~{{}}]"
    r"|\\(?:math[a-z]{2,8}|operatorname|text[a-z]{0,6}|[mh]box|rm|it|bf|sf|tt)(?![A-Za-z])\*?)"
)
"""What TeX has between words, with the names of environments, which are none."""

_WORD_IN_FORMULA = re.compile(
    rf"{_ENVIRONMENT}|\\(?:[A-Za-z]++|.)|(?P<syllables>{SYLLABLES}++)|(?P<word>{LETTER}{{3,}}+)", re.DOTALL
)
_MOST_LETTERS = 16
"""Letters that the different words in the formulas of a text may have together before they count as words."""

FUNCTIONS = frozenset((
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "csc", "deg", "det", "dim", "exp", "gcd", "inf", "ker",
    "lcm", "lim", "log", "max", "min", "mod", "rank", "sec", "sgn", "sin", "sinh", "sup", "tan", "tanh",
))  # fmt: skip
"""Names in formulas that are no words."""

_WORDS_IN_MATH = re.compile(r"\\(?:text[a-z]{0,6}+|mbox|hbox)\s{0,4}+\{([^{}]*+)\}")
"""Words that are read, not computed with: the argument of `\\text` and its like."""


def excluded_spans(text: str, exclude: Collection[Markup]) -> list[Span]:
    """Where markup of the named sorts lies, first to last, without overlaps. Linear time.

    What stands inside other markup is not looked for, whether that is excluded or not: a `$` in code is code.
    """
    if not exclude or not (any(sign in text for sign in _SIGNS) or "www." in text.lower()):
        return []
    found = list(_markup(text))
    words = _words_in(text, [span for kind, span in found if kind == "math"]) if "math" in exclude else []
    return [part for kind, span in found if kind in exclude for part in _between(words, *span) if part[0] < part[1]]


def without(text: str, exclude: Collection[Markup]) -> str:
    """The text without markup of the named sorts; a space, or a newline for what holds one, stands in its place."""
    kept: list[str] = []
    end = 0
    for first, last in excluded_spans(text, exclude):
        kept += text[end:first], "\n" if "\n" in text[first:last] else " "
        end = last
    return "".join([*kept, text[end:]])


def _markup(text: str) -> Iterator[tuple[Markup, Span]]:
    end = 0
    for fence in fences(text):
        if fence.closed:
            yield from _Paragraphs(text, end, fence.outer[0]).markup()
            yield "code", fence.outer
            end = fence.outer[1]
    yield from _Paragraphs(text, end, len(text)).markup()


def _words_in(text: str, formulas: list[Span]) -> list[Span]:
    """Where words stand in formulas, first to last, without overlaps."""
    found: list[Span] = []
    maybe: list[Span] = []
    for start, end in formulas:
        arguments = [match.span(1) for match in _WORDS_IN_MATH.finditer(text, start, end)]
        found += arguments
        for first, last in _between(arguments, start, end):
            for match in _WORD_IN_FORMULA.finditer(text, first, last):
                if match["syllables"]:
                    found.append(match.span())
                elif match["word"] and match[0].lower() not in FUNCTIONS:
                    maybe.append(match.span())
    different = {text[first:last].lower() for first, last in maybe}
    return sorted(found + (maybe if sum(map(len, different)) >= _MOST_LETTERS else []))


def _between(words: list[Span], start: int, end: int) -> Iterator[Span]:
    """What of a span is none of the words that it holds."""
    for place in range(bisect_left(words, (start, start)), len(words)):
        first, last = words[place]
        if first >= end:
            break
        yield start, first
        start = last
    yield start, end


class _Paragraphs:
    """The marks between two fences, and for each closing mark where it stands, so that no search is made twice."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.marks = list(_TOKEN.finditer(text, start, end))
        self.closing: defaultdict[str, list[int]] = defaultdict(list)
        for index, mark in enumerate(self.marks):
            if (key := self._closes(mark)) is not None:
                self.closing[key].append(index)
        self.start, self.end = start, end

    @cached_property
    def prose(self) -> list[int]:
        """Where four words in a row begin, as formulas have them: looked for only where there is a formula."""
        blanked = _WORDS_IN_MATH.sub(lambda match: "\0" * len(match[0]), self.text[self.start : self.end])
        blanked = _BETWEEN_WORDS.sub(lambda match: (" " if match["blank"] else "\0") * len(match[0]), blanked)
        return [self.start + match.start() for match in _PROSE.finditer(blanked)]

    def markup(self) -> Iterator[tuple[Markup, Span]]:
        index = 0
        while index < len(self.marks):
            mark = self.marks[index]
            index += 1
            if mark["url"]:
                yield "url", (mark.start(), mark.start() + len(mark[0].rstrip(ADDRESS_END)))
                continue
            closer = self._closer(index, self._opens(mark))
            if closer is None:
                continue
            start, end = mark.start(), self.marks[closer].end()
            if mark["ticks"]:
                yield "code", (start, end)
            elif self._next(self.prose, start) < end or (mark["dollars"] == "$" and self._is_money(start, end)):
                continue
            else:
                yield "math", (start, end)
            index = closer + 1

    def _opens(self, mark: re.Match[str]) -> str | None:
        """The key of the mark that would close this one."""
        if mark["edge"] == "begin":
            return f"end {mark['name']}{mark['star']}"
        return _CLOSERS.get(mark["bracket"] or "") or mark["ticks"] or mark["dollars"]

    def _closes(self, mark: re.Match[str]) -> str | None:
        """The key by which this mark is found as a closing one."""
        if mark["edge"] == "end":
            return f"end {mark['name']}{mark['star']}"
        return mark["bracket"] or mark["ticks"] or mark["dollars"] or ("blank" if mark["blank"] else None)

    def _closer(self, index: int, key: str | None) -> int | None:
        """The first mark from `index` on that has the key and stands in the same paragraph."""
        closer = self._next(self.closing[key], index) if key is not None else len(self.marks)
        return closer if closer < min(len(self.marks), self._next(self.closing["blank"], index)) else None

    def _is_money(self, start: int, end: int) -> bool:
        """Are the two `$` around the span signs of money: `$5 or $6`, `5$ or $6`, and not `$x$` or `$ x $`?"""
        before, first = self.text[start - 1 : start], self.text[start + 1]
        last, after = self.text[end - 2], self.text[end : end + 1]
        if first.isspace() or last.isspace():
            return first.isspace() != last.isspace() or _NAME.search(before + after) is not None
        return after.isdigit()

    def _next(self, sorted_places: list[int], at_least: int) -> int:
        place = bisect_left(sorted_places, at_least)
        return sorted_places[place] if place < len(sorted_places) else len(self.text) + 1
