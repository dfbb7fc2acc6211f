"""Steps of reasoning that a text marks as such, in English and Chinese.

A mark is a number at the start of a line (`1.`, `2)`, `(3)`, `①`, `1、`, `一、`, `（二）`), or a word at the start of
a line or sentence: `Step 1:`, `First,`, `Next,`, `Finally`, 第一步, 步骤二, 首先, 其次, 然后, 最后. White space, list
bullets and the signs of headings and bold text may stand before it. A bullet alone is no mark, nor is `1.5`,
最后答案, nor what stands in fenced code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rulereward.text.fences import fences
from rulereward.text.spans import Span

_DECORATION = r"[ \t\u00a0\u3000>#*_+•-]*+"
_CHINESE_NUMBER = "[一二三四五六七八九十]{1,3}"
_NUMBER = "(?:[0-9０-９]{1,3}|" + _CHINESE_NUMBER + ")"
_NUMBERED = rf"(?:{_NUMBER}(?:[.．](?![0-9０-９])|[、)）])|[(（]{_NUMBER}[)）]|[①-⑳])"
_ENGLISH = (
    r"step[ ]?(?:[0-9]{1,3}|one|two|three|four|five|six|seven|eight|nine|ten)(?=[ *_]*+(?:[:：.,，、)–—\r\n-]|\Z))"
    r"|(?:first|second|third|fourth)ly\b|(?:finally|lastly)\b"
    r"|(?:first of all|to (?:begin|start)(?: with)?|after that|first|second|third|fourth|fifth|next|then|last)"
    r"(?=[*_]{0,3}[,，:：])"
    r"|(?:first|second|third|next)(?= (?:we|let|let's|i|you)\b)"
)
_CHINESE = (
    rf"第{_NUMBER}步|第{_NUMBER}(?=[*_]{{0,3}}[,，、:：])|步[骤驟][ ]?{_NUMBER}"
    "|首先|其次|再次|然[后後]|接[着著]|接下[来來]|[随隨][后後]"
    "|最[后後终終](?![*_]*+的?(?:答案|[结結]果|[结結][论論]|一(?!步)))"
)
_WORD = f"(?:(?i:(?=[aflnst])(?:{_ENGLISH}))|{_CHINESE})"  # one look at the first letter, before many words
_AT_LINE = f"{_DECORATION}(?:{_NUMBERED}|{_WORD})"
_AT_SENTENCE = f"{_DECORATION}{_WORD}"
_FIRST_MARK = re.compile(_AT_LINE)
_MARK = re.compile(
    r"[\n\r.!?:;。！？；：】]"
    rf"(?=((?<=[\r\n]){_AT_LINE}|(?<=[.!?:;])(?=[ \t*_]){_AT_SENTENCE}|(?<=[。！？；：】]){_AT_SENTENCE}))"
)
"""A mark, the group, behind the character that it may begin behind, which a search for one class finds fast. That
may end the mark before (`1.`), so marks are only looked at; it stands nowhere else in one, so no two overlap.
"""

_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_OPEN_R1_MARK = re.compile(r"Step \d++:|\A\d++\.|\n[-*]|(?:First|Second|Next|Finally),")


def step_count(text: str, min_letters: int = 1) -> int:
    """How many marks have at least `min_letters` letters or digits behind them, before the next mark. Linear time."""
    return sum(_holds(text, span, min_letters) for span in _contents(text))


def open_r1_step_count(text: str) -> int:
    r"""How often open-r1's `reasoning_steps_reward` finds a step: the matches of
    `(Step \d+:|^\d+\.|\n-|\n\*|First,|Second,|Next,|Finally,)`, where `^` is the start of the text only.
    """
    return sum(1 for _ in _OPEN_R1_MARK.finditer(text))


def _contents(text: str) -> Iterator[Span]:
    """What stands behind each mark, up to the next one or the end."""
    code = [fence.outer for fence in fences(text)]
    start: int | None = None
    place = 0
    for first, last in _marks(text):
        while place < len(code) and code[place][1] <= first:
            place += 1
        if place < len(code) and code[place][0] <= first:
            continue
        if start is not None:
            yield start, first
        start = last
    if start is not None:
        yield start, len(text)


def _marks(text: str) -> Iterator[Span]:
    first = _FIRST_MARK.match(text)
    if first is not None:
        yield first.span()
    for behind in _MARK.finditer(text):
        yield behind.span(1)


def _holds(text: str, span: Span, min_letters: int) -> bool:
    if min_letters == 1:
        return _LETTER_OR_DIGIT.search(text, *span) is not None
    for count, _ in enumerate(_LETTER_OR_DIGIT.finditer(text, *span), start=1):
        if count >= min_letters:
            return True
    return min_letters <= 0
