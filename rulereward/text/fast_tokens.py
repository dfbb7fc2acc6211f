"""Tokens by `tiktoken`, for tokenizers that are certain to give the same ids there; it is several times faster."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import metadata
from typing import Any

from rulereward.text.byte_pairs import BytePairs, NotSameError, byte_pairs_of
from rulereward.text.token_patterns import same_unicode
from rulereward.text.token_probes import probes

Encode = Callable[[str], list[int]]

_FIRST_VERSION = (0, 13)
"""Before it `tiktoken` merges long pieces in quadratic time: a word of 256,000 letters takes 40 seconds."""

_LONGEST = 400_000
"""Texts of more characters are left to `tokenizers`: the engine of `tiktoken` gives up, with a panic, on a million
characters of white space in a row (and on other runs in some versions), having taken one step for each."""

_NFC_ALREADY = re.compile(
    r"[\0-\u02ff\u038e-\u03a1\u03a3-\u03ff\u0400-\u0482\u048a-\u052f\u2002-\u205e\u20a0-\u20bf\u2190-\u2328"
    r"\u232b-\u2adb\u3000-\u3029\u3030-\u3096\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\ufe0f"
    r"\uff01-\uffee\ufffd\U0001f000-\U0001faff]*"
)
"""Any text of these characters is in normal form C: none of them is changed, reordered or joined to one before it."""


def fast_tokens(tokenizer: Any, slow: Encode) -> Encode | None:
    """`slow`, which encodes by a `tokenizers.Tokenizer`, made faster; None where the result might be another.

    That it is the same is proved from the tokenizer's description, and then tried on some hundred texts.
    """
    if not _has_tiktoken() or not same_unicode():
        return None
    try:
        pairs = byte_pairs_of(tokenizer)
        fast = encoder_of(pairs, tokenizer.normalizer, slow)
    except NotSameError:
        return None
    return fast if all(fast(text) == slow(text) for text in probes(pairs)) else None


def _has_tiktoken() -> bool:
    try:
        import tiktoken  # noqa: F401, PLC0415  # an extra, and slow to import

        version = metadata.version("tiktoken")
    except ImportError:
        return False
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2]) >= _FIRST_VERSION


def encoder_of(pairs: BytePairs, normalizer: Any, slow: Encode) -> Encode:
    """Encodes as `tokenizers` does: added tokens are cut out of the text as it is, then out of the normalised text.

    `normalizer` is that of the tokenizer, since Python's NFC may be of another version of Unicode. Raises
    NotSameError where two added tokens become one by it.
    """
    import tiktoken  # noqa: PLC0415  # an extra, and slow to import

    encoding = tiktoken.Encoding(
        "tokenizer", pat_str=pairs.pattern, mergeable_ranks=dict(pairs.ranks), special_tokens={}
    )
    normal = normalizer.normalize_str if pairs.nfc else str
    later = {normal(token.content): token.id for token in pairs.added if token.normalized}
    first = {token.content: token.id for token in pairs.added if not token.normalized}
    if "" in later or len(first) + len(later) < len(pairs.added):
        raise NotSameError("two added tokens become one text")
    encode = _cutting_out(later, encoding.encode_ordinary)
    if pairs.nfc:
        encode = _normalising(normal, encode)
    return _guarded(_cutting_out(first, encode), slow)


def _guarded(fast: Encode, slow: Encode) -> Encode:
    def encode(text: str) -> list[int]:
        return slow(text) if len(text) > _LONGEST or not _is_unicode(text) else fast(text)

    return encode


def _is_unicode(text: str) -> bool:
    """No half of a surrogate pair stands alone: `tokenizers` refuses it, `tiktoken` would put another character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _normalising(normal: Callable[[str], str], rest: Encode) -> Encode:
    def encode(text: str) -> list[int]:
        return rest(text if text.isascii() or _NFC_ALREADY.fullmatch(text) else normal(text))

    return encode


def _cutting_out(tokens: dict[str, int], rest: Encode) -> Encode:
    """Added tokens are found leftmost first, then longest; `rest` encodes what stands between them."""
    if not tokens:
        return rest
    pattern = re.compile("(" + "|".join(map(re.escape, sorted(tokens, key=len, reverse=True))) + ")")

    def encode(text: str) -> list[int]:
        parts = pattern.split(text)
        if len(parts) == 1:
            return rest(text)
        ids: list[int] = []
        for place, part in enumerate(parts):
            ids += [tokens[part]] if place % 2 else rest(part)
        return ids

    return encode
