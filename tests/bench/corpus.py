"""Completions as a policy writes them, made from a seed: English, Chinese, mathematics and code.

    python tests/bench/corpus.py [--rows 20000] [--seed 0]     prints what the corpus is like

20,000 of them are about 170 MB. Lengths are lognormal, cut off at 60,000 characters; think and answer tags stand as
open-r1 or TRL want them, or are malformed; 6 % run into a loop. About one text in 200 holds a character that kernels
leave to Python. No two runs differ.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count

import corpus_pools as pools
from corpus_words import LOOPED, RARE

ROWS = 20_000
SORTS = ("english", "chinese", "math", "code")
_SHARES = (35, 25, 25, 15)
_MEDIAN_CHARS, _SIGMA, MOST_CHARS = 3_000, 1.1, 60_000
_LOOP_SHARE, _RARE_SHARE = 0.06, 0.005
_FORMATS = ("open_r1", "trl", "malformed")
_FORMAT_SHARES = (55, 25, 20)
_TAGS = ("<think>", "</think>", "<answer>", "</answer>")

Body = Callable[[random.Random, int], str]


def completions(rows: int = ROWS, seed: int = 0, sorts: Sequence[str] = SORTS) -> list[str]:
    return list(stream(rows, seed, sorts))


def stream(rows: int | None, seed: int = 0, sorts: Sequence[str] = SORTS) -> Iterator[str]:
    """The completions one by one, for ever if `rows` is None; `sorts` are those wanted, in their usual shares."""
    chance = random.Random(seed)
    shares = [_SHARES[SORTS.index(sort)] for sort in sorts]
    for _ in count() if rows is None else range(rows):
        yield completion(chance, chance.choices(sorts, shares)[0])


def completion(chance: random.Random, sort: str) -> str:
    size = min(MOST_CHARS, int(_MEDIAN_CHARS * chance.lognormvariate(0.0, _SIGMA)))
    thought, answer = _BODIES[sort](chance, size * 9 // 10), _BODIES[sort](chance, size // 10)
    looped = chance.random() < _LOOP_SHARE
    if looped:
        thought = _looped(chance, thought)
    if chance.random() < _RARE_SHARE:
        thought = f"{thought} {chance.choice(RARE)} {answer}"
    text = _in_format(chance, thought, f"{answer}\n\\boxed{{{pools.number(chance)}}}")
    return text[:size] if looped else text[:MOST_CHARS]  # what has no end is cut off


def _pieces(chance: random.Random, pool: Sequence[str], size: int) -> list[str]:
    """Pieces of a pool of `size` characters or a few more; one in 20 is said again later, as it happens."""
    mean = sum(map(len, pool[:500])) / 500
    taken = chance.choices(pool, k=max(1, round(size / mean)))
    for place in range(len(taken) // 20):
        taken[chance.randrange(len(taken))] = taken[place]
    return taken


def _paragraphs(chance: random.Random, pieces: Sequence[str], space: str) -> str:
    """Two to six sentences each; some are items of a list, some have a heading."""
    found = []
    at = 0
    while at < len(pieces):
        size = chance.randrange(2, 7)
        lead = chance.choice(("", "", "", "", "", f"{len(found) + 1}. ", "- ", f"**Step {len(found) + 1}**\n"))
        found.append(lead + space.join(pieces[at : at + size]))
        at += size
    return "\n\n".join(found)


def _english(chance: random.Random, size: int) -> str:
    return _paragraphs(chance, _pieces(chance, pools.english(), size), " ")


def _chinese(chance: random.Random, size: int) -> str:
    return _paragraphs(chance, _pieces(chance, pools.chinese(), size), "")


def _math(chance: random.Random, size: int) -> str:
    """Sentences with a formula behind every other one, inline or displayed; one text in four is Chinese."""
    in_chinese = chance.random() < 0.25
    prose = _pieces(chance, pools.chinese() if in_chinese else pools.english(), size * 2 // 3)
    written = _pieces(chance, pools.formulas(), size // 3)
    marks = [("$", "$"), (r"\(", r"\)"), ("\\[\n", "\n\\]"), ("$$", "$$")]
    shown = [f"{start}{formula}{end}" for formula in written for start, end in (chance.choice(marks),)]
    mixed = [piece for pair in zip(prose, shown, strict=False) for piece in pair]
    rest = prose[len(shown) :] or shown[len(prose) :]
    return _paragraphs(chance, mixed + rest, "" if in_chinese else " ")


def _code(chance: random.Random, size: int) -> str:
    """Prose, a fenced block of 5 to 40 lines, prose."""
    lines = _pieces(chance, pools.code_lines(), size * 7 // 10)
    prose = _pieces(chance, pools.english(), size * 3 // 10)
    found: list[str] = []
    while lines:
        count, said = chance.randrange(5, 40), chance.randrange(1, 5)
        found += [
            " ".join(prose[:said]),
            f"```{chance.choice(('python', 'python', 'js', ''))}",
            *lines[:count],
            "```",
        ]
        del lines[:count], prose[:said]
    return "\n".join([*found, " ".join(prose)])


def _looped(chance: random.Random, text: str) -> str:
    """The text up to some place, and from there on the same again and again, to about its length."""
    at = chance.randrange(len(text) // 2, len(text) + 1)
    piece = chance.choice((*LOOPED, text[max(0, at - chance.randrange(20, 400)) : at] or "again "))
    return text[:at] + piece * (1 + max(len(text) - at, 300) // len(piece))


def _in_format(chance: random.Random, thought: str, answer: str) -> str:
    kind = chance.choices(_FORMATS, _FORMAT_SHARES)[0]
    if kind == "open_r1":
        return f"<think>\n{thought}\n</think>\n<answer>\n{answer}\n</answer>"
    if kind == "trl":
        return f"<think>\n{thought}\n</think>\n\n{answer}"
    pieces = ["<think>", "\n", thought, "\n", "</think>", "\n", "<answer>", "\n", answer, "\n", "</answer>"]
    change = chance.randrange(4)
    if change == 0:
        del pieces[chance.randrange(len(pieces))]
    elif change == 1:
        pieces.insert(chance.randrange(len(pieces)), chance.choice(_TAGS))
    elif change == 2:
        pieces.insert(0, "Sure, here it is:\n")
    else:
        pieces = [piece for piece in pieces if piece not in _TAGS]
    return "".join(pieces)


_BODIES: dict[str, Body] = {"english": _english, "chinese": _chinese, "math": _math, "code": _code}


def megabytes(texts: Sequence[str]) -> float:
    """10^6 bytes of UTF-8."""
    return sum(len(text.encode("utf-8")) for text in texts) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description="What the made corpus is like")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.perf_counter()
    texts = completions(options.rows, options.seed)
    seconds = time.perf_counter() - started
    lengths = sorted(map(len, texts))
    print(f"{len(texts)} completions, {megabytes(texts):.1f} MB, {len(set(texts))} distinct, made in {seconds:.1f} s")
    quantiles = {share: lengths[int(share / 100 * (len(lengths) - 1))] for share in (1, 10, 50, 90, 99, 100)}
    print("characters", ", ".join(f"p{share} {length}" for share, length in quantiles.items()))
    for sort in SORTS:
        own = completions(max(options.rows // 20, 20), options.seed, (sort,))
        words = [text.lower().split() for text in own]
        shares = [1 - len(set(zip(w, w[1:], w[2:], strict=False))) / (len(w) - 2) for w in words if len(w) > 2]
        print(f"{sort:>8}: {1e6 * megabytes(own) / sum(map(len, words)):.1f} bytes a word, median share of repeated "
              f"3-grams {statistics.median(shares):.3f}")  # fmt: skip


if __name__ == "__main__":
    main()
