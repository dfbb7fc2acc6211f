"""Shares of a text that are said again: n-grams, lines and paragraphs, after the measures of Gopher.

In front stand our definitions, at the end those of the library datatrove (0.10.1), number for number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate

from rulereward.text.jieba_dictionary import DictionaryFile
from rulereward.text.jieba_words import jieba_words
from rulereward.text.ngrams import ngram_names
from rulereward.text.spans import lines
from rulereward.text.unseen import WITHOUT_UNSEEN
from rulereward.text.words import ChineseWords

_NEWLINES = re.compile(r"\n+")
_BLANK_LINES = re.compile(r"\n{2,}")


def top_ngram_share(units: Sequence[str], n: int) -> float:
    """Share of the characters of the units that lie in the n-gram that occurs most often, each counted once.

    Of several that occur equally often, the one that covers most. 0 where none occurs twice.
    """
    names = ngram_names(units, n)
    counts = Counter(names)
    most = max(counts.values(), default=0)
    if most < 2:
        return 0.0
    ends = list(accumulate(map(len, units), initial=0))
    covered: Counter[int] = Counter()
    until: dict[int, int] = {}
    for at, name in enumerate(names):
        if counts[name] == most:
            covered[name] += ends[at + n] - max(ends[at], until.get(name, 0))
            until[name] = ends[at + n]
    return max(covered.values()) / ends[-1]


def duplicate_ngram_share(units: Sequence[str], n: int) -> float:
    """Share of the characters of the units that lie in an n-gram that repeats an earlier one, each counted once."""
    ends = list(accumulate(map(len, units), initial=0))
    seen: set[int] = set()
    covered = until = 0
    for at, name in enumerate(ngram_names(units, n)):
        if name in seen:
            covered += ends[at + n] - max(ends[at], until)
            until = ends[at + n]
        seen.add(name)
    return covered / ends[-1] if covered else 0.0


def lines_of(text: str) -> list[str]:
    """The lines with something in them, in lower case, white space folded, without what prints nothing."""
    return [line for line in _folded_lines(text) if line]


def paragraphs_of(text: str) -> list[str]:
    """The lines as in `lines_of`, those between two blank lines joined."""
    found: list[list[str]] = [[]]
    for line in _folded_lines(text):
        if line:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return ["\n".join(paragraph) for paragraph in found if paragraph]


def _folded_lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in lines(text.translate(WITHOUT_UNSEEN).lower())]


def duplicates(pieces: Iterable[str]) -> tuple[int, int]:
    """How many pieces repeat an earlier one, and how many characters these have."""
    seen: set[str] = set()
    count = chars = 0
    for piece in pieces:
        if piece in seen:
            count += 1
            chars += len(piece)
        seen.add(piece)
    return count, chars


def duplicate_share(pieces: Sequence[str], by_chars: bool) -> float:
    """Share of the pieces, or of their characters, that repeat an earlier piece; 0 where there is none."""
    count, chars = duplicates(pieces)
    if not count:
        return 0.0
    return chars / sum(map(len, pieces)) if by_chars else count / len(pieces)


def datatrove_words(text: str, chinese: ChineseWords, dictionary: DictionaryFile | None = None) -> list[str]:
    """Words as they are written: split at white space, or all that jieba cuts the text into, but white space."""
    if chinese == "char":
        return text.split()
    return [word for word in jieba_words(text, dictionary) if not word.isspace()]


def datatrove_top_ngram(words: Sequence[str], n: int, text: str) -> float:
    """`find_top_duplicate` over the length of the text.

    An n-gram is spelled with spaces and counts in full wherever it occurs, though it occurs once or overlaps itself,
    so that the share can exceed 1. Of several that occur equally often, the first.
    """
    counts = Counter(" ".join(words[at : at + n]) for at in range(len(words) - n + 1))
    if not counts:
        return 0.0
    top, times = counts.most_common(1)[0]
    return len(top) * times / len(text)


def datatrove_duplicate_ngrams(words: Sequence[str], n: int, text: str) -> float:
    """`find_all_duplicate` over the length of the text.

    An n-gram is spelled without spaces (`ab c` is `a bc`); behind one that repeats an earlier one the search goes on
    with the next word after it.
    """
    seen: set[str] = set()
    chars = at = 0
    while at + n <= len(words):
        spelled = "".join(words[at : at + n])
        if spelled in seen:
            chars += len(spelled)
            at += n
        else:
            seen.add(spelled)
            at += 1
    return chars / len(text) if chars else 0.0


def datatrove_lines(text: str, by_chars: bool) -> float:
    """`find_duplicates` of the lines, over their number or the length of the text, newlines included."""
    return _datatrove_share(_NEWLINES.split(text), text, by_chars)


def datatrove_paragraphs(text: str, by_chars: bool) -> float:
    """`find_duplicates` of what stands between blank lines, over their number or the length of the text."""
    return _datatrove_share(_BLANK_LINES.split(text.strip()), text, by_chars)


def _datatrove_share(pieces: Sequence[str], text: str, by_chars: bool) -> float:
    count, chars = duplicates(pieces)
    if not text:
        return 0.0
    return chars / len(text) if by_chars else count / len(pieces)
