"""What is not certain to come out the same stays with the library `tokenizers`; so do texts that would not."""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from made_byte_pairs import (
    LLAMA3,
    PATTERNS,
    QWEN2,
    alphabet,
    by_hand,
    cut_by,
    made_texts,
    needs_one_unicode,
    slow_of,
    trained,
)
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from rulereward.kind import LocalFile
from rulereward.text import fast_tokens as fast_module
from rulereward.text import token_patterns
from rulereward.text.byte_pairs import NotSameError, byte_pairs_of
from rulereward.text.fast_tokens import fast_tokens
from rulereward.text.tokens import token_ids_of

pytestmark = needs_one_unicode


def changed(change: Callable[[dict[str, Any]], object]) -> Tokenizer:
    """A tokenizer that would be taken, but for one change in its file."""
    file = json.loads(by_hand([("a", "b"), ("ab", "c")], pattern=LLAMA3).to_str())
    change(file)
    return Tokenizer.from_str(json.dumps(file))


def in_model(**fields: object) -> Tokenizer:
    return changed(lambda file: file["model"].update(fields))


def cut_with(step: Any) -> Tokenizer:
    tokenizer = by_hand([])
    tokenizer.pre_tokenizer = step
    return tokenizer


def normalised(by: Any) -> Tokenizer:
    tokenizer = by_hand([])
    tokenizer.normalizer = by
    return tokenizer


def with_added(**options: bool) -> Tokenizer:
    tokenizer = by_hand([])
    tokenizer.add_tokens([AddedToken("<e>", **options)])
    return tokenizer


def without_bytes() -> Tokenizer:
    vocabulary = {char: byte for byte, char in enumerate(alphabet()) if byte != 0xC3}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = cut_by(None)
    return tokenizer


def steps(*parts: Any) -> Any:
    return pre_tokenizers.Sequence(list(parts))


BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
WORDS_IN_FRONT = pre_tokenizers.ByteLevel(add_prefix_space=True)
REFUSED: dict[str, Callable[[], Tokenizer]] = {
    "WordPiece": lambda: Tokenizer(models.WordPiece({"[UNK]": 0, "a": 1}, unk_token="[UNK]")),
    "WordLevel": lambda: Tokenizer(models.WordLevel({"[UNK]": 0, "a": 1}, unk_token="[UNK]")),
    "Unigram": lambda: Tokenizer(models.Unigram([("<unk>", 0.0), ("a", -1.0)], unk_id=0)),
    "byte_fallback": lambda: in_model(byte_fallback=True),
    "dropout": lambda: in_model(dropout=0.1),
    "unk": lambda: in_model(unk_token="a"),
    "a mark in front": lambda: Tokenizer(models.BPE({"a": 0}, [], continuing_subword_prefix="##")),
    "a mark behind": lambda: in_model(end_of_word_suffix="</w>"),
    "no byte C3": without_bytes,
    "a merge in the wrong place": lambda: by_hand([("b", "c"), ("a", "b")], {"ab": 256, "bc": 257}),
    "a whole token of two parts": lambda: by_hand([("a", "b")], {"abc": 257}, ignore_merges=True),
    "two tokens with one id": lambda: by_hand([("a", "b")], {"cd": 256}),
    "lower case": lambda: normalised(normalizers.Lowercase()),
    "NFKC": lambda: normalised(normalizers.NFKC()),
    "NFC and more": lambda: normalised(normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])),
    "not cut": lambda: Tokenizer(models.BPE({"a": 0}, [])),
    "cut at spaces": lambda: cut_with(pre_tokenizers.Whitespace()),
    "a space in front": lambda: cut_with(WORDS_IN_FRONT),
    "digits first": lambda: cut_with(steps(pre_tokenizers.Digits(True), cut_by(None))),
    "a pattern nobody knows": lambda: cut_with(cut_by(r"\p{L}+|\P{L}+")),
    "twice cut": lambda: cut_with(steps(pre_tokenizers.Split(Regex(QWEN2), "isolated"), cut_by(None))),
    "merged with the piece before": lambda: cut_with(
        steps(pre_tokenizers.Split(Regex(QWEN2), "merged_with_previous"), BYTES)
    ),
    "matches removed": lambda: cut_with(steps(pre_tokenizers.Split(Regex(QWEN2), "removed"), BYTES)),
    "an added token that strips": lambda: with_added(lstrip=True),
    "an added token that strips after it": lambda: with_added(rstrip=True),
    "an added token that is a word": lambda: with_added(single_word=True),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    tokenizer = REFUSED[name]()
    with pytest.raises(NotSameError):
        byte_pairs_of(tokenizer)
    assert fast_tokens(tokenizer, slow_of(tokenizer)) is None


def test_but_for_the_change_it_is_taken() -> None:
    assert byte_pairs_of(changed(lambda file: None)).pattern == LLAMA3
    assert byte_pairs_of(in_model(dropout=0.0, end_of_word_suffix="", continuing_subword_prefix="")).pattern == LLAMA3


def test_two_of_these_would_have_come_out_otherwise() -> None:
    """Why they are refused: `bc` is merged before `ab`, whose id is lower; `abc` is no token inside a piece."""
    assert slow_of(REFUSED["a merge in the wrong place"]())("abc") == [ord("a"), 257]
    whole = slow_of(REFUSED["a whole token of two parts"]())
    assert (whole("abc"), whole("xabc")) == ([257], [ord("x"), 256, ord("c")])


