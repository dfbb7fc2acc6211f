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


@pytest.mark.parametrize(
    ("prompt", "completion", "context", "starts"),
    [("x  ", "hi", 3, (0, 1)), ("x", "  ", 1, (0, 1)), (" ", "a", 1, (0,)), ("x", " a", 1, (0, 1))],
)
def test_spaces_are_where_they_stand(prompt: str, completion: str, context: int, starts: tuple[int, ...]) -> None:
    """Tokenizers may be set to say where the first letter is: a space has none, and was taken for one behind it."""
    from tokenizers import processors

    made = byte_tokenizer()
    trimmed = processors.ByteLevel(trim_offsets=True)
    for processor in (trimmed, processors.Sequence([trimmed])):
        made.backend_tokenizer.post_processor = processor
        found = encoded(prompt, completion, made)
        assert (len(found.context), found.completion, found.starts) == (context, ids(completion), starts)


def test_spaces_that_a_token_takes_along_are_not_counted() -> None:
    """Or any number of bytes would cost one token, as with the `<|end|>` of Phi-3."""
    from tokenizers import AddedToken

    made = byte_tokenizer()
    for name, side in (("<|right|>", {"rstrip": True}), ("<|left|>", {"lstrip": True})):
        made.add_tokens([AddedToken(name, special=True, normalized=False, **side)])
    found = encoded("x", "<|right|>   b   <|left|>", made)
    assert found.completion == (257, ord("b"), 258)
    assert found.silent == ((9, 12), (13, 16))


def test_what_the_tokenizer_drops_is_not_counted() -> None:
    from tokenizers import normalizers

    made = byte_tokenizer()
    made.backend_tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.Replace("#", "")])
    assert encoded("x#", "#a##b#", made) == Tokens(ids("x"), ids("ab"), (0, 4), ((0, 1), (2, 4), (5, 6)))
    assert encoded("x", "##", made) == Tokens(ids("x"), (), ())


@pytest.mark.parametrize("noise", ["#", "\x01"])
def test_what_the_tokenizer_drops_inside_of_a_token_is_not_counted(noise: str) -> None:
    """`hello` is one token, whatever of that stands in it."""
    from tokenizers import normalizers

    made = byte_tokenizer(merges=MERGES)
    made.backend_tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.Replace("#", "")])
    found = encoded("x", f"hel{noise * 1000}lo{noise}", made)
    assert found == Tokens(ids("x"), (HELLO,), (0,), ((3, 1003), (1005, 1006)))


def test_what_the_tokenizer_makes_one_of_is_counted_once() -> None:
    """As T5's and ALBERT's do with spaces."""
    from tokenizers import Regex, normalizers

    made = byte_tokenizer()
    made.backend_tokenizer.normalizer = normalizers.Replace(Regex(" {2,}"), " ")
    found = encoded("x", f"a{' ' * 1000}b c", made)
    assert found.completion == ids("a b c")
    assert 1004 - sum(end - start for start, end in found.silent) == len("a b c")


def test_a_special_token_that_is_that_of_the_unknown_too_is_counted_where_it_is_written_out() -> None:
    """As `<|endoftext|>` of GPT-2 is."""
    made = byte_tokenizer({"bos_token": "<s>", "unk_token": "<s>"})
    assert encoded("x", "a<s>b", made) == Tokens(ids("x"), (97, BOS, 98), (0, 1, 4))


def test_what_the_tokenizer_does_not_know_is_not_counted() -> None:
    """One token stands for all of it, however long it is."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    model = models.BPE({"<s>": 0, "<unk>": 1, "a": 2}, [], unk_token="<unk>", fuse_unk=True)
    made = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(model), bos_token="<s>", unk_token="<unk>")
    assert encoded("a", "a🙂🙂🙂a", made) == Tokens((2,), (2, 1, 2), (0, 1, 4), ((1, 4),))


def test_letters_and_marks_that_become_one_are_counted() -> None:
    """`e` and its accents, the letters of a Korean syllable: as many bytes as were written."""
    from tokenizers import normalizers

    made = byte_tokenizer()
    made.backend_tokenizer.normalizer = normalizers.NFC()
    for text in ("e\u0301x", "e\u0302\u0301", "\u1112\u1161\u11ab", "a\u0323\u0301"):
        assert encoded("", text, made).silent == ()


@pytest.mark.parametrize("template", ["{{ raise_exception('no') }}", "{% for", "{{ messages[0].content + 1 }}"])
def test_a_chat_template_that_fails(template: str) -> None:
    made = byte_tokenizer()
    made.chat_template = template
    with pytest.raises(ConfigurationError, match="the chat template of the model's tokenizer cannot be used: "):
        TextTokenizer(made, chat_template=True)


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
