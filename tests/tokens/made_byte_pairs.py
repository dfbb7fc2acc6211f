"""Byte-level tokenizers, trained or written by hand on the spot, and texts for them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import pytest
import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

# The patterns as the tokenizer.json of GPT-2, Llama 3, Qwen2, Qwen3.5, gpt-oss and Mistral Nemo has them.
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
QWEN35 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
O200K = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
TEKKEN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
PATTERNS = {"gpt2": GPT2, "llama3": LLAMA3, "qwen2": QWEN2, "qwen3.5": QWEN35, "o200k": O200K, "tekken": TEKKEN}

WORDS = (
    "the", "The", "THE", "of", "and", "answer", "because", "therefore", "x", "n", "we'll", "I'M", "don't", "it's",
    "größer", "naïve", "cafe\u0301", "Москва", "привет", "λόγος", "שלום", "مرحبا", "हिन्दी", "ไทย", "日本語", "の",
    "中文", "学习", "因此", "答案", "한국어", "42", "1234567", "3.14", "٣٤", "½", "=", "==", "!!!",
    "(a)", "//", "/", "<b>", "😀", "👩\u200d👧", "ﬁ", "\u212b", "e\u0301\u0316", "か\u3099", "\x00", "\ufffd",
    "’s", "'ſ", "...", "\\frac{1}{2}",
)  # fmt: skip
GAPS = (" ", " ", " ", "", "  ", "\n", "\n\n", "\r\n", "\t", " \n ", "\u3000", "\xa0", "，", "。", ", ", "   ")

Encode = Callable[[str], list[int]]

needs_one_unicode = pytest.mark.skipif(
    tuple(map(int, tokenizers.__version__.split(".")[:2])) < (0, 21),
    reason="tokenizers before 0.21 has the tables of Unicode 14, so that nothing takes its place",
)


def made_texts(seed: int, number: int, most_words: int = 25) -> list[str]:
    draw = random.Random(seed)
    return [
        "".join(draw.choice(WORDS) + draw.choice(GAPS) for _ in range(draw.randint(0, most_words)))
        for _ in range(number)
    ]


def cut_by(pattern: str | None, behavior: str = "isolated") -> Any:
    """The step that cuts texts into pieces; without a pattern the built-in one of ByteLevel, which is GPT-2's."""
    if pattern is None:
        return pre_tokenizers.ByteLevel(add_prefix_space=False)
    split = pre_tokenizers.Split(Regex(pattern), behavior, invert=behavior == "removed")
    return pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def trained(
    pattern: str | None, *, nfc: bool = False, added: Sequence[AddedToken] = (), behavior: str = "isolated"
) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = cut_by(pattern, behavior)
    if nfc:
        tokenizer.normalizer = normalizers.NFC()
    trainer = trainers.BpeTrainer(
        vocab_size=900, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(made_texts(1, 400), trainer)
    tokenizer.add_tokens(list(added))
    return tokenizer


def with_all_splits(tokenizer: Tokenizer) -> Tokenizer:
    """As converters write tokenizers that had no merge list, Llama 3's for one: each token is merged from any two
    tokens that make it, in the order of the ids, and pieces that are tokens are not cut at all.
    """
    file = json.loads(tokenizer.to_str())
    ids: dict[str, int] = file["model"]["vocab"]
    file["model"]["merges"] = [
        [token[:place], token[place:]]
        for token in sorted(ids, key=ids.__getitem__)
        for place in range(1, len(token))
        if token[:place] in ids and token[place:] in ids
    ]
    file["model"]["ignore_merges"] = True
    return Tokenizer.from_str(json.dumps(file))


@lru_cache(maxsize=1)
def alphabet() -> list[str]:
    """The characters that stand for the 256 bytes, in the order of the bytes."""
    step = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    chars = [""] * 256
    for code in (*range(0x800), 0x800, 0x1000, *range(0x1000, 0x10000, 0x1000), *range(0x10000, 0x110000, 0x8000)):
        if not 0xD800 <= code < 0xE000:
            shown = "".join(piece for piece, _ in step.pre_tokenize_str(chr(code)))
            for byte, char in zip(chr(code).encode(), shown, strict=True):
                chars[byte] = char
    spare = sorted(set(step.alphabet()) - set(chars))
    return [char or spare.pop() for char in chars]  # UTF-8 has no use for 13 of the bytes


def as_written(text: str) -> str:
    """A text as the vocabulary writes it, a character for each byte."""
    return "".join(alphabet()[byte] for byte in text.encode())


def by_hand(
    merges: Iterable[tuple[str, str]],
    ids: dict[str, int] | None = None,
    *,
    pattern: str | None = None,
    **options: Any,
) -> Tokenizer:
    """Bytes have their own value as id; tokens of several bytes follow in the order in which they are first made."""
    merges = list(merges)
    vocabulary = {char: byte for byte, char in enumerate(alphabet())}
    for left, right in merges:
        vocabulary.setdefault(left + right, len(vocabulary))
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary | (ids or {}), merges=merges, **options))
    tokenizer.pre_tokenizer = cut_by(pattern)
    return tokenizer


def slow_of(tokenizer: Tokenizer) -> Encode:
    return lambda text: tokenizer.encode(text, add_special_tokens=False).ids
