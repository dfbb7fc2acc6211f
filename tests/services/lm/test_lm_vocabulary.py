"""A tokenizer may know tokens that its model lacks: a text that spells one is read as letters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="the extra `models` is not installed")
pytest.importorskip("transformers", reason="the extra `models` is not installed")

from made_models import BOS, bits_per_byte, byte_tokenizer, tiny_model

from rulereward.errors import ConfigurationError
from rulereward.services.lm.answers import answer_of
from rulereward.services.lm.language_model import open_language_model
from rulereward.services.lm.tokens import TextTokenizer
from rulereward.services.lm.vocabulary import keep_to, known_tokens
from rulereward.text.lm_work import LmSettings

ADDED = "<image>"


def with_added(number: int, **roles: str) -> Any:
    """Bytes, `<s>` (256), and one more special token of this number, as people add them for padding."""
    made = byte_tokenizer({"bos_token": "<s>"} | roles)
    state = json.loads(made.backend_tokenizer.to_str())
    token = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    state["added_tokens"].append({"id": number, "content": ADDED} | token)
    state["model"]["vocab"][ADDED] = number
    made._tokenizer = type(made.backend_tokenizer).from_str(json.dumps(state))
    return made


def ids(tokenizer: Any, text: str) -> tuple[int, ...]:
    return TextTokenizer(tokenizer).encode([("", text)])[0].completion


def test_an_added_token_that_the_model_lacks_is_letters() -> None:
    made = with_added(257)
    assert ids(made, f"a{ADDED}") == (ord("a"), 257)
    keep_to(made, 257)
    assert ids(made, f"a{ADDED}") == tuple(f"a{ADDED}".encode())


def test_one_that_it_has_stays() -> None:
    made = with_added(257)
    keep_to(made, 258)
    assert ids(made, ADDED) == (257,)


def test_what_begins_or_ends_texts_is_forgotten_with_it() -> None:
    made = with_added(257, bos_token=ADDED, eos_token="<s>")
    keep_to(made, 257)
    assert made.bos_token_id is None
    assert TextTokenizer(made).encode([("", "a")])[0].context == (BOS,)


def test_the_tokenizer_of_another_model() -> None:
    with pytest.raises(ConfigurationError, match="has other tokens than the model, which knows 200"):
        keep_to(with_added(257), 200)


def test_how_many_a_model_knows() -> None:
    assert known_tokens(tiny_model("Llama")) == known_tokens(tiny_model("Qwen2")) == 300


@pytest.mark.parametrize("spelled", ["<|endoftext|>", ADDED])
def test_a_completion_cannot_end_the_process(bigram: Path, table: list[list[float]], spelled: str) -> None:
    """transformers adds `<|endoftext|>` to every tokenizer of Qwen: here as number 257 of a model that has 257."""
    text = f"the {spelled} cat"
    model = open_language_model(LmSettings(str(bigram), device="cpu"))
    for prompt in ("", f"on {spelled}"):
        answer: Any = answer_of(text, model.score([(prompt, text)])[0])
        assert answer["bytes"] == len(text.encode())
        assert answer["nll"] / 0.6931471805599453 / answer["bytes"] == pytest.approx(
            bits_per_byte(table, prompt, text), abs=1e-5
        )