def test_added_tokens_that_become_one_by_normalisation() -> None:
    tokenizer = normalised(normalizers.NFC())
    tokenizer.add_tokens([AddedToken("e\u0301", normalized=True), AddedToken("\u00e9", normalized=True)])
    assert fast_tokens(tokenizer, slow_of(tokenizer)) is None


def test_a_whole_token_that_is_cut_out_anyway_is_no_reason() -> None:
    """`<s>` is left as two parts by the merges, and never met by them."""
    tokenizer = by_hand([("<", "s")], {"<s>": 257}, pattern=LLAMA3, ignore_merges=True)
    assert fast_tokens(tokenizer, slow_of(tokenizer)) is None
    tokenizer.add_tokens([AddedToken("<s>", normalized=False)])
    fast = fast_tokens(tokenizer, slow_of(tokenizer))
    assert fast is not None
    assert fast("a<s><s") == [ord("a"), 257, 256]


def test_what_the_proof_overlooks_is_found_by_trying() -> None:
    tokenizer = by_hand([("a", "b")])
    slow = slow_of(tokenizer)
    assert fast_tokens(tokenizer, lambda text: slow(text.replace("quick", "slow"))) is None
    tokenizer.post_processor = processors.TemplateProcessing("$A $A")
    assert len(slow("ab")) == 2  # not looked at by the proof
    assert fast_tokens(tokenizer, slow) is None


def test_without_tiktoken(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = by_hand([])
    monkeypatch.setitem(sys.modules, "tiktoken", None)
    assert fast_tokens(tokenizer, slow_of(tokenizer)) is None


@pytest.mark.parametrize(("version", "taken"), [("0.7.0", False), ("0.12.0", False), ("0.13.0", True), ("1.0", True)])
def test_an_old_tiktoken_is_too_slow(monkeypatch: pytest.MonkeyPatch, version: str, taken: bool) -> None:
    tokenizer = by_hand([])
    monkeypatch.setattr(importlib.metadata, "version", lambda name: version)
    assert (fast_tokens(tokenizer, slow_of(tokenizer)) is not None) == taken


def test_another_unicode_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """U+105C0 is a letter from Unicode 16 on: an engine of Unicode 15 would not match it."""
    assert token_patterns.same_unicode()
    known = token_patterns._in_tokenizers
    monkeypatch.setattr(token_patterns, "_in_tokenizers", lambda name: known(name).replace("\U000105c0", ""))
    token_patterns.same_unicode.cache_clear()
    try:
        assert not token_patterns.same_unicode()
        tokenizer = by_hand([])
        assert fast_tokens(tokenizer, slow_of(tokenizer)) is None
    finally:
        token_patterns.same_unicode.cache_clear()


def test_half_a_surrogate_pair_is_the_error_it_was() -> None:
    tokenizer = by_hand([])
    slow = slow_of(tokenizer)
    fast = fast_tokens(tokenizer, slow)
    assert fast is not None
    for encode in (slow, fast):
        with pytest.raises(TypeError):
            encode("a\ud800b")


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
@pytest.mark.parametrize("run", ["a", " ", "中", " \u3000", "\n"])
def test_long_runs_are_neither_a_crash_nor_slow(pattern: str, run: str) -> None:
    """They take hundredths of a second; in quadratic time it would be many seconds."""
    tokenizer = trained(pattern)
    slow = slow_of(tokenizer)
    fast = fast_tokens(tokenizer, slow)
    assert fast is not None
    text = (run * 100_000)[:99_999] + "x"
    started = time.perf_counter()
    found = fast(text)
    assert time.perf_counter() - started < 2
    assert found == slow(text)


@pytest.mark.parametrize("run", ["a", " ", "= "])
def test_a_million_characters(run: str) -> None:
    """Texts above the limit are left to `tokenizers`, texts at the limit are not."""
    tokenizer = trained(QWEN2)
    slow = slow_of(tokenizer)
    asked = []

    def noted(text: str) -> list[int]:
        asked.append(len(text))
        return slow(text)

    fast = fast_tokens(tokenizer, noted)
    assert fast is not None
    asked.clear()
    edge = (run * fast_module._LONGEST)[: fast_module._LONGEST - 1] + "x"
    assert fast(edge) == slow(edge)
    assert asked == []
    assert len(fast(run * 500_001)) == len(slow(run * 500_001))
    assert asked == [len(run) * 500_001]


def test_counts_of_many_texts(tmp_path: Path) -> None:
    """Whether the fast form serves or not: `ab` and `abc` are tokens of the first, only `ab` is of the second."""
    texts = ["", "abc", "ab c", *made_texts(5, 50)]
    for tokenizer, third in ((by_hand([("a", "b"), ("ab", "c")]), 1), (REFUSED["NFKC"](), 3)):
        path = tmp_path / "tokenizer.json"
        tokenizer.save(str(path))
        file = LocalFile.of(path)
        counts = [len(token_ids_of(text, None, file)) for text in texts]
        assert counts[:2] == [0, third]
        assert counts == [len(slow_of(tokenizer)(text)) for text in texts]
        assert [token_ids_of(text, None, file) for text in texts] == [slow_of(tokenizer)(text) for text in texts]
