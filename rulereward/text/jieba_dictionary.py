"""The words that Chinese is cut with: those of jieba, and those of a user's file, added as jieba adds them.

jieba's dictionary is read as data from where it is installed. A user's file has a word on each line, behind it how
often the word occurs and its part of speech, both of which may be missing: `清华大学 5 nt`. What jieba makes of such
a file is kept to the letter; but a word that a file forbids is forbidden with this file only.
"""

from __future__ import annotations

import importlib.util
import math
import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rulereward.errors import ConfigurationError

BLOCK = re.compile(r"([\u4e00-\u9fd5a-zA-Z0-9+#&._%-]+)")
"""What is looked up in the dictionary: ideographs, and ASCII words between them (`T恤`, `卡拉OK`)."""

SPACE = re.compile(r"(\r\n|\s)")

LONGEST = 64
"""Characters of the longest word that a file may add: cutting looks that far ahead from every character."""

MOST_BYTES = 20_000_000
MOST_ENTRIES = 1_000_000
"""Words that a file may add, the beginnings of words included. jieba's own dictionary has half a million."""

MOST_DIGITS = 15
"""Digits of a frequency."""

_SHIPPED_LINE = re.compile(r"^([^ \n]+) ([0-9]+)", re.MULTILINE)
_LINE = re.compile(r"(.+?)(?: ([0-9]+))?(?: [a-z]+)?")
_ALPHANUMERIC = re.compile(r"[a-zA-Z0-9]")


