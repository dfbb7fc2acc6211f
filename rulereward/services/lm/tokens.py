"""A prompt and a completion as tokens: tokenised once, together, and cut where the completion begins.

Tokenised apart, the two would meet in tokens that the model never sees side by side in a text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from rulereward.errors import ConfigurationError
from rulereward.services.lm.silence import Silence, Span
from rulereward.services.lm.vocabulary import tell_whole_spans
from rulereward.services.lm.windows import Ids

_MOST_MARKS = 3
"""That one letter of composed Unicode takes up."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a completion, and those that they follow: never none, though these may not come from a text.

    `starts`: where each token begins in the completion, in characters. The first begins at 0, even if the tokenizer
    drops what is before it; but behind a beginning-of-text token that is written out there, which is what the others
    follow, and is not counted as a good guess. `silent`: the parts of the completion, from and to, that no token
    stands for, because the tokenizer drops them or does not know them.
    """

    context: Ids
    completion: Ids
    starts: tuple[int, ...]
    silent: tuple[tuple[int, int], ...] = ()


class TextTokenizer:
    """A tokenizer of transformers, and what a text without a prompt follows."""

    def __init__(self, tokenizer: Any, *, chat_template: bool = False) -> None:
        """With `chat_template` a prompt is put into the words in which the tokenizer writes a user's turn.

        Raises ConfigurationError where it cannot say which part of a text a token is, has no token to begin a text
        with, or no such words, or none that can be written.
        """
        if not getattr(tokenizer, "is_fast", False):
            raise ConfigurationError(
                "the model's tokenizer cannot tell which part of a text a token is: it has no tokenizer.json"
            )
        bos, eos = tokenizer.bos_token_id, tokenizer.eos_token_id
        if bos is None and eos is None:
            raise ConfigurationError(
                "the model's tokenizer has neither a beginning-of-text nor an end-of-text token for the first token "
                "to follow: set `bos_token` or `eos_token` in its tokenizer_config.json"
            )
        if chat_template and not tokenizer.chat_template:
            raise ConfigurationError("the model's tokenizer has no chat template: leave `chat_template` out")
        tell_whole_spans(tokenizer)
        self._tokenizer = tokenizer
        self._greedy = {
            number for number, token in tokenizer.added_tokens_decoder.items() if token.lstrip or token.rstrip
        }
        """Added tokens that take the spaces beside them with them, however many there are."""
        self._unknown, self._spelled = tokenizer.unk_token_id, tokenizer.unk_token
        self._silence = Silence(tokenizer.backend_tokenizer.normalizer)
        self._chat_template = chat_template
        self._bos: int | None = bos
        self._start: int = eos if bos is None else bos
        with_special = tokenizer("a").input_ids
        without = tokenizer("a", add_special_tokens=False).input_ids
        self._adds_bos = bos is not None and with_special[:1] == [bos] and without[:1] != [bos]
        if chat_template:
            self._try_turn()

    def encode(self, pairs: Sequence[tuple[str, str]]) -> list[Tokens]:
        """Tokens of (prompt, completion) pairs, valid Unicode; an empty prompt is none.

        A token that stands for the end of the prompt and the beginning of the completion belongs to the completion.
        """
        if not pairs:
            return []
        if self._chat_template:
            pairs = [(self._turn(prompt), completion) for prompt, completion in pairs]
        texts = [prompt + completion for prompt, completion in pairs]
        encoded = self._tokenizer(
            texts,
            add_special_tokens=False,
            return_offsets_mapping=True,
            return_attention_mask=False,
            return_token_type_ids=False,
            verbose=False,  # or it warns of texts that are longer than the model's context
        )
        return [
            self._cut(len(prompt), text, tuple(ids), offsets)
            for (prompt, _), text, ids, offsets in zip(
                pairs, texts, encoded["input_ids"], encoded["offset_mapping"], strict=True
            )
        ]

    def _try_turn(self) -> None:
        """A template is a program, and one that fails would fail at every row."""
        from jinja2 import TemplateError  # noqa: PLC0415  # torch brings it

        try:
            self._turn("a")
        except (ImportError, TemplateError, TypeError, ValueError) as error:
            raise ConfigurationError(f"the chat template of the model's tokenizer cannot be used: {error}") from error

    def _turn(self, prompt: str) -> str:
        """All that stands before the answer to a prompt."""
        if not prompt:
            return ""
        turn = [{"role": "user", "content": prompt}]
        return str(self._tokenizer.apply_chat_template(turn, tokenize=False, add_generation_prompt=True))

    def _cut(self, boundary: int, text: str, ids: Ids, offsets: Sequence[Span]) -> Tokens:
        first = sum(1 for _ in takewhile(lambda span: span[0] < boundary and span[1] <= boundary, offsets))
        context = ids[:first]
        if self._adds_bos and context and context[0] != self._bos:
            context = (self._start, *context)
        begin = 0
        if not context:
            context = (self._start,)
            if ids[:1] == (self._bos,):
                first, begin = 1, offsets[0][1] - boundary
        starts = [max(0, start - boundary) for start, _ in offsets[first:]]
        if not starts:
            return Tokens(context, (), ())
        start = boundary + begin
        silent = self._silence.spans(text, start, [*self._gaps(text, ids[first:], offsets[first:], start)])
        placed = tuple((start - boundary, end - boundary) for start, end in silent)
        return Tokens(context, ids[first:], (begin, *starts[1:]), placed)

    def _gaps(self, text: str, ids: Ids, offsets: Sequence[Span], reached: int) -> Iterator[Span]:
        """What a text holds between its tokens, from the place `reached` on: a completion could have any number of
        bits per byte if what the tokenizer drops were counted in bytes and not scored.
        """
        for number, (start, end) in zip(ids, offsets, strict=True):
            if number == self._unknown and text[start:end] != self._spelled:  # it stands for any text, of any length
                end = start
            elif number in self._greedy:
                start, end = _without_spaces(text, start, end)
            if start > reached and not _composed(text, reached, start):
                yield reached, start
            reached = max(reached, end)
        if reached < len(text) and not _composed(text, reached, len(text)):
            yield reached, len(text)


def _without_spaces(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return end - len(piece.lstrip()), start + len(piece.rstrip())


def _composed(text: str, start: int, end: int) -> bool:
    """Are these marks, or letters of a Korean syllable, one with the letter before them in composed Unicode? Then a
    tokenizer that composes gives the place of that letter alone.
    """
    few = start > 0 and end - start <= _MOST_MARKS
    return few and len(unicodedata.normalize("NFC", text[start - 1 : end])) == 1
