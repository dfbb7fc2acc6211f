"""The fast form of a tokenizer gives the ids of the library `tokenizers`, on any text."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_byte_pairs import (
    GAPS,
    LLAMA3,
    O200K,
    PATTERNS,
    QWEN2,
    QWEN35,
    TEKKEN,
    WORDS,
    Encode,
    alphabet,
    as_written,
    by_hand,
    made_texts,
    needs_one_unicode,
    slow_of,
    trained,
    with_all_splits,
)  # fmt: skip
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, trainers

from rulereward.text import token_patterns
from rulereward.text.byte_pairs import NotSameError, byte_pairs_of
from rulereward.text.fast_tokens import encoder_of, fast_tokens

pytestmark = needs_one_unicode

ROLLOUTS = Path(__file__).parents[2].parent / "shared" / "data"

CHAT = (
    AddedToken("<|im_start|>", special=True),
    AddedToken("<|im_end|>", special=True),
    AddedToken("<think>", normalized=False),
    AddedToken("<th", normalized=True),
    AddedToken("caf\u00e9", normalized=True),  # met only after normalisation, where there is any
    AddedToken("   ", normalized=True),
    AddedToken("<b", normalized=False),
    AddedToken("b>", normalized=False),
)
MADE: dict[str, Callable[[], Tokenizer]] = {
    "byte level": lambda: trained(None),
    "gpt2": lambda: trained(PATTERNS["gpt2"], added=CHAT[:2]),
    "llama3": lambda: with_all_splits(trained(LLAMA3, added=CHAT)),
    "qwen2": lambda: trained(QWEN2, nfc=True, added=CHAT),
    "qwen3.5": lambda: trained(QWEN35, nfc=True, added=CHAT[2:5]),
    "o200k": lambda: trained(O200K, behavior="removed"),
    "tekken": lambda: with_all_splits(trained(TEKKEN, added=CHAT[3:])),
}
ANY_TEXT = st.lists(
    st.sampled_from([*WORDS, *GAPS, *(token.content for token in CHAT)]) | st.text(max_size=4), max_size=25
).map("".join)

every_kind = pytest.mark.parametrize("name", MADE)


@cache
def both(name: str) -> tuple[Encode, Encode]:
    tokenizer = MADE[name]()
    slow = slow_of(tokenizer)
    fast = fast_tokens(tokenizer, slow)
    assert fast is not None, name
    return fast, slow


@every_kind
@given(text=ANY_TEXT)
def test_any_text(name: str, text: str) -> None:
    fast, slow = both(name)
    assert fast(text) == slow(text)


@every_kind
def test_five_thousand_texts(name: str) -> None:
    fast, slow = both(name)
    draw = random.Random(7)
    added = [token.content for token in CHAT]
    for text in made_texts(11, 5_000, most_words=12):
        text = text.replace("x", draw.choice(added))
        assert fast(text) == slow(text), text


def test_ids_worked_out_by_hand() -> None:
    """Bytes are their own ids; `ab` is 256, `abc` 257, a space before `ab` 258."""
    tokenizer = by_hand([("a", "b"), ("ab", "c"), ("Ġ", "ab")])
    tokenizer.add_tokens([AddedToken("<e>", normalized=False)])
    fast = fast_tokens(tokenizer, slow_of(tokenizer))
    assert fast is not None
    assert fast("abc ab abd") == [257, 258, 258, ord("d")]
    assert fast("xabab<e>c\n") == [ord("x"), 256, 256, 259, ord("c"), 10]
    assert fast(" abc") == [32, 257]  # `abc` is merged before the space is
    assert fast("é") == [0xC3, 0xA9]
    assert fast("") == []


def test_the_longest_added_token_of_the_leftmost_ones_is_found() -> None:
    tokenizer = by_hand([])
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in ("ab", "abc", "bcd", "cd")])
    fast = fast_tokens(tokenizer, slow_of(tokenizer))
    assert fast is not None
    assert fast("abcd bcd") == [257, ord("d"), 32, 258]


def test_added_tokens_that_are_not_normalised_come_first() -> None:
    tokenizer = by_hand([])
    tokenizer.add_tokens([AddedToken("abcd", normalized=True), AddedToken("bc", normalized=False)])
    fast = fast_tokens(tokenizer, slow_of(tokenizer))
    assert fast is not None
    assert fast("abcd") == [ord("a"), 257, ord("d")]


def test_the_patterns_are_those_of_the_models() -> None:
    assert token_patterns.PATTERNS == PATTERNS


CHARS = ["a", "S", "t", "1", "٣", " ", "\n", "\r", "\u3000", ".", "'", "/", "é", "中", "\u0301", "ǅ", "\u017f"]


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_all_short_texts_of_all_kinds_of_characters(pattern: str) -> None:
    """With a token for any two characters that stand in one piece, and for many threes: a border that one library
    sees and the other does not shows in the ids.
    """
    written = [as_written(char) for char in CHARS]
    inner = [(char[: place + 1], char[place + 1]) for char in written for place in range(len(char) - 1)]
    pairs = list(itertools.product(written, repeat=2))
    random.Random(3).shuffle(pairs)
    threes = [(left + right, third) for left, right in pairs for third in written]
    tokenizer = by_hand(dict.fromkeys([*inner, *pairs, *threes[:2_000]]), pattern=pattern)
    slow = slow_of(tokenizer)
    fast = encoder_of(byte_pairs_of(tokenizer), tokenizer.normalizer, slow)
    for length in (1, 2, 3):
        for chars in itertools.product(CHARS, repeat=length):
            text = "".join(chars)
            assert fast(text) == slow(text), text


def all_characters() -> list[str]:
    """Every code point but the inner ones of the large blocks, whose characters are all of one kind."""
    inner = (
        (0x4F00, 0x9F00), (0xAD00, 0xD700), (0xD800, 0xE000), (0xE100, 0xF800), (0x20100, 0x2A600),
        (0x3FF00, 0xE0000), (0xE1000, 0x110000),
    )  # fmt: skip
    return [chr(code) for code in range(0x110000) if not any(low <= code < high for low, high in inner)]


@pytest.mark.slow
@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_every_character(pattern: str) -> None:
    """In contractions, in words, beside digits and signs; its last byte is one token with what stands after it."""
    last = [*alphabet()[0x80:0xC0], *map(as_written, "stl1.' ")]
    merges = dict.fromkeys((byte, as_written(after)) for after in "t. " for byte in last)
    tokenizer = by_hand(merges, pattern=pattern)
    slow = slow_of(tokenizer)
    fast = encoder_of(byte_pairs_of(tokenizer), tokenizer.normalizer, slow)
    chars = all_characters()
    for form in ("'{}t ", "x{}t.", "{} .", "1{}1t", " {}.", "'l{}t", "'{}lt"):
        for place in range(0, len(chars), 64):
            text = "".join(map(form.format, chars[place : place + 64]))
            assert fast(text) == slow(text), text


LETTERS = "abc"
SHORT_WORDS = ["".join(word) for length in range(7) for word in itertools.product(LETTERS, repeat=length)]


def random_tokenizer(draw: random.Random) -> Tokenizer:
    """A few merges, of which several may make one token, and tokens that no merge makes; each order of ids and merges
    is right in half of the cases.
    """
    tokens, merges = list(LETTERS), []
    for _ in range(draw.randint(2, 9)):
        left, right = draw.choice(tokens), draw.choice(tokens)
        if len(left + right) <= 5 and (left, right) not in merges:
            merges.append((left, right))
            tokens.append(left + right)
    whole = ["".join(draw.choices(LETTERS, k=draw.randint(2, 5))) for _ in range(draw.randint(0, 2))]
    if draw.random() < 0.5:
        draw.shuffle(merges)
    made = list(dict.fromkeys([*("".join(merge) for merge in merges), *whole]))
    if draw.random() < 0.5:
        draw.shuffle(made)
    return by_hand(
        merges, {token: 256 + place for place, token in enumerate(made)}, ignore_merges=draw.random() < 0.5
    )


def test_what_is_taken_comes_out_the_same() -> None:
    """On all words of up to six letters."""
    taken = 0
    for seed in range(400):
        tokenizer = random_tokenizer(random.Random(seed))
        slow = slow_of(tokenizer)
        try:
            pairs = byte_pairs_of(tokenizer)
        except NotSameError:
            continue
        taken += 1
        fast = encoder_of(pairs, None, slow)
        assert [fast(word) for word in SHORT_WORDS] == [slow(word) for word in SHORT_WORDS], seed
    assert 100 < taken < 300


@pytest.mark.skipif(not ROLLOUTS.is_dir(), reason="the rollouts are not there")
def test_real_completions() -> None:
    texts = [
        json.loads(line)["completion"]
        for file in ("math_rollouts.jsonl", "gaokao_zh_rollouts.jsonl")
        for line in (ROLLOUTS / file).read_text("utf-8").splitlines()[:300]
    ]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = trained(QWEN2).pre_tokenizer
    bytes_first = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        texts[::3], trainers.BpeTrainer(vocab_size=4_000, initial_alphabet=bytes_first, show_progress=False)
    )
    slow = slow_of(tokenizer)
    fast = fast_tokens(tokenizer, slow)
    assert fast is not None
    assert [fast(text) for text in texts] == [slow(text) for text in texts]