class DictionaryFile(Hashable, Protocol):
    """A user's dictionary, known by its digest."""

    @property
    def path(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    def read_bytes(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Dictionary:
    """How often each word occurs, 0 for a word that is never cut, and the sum of what was added.

    `forced` are words that a file forbids: where only the characters speak for one of them, it is cut apart.
    """

    counts: Mapping[str, int]
    total: int
    forced: frozenset[str]


def read_dictionary(file: DictionaryFile | None) -> Dictionary:
    """The dictionary of jieba, and that of a file on top of it; takes about half a second.

    Raises ConfigurationError where jieba is not installed, and where the file is no dictionary or too large.
    """
    counts, total = _shipped()
    if file is None:
        return Dictionary(counts, total, frozenset())
    words = user_words(file)
    if any(count is None for _, count in words):
        add_beginnings(counts)  # they matter to a frequency that is made up
    forced = set()
    most = len(counts) + MOST_ENTRIES
    for word, count in words:
        if count is None:
            count = _enough(word, counts, total)
        counts[word] = count
        total += count
        for end in range(1, len(word)):
            counts.setdefault(word[:end], 0)
        if count == 0:
            forced.add(word)
        if len(counts) > most:
            raise _too_many(file)
    return Dictionary(counts, total, frozenset(forced))


def problem_with(file: DictionaryFile | None, is_used: bool) -> str | None:
    """What is wrong with naming a user dictionary, None where nothing is."""
    if file is None:
        return None
    if not is_used:
        return "nothing here is cut by jieba, so its dictionary has no use"
    try:
        user_words(file)
    except ConfigurationError as error:
        return str(error)
    return None


def user_words(file: DictionaryFile) -> list[tuple[str, int | None]]:
    """The words of a file in its order, each with its frequency, None where the line has none.

    Raises ConfigurationError where the file is no dictionary; it needs no jieba.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise _bad(file, None, f"cannot be read: {error.strerror}") from error
    if len(content) > MOST_BYTES:
        raise _bad(file, None, f"is larger than {MOST_BYTES // 1_000_000} MB: leave rare words out")
    words: list[tuple[str, int | None]] = []
    for number, raw in enumerate(content.split(b"\n"), 1):
        try:
            line = raw.strip().decode("utf-8").lstrip("\ufeff")
        except UnicodeDecodeError as error:
            raise _bad(file, number, "is not UTF-8: save the file in UTF-8") from error
        if found := _LINE.fullmatch(line):  # all but an empty line are
            words.append(_entry(found[1], found[2], file, number))
        if len(words) > MOST_ENTRIES:
            raise _too_many(file)
    return words


def _entry(word: str, written: str | None, file: DictionaryFile, number: int) -> tuple[str, int | None]:
    if len(word) > LONGEST:
        problem = f"has a word of {len(word)} characters: write one word on each line, of at most {LONGEST}"
        raise _bad(file, number, problem)
    if written is None:
        return word, None
    digits = written.lstrip("0")
    if len(digits) > MOST_DIGITS:
        raise _bad(file, number, f"has a frequency of more than {MOST_DIGITS} digits: give a smaller one")
    return word, int(digits or "0")


def _too_many(file: DictionaryFile) -> ConfigurationError:
    return _bad(file, None, f"has more than {MOST_ENTRIES:,} words and beginnings of words: leave rare ones out")


def _bad(file: DictionaryFile, line: int | None, problem: str) -> ConfigurationError:
    where = file.path if line is None else f"{file.path}, line {line},"
    return ConfigurationError(f"the dictionary {where} {problem}")


def folder() -> Path:
    """Where jieba is installed, found without importing it. Raises ConfigurationError where it is not."""
    found = importlib.util.find_spec("jieba")
    if found is None or found.origin is None:
        raise ConfigurationError("words of Chinese need the dictionary of jieba: pip install jieba")
    return Path(found.origin).parent


def _shipped() -> tuple[dict[str, int], int]:
    """The words of jieba's dictionary, without beginnings, and the sum of all lines: one word stands there twice."""
    lines = _SHIPPED_LINE.findall((folder() / "dict.txt").read_text(encoding="utf-8"))
    counts = {word: int(written) for word, written in lines}
    return counts, sum(int(written) for _, written in lines)


def add_beginnings(counts: dict[str, int]) -> None:
    """Add the beginnings of all words with the count 0, so that a search knows where it may go on."""
    for word in tuple(counts):
        beginning = word[:-1]
        while beginning and beginning not in counts:
            counts[beginning] = 0
            beginning = beginning[:-1]


def best_ends(block: str, counts: Mapping[str, int], total: int) -> list[int]:
    """Where the word that begins at each character ends, on the most probable way to the end of the block.

    The counts hold the beginnings too. A character from which no word begins is one that occurs once.
    """
    log, log_total = math.log, math.log(total)
    unknown = log(1) - log_total
    size = len(block)
    score = [0.0] * (size + 1)
    ends = [0] * size
    for at in range(size - 1, -1, -1):
        best, best_end = -math.inf, at + 1
        end = at + 1
        count = counts.get(block[at])
        while count is not None:
            # summed in this order, as jieba does; of equals the longer word
            if count and (way := log(count) - log_total + score[end]) >= best:
                best, best_end = way, end
            if end == size:
                break
            end += 1
            count = counts.get(block[at:end])
        score[at] = best if best > -math.inf else unknown + score[at + 1]
        ends[at] = best_end
    return ends


def _enough(word: str, counts: Mapping[str, int], total: int) -> int:
    """The frequency at which a word is cut rather than the words it is made of."""
    share = 1.0
    for piece in _by_words_alone(word, counts, total):
        share *= counts.get(piece, 1) / float(total)
    return max(int(share * total) + 1, counts.get(word, 1))


def _by_words_alone(text: str, counts: Mapping[str, int], total: int) -> Iterator[str]:
    """The cut of jieba without its model of characters: single letters and digits in a row are put together."""
    for number, block in enumerate(BLOCK.split(text)):
        if number % 2 == 0:
            for piece in filter(None, SPACE.split(block)):
                yield from [piece] if SPACE.match(piece) else piece
            continue
        ends = best_ends(block, counts, total)
        at = start = 0
        while at < len(block):
            end = ends[at]
            if end - at > 1 or not _ALPHANUMERIC.match(block[at]):
                yield from filter(None, (block[start:at], block[at:end]))
                start = end
            at = end
        yield from filter(None, (block[start:],))
