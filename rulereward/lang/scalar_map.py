"""Where each character of a YAML scalar's value stands in the file.

A YAML library tells where a scalar starts and ends, not where `value[i]` was written: quotes, escapes, folded lines
and indentation lie between. The raw scalar is therefore read a second time here. The result is checked against the
value the library gave; on any difference there is no map, because a wrong place is worse than a rough one.
Line breaks are YAML 1.1's, as in PyYAML: CR LF, LF, CR and NEL are one break, LS and PS stand for themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rulereward.lang.placed_text import PlacedText, Style
from rulereward.lang.source import Span

_BREAKS = "\n\r\x85\u2028\u2029"
_BLANKS = " \t"
_ORDINARY: dict[Style, re.Pattern[str]] = {
    "plain": re.compile(r"[^ \t\n\r\x85\u2028\u2029]+"),
    "single": re.compile(r"[^ \t\n\r\x85\u2028\u2029']+"),
    "double": re.compile(r"[^ \t\n\r\x85\u2028\u2029\\]+"),
}
_LINE_END = re.compile(r"[\n\r\x85\u2028\u2029]|\Z")
_LEADING = re.compile(r"[ \n\r\x85\u2028\u2029]*")
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    " ": " ", '"': '"', "\\": "\\", "/": "/", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}
_MAX_INDENT_TRIED = 64


@dataclass
class _Written:
    """The value as read again, and where each character was written."""

    raw: str
    value: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def put(self, char: str, start: int, end: int) -> None:
        self.value.append(char)
        self.starts.append(start)
        self.ends.append(end)

    def put_run(self, start: int, end: int) -> None:
        self.value.append(self.raw[start:end])
        self.starts.extend(range(start, end))
        self.ends.extend(range(start + 1, end + 1))

    def line_break(self, at: int) -> tuple[str, int]:
        """The value of the line break at `at`, and the offset behind it."""
        if self.raw.startswith("\r\n", at):
            return "\n", at + 2
        char = self.raw[at]
        return ("\n" if char in "\n\r\x85" else char), at + 1


def place_scalar(text: str, style: Style, span: Span) -> PlacedText:
    """The places of the scalar `text`, written in `style` at `span` (quotes and block header included)."""
    raw = span.source.text
    if style in ("literal", "folded"):
        written = _read_block(raw, span.start, text, folded=style == "folded")
    elif style == "plain":
        written = _read_flow(raw, span.start, span.end, style)
    else:
        written = _read_flow(raw, span.start + 1, span.end - 1, style)
    if written is None or "".join(written.value) != text:
        return PlacedText(text, span, style)
    return PlacedText(text, span, style, written.starts, written.ends)


def _read_flow(raw: str, start: int, end: int, style: Style) -> _Written | None:
    """A plain or quoted scalar without its quotes. None where an escape makes no sense."""
    written = _Written(raw)
    at = start
    while at < end:
        run = _ORDINARY[style].match(raw, at, end)
        if run:
            written.put_run(at, run.end())
            at = run.end()
        elif raw[at] in _BLANKS or raw[at] in _BREAKS:
            at = _read_blanks(written, at, end)
        elif style == "single":
            written.put("'", at, at + 2)
            at += 2
        else:
            behind = _read_escape(written, at, end)
            if behind is None:
                return None
            at = behind
    return written


def _read_blanks(written: _Written, at: int, end: int) -> int:
    """Blanks within a line stay; a line break with the blanks around it is one space, or its empty lines."""
    raw, start = written.raw, at
    while at < end and raw[at] in _BLANKS:
        at += 1
    if at == end or raw[at] not in _BREAKS:
        written.put_run(start, at)
        return at
    first_at = at
    first, at = written.line_break(at)
    first_end = at
    more: list[tuple[str, int, int]] = []
    while at < end and (raw[at] in _BREAKS or raw[at] in _BLANKS):
        if raw[at] in _BLANKS:
            at += 1
            continue
        break_at = at
        char, at = written.line_break(at)
        more.append((char, break_at, at))
    if first != "\n":
        written.put(first, first_at, first_end)
    elif not more:
        written.put(" ", first_at, first_end)
    for char, char_start, char_end in more:
        written.put(char, char_start, char_end)
    return at


def _read_escape(written: _Written, at: int, end: int) -> int | None:
    raw = written.raw
    if at + 1 >= end:
        return None
    char = raw[at + 1]
    if char in _BREAKS:  # an escaped line break joins two lines with nothing between them
        _, at = written.line_break(at + 1)
        while at < end and (raw[at] in _BREAKS or raw[at] in _BLANKS):
            if raw[at] in _BLANKS:
                at += 1
                continue
            start = at
            kept, at = written.line_break(at)
            written.put(kept, start, at)
        return at
    behind = at + 2 + _HEX_DIGITS.get(char, 0)
    if char in _HEX_DIGITS:
        code = int(raw[at + 2 : behind], 16)
        if code > 0x10FFFF:
            return None
        written.put(chr(code), at, behind)
    elif char in _ESCAPES:
        written.put(_ESCAPES[char], at, behind)
    else:
        return None
    return behind


def _read_block(raw: str, start: int, text: str, *, folded: bool) -> _Written | None:
    """A literal or folded scalar, its trailing line breaks (which the header decides on) as the value has them."""
    header_end = _line_end(raw, start)
    if header_end == len(raw):
        return None
    body = _Written(raw).line_break(header_end)[1]
    content = text.rstrip("\n")
    for indent in _indents(raw, start, header_end, body):
        written = _read_block_lines(raw, body, indent, folded=folded)
        value = "".join(written.value)
        if value.rstrip("\n") == content:
            del written.starts[len(content) :], written.ends[len(content) :]
            written.value = [text]
            end = written.ends[-1] if content else start
            written.starts.extend([end] * (len(text) - len(content)))
            written.ends.extend([end] * (len(text) - len(content)))
            return written
    return None


def _indents(raw: str, start: int, header_end: int, body: int) -> list[int]:
    """How far the lines may be indented: as the first is, or less where the header has a number (`|2`)."""
    first = _LEADING.match(raw, body)
    assert first is not None
    found = first.end() - max(body, max(raw.rfind(char, body, first.end()) for char in _BREAKS) + 1)
    if not re.search(r"[1-9]", raw[start:header_end].partition("#")[0]):
        return [found]
    return list(range(found, max(-1, found - _MAX_INDENT_TRIED), -1))


def _line_end(raw: str, at: int) -> int:
    found = _LINE_END.search(raw, at)
    assert found is not None
    return found.start()


def _read_block_lines(raw: str, at: int, indent: int, *, folded: bool) -> _Written:
    """The lines of a block scalar up to the first that is indented less; the breaks behind the last are left out."""
    written = _Written(raw)
    last: tuple[str, int, int] | None = None  # the break behind the last line with content
    last_folds = False
    empty: list[tuple[str, int, int]] = []  # the breaks of the empty lines since
    while at < len(raw):
        line, end = at, _line_end(raw, at)
        while at < min(end, line + indent) and raw[at] == " ":
            at += 1
        blank = at == end
        if not blank:
            if at - line < indent:
                break
            folds = raw[at] not in _BLANKS
            joined = folded and last_folds and folds and last is not None and last[0] == "\n"
            if last is not None and not joined:
                written.put(*last)
            elif last is not None and not empty:
                written.put(" ", last[1], last[2])
            for line_break in empty:
                written.put(*line_break)
            written.put_run(at, end)
            empty, last_folds = [], folds
        if end == len(raw):
            break
        char, at = written.line_break(end)
        if blank:
            empty.append((char, end, at))
        else:
            last = (char, end, at)
    return written
