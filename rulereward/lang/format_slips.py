"""Characters of an input method in full-width mode, put right where the language wants its own.

Nothing inside quotes or behind `#` is touched, and no expression that can be read as it stands. An expression that
could still not be read stays as it is, so that its message names what the author wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rulereward.lang.diagnostics import Diagnostic, Diagnostics
from rulereward.lang.format_edits import BREAKS, Edit, apply, replaced
from rulereward.lang.full_width import full_width_colon, half_width
from rulereward.lang.parse import parse_expression
from rulereward.lang.placed_text import PlacedText
from rulereward.lang.source import Span
from rulereward.lang.yaml_nodes import ScalarNode

_SIGNS = {"。": ".", "、": ",", "《": "<", "》": ">", "【": "[", "】": "]", "\u3000": " "}
_MEANT = re.compile(r"[\w()\[\]{},.=+\-*/<>%!?]")
"""What the language has a use for. A `＃` is not made a comment, which would swallow what stands behind it."""

_QUOTES = {"“": '"', "”": '"', "‘": "'", "’": "'", "「": '"', "」": '"', "『": '"', "』": '"', "＂": '"', "＇": "'"}
_LINE = re.compile(r"\r\n|[\r\n]")
_PARTS = re.compile(
    r"""
    (?P<kept>
        "(?:[^"\\\r\n]|\\[^\r\n])*" | '(?:[^'\\\r\n]|\\[^\r\n])*' | \#[^\r\n]*
        | (?<=[.。．])(?<![.。．]{2})[^\W\d]\w*          # a key of the data may have such letters
    )
    | (?P<string>
        [“”][^“”"\r\n]*(?<!\\)[“”] | [‘’][^‘’'\r\n]*(?<!\\)[‘’] | 「[^「」"\r\n]*(?<!\\)」
        | 『[^『』"\r\n]*(?<!\\)』 | ＂[^＂"\r\n]*(?<!\\)＂ | ＇[^＇'\r\n]*(?<!\\)＇
    )
    | (?P<sign>[！-～。、《》【】\u3000])
    """,
    re.VERBOSE,
)


def expression_edits(placed: PlacedText) -> list[Edit]:
    """The edits that make an expression of a text that is none; nothing if they would not."""
    if placed.starts is None or placed.ends is None:
        return []
    found = list(_replacements(placed.text))
    mended = apply(placed.text, found)
    if not found or parse_expression(PlacedText.of(mended), Diagnostics()) is None:
        return []
    edits = [replaced(placed, edit.start, edit.end, edit.new) for edit in found]
    return [_unindented(edit, placed.whole.source.text) for edit in edits]


def _replacements(text: str) -> Iterable[Edit]:
    """Offsets are those of the text."""
    for part in _PARTS.finditer(text):
        if part["string"] is not None:
            for at in (part.start(), part.end() - 1):
                yield Edit(at, at + 1, _QUOTES[text[at]])
        elif part["sign"] is not None:
            new = _SIGNS.get(part["sign"]) or half_width(part["sign"])
            if new == " " or _MEANT.fullmatch(new):
                yield Edit(part.start(), part.end(), new)


def _unindented(edit: Edit, file: str) -> Edit:
    """A blank that would begin a line goes: there it would be indentation, which has a meaning."""
    at = edit.start
    while edit.new == " " and at > 0 and file[at - 1] in " \t\u3000":
        at -= 1
    return Edit(edit.start, edit.end, "") if edit.new == " " and (at == 0 or file[at - 1] in BREAKS) else edit


def colon_edits(found: Iterable[Diagnostic], broken: Iterable[ScalarNode]) -> list[Edit]:
    """The edits that put a colon behind each key that has a full-width one.

    `found` reports some. Where all keys of a mapping have one, YAML takes it for a text: one of the `broken` scalars.
    """
    spans = [diagnostic.primary.span for diagnostic in found if diagnostic.code == "E0027"]
    for node in broken:
        if node.style == "plain":
            spans += _colons(node.span)
    return [_colon(span) for span in {span.start: span for span in spans}.values()]


def _colons(text: Span) -> Iterable[Span]:
    """Each full-width colon behind the first word of a line."""
    starts = [text.start, *(found.end() for found in _LINE.finditer(text.source.text, text.start, text.end))]
    for start in starts:
        colon = full_width_colon(text.source, start)
        if colon is not None and text.start <= colon.start < text.end:
            yield colon


def _colon(span: Span) -> Edit:
    behind = span.source.text[span.end : span.end + 1]
    return Edit(span.start, span.end, ":" if behind.isspace() or not behind else ": ")
