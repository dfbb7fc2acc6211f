"""open-r1's rewards by their published expressions, and jieba itself, against what we call by open-r1's name."""

from __future__ import annotations

import importlib.util
import logging
import re
from types import ModuleType

import pytest
from made_texts import MANY, made_texts
from peer_files import OPEN_R1_FORMAT, OPEN_R1_TAGS, scored

if importlib.util.find_spec("trl") is None:
    pytest.skip("runs where the other peers are: see tests/peers/README.md", allow_module_level=True)  # half a minute

TEXTS = made_texts(MANY)


def test_format() -> None:
    pattern = re.compile(OPEN_R1_FORMAT, re.DOTALL | re.MULTILINE)
    theirs = [float(pattern.match(text) is not None) for text in TEXTS]
    assert scored('think_format(style="open_r1")', TEXTS) == theirs
    assert MANY * 0.15 < sum(theirs) < MANY * 0.85  # both verdicts are well tried


def test_tag_count() -> None:
    theirs = [sum(0.25 for tag in OPEN_R1_TAGS if text.count(tag) == 1) for text in TEXTS]
    assert scored('tag_count(style="open_r1")', TEXTS) == theirs
    assert all(theirs.count(quarters / 4) > MANY / 40 for quarters in range(5))


@pytest.fixture(scope="module")
def jieba(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """jieba as people import it, with its cache in a folder of the test."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    jieba.dt.tmp_dir = str(tmp_path_factory.mktemp("jieba"))
    return jieba


@pytest.fixture(scope="module")
def cut(jieba: ModuleType) -> list[list[str]]:
    return [jieba.lcut(text) for text in TEXTS]


@pytest.mark.filterwarnings("ignore")  # jieba's own
@pytest.mark.parametrize("n", [1, 3, 5])
def test_repetition_in_chinese(n: int, cut: list[list[str]]) -> None:
    """The share that open-r1's penalty multiplies, with the language `zh`: words by jieba, all of them."""
    theirs = [_share(words, n) for words in cut]
    assert scored(f'ngram_repetition(completion, n={n}, style="open_r1_zh")', TEXTS) == theirs
    assert sum(share > 0 for share in theirs) > MANY / 10


def _share(words: list[str], n: int) -> float:
    grams = [tuple(words[at : at + n]) for at in range(len(words) - n + 1)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0
