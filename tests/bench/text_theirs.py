"""The peers' functions for texts: those of TRL, ms-swift and datatrove as released, open-r1's as it publishes them.

Each takes texts and gives a list of numbers. What a project's function wants around a text (chat messages) is put
around it here.
"""

from __future__ import annotations

import importlib.util
import logging
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "peers"))

from peer_files import (
    OPEN_R1_FORMAT,
    OPEN_R1_TAGS,
    datatrove_gopher,
    swift_rewards,
    trl_formats,
)

Theirs = Callable[[Sequence[str]], list[float]]

_NEEDED = {"trl": "trl", "swift": "ms-swift", "datatrove": "datatrove"}


def require_peers() -> None:
    """End the script, saying what to do, where the peers are not installed."""
    missing = [name for module, name in _NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        sys.exit(f"not installed: {', '.join(missing)}. Run in the environment that tests/peers/README.md describes")


def open_r1_format(texts: Sequence[str]) -> list[float]:
    return [1.0 if re.match(OPEN_R1_FORMAT, text, re.DOTALL | re.MULTILINE) else 0.0 for text in texts]


def open_r1_tag_count(texts: Sequence[str]) -> list[float]:
    return [sum(0.25 for tag in OPEN_R1_TAGS if text.count(tag) == 1) for text in texts]


def trl_think_format() -> Theirs:
    reward = trl_formats().think_format_reward
    return lambda texts: reward([[{"content": text}] for text in texts])


def repetition_penalty(n: int = 3) -> Theirs:
    """ms-swift's, which is open-r1's for English: `lower().split()`, n-grams by zip, a set."""
    return swift_rewards().RepetitionPenalty(SimpleNamespace(repetition_n_grams=n, repetition_max_penalty=-1.0))


def han_loop(texts: Sequence[str]) -> list[float]:
    """The share of ideographs as people write it by hand."""
    return [sum("\u4e00" <= character <= "\u9fff" for character in text) / max(len(text), 1) for text in texts]


def han_pattern(texts: Sequence[str]) -> list[float]:
    return [len(re.findall("[\u4e00-\u9fff]", text)) / max(len(text), 1) for text in texts]


def lengths(texts: Sequence[str]) -> list[float]:
    return list(map(len, texts))


def jieba_repetition(n: int = 3) -> Theirs:
    """open-r1's penalty with the language `zh`: all words of jieba, n-grams by zip, a set; the share alone."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    jieba.dt.tmp_dir = tempfile.mkdtemp()  # where it writes a cache
    jieba.initialize()

    def shares(texts: Sequence[str]) -> list[float]:
        found = []
        for text in texts:
            words = jieba.lcut(text)
            grams = set(zip(*(words[at:] for at in range(n)), strict=False))
            total = len(words) - n + 1
            found.append(1 - len(grams) / total if total > 0 else 0.0)
        return found

    return shares


def gopher_measures() -> Callable[[Sequence[str]], list[list[float]]]:
    """The 13 shares of datatrove's Gopher filter by its own functions, words split at white space, none left out.

    The filter stops at the first share that is too large; here all are wanted. Its own words come from spaCy, which
    is slower by far.
    """
    gopher = datatrove_gopher()
    paragraph_breaks, line_breaks = re.compile(r"\n{2,}"), re.compile("\n+")

    def measures(texts: Sequence[str]) -> list[list[float]]:
        return [measured(gopher, text, paragraph_breaks, line_breaks) for text in texts]

    return measures


def measured(gopher: Any, text: str, paragraph_breaks: re.Pattern[str], line_breaks: re.Pattern[str]) -> list[float]:
    found: list[float] = []
    for pieces in (line_breaks.split(text), paragraph_breaks.split(text.strip())):
        count, chars = gopher.find_duplicates(pieces)
        found += [count / len(pieces), chars / len(text)]
    words = text.split()
    for n in (2, 3, 4):
        grams = gopher.get_n_grams(words, n)
        found.append(gopher.find_top_duplicate(grams) / len(text) if grams else 0.0)
    return found + [gopher.find_all_duplicate(words, n) / len(text) for n in range(5, 11)]
