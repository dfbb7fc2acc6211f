"""A user dictionary for jieba: the constant `dictionary` of the kinds that count n-grams."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from rulereward.api import Ruleset, load
from rulereward.errors import ConfigurationError, RulesetError
from rulereward.kind import ConstantError, LocalFile
from rulereward.rules.duplicate_ngram_share import DuplicateNgramShareParams
from rulereward.rules.ngram_repetition import NgramRepetitionParams
from rulereward.rules.top_ngram_share import TopNgramShareParams

TEXT = "云计算和计算"
"""Of jieba alone the words 云, 计算, 和, 计算; with 云计算 among its words these: 云计算, 和, 计算."""

RULES = """
rulereward: 1
rules:
  words: ngram_repetition(completion, n=1, tokenizer="jieba"{more})
  top: top_ngram_share(completion, n=1, tokenizer="jieba"{more})
  again: duplicate_ngram_share(completion, n=1, tokenizer="jieba"{more})
score: words + top + again
"""


def ruleset(folder: Path, more: str) -> Ruleset:
    (folder / "words.txt").write_text("云计算 5\n", encoding="utf-8")
    path = folder / "rules.yaml"
    path.write_text(RULES.format(more=more), encoding="utf-8")
    return load(path)


@pytest.mark.parametrize("exact", ["", ", exact=true"])
def test_words_of_the_file_are_words(tmp_path: Path, exact: str) -> None:
    scores = ruleset(tmp_path, exact).score([TEXT])
    assert [scores[name].values[0] for name in scores] == [1 / 4, 4 / 6, 2 / 6]
    scores = ruleset(tmp_path, f', dictionary="words.txt"{exact}').score([TEXT])
    assert [scores[name].values[0] for name in scores] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    "params",
    [
        (NgramRepetitionParams, {"unit": "char"}),
        (NgramRepetitionParams, {"style": "swift"}),
        (TopNgramShareParams, {}),
        (DuplicateNgramShareParams, {}),
    ],
)
def test_without_jieba_it_has_no_use(tmp_path: Path, params: tuple[type, dict[str, str]]) -> None:
    (tmp_path / "words.txt").write_text("云计算", encoding="utf-8")
    kind, constants = params
    with pytest.raises(ConstantError, match="no use") as raised:
        kind(dictionary=LocalFile.of(tmp_path / "words.txt"), **constants)
    assert raised.value.parameter == "dictionary"


def test_a_bad_file_is_told_when_the_ruleset_is_compiled(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_bytes("云计算 5\n".encode() + b"\xff\xfe\n")
    path = tmp_path / "rules.yaml"
    path.write_text(RULES.format(more=', dictionary="words.txt"'), encoding="utf-8")
    with pytest.raises(RulesetError, match=r"words\.txt.*2.*not UTF-8") as raised:
        load(path)
    assert "dictionary" in str(raised.value)


def test_a_pickled_ruleset_is_refused_where_the_file_is_another(tmp_path: Path) -> None:
    sent = pickle.dumps(ruleset(tmp_path, ', dictionary="words.txt"'))
    assert pickle.loads(sent).score([TEXT])["words"].values[0] == 0.0
    (tmp_path / "words.txt").write_text("和计算 5\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"was rr1:.* when it was pickled"):
        pickle.loads(sent)
