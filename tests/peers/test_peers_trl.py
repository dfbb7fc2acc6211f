"""TRL's released reward functions and what we call by their name."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from made_texts import MANY, made_texts
from peer_files import scored, trl_formats, trl_others

from rulereward.functions.shapes import soft_overlong

format_rewards = trl_formats()
other_rewards = trl_others()

TEXTS = made_texts(MANY)


def test_think_format() -> None:
    theirs = format_rewards.think_format_reward([[{"content": text}] for text in TEXTS])
    assert scored('think_format(style="trl")', TEXTS) == theirs
    assert MANY * 0.15 < sum(theirs) < MANY * 0.85  # both verdicts are well tried


def byte_ids(text: str) -> list[int]:
    """Bytes are tokens as good as any."""
    return list(text.encode("utf-8"))


def wide_ids(text: str) -> list[int]:
    """Ids of a large vocabulary, two of which come again and again."""
    chance = random.Random(text)
    return [chance.choice((7, 151_643, chance.randrange(200_000))) for _ in range(chance.randrange(60))]


@pytest.mark.parametrize("ids_of", [byte_ids, wide_ids])
@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_repetition_penalty(n: int, ids_of: Callable[[str], list[int]]) -> None:
    ids = list(map(ids_of, TEXTS))
    theirs = other_rewards.get_repetition_penalty_reward(n, -1.0)(ids)
    ours = scored(f'ngram_repetition(completion, n={n}, style="trl")', TEXTS, completion_ids=ids)
    assert [-share for share in ours] == theirs
    assert sum(reward < 0 for reward in theirs) > (MANY / 2 if ids_of is byte_ids else MANY / 10)


@pytest.mark.parametrize(("longest", "buffer"), [(100, 20), (16_384, 4_096), (7, 7), (10, 3)])
def test_soft_overlong(longest: int, buffer: int) -> None:
    lengths = sorted({*range(130), *range(0, 2 * longest, max(1, longest // 97)), longest - buffer, longest})
    theirs = other_rewards.get_soft_overlong_punishment(longest, buffer)
    ours = [soft_overlong.scalar(length, longest, buffer) for length in lengths]
    assert ours == theirs([[0] * length for length in lengths])
