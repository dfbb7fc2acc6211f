"""A model whose every number is known: bits per byte as plain Python computes them, however the text is cut."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra `models` is not installed")
pytest.importorskip("transformers", reason="the extra `models` is not installed")

from made_models import SEEN, bits_per_byte, byte_tokenizer, tiny_model

from rulereward.services.lm import language_model
from rulereward.services.lm.language_model import LanguageModel, TextScore, open_language_model
from rulereward.services.lm.results import Scored, Unscored
from rulereward.services.lm.tokens import Tokens
from rulereward.text.lm_work import LmSettings

TEXTS = [
    "the cat sat on the mat",
    "the mat sat on the cat, and then some: what nobody has seen before!",
    "你好，世界。",
    "🙂",
    "a",
    "é",
    SEEN,  # longer than the model sees at once
    "mat " * 60,
]
PROMPTS = ["", "the cat", "我们", "🙂 and a longer beginning than a window of the model has room for: " * 2]


def bits(score: TextScore | Unscored) -> float:
    assert isinstance(score, TextScore)
    return score.nll / math.log(2) / score.bytes


@pytest.fixture(scope="module")
def model(bigram: Path) -> LanguageModel:
    return open_language_model(LmSettings(str(bigram), device="cpu"))


@pytest.mark.parametrize("stride", [1, 2, 7, 31, 63, 64])
@pytest.mark.parametrize("prompt", PROMPTS, ids=["no prompt", "English", "Chinese", "long"])
def test_bits_per_byte(model: LanguageModel, table: list[list[float]], stride: int, prompt: str) -> None:
    scorer = replace(model.scorer, stride=stride)
    found = [bits(score) for score in replace(model, scorer=scorer).score([(prompt, text) for text in TEXTS])]
    assert found == pytest.approx([bits_per_byte(table, prompt, text) for text in TEXTS], rel=0, abs=1e-6)


@pytest.mark.parametrize("length", [1, 2, 5, 17])
def test_a_shorter_context(bigram: Path, table: list[list[float]], length: int) -> None:
    """The stride is half of it."""
    model = open_language_model(LmSettings(str(bigram), device="cpu", max_length=length, batch_tokens=40))
    found = [bits(score) for score in model.score([("the", text) for text in TEXTS])]
    assert found == pytest.approx([bits_per_byte(table, "the", text) for text in TEXTS], rel=0, abs=1e-6)


def test_an_empty_text_has_no_token(model: LanguageModel) -> None:
    assert model.score([("", ""), ("the cat", "")]) == [TextScore((), (), 0, 0, 0, 0), TextScore((), (), 0, 0, 0, 0)]
    assert model.score([]) == []


def test_bytes_and_characters(model: LanguageModel) -> None:
    found = model.score([("the", "你好 🙂")])[0]
    assert isinstance(found, TextScore)
    assert (found.bytes, found.characters, len(found.log_probs)) == (11, 4, 11)


def test_the_last_part_of_a_long_text(bigram: Path, table: list[list[float]]) -> None:
    """Of 150 bytes the last 64 are scored, after the one before them."""
    model = open_language_model(LmSettings(str(bigram), device="cpu", truncate="left"))
    text = "the cat sat. "[:10] * 15
    found = model.score([("on the", text)])[0]
    assert isinstance(found, TextScore)
    assert (found.unscored, found.bytes, found.characters, found.passes) == (86, 64, 64, 1)
    assert bits(found) == pytest.approx(bits_per_byte(table, text[:86], text[86:]), rel=0, abs=1e-6)


def test_a_text_that_may_not_be_long(bigram: Path) -> None:
    model = open_language_model(LmSettings(str(bigram), device="cpu", truncate="error"))
    short, long = model.score([("", "a" * 64), ("", "a" * 65)])
    assert isinstance(short, TextScore)
    assert long == Unscored("too_long", "the text has 65 tokens, and the model sees 64")


def test_bytes_are_those_that_tokens_stand_for() -> None:
    """Of `ab好好cd好`, from the second token on, without what is dropped: `b`, `c` and `d`."""
    text = Tokens((1,), (5, 6, 7, 8), (0, 1, 4, 5), ((2, 4), (6, 7)))
    found = language_model._text_score("ab好好cd好", text, Scored((-1.0, -1.0, -1.0), 1, 1))
    assert (found.bytes, found.characters, found.starts) == (3, 3, (1, 4, 5))


def test_no_completion_makes_a_prompt_too_long(tmp_path: Path) -> None:
    """`abcd` is one token, and `abcde` is `ab`, `c`, `de`: two of the prompt, where the model sees one."""
    merges = [("d", "e"), ("a", "b"), ("c", "d"), ("ab", "cd")]
    tiny_model("Llama").save_pretrained(tmp_path)
    byte_tokenizer(merges=merges).save_pretrained(tmp_path)
    model = open_language_model(LmSettings(str(tmp_path), device="cpu", max_length=1, truncate="error"))
    merged, longer = model.score([("abcd", "e"), ("abcdx", "e")])
    assert merged == Unscored("too_long", "the text has 2 tokens, and the model sees 1")
    assert longer == Unscored("prompt_too_long", "the prompt has 2 tokens, and the model sees 1")


def test_progress(model: LanguageModel) -> None:
    told: list[tuple[int, int]] = []
    model.scorer.budget = 50
    model.score([("", "a" * 20), ("", "b" * 40), ("", "c" * 10)], lambda done, total: told.append((done, total)))
    assert told == [(40, 70), (70, 70)]
