"""Lines that announce an answer: "Answer: 5", "**Final answer**: 5", "The answer is 5", "答案：5", 【答案】5."""

from __future__ import annotations

import re

from rulereward.text.spans import Span, last_match, lines_from_end, trimmed

ANSWER_WORDS = ("answer", "an\u017fwer", "答案")
"""What every announcement holds one of; to a pattern that ignores case a long s is an s."""

_EMPHASIS = r"[*_`]{0,3}"
_COLON = rf"{_EMPHASIS} {{0,2}}[:：]{_EMPHASIS}"
_MARKER = re.compile(
    rf"(?<![A-Za-z])(?:answers?(?:{_COLON}| is(?![A-Za-z])(?:{_COLON})?)"
    rf"|[【\[](?:最终|正确|参考)?答案[】\]]{_EMPHASIS}[:：]?{_EMPHASIS}|答案{_EMPHASIS}[是为]?(?:{_COLON}|(?<=[是为])))",
    re.IGNORECASE,
)
_LINE_START = re.compile(
    r"[\s>#*_`\-]{0,16}(?:the )?(?:final |correct |最终|正确|参考|所以){0,2}(?=answer|答案|[【\[])",
    re.IGNORECASE,
)


def answer_span(text: str) -> Span | None:
    """What the last announcement announces: the rest of its line, or the next line that is not blank.

    Within one line an announcement at the start of the line goes before others, and of others the last counts.
    White space and emphasis around the answer are left out. None without an announcement, and None where nothing
    follows the last one, as in a text that was cut off: an earlier one does not stand in for it.
    """
    for start, end in lines_from_end(text):
        marker = _marker_in(text, start, end)
        if marker is not None:
            return _announced(text, marker.end(), end)
    return None


def answer_span_from_first_line(text: str) -> Span | None:
    """The same of a text of which no other line than the first may hold an announcement."""
    newline = text.find("\n")
    end = newline if newline >= 0 else len(text)
    marker = _marker_in(text, 0, end)
    return None if marker is None else _announced(text, marker.end(), end)


def _marker_in(text: str, start: int, end: int) -> re.Match[str] | None:
    head = _LINE_START.match(text, start, end)
    if head is not None:
        first = _MARKER.match(text, head.end(), end)
        if first is not None:
            return first
    return last_match(_MARKER, text, start, end)


def _announced(text: str, start: int, line_end: int) -> Span | None:
    first, last = trimmed(text, start, line_end)
    if first == last:  # the answer stands on a line of its own
        first, _ = trimmed(text, line_end, len(text))
        newline = text.find("\n", first)
        first, last = trimmed(text, first, newline if newline >= 0 else len(text))
    first, last = _without_emphasis(text, first, last)
    return (first, last) if first < last else None


def _without_emphasis(text: str, first: int, last: int) -> Span:
    """The span without a pair of marks around it, and without a closing mark whose opening one stands before it."""
    for mark in ("**", "__", "`", "*"):
        if text.endswith(mark, first, last):
            marks = text.count(mark, first, last)
            if marks == 2 and text.startswith(mark, first):
                first, last = trimmed(text, first + len(mark), last - len(mark))
            elif marks == 1:
                first, last = trimmed(text, first, last - len(mark))
    return first, last
