"""What a tokenizer.json says, where it is a byte-level BPE that another library can run with the same result.

The library `tokenizers` merges pairs in the order of the merge list; `tiktoken` knows no pairs and merges whatever
two neighbours make the token of the lowest rank. With ids as ranks the two do the same if

1. along the merge list the ids of what is made never fall;
2. no token that `tiktoken` is given is left as exactly two parts by the merge list alone.

For two neighbours that make token T stand where no merge has crossed the borders of T so far. So all that has
happened between these borders is what the merge list does to the bytes of T alone, in the same order (lowest first,
then leftmost). If that ends in T, the two are its last pair, which is in the merge list, and by 1 has the same place
among pairs as T has among tokens. If it ends in three parts or more, T never has two neighbours to be made of. If it
ends in two, `tiktoken` would make T, and `tokenizers` would not. So at any moment both choose the same pair. What the
merge list does to a token alone is asked of `tokenizers` itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec

from rulereward.text.token_patterns import GPT2, PATTERNS


class NotSameError(Exception):
    """The tokenizer is not one of those that are certain to come out the same."""


@dataclass(frozen=True, slots=True)
class Added:
    """A token that is cut out of the text before anything else."""

    content: str
    id: int
    normalized: bool


@dataclass(frozen=True, slots=True)
class BytePairs:
    """`ranks` are ids; `pattern` cuts texts into pieces; `nfc` says that texts are normalised first."""

    ranks: Mapping[bytes, int]
    pattern: str
    added: tuple[Added, ...]
    nfc: bool


class _Strict(msgspec.Struct, forbid_unknown_fields=True, tag_field="type"):
    """What has a field that is not known here may mean anything, and is refused."""


class _Nfc(_Strict, tag="NFC"):
    pass


class _Regex(msgspec.Struct, forbid_unknown_fields=True):
    written: str = msgspec.field(name="Regex")


class _Split(_Strict, tag="Split"):
    pattern: _Regex
    behavior: str
    invert: bool


class _ByteLevel(_Strict, tag="ByteLevel"):
    add_prefix_space: bool
    trim_offsets: bool
    use_regex: bool


class _Sequence(_Strict, tag="Sequence"):
    pretokenizers: list[_Split | _ByteLevel]


class _Bpe(_Strict, tag="BPE"):
    vocab: dict[str, int]
    merges: list[tuple[str, str] | str]
    dropout: float | None = None
    unk_token: str | None = None
    continuing_subword_prefix: str | None = None
    end_of_word_suffix: str | None = None
    fuse_unk: bool = False
    byte_fallback: bool = False
    ignore_merges: bool = False


class _Added(msgspec.Struct, forbid_unknown_fields=True):
    id: int
    content: str
    single_word: bool
    lstrip: bool
    rstrip: bool
    normalized: bool
    special: bool


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """`post_processor` only adds special tokens, for which nobody asks here, and `decoder` encodes nothing."""

    version: str
    truncation: None
    padding: None
    added_tokens: list[_Added]
    normalizer: _Nfc | None
    pre_tokenizer: _Sequence | _ByteLevel
    post_processor: Any
    decoder: Any
    model: _Bpe


def byte_pairs_of(tokenizer: Any) -> BytePairs:
    """The byte pairs of a `tokenizers.Tokenizer`. Raises NotSameError where the result might be another."""
    try:
        file = msgspec.json.decode(tokenizer.to_str(), type=_File)
    except msgspec.ValidationError as error:
        raise NotSameError(str(error)) from error
    added = tuple(_added(token) for token in file.added_tokens)
    pattern = _pattern(file.pre_tokenizer)
    nfc = file.normalizer is not None
    cut_out = {token.content for token in added if token.content.isascii() and (token.normalized or not nfc)}
    if len(file.model.vocab) < tokenizer.get_vocab_size(with_added_tokens=False):
        raise NotSameError("two tokens have one id")
    _check_merges(file.model)
    return BytePairs(_ranks(file.model, _merging(tokenizer, file.model), cut_out), pattern, added, nfc)


def _added(token: _Added) -> Added:
    if token.single_word or token.lstrip or token.rstrip or not token.content:
        raise NotSameError(f"the added token {token.content!r} looks at or takes what stands beside it, or is empty")
    return Added(token.content, token.id, token.normalized)


def _pattern(cut: _Sequence | _ByteLevel) -> str:
    steps = cut.pretokenizers if isinstance(cut, _Sequence) else [cut]
    match steps:
        case [_ByteLevel(add_prefix_space=False, use_regex=True)]:
            return GPT2
        case [
            _Split(pattern=_Regex(written=written), behavior=behavior, invert=invert),
            _ByteLevel(add_prefix_space=False, use_regex=False),
        ] if (behavior, invert) in (("Isolated", False), ("Removed", True)) and written in PATTERNS.values():
            return written
    raise NotSameError("texts are cut into pieces in a way that is not known here")


def _check_merges(model: _Bpe) -> None:
    if model.dropout or model.byte_fallback or model.unk_token is not None:
        raise NotSameError("merges are dropped by chance, or there are bytes or a token for what is not known")
    if model.continuing_subword_prefix or model.end_of_word_suffix:
        raise NotSameError("pieces are marked at their beginning or end")
    made = [model.vocab[left + right] for left, right in _pairs(model)]
    if any(before > after for before, after in pairwise(made)):
        raise NotSameError("the order of the merges is not that of the ids")


def _merging(tokenizer: Any, model: _Bpe) -> Callable[[str], list[Any]]:
    """What the merge list alone does to a piece, whatever `ignore_merges` says."""
    if not model.ignore_merges:
        merge: Callable[[str], list[Any]] = tokenizer.model.tokenize
        return merge
    from tokenizers import models  # noqa: PLC0415  # an extra, and slow to import

    return models.BPE(vocab=model.vocab, merges=_pairs(model)).tokenize


def _pairs(model: _Bpe) -> list[Any]:
    return [merge if isinstance(merge, tuple) else tuple(merge.split(" ")) for merge in model.merges]


def _ranks(model: _Bpe, merge: Callable[[str], list[Any]], cut_out: set[str]) -> dict[bytes, int]:
    """The ids of all tokens that a piece can become: ranks, where nothing is raised."""
    ranks: dict[bytes, int] = {}
    for token, id in model.vocab.items():
        try:
            written = bytes(map(_BYTES.__getitem__, token))
        except KeyError:
            continue  # no text becomes this: a special token, for instance
        parts = 1 if len(token) == 1 else len(merge(token))
        if parts == 2 and model.ignore_merges and token not in cut_out:
            raise NotSameError(f"{token!r} is a token only where it is a whole piece, and its parts are two")
        if parts == 1 or (model.ignore_merges and parts > 2):
            ranks[written] = id
    if any(bytes([byte]) not in ranks for byte in range(256)):
        raise NotSameError("not every byte has a token")
    return ranks


def _bytes_of_chars() -> dict[str, int]:
    """Byte-level vocabularies write a byte as the Latin-1 character it is, where that prints and is no space, and the
    68 others in their order as the characters from U+0100 on.
    """
    plain = {*range(0x21, 0x7F), *range(0xA1, 0x100)} - {0xAD}
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(0x100 + place): byte for place, byte in enumerate(others)}


_BYTES = _bytes_of_chars()
