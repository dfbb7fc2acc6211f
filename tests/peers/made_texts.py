"""Completions as a policy writes them on a bad day: every disorder of tags, line breaks and repetition. Seeded."""

from __future__ import annotations

import random
from collections.abc import Callable

TAGS = ("<think>", "</think>", "<answer>", "</answer>")
BREAKS = ("", "\n", "\n\n", "\r\n", "\r", " ", " \n", "\n ", "\t", "\u3000", "\u2028", "\x1c")
BLANKS = ("", " ", "\n", "\n\n", "\u200b", "\u3000")
THOUGHTS = (
    "First, I add 2 and 2. Then I check the sum.", "The sum is 4, isn't it?", "1. Add.\n2. Check.\n3. Done.",
    "先把两个数相加，再检查一遍。", "首先，2加2等于4。\n其次，验证答案。", "設 $x^2 = 4$，故 $x = \\pm 2$。",
    "naïve café — ½ × 8 = 4 👨‍👩‍👧", "a < b and b > a", "I write <b>bold</b> text.", "I close the </answer tag late.",
    "İstanbul ΑΣ \u212a", "Wait, wait. Let me think again.",
)  # fmt: skip
ANSWERS = ("4", "The answer is \\boxed{4}.", "答案是4。", "【答案】C", "A, B and C", "```python\nprint(4)\n```", "４")
LOOPED = ("ha", "ha ", "Wait, no. ", "你好", "哈", "the answer is 4\n", "\n", "<think>", "</think>", "</answer>\n")
OUTSIDE = ("Sure! ", "\n", " ", "好的。", "\ufeff", "So ", "<|im_end|>", "\x00")

Disorder = Callable[[random.Random, list[str]], None]


MANY = 20_000
"""Texts for what is compared in one call."""


def made_texts(count: int = 2_000, seed: int = 0) -> list[str]:
    """So many texts: some well-formed, most disturbed one to four times, a few made of pieces at random."""
    chance = random.Random(seed)
    return [_jumble(chance) if chance.random() < 0.1 else _disturbed(chance) for _ in range(count)]


def _disturbed(chance: random.Random) -> str:
    pieces = _well_formed(chance)
    for _ in range(chance.choice((0, 0, 0, 1, 1, 1, 2, 2, 3, 4))):
        chance.choice(DISORDERS)(chance, pieces)
    return "".join(pieces)


def _well_formed(chance: random.Random) -> list[str]:
    """Tags, line breaks and content by turns; the breaks are those of open-r1 more often than not."""

    def line_break() -> str:
        return "\n" if chance.random() < 0.9 else chance.choice(BREAKS)

    think = ["<think>", line_break(), chance.choice(THOUGHTS), line_break(), "</think>", line_break()]
    if chance.random() < 0.2:
        return [*think, chance.choice(ANSWERS)]
    return [*think, "<answer>", line_break(), chance.choice(ANSWERS), line_break(), "</answer>"]


def _jumble(chance: random.Random) -> str:
    pieces = (*TAGS, *TAGS, *BREAKS, *THOUGHTS, *ANSWERS, *OUTSIDE)
    return "".join(chance.choices(pieces, k=chance.randrange(12)))


def _leave_out(chance: random.Random, pieces: list[str]) -> None:
    if pieces:
        del pieces[chance.randrange(len(pieces))]


def _double(chance: random.Random, pieces: list[str]) -> None:
    if pieces:
        place = chance.randrange(len(pieces))
        pieces.insert(chance.randrange(len(pieces) + 1), pieces[place])


def _move(chance: random.Random, pieces: list[str]) -> None:
    if pieces:
        piece = pieces.pop(chance.randrange(len(pieces)))
        pieces.insert(chance.randrange(len(pieces) + 1), piece)


def _reverse(chance: random.Random, pieces: list[str]) -> None:
    places = [place for place, piece in enumerate(pieces) if piece in TAGS]
    for place, tag in zip(places, [pieces[place] for place in reversed(places)], strict=True):
        pieces[place] = tag


def _nest(chance: random.Random, pieces: list[str]) -> None:
    place = chance.randrange(len(pieces) + 1)
    pieces[place:place] = _well_formed(chance)


def _put_outside(chance: random.Random, pieces: list[str]) -> None:
    pieces.insert(chance.choice((0, len(pieces))), chance.choice(OUTSIDE))


def _put_inside(chance: random.Random, pieces: list[str]) -> None:
    pieces.insert(chance.randrange(len(pieces) + 1), chance.choice((*TAGS, *OUTSIDE)))


def _other_breaks(chance: random.Random, pieces: list[str]) -> None:
    instead = chance.choice(BREAKS)
    pieces[:] = [instead if piece == "\n" else piece for piece in pieces]


def _blank(chance: random.Random, pieces: list[str]) -> None:
    content = (*THOUGHTS, *ANSWERS)
    pieces[:] = [chance.choice(BLANKS) if piece in content else piece for piece in pieces]


def _loop(chance: random.Random, pieces: list[str]) -> None:
    pieces.insert(chance.randrange(len(pieces) + 1), chance.choice(LOOPED) * chance.randrange(2, 60))


def _ramble(chance: random.Random, pieces: list[str]) -> None:
    """Many thoughts, some of them again, with blank lines between some."""
    said = chance.choices((*THOUGHTS, *ANSWERS), k=chance.randrange(4, 40))
    breaks = chance.choices((" ", "\n", "\n\n", *BREAKS), k=len(said))
    pieces.insert(chance.randrange(len(pieces) + 1), "".join(map("".join, zip(said, breaks, strict=True))))


def _cut_off(chance: random.Random, pieces: list[str]) -> None:
    text = "".join(pieces)
    pieces[:] = [text[: chance.randrange(len(text) + 1)]]


DISORDERS: tuple[Disorder, ...] = (
    _leave_out, _double, _move, _reverse, _nest, _put_outside, _put_inside, _other_breaks, _blank, _loop, _ramble,
    _cut_off,
)  # fmt: skip
