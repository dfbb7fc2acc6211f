"""ms-swift's released reward functions and what we call by their name."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from made_texts import MANY, made_texts
from peer_files import scored, swift_rewards

orm = swift_rewards()

TEXTS = made_texts(MANY)


def test_format() -> None:
    theirs = orm.Format()(TEXTS)
    assert scored('think_format(style="swift")', TEXTS) == theirs
    assert MANY * 0.15 < sum(theirs) < MANY * 0.85  # both verdicts are well tried


@pytest.mark.parametrize("n", [1, 2, 3, 5, 20])
def test_repetition_penalty(n: int) -> None:
    theirs = orm.RepetitionPenalty(SimpleNamespace(repetition_n_grams=n, repetition_max_penalty=-1.0))(TEXTS)
    ours = scored(f'ngram_repetition(completion, n={n}, style="swift")', TEXTS)
    assert [-share for share in ours] == theirs
    assert sum(reward < 0 for reward in theirs) > MANY / 40
    assert scored(f'ngram_repetition(completion, n={n}, style="open_r1")', TEXTS) == ours  # the same by another name
