"""The patterns by which byte-level tokenizers cut texts into pieces, and whether two engines read them alike."""

from __future__ import annotations

from functools import lru_cache

_LETTERS_EACH = r"[^\r\n\p{L}\p{N}]?\p{L}+"
_TITLE_THEN_SMALL = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
_CAPITALS_FIRST = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
_SHORTENED = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_OTHERS = r" ?[^\s\p{L}\p{N}]+[\r\n]*"
_OTHERS_AND_SLASHES = r" ?[^\s\p{L}\p{N}]+[\r\n/]*"
_SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"
"""Three alternatives that stand last in all patterns but GPT-2's."""

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
"""What `ByteLevel` cuts texts by when it is asked to cut."""

PATTERNS = {
    "gpt2": GPT2,
    "llama3": rf"{_SHORTENED}|{_LETTERS_EACH}|\p{{N}}{{1,3}}|{_OTHERS}|{_SPACES}",
    "qwen2": rf"{_SHORTENED}|{_LETTERS_EACH}|\p{{N}}|{_OTHERS}|{_SPACES}",
    "qwen3.5": rf"{_SHORTENED}|[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}]+|\p{{N}}"
    rf"| ?[^\s\p{{L}}\p{{M}}\p{{N}}]+[\r\n]*|{_SPACES}",
    "o200k": rf"{_TITLE_THEN_SMALL}{_SHORTENED}?|{_CAPITALS_FIRST}{_SHORTENED}?|\p{{N}}{{1,3}}"
    rf"|{_OTHERS_AND_SLASHES}|{_SPACES}",
    "tekken": rf"{_TITLE_THEN_SMALL}|{_CAPITALS_FIRST}|\p{{N}}|{_OTHERS_AND_SLASHES}|{_SPACES}",
}
"""The patterns that texts are cut by, after the models that made them known. Each matches every character, so that
nothing is left between matches, and means the same to the engines of both libraries, as the tests check."""


_CLASSES = (r"\p{L}", r"\p{M}", r"\p{N}", r"\s")
_SAMPLE = "".join(
    chr(code)
    for codes in (
        range(0x80, 0x3400, 8),
        range(0xA000, 0xAC00, 8),
        range(0x10000, 0x20000, 16),
        range(0x20000, 0x40000, 256),
    )
    for code in codes
)
"""Characters of all blocks that have room for new ones. Every version of Unicode so far brought whole scripts or
blocks of ideographs, so that two versions differ on some of these."""


@lru_cache(maxsize=1)
def same_unicode() -> bool:
    """Do the engines of `tokenizers` and `tiktoken` know the same letters, marks, digits and white space?

    They come with tables of Unicode of their own, of other versions: `tokenizers` 0.20 has those of 14, 0.21 of 16.
    """
    return all(_in_tokenizers(name) == _in_tiktoken(name) for name in _CLASSES)


def _in_tokenizers(name: str) -> str:
    from tokenizers import Regex, pre_tokenizers  # noqa: PLC0415  # an extra, and slow to import

    cut = pre_tokenizers.Split(Regex(f"{name}+"), "removed", invert=True)
    return "".join(piece for piece, _ in cut.pre_tokenize_str(_SAMPLE))


def _in_tiktoken(name: str) -> str:
    import tiktoken  # noqa: PLC0415  # an extra, and slow to import

    ranks = {bytes([byte]): byte for byte in range(256)}
    encoding = tiktoken.Encoding("class", pat_str=f"{name}+", mergeable_ranks=ranks, special_tokens={})
    return bytes(encoding.encode_ordinary(_SAMPLE)).decode()  # what lies between matches is left out
