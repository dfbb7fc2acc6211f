"""A text as the constraints read it: cut into words, sentences, paragraphs and lines once, when first asked for."""

from __future__ import annotations

import regex

from rulereward.data.cached import cached_property
from rulereward.text.instructions import units
from rulereward.text.sentences import CLOSING_MARKS, paragraph_spans, sentence_spans
from rulereward.text.spans import Span, lines

_DIVIDER = regex.compile(r"(?<!\S)\*\*\*(?!\S)|^[ \t]*+\*[ \t]\*[ \t]\*[ \t]*+$", regex.MULTILINE)
_CLOSING = CLOSING_MARKS + "`~ \t\r\n"


class Reading:
    """One text. What is asked for is kept, so that several constraints cut the text once."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def words(self) -> list[str]:
        """Words as written, each ideograph one."""
        return units.words(self.text)

    @cached_property
    def folded_words(self) -> list[str]:
        folded = {word: units.fold(word) for word in set(self.words)}
        return [folded[word] for word in self.words]

    @cached_property
    def vocabulary(self) -> list[str]:
        """Words to be compared: folded, Chinese as jieba cuts it."""
        return units.vocabulary(self.text)

    @cached_property
    def flat(self) -> str:
        """The whole text folded, white space as single spaces."""
        return units.flat(self.text)

    @cached_property
    def sentence_spans(self) -> list[Span]:
        return sentence_spans(self.text)

    @cached_property
    def sentences(self) -> list[str]:
        return [self.text[start:end] for start, end in self.sentence_spans]

    @cached_property
    def sentence_words(self) -> list[list[str]]:
        """The vocabulary of each sentence that has one."""
        cut = [units.vocabulary(sentence) for sentence in self.sentences]
        return [found for found in cut if found]

    @cached_property
    def paragraphs(self) -> list[str]:
        """What blank lines divide, blank ones left out."""
        return [self.text[start:end] for start, end in paragraph_spans(self.text)]

    @cached_property
    def divided(self) -> list[str] | None:
        """What the dividers `***` and `* * *` divide, one at an end aside; None where a part between is blank."""
        parts = _DIVIDER.split(self.text)
        kept = [part for part in parts if part.strip()]
        inner = parts[not parts[0].strip() : len(parts) - (len(parts) > 1 and not parts[-1].strip())]
        return kept if len(kept) == len(inner) else None

    @cached_property
    def lines(self) -> list[str]:
        """Lines that are not blank, as written."""
        return [line for line in lines(self.text) if line.strip()]


def without_closing(text: str) -> str:
    """The text without white space, closing quotes, brackets and emphasis at its end."""
    return text.rstrip(_CLOSING)
