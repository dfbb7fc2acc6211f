"""Fluent texts of two languages in three parts that share no prompt, and what can become of a text.

- `rollouts`: real completions behind their prompts, from the folder of shared data beside the checkout: mathematics
  in English, school exams in Chinese.
- `installed`: what every installation has, read where it lies. English is real: the language reference that Python's
  `help` shows, a paragraph or a few behind the one before. Of Chinese an installation has no running text, so it is
  made: sentence patterns of tests/bench/corpus_words.py with words of jieba's dictionary. They are fluent only as far
  as the order of their words is one that a reader expects.
"""

from __future__ import annotations

import json
import random
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = ("English", "Chinese")
SOURCES = ("rollouts", "installed")
PARTS = ("training", "reference", "judged")
LOOPS = 30

_ROOT = Path(__file__).resolve().parents[3]
_DATA = _ROOT.parent / "shared" / "data"
_ROLLOUTS = {"English": "math_rollouts.jsonl", "Chinese": "gaokao_zh_rollouts.jsonl"}
MISSING = [f"../shared/data/{name}" for name in _ROLLOUTS.values() if not (_DATA / name).exists()]
"""What `rollouts` needs and is not there."""

_FEWEST_BYTES, _FEWEST_SENTENCES = 200, 3
_EXAM_TASK = "题目如下："
_SENTENCE = re.compile(r".+?(?:[.!?:](?=\s)|[。！？；]|\n|$)\s*", re.DOTALL)
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Sample:
    """A text, and what stands in front of it."""

    prompt: str
    text: str


def samples(source: str, language: str) -> Mapping[str, Sequence[Sample]]:
    """The samples of each part, always the same ones in the same order. No prompt is in two parts."""
    found: dict[str, list[Sample]] = {part: [] for part in PARTS}
    for topic, sample in (_rollouts if source == "rollouts" else _INSTALLED[language])(language):
        if len(sample.text.encode()) >= _FEWEST_BYTES and len(sentences(sample.text)) >= _FEWEST_SENTENCES:
            found[_part(topic)].append(sample)
    return {part: random.Random(0).sample(listed, len(listed)) for part, listed in found.items()}


def _part(topic: str) -> str:
    """Six topics in ten are for training, two for each other part."""
    place = zlib.crc32(topic.encode()) % 10
    return "training" if place < 6 else "reference" if place < 8 else "judged"


def _rollouts(language: str) -> Iterator[tuple[str, Sample]]:
    for line in (_DATA / _ROLLOUTS[language]).read_text("utf-8").splitlines():
        row = json.loads(line)
        prompt = row["prompt"].rpartition(_EXAM_TASK)[2].strip()  # all exams begin with the same instructions
        yield prompt, Sample(f"{prompt}\n", row["completion"])


def _python_reference(_: str) -> Iterator[tuple[str, Sample]]:
    """Each paragraph once: sections stand under several topics."""
    from pydoc_data.topics import topics

    seen: set[str] = set()
    for topic, text in topics.items():
        whole = [part for part in text.split("\n\n") if part.strip() and part not in seen]
        seen.update(whole)
        for prompt, *rest in zip(whole[::4], whole[1::4], whole[2::4], whole[3::4], strict=False):
            yield topic, Sample(f"{prompt}\n\n", "\n\n".join(rest))


def _made_chinese(_: str) -> Iterator[tuple[str, Sample]]:
    bench = str(_ROOT / "tests" / "bench")
    sys.path.insert(0, bench)
    try:
        import corpus_pools
    finally:
        sys.path.remove(bench)
    made = corpus_pools.chinese()
    for place in range(0, 12_000, 10):
        prompt, *rest = made[place : place + 10]
        yield prompt, Sample(f"{prompt}\n", "".join(rest))


_INSTALLED: Mapping[str, Callable[[str], Iterator[tuple[str, Sample]]]] = {
    "English": _python_reference,
    "Chinese": _made_chinese,
}


def sentences(text: str) -> list[str]:
    """With the blanks behind them: joined they are the text."""
    return _SENTENCE.findall(text)


def _shuffled_words(text: str, chance: random.Random) -> str:
    """The words in another order, and between them what was between the words before."""
    if re.search("[\u4e00-\u9fff]", text):
        import jieba

        return "".join(_shuffled(jieba.lcut(text), chance))
    words = iter(_shuffled(_WORD.findall(text), chance))
    return _WORD.sub(lambda _: next(words), text)


def _shuffled(pieces: Sequence[str], chance: random.Random) -> list[str]:
    return chance.sample(pieces, len(pieces))


def _noise(text: str, chance: random.Random) -> str:
    """As many characters of the same script, drawn at random."""
    script = range(0x4E00, 0x9FA6) if re.search("[\u4e00-\u9fff]", text) else range(0x20, 0x7F)
    return "".join(map(chr, chance.choices(script, k=len(text))))


def _looped(text: str, _: random.Random) -> str:
    """Its sentence of middle length, again and again; what is shorter than 20 characters is a piece of a formula."""
    listed = sorted(sentences(text), key=len)
    long = [sentence for sentence in listed if len(sentence) >= 20] or listed[-1:]
    return long[len(long) // 2] * LOOPS


CHANGES: Mapping[str, Callable[[str, random.Random], str]] = {
    "sentences shuffled": lambda text, chance: "".join(_shuffled(sentences(text), chance)),
    "words shuffled": _shuffled_words,
    "characters shuffled": lambda text, chance: "".join(_shuffled(text, chance)),
    "random characters": _noise,
    f"one sentence {LOOPS} times": _looped,
}


def forms(sample: Sample, seed: int) -> dict[str, str]:
    """The text as it is (`fluent`), and everything that it can become; `the prompt again` is in its place."""
    changed = {name: change(sample.text, random.Random(seed)) for name, change in CHANGES.items()}
    return {"fluent": sample.text, **changed, "the prompt again": sample.prompt}
