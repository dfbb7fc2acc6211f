"""Parts of the fast form of tokenizers that can be seen without one."""

from __future__ import annotations

import unicodedata

import tokenizers

from rulereward.text.fast_tokens import _NFC_ALREADY, _cutting_out
from rulereward.text.token_patterns import PATTERNS, same_unicode


def test_texts_that_need_no_normalisation() -> None:
    """No character of them has a class of combination, changes by itself, or is ever joined to one before it.

    Those that join are the second halves of canonical decompositions, and vowels and finals of Hangul.
    """
    everything = "".join(chr(code) for code in range(0x110000))
    decomposed = [found.split() for found in map(unicodedata.decomposition, everything) if found]
    joining = {chr(int(parts[1], 16)) for parts in decomposed if len(parts) == 2 and not parts[0].startswith("<")}
    joining |= set(map(chr, range(0x1161, 0x1200)))
    taken = "".join(_NFC_ALREADY.findall(everything))
    assert {"a", "é", "中", "한", "か", "。", "😀", "π", "я"} <= set(taken)
    for char in taken:
        assert not unicodedata.combining(char), hex(ord(char))
        assert unicodedata.normalize("NFC", char) == char, hex(ord(char))
        assert char not in joining, hex(ord(char))


def test_cutting_out_calls_the_rest_for_what_stands_between() -> None:
    asked: list[str] = []

    def rest(text: str) -> list[int]:
        asked.append(text)
        return [0] * len(text)

    encode = _cutting_out({"<a>": 7, "<a>b": 8, ".": 9}, rest)
    assert encode("xy<a>b<a>.") == [0, 0, 8, 7, 9]
    assert [text for text in asked if text] == ["xy"]
    assert encode("none") == [0] * 4
    assert _cutting_out({}, rest) is rest


def test_the_installed_libraries_have_one_unicode_or_not() -> None:
    """`tokenizers` from 0.21 on and `tiktoken` from 0.13 on have that of 16, older `tokenizers` that of 14."""
    assert same_unicode() == (tuple(map(int, tokenizers.__version__.split(".")[:2])) >= (0, 21))


def test_every_pattern_ends_with_all_white_space() -> None:
    """The last alternative is what matches where the others do not: nothing may be left between pieces."""
    assert all(pattern.endswith(r"|\s+(?!\S)|\s+") for pattern in PATTERNS.values())
