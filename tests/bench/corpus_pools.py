"""Pools of sentences, formulas and lines of code that the completions of the made corpus are put together of."""

from __future__ import annotations

import importlib.util
import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path

import corpus_words as words

NOUNS, VERBS, ADJECTIVES, ADVERBS = (
    listed.split() for listed in (words.NOUNS, words.VERBS, words.ADJECTIVES, words.ADVERBS)
)

POOL = 12_000
"""Sentences of a language: enough that two of a text are rarely the same."""

_ALONE = re.compile(r"\b[A-Z]\b")
_ANYWHERE = re.compile("[A-Z]")
_NUMBER = re.compile(r"(?<![a-zA-Z\\])C")
_CHINESE_PARTS = {"N": ("n", "vn"), "V": ("v",), "A": ("a",), "D": ("d",)}
_MOST_CHINESE_WORDS = 6_000

Draw = Callable[[], str]


def zipf(values: Sequence[str], chance: random.Random) -> Draw:
    """Draws values as texts use words: the one in place k as often as 1 / (k + 3)."""
    weights = [1.0 / (place + 3) for place in range(len(values))]
    drawn: list[str] = []

    def draw() -> str:
        if not drawn:
            drawn.extend(chance.choices(values, weights, k=5_000))
        return drawn.pop()

    return draw


def shuffled(values: Sequence[str], chance: random.Random) -> list[str]:
    return chance.sample(values, len(values))


def filled(
    patterns: Sequence[str], slots: re.Pattern[str], draws: Mapping[str, Draw], count: int, seed: int
) -> list[str]:
    """So many sentences of the patterns, with a word in every slot that has a draw."""
    chance = random.Random(seed)
    put = partial(slots.sub, lambda found: draws[found[0]]() if found[0] in draws else found[0])
    return [put(pattern) for pattern in chance.choices(patterns, k=count)]


def number(chance: random.Random) -> str:
    """Mostly small ones."""
    return str(int(10 ** (chance.random() ** 2 * 4)))


@cache
def english() -> list[str]:
    made = filled(words.ENGLISH, _ALONE, _english_draws(random.Random(1)), POOL, 2)
    return [sentence[0].upper() + sentence[1:] for sentence in made]


def _english_draws(chance: random.Random) -> dict[str, Draw]:
    lists = {"N": NOUNS, "V": VERBS, "A": ADJECTIVES, "B": ADVERBS}
    return {slot: zipf(shuffled(values, chance), chance) for slot, values in lists.items()} | {
        "C": partial(number, chance)
    }


@cache
def chinese() -> list[str]:
    chance = random.Random(3)
    draws = {slot: zipf(values, chance) for slot, values in chinese_words().items()}
    draws |= {"C": partial(number, chance), "T": partial(chance.choice, words.TERMS)}
    return [sentence.replace(" ", "") for sentence in filled(words.CHINESE, _ANYWHERE, draws, POOL, 4)]


@cache
def chinese_words() -> dict[str, list[str]]:
    """The most frequent words of jieba's dictionary by part of speech, and made-up names that it does not have."""
    found = importlib.util.find_spec("jieba")
    assert found is not None, "Chinese needs jieba's dictionary: pip install jieba"
    assert found.origin is not None
    lines = (line.split(" ") for line in (Path(found.origin).parent / "dict.txt").read_text("utf-8").splitlines())
    entries = sorted(((int(count), word, part) for word, count, part in lines), reverse=True)
    lists: dict[str, list[str]] = {}
    for slot, parts in _CHINESE_PARTS.items():
        lists[slot] = [word for _, word, part in entries if part in parts][:_MOST_CHINESE_WORDS]
    chance = random.Random(5)
    for _ in range(300):
        lists["N"].insert(chance.randrange(len(lists["N"])), "".join(chance.choices(words.NAME_CHARACTERS, k=3)))
    return lists


@cache
def formulas() -> list[str]:
    return filled(words.FORMULAS, _NUMBER, {"C": partial(number, random.Random(6))}, POOL // 2, 7)


@cache
def code_lines() -> list[str]:
    chance = random.Random(8)
    names = [f"{first}{join}{second}" for first in VERBS[:60] for join, second in _name_ends(chance)]
    types = ["".join(chance.sample([noun.title() for noun in NOUNS], 2)) for _ in range(60)]
    draws = _english_draws(chance) | {"I": zipf([*"ijknxs", *shuffled(NOUNS + names, chance)], chance)}
    draws["T"] = zipf(types, chance)
    return filled(words.CODE, _ALONE, draws, POOL // 2, 9)


def _name_ends(chance: random.Random) -> list[tuple[str, str]]:
    return [("_", noun) for noun in chance.sample(NOUNS, 6)]
