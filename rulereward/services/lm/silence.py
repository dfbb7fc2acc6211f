"""Characters that a tokenizer's normaliser drops, wherever they stand: no token pays for them.

Between two tokens they leave a gap. Inside of one they do not: `hel` and `lo` with a thousand zero-width spaces
between them may be the single token `hello`, whose place is all of that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

Span = tuple[int, int]

_SILENT = re.compile(rb"\x01+")


class Silence:
    """`normalizer` is that of a tokenizer, of the library tokenizers; None drops nothing. Not thread-safe."""

    def __init__(self, normalizer: Any) -> None:
        self._normalizer = normalizer
        self._known: dict[str, Literal["dropped", "folded", "kept"]] = {}
        """How characters are treated; of folded ones in a row one is kept."""

    def spans(self, text: str, start: int, gaps: Sequence[Span]) -> list[Span]:
        """The parts of a text, from the place `start` on, that no token stands for: the gaps, and what is dropped."""
        quiet = set() if self._normalizer is None else {letter for letter in set(text) if self._drops(letter)}
        if not quiet:
            return list(gaps)
        silent = bytearray(len(text))
        for begin, end in gaps:
            silent[begin:end] = b"\x01" * (end - begin)
        folds = False
        for place in range(start, len(text)):
            if text[place] not in quiet:
                folds = False
            elif folds or self._known[text[place]] == "dropped":
                silent[place] = 1
            elif not silent[place]:
                folds = True
        return [found.span() for found in _SILENT.finditer(silent)]

    def _drops(self, letter: str) -> bool:
        if letter not in self._known:
            none, one, two = (self._normalizer.normalize_str(f"a{letter * times}a") for times in range(3))
            self._known[letter] = "dropped" if one == none else "folded" if two == one else "kept"
        return self._known[letter] != "kept"
