"""Slips of an input method that is in full-width mode."""

from __future__ import annotations

import re

from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.source import Source, Span

_LETTER = re.compile(r"[０-９Ａ-Ｚａ-ｚ＿]")
_COLON = re.compile(r"[ \t]*(?:- +)*[\w-]+[ \t]*(：)")


def has_full_width_letters(text: str) -> bool:
    """Whether letters or digits of an input method's full-width mode stand in `text`."""
    return _LETTER.search(text) is not None


def half_width(text: str) -> str:
    """`text` with full-width Latin letters, digits and signs in their usual width."""
    return "".join(chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else char for char in text)


def full_width_colon(source: Source, at: int) -> Span | None:
    """The full-width colon behind the first word of the line around `at`, if that is what stands there."""
    start = at - source.position(at).column + 1
    found = _COLON.match(source.text, start)
    return Span(source, found.start(1), found.end(1)) if found else None


def report_full_width_colon(span: Span, diagnostics: Diagnostics) -> None:
    """Report a colon from an input method where YAML needs its own."""
    message = "full-width character `：` (U+FF1A) is not YAML's colon"
    diagnostics.report("E0027", message, span, help="write `: `, with a blank behind it")
