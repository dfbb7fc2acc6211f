"""Keywords in a text: whole words where words are written apart, and anywhere in scripts that write none apart.

Each keyword is counted for itself, from the left, without overlapping itself; two keywords may share characters, so
"credit card" is one `card` and one `credit card`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache

import regex

from rulereward.text.normalize import fold_width
from rulereward.text.unseen import UNSEEN_CLASS
from rulereward.text.words import IDEOGRAPH_CLASS

FEW = 32
"""Up to so many keywords are looked for one after the other, which is faster than all at once."""

_UNSPACED = (
    rf"{IDEOGRAPH_CLASS}\u3031-\u3035\p{{Han}}\p{{Hiragana}}\p{{Katakana}}\p{{Bopomofo}}\p{{Hangul}}\p{{Thai}}\p{{Lao}}"
    r"\p{Khmer}\p{Myanmar}"
)
"""Scripts that write words together, and Korean, whose particles join the word. Tibetan divides its syllables."""

JOINING = rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{_UNSPACED}]]"
"""Letters, digits and marks of scripts that write words apart, as a class for `regex` with its flag V1."""

_MANY_MARKS = regex.compile(r"(\p{M}{30})\p{M}++")
_MAY_BE_MARK = r"[^\w\s\0-\u02ff]"
_MAY_BE_MANY_MARKS = re.compile(_MAY_BE_MARK + _MAY_BE_MARK + "{30}")
"""More combining marks in a row than are kept; or others, which cost time only. A pattern that begins with a single
character is what a search is fast with.
"""
_UNSEEN = re.compile(f"[{UNSEEN_CLASS}]")
_WIDE = re.compile("[\uff01-\uff5e\u3000\u2010\u2011\u2212\ufe63]")
"""All that `fold_width` makes ASCII."""
_INSIDE_WORD = regex.compile(rf"(?<={JOINING}_{{0,9}})_{{0,9}}{JOINING}", regex.V1)


def keyword_counts(text: str, keywords: Sequence[str]) -> list[int]:
    """How often each keyword, none of them empty, stands in the text; upper and lower case differ, and text and
    keywords are compared as they are: `as_printed` makes them comparable.

    Neither end may lie inside a word: `art` is not in "start" or "art_work", but is in "_art_", which is emphasis,
    and `Python` is in "用Python写". Linear in the text, for any number of keywords.
    """
    if len(keywords) <= FEW:
        return [occurrences(text, keyword) for keyword in keywords]
    counts = dict.fromkeys(keywords, 0)
    free = dict.fromkeys(keywords, 0)  # where the next one may begin
    for keyword, start in _all_occurrences(text, tuple(counts)):
        if start >= free[keyword] and _is_whole(text, start, start + len(keyword)):
            counts[keyword] += 1
            free[keyword] = start + len(keyword)
    return [counts[keyword] for keyword in keywords]


def occurrences(text: str, keyword: str) -> int:
    """The count of one keyword, which is not empty."""
    count, start = 0, text.find(keyword)
    while start >= 0:
        whole = _is_whole(text, start, start + len(keyword))
        count += whole
        start = text.find(keyword, start + (len(keyword) if whole else 1))
    return count


def is_inside_word(text: str, place: int) -> bool:
    """Do the characters on both sides of the place belong to one word? Underscores join what stands around them."""
    return _INSIDE_WORD.match(text, place) is not None


def as_printed(text: str) -> str:
    """One form for texts that look the same: without what prints nothing, in ASCII width, composed (NFC), with `'`
    for `’` and `ʼ`. Of a longer run of combining marks 30 are kept, which is what composes in linear time.
    """
    if text.isascii():
        return text
    seen = _UNSEEN.sub("", text)
    if _MAY_BE_MANY_MARKS.search(seen):
        return _with_apostrophes(fold_width(_MANY_MARKS.sub(r"\1", seen)))
    for wide in set(_WIDE.findall(seen)):  # few different ones, each of which is replaced faster than by a table
        seen = seen.replace(wide, fold_width(wide))
    return _with_apostrophes(unicodedata.normalize("NFC", seen))


def _with_apostrophes(text: str) -> str:
    return text.replace("’", "'").replace("ʼ", "'")


def _is_whole(text: str, start: int, end: int) -> bool:
    return not is_inside_word(text, start) and not is_inside_word(text, end)


def _all_occurrences(text: str, keywords: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Every keyword at every place where it stands, with its start, in the order in which they end (Aho-Corasick)."""
    steps, back, ends = _machine(keywords)
    state = 0
    for place, character in enumerate(text, start=1):
        while state and character not in steps[state]:
            state = back[state]
        state = steps[state].get(character, 0)
        for keyword in ends[state]:
            yield keyword, place - len(keyword)


_Machine = tuple[list[dict[str, int]], list[int], list[tuple[str, ...]]]


@lru_cache(maxsize=16)
def _machine(keywords: tuple[str, ...]) -> _Machine:
    """Of each state: the steps from it, the state to go back to where none fits, the keywords that end in it."""
    steps: list[dict[str, int]] = [{}]
    ends: list[tuple[str, ...]] = [()]
    for keyword in keywords:
        state = 0
        for character in keyword:
            if character not in steps[state]:
                steps[state][character] = len(steps)
                steps.append({})
                ends.append(())
            state = steps[state][character]
        ends[state] = (keyword,)
    back = [0] * len(steps)
    todo = deque(steps[0].values())
    while todo:
        state = todo.popleft()
        for character, following in steps[state].items():
            todo.append(following)
            shorter = back[state]
            while shorter and character not in steps[shorter]:
                shorter = back[shorter]
            back[following] = steps[shorter].get(character, 0)
            ends[following] += ends[back[following]]
    return steps, back, ends
