"""Where a completion begins among the tokens, and what its first token follows."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("transformers", reason="the extra `models` is not installed")

from made_models import BOS, byte_tokenizer

from rulereward.errors import ConfigurationError
from rulereward.services.lm.tokens import TextTokenizer, Tokens

MERGES = [("h", "e"), ("l", "l"), ("he", "ll"), ("hell", "o")]
"""Their tokens have the numbers 257 to 260."""
HELLO = 260


def encoded(prompt: str, completion: str, tokenizer: Any = None) -> Tokens:
    made = byte_tokenizer(merges=MERGES) if tokenizer is None else tokenizer
    return TextTokenizer(made).encode([(prompt, completion)])[0]


def ids(text: str) -> tuple[int, ...]:
    return tuple(text.encode())


def adds_bos(special: dict[str, str] | None = None) -> Any:
    """A tokenizer that begins every text with `<s>`, as Llama's does."""
    from tokenizers.processors import TemplateProcessing

    made = byte_tokenizer(special, MERGES)
    made.backend_tokenizer.post_processor = TemplateProcessing(single="<s> $A", special_tokens=[("<s>", BOS)])
    return made


def test_a_prompt_and_a_completion() -> None:
    assert encoded("ab", "cde") == Tokens(ids("ab"), ids("cde"), (0, 1, 2))


def test_a_token_across_the_boundary_belongs_to_the_completion() -> None:
    assert encoded("a hel", "lo you") == Tokens(ids("a "), (HELLO, *ids(" you")), (0, 2, 3, 4, 5))


def test_all_of_the_prompt_in_that_token() -> None:
    """Then the completion follows the beginning of a text."""
    assert encoded("hel", "lo") == Tokens((BOS,), (HELLO,), (0,))


@pytest.mark.parametrize(
    ("special", "start"),
    [({"bos_token": "<s>"}, BOS), ({"eos_token": "<s>"}, BOS), ({"bos_token": "<s>", "eos_token": "h"}, BOS)],
)
def test_without_a_prompt(special: dict[str, str], start: int) -> None:
    """It follows the beginning-of-text token, else the end-of-text one; its own first token is scored."""
    assert encoded("", "abc", byte_tokenizer(special)) == Tokens((start,), ids("abc"), (0, 1, 2))


def test_neither_beginning_nor_end() -> None:
    with pytest.raises(ConfigurationError, match="neither a beginning-of-text nor an end-of-text token"):
        TextTokenizer(byte_tokenizer({"pad_token": "<s>"}))


@pytest.mark.parametrize("prompt", ["ab", "<s>ab"])
def test_a_tokenizer_that_begins_texts_itself(prompt: str) -> None:
    """One beginning is enough, whoever wrote it."""
    assert encoded(prompt, "c", adds_bos()) == Tokens((BOS, *ids("ab")), ids("c"), (0,))
    assert encoded("", "c", adds_bos()) == Tokens((BOS,), ids("c"), (0,))


def test_a_tokenizer_that_does_not() -> None:
    """The model has not seen a beginning before a prompt, so it is given none."""
    assert encoded("ab", "c").context == ids("ab")


@pytest.mark.parametrize("made", [byte_tokenizer, adds_bos])
def test_a_beginning_that_the_completion_writes_is_no_good_guess(made: Any) -> None:
    """It is followed, not scored, and its letters are not counted."""
    assert encoded("", "<s>abc", made()) == Tokens((BOS,), ids("abc"), (3, 4, 5))
    assert encoded("", "<s><s>a", made()) == Tokens((BOS,), (BOS, *ids("a")), (3, 6))
    assert encoded("x", "<s>a", made()).completion == (BOS, *ids("a"))


def test_letters_of_several_tokens() -> None:
    assert encoded("你", "好🙂") == Tokens(ids("你"), ids("好🙂"), (0, 0, 0, 1, 1, 1, 1))


def test_nothing_to_score() -> None:
    assert encoded("", "") == Tokens((BOS,), (), ())
    assert encoded("ab", "") == Tokens(ids("ab"), (), ())
    assert encoded("hel", "") == Tokens((257, *ids("l")), (), ())
    assert TextTokenizer(byte_tokenizer()).encode([]) == []


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_file_that_cuts_and_pads_does_neither_here(side: str) -> None:
    made = byte_tokenizer()
    made.padding_side = made.truncation_side = side
    made.backend_tokenizer.enable_truncation(2, direction=side)
    made.backend_tokenizer.enable_padding(direction=side)
    found = TextTokenizer(made).encode([("", "abcdef"), ("", "a")])
    assert [text.completion for text in found] == [ids("abcdef"), ids("a")]


def test_a_tokenizer_that_knows_no_places() -> None:
    class Slow:
        is_fast = False

    with pytest.raises(ConfigurationError, match=r"it has no tokenizer\.json"):
        TextTokenizer(Slow())
