"""Texts on which two tokenizers are compared before one takes the other's place."""

from __future__ import annotations

import random
from collections.abc import Iterator

from rulereward.text.byte_pairs import BytePairs

_FRAGMENTS = (
    "The quick brown fox", " jumps over", "the lazy dog", "INTERNATIONALIZATION", "camelCaseWord", "HTTPServer2Go",
    "we'll", "I'M", "they'RE", "don't", "can’t", "o'clock", "'s", "'S", "'\u017f", "''d", "Ǆ", "ǅ", "straße",
    "die Größe", "¿Qué pasó?", "ça", "naïve", "e\u0301", "\u1e9b\u0323", "\u212b", "Tiếng Việt", "Привет, мир",
    "Ελληνικά", "ΟΔΟΣ", "שלום", "\u05e9\u05c1", "مرحبا", "ﷺ", "हिन्दी", "বাংলা", "தமிழ்", "ไทยคำ", "አማርኛ", "ქართული",
    "日本語のテキスト", "か\u3099", "ｶﾞ", "中文文本，", "学习；", "「引」", "한국어", "\u1112\u1161\u11ab", "𠮷野家",
    "0", "7", "42", "123", "1234", "3.14159", "1,000,000", "٣٤٥", "½", "Ⅻ", "²", "x²+y²=z²", "１２", "2024-01-31",
    " ", "  ", "   ", "    \t", "\t", "\n", "\n\n", "\r\n", "\r", " \n", "\n ", "\v", "\f", "\x1c", "\x85", "\xa0",
    "\u2003", "\u3000", "\u2028", "\u200b", "\u200d", "\ufeff", "\x00", "\x07", "\x1b[0m", "\x7f", "\ufffd", "\ue000",
    ".", "...", "?!", "!!!\n", "--", "——", "“q”", "(a)", "[b]", "{c}", "<d>", "</d>", "//", "/\n", "a/b/c",
    "\\frac{1}{2}", "$x$", "\\(", "&&", "==", "->", "**bold**", "```python\n", "    return x\n", "def f(a, b):\n",
    "#", "@user", "$5", "%", "snake_case", "kebab-case", "a.b.c", "http://x.org/?q=1&r=2", "{\"k\": [1, 2]}", "→",
    "≤", "∑", "𝔸", "𝟙", "😀", "👍🏽", "👩\u200d👧", "🇫🇷", "❤\ufe0f", "\U000e0041", "\U0010ffff", "\u0301",
    "\u0301\u0316", "a\u0316\u0301", "\u0345",
)  # fmt: skip
_LOOPS = (
    "a", "A", "ha", "中", "1", " ", "\n", "\t ", "\r\n", "=", "?!", "é", "e\u0301", "😀", "the ", " the",
    "'s", "\u3000",
)  # fmt: skip


def probes(pairs: BytePairs) -> Iterator[str]:
    """Some five hundred texts, the same each time: built in ones, the tokenizer's own tokens, its added tokens."""
    draw = random.Random(20).choices  # noqa: S311  # nothing secret: a fixed choice
    yield ""
    yield from _FRAGMENTS
    yield from (loop * times for loop in _LOOPS for times in (3, 8, 130))
    yield from ("".join(draw(_FRAGMENTS, k=12)) for _ in range(150))
    own = [token.decode(errors="ignore") for token in list(pairs.ranks)[:: len(pairs.ranks) // 2_000 + 1]]
    yield from ("".join(draw(own, k=20)) for _ in range(100))
    added = [token.content for token in pairs.added[:300]]
    yield from (f"a {one}{two}\nb" for one, two in zip(added, added[1:] + added[:1], strict=True))
    yield from ("".join(draw((*added, *_FRAGMENTS[:20]), k=12)) for _ in added[:50])
