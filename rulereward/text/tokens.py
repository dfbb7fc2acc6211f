"""Token ids of a text: the trainer's own where they are given, else those of the ruleset's tokenizer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from typing import Any, Protocol

from rulereward.errors import ConfigurationError


class TokenizerFile(Hashable, Protocol):
    """A tokenizer.json of the `tokenizers` library, known by its digest."""

    @property
    def path(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    def read_bytes(self) -> bytes: ...


def token_ids_of(text: str, given: object, file: TokenizerFile | None) -> Sequence[int]:
    """The ids of a text. `given` are the trainer's, None where it has none; special tokens among them count.

    Of the tokenizer no special tokens are added. Raises ConfigurationError where there is neither, where `given` is
    no list of whole numbers, and where the library `tokenizers` is not installed.
    """
    if given is not None:
        if not isinstance(given, list | tuple) or not all(type(item) is int for item in given):
            raise ConfigurationError("the row's token ids are no list of whole numbers")
        return given
    if file is None:
        raise ConfigurationError(
            "there is nothing to count tokens with: give the completion's token ids (column `completion_ids`), "
            "or name a `tokenizer` in the ruleset"
        )
    return _encoder(file)(text)


@lru_cache(maxsize=8)
def _encoder(file: TokenizerFile) -> Callable[[str], list[int]]:
    """What encodes by a file: `tiktoken` where it is certain to give the same ids, else `tokenizers`."""
    from rulereward.text.fast_tokens import fast_tokens  # noqa: PLC0415  # slow to import, and few rulesets need it

    tokenizer = load_tokenizer(file)

    def slow(text: str) -> list[int]:
        ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    return fast_tokens(tokenizer, slow) or slow


@lru_cache(maxsize=8)
def load_tokenizer(file: TokenizerFile) -> Any:
    """The tokenizer in a file, which truncates and pads nothing; thread-safe.

    Raises ConfigurationError where the library is not installed, ValueError where the file holds no tokenizer.
    """
    try:
        from tokenizers import Tokenizer  # noqa: PLC0415  # an extra, and slow to import
    except ImportError as error:
        raise ConfigurationError(
            "counting tokens with a tokenizer file needs the library `tokenizers`: "
            "pip install 'rulereward[tokenizers]'"
        ) from error
    tokenizer = Tokenizer.from_buffer(file.read_bytes())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
