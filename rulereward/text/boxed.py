r"""Boxes: `\boxed{...}`, `\fbox{...}`, and without braces a number or a single letter, as in `\boxed 42`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rulereward.text.spans import Span

_TOKEN = re.compile(
    r"\\(?:boxed|fbox)(?![A-Za-z])[ \t]{0,3}"
    r"(?:(?P<open>\{)|(?P<bare>[+\-]?[0-9.][0-9A-Za-z+\-.,/%]*|[A-Za-z](?![A-Za-z])))"
    r"|\\.|[{}]",
    re.DOTALL,
)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_LOOKS = 4


def boxed_span(text: str, *, last: bool = True) -> Span | None:
    r"""The content of the last (or first) box, None where there is none.

    Braces must balance, escaped ones (`\{`) do not count, and a box that is never closed is no box. Of a box within
    a box the inner one counts. One pass, linear in the text.
    """
    if "\\boxed" not in text and "\\fbox" not in text:
        return None
    return _last_box(text) if last else next(_boxes(text), None)


def boxed_spans(text: str) -> list[Span]:
    """The content of every box, in the order of the text; of boxes within boxes only the innermost."""
    if "\\boxed" not in text and "\\fbox" not in text:
        return []
    found: list[Span] = []
    for box in _boxes(text):  # as they close: an outer box comes right behind those within it
        if not found or found[-1][0] < box[0]:
            found.append(box)
    return found


def _last_box(text: str) -> Span | None:
    """The box that begins last. It nearly always stands near the end, so we look from there first."""
    end = len(text)
    for _ in range(_LOOKS):
        at = max(text.rfind("\\boxed", 0, end), text.rfind("\\fbox", 0, end))
        if at < 0:
            return None
        token = None if _is_escaped(text, at) else _TOKEN.match(text, at)
        box = None if token is None else _box_of(text, token)
        if box is not None:
            return box
        end = at
    return max(_boxes(text), default=None)  # many boxes that are never closed: one pass, so that it stays linear


def _is_escaped(text: str, at: int) -> bool:
    r"""Is the backslash at `at` the second of a pair, as in `\\boxed`?"""
    before = text[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _box_of(text: str, token: re.Match[str]) -> Span | None:
    if token.lastgroup == "bare":
        return _bare(token)
    depth = 1 if token.lastgroup == "open" else 0
    start = token.end()
    for brace in _BRACE.finditer(text, start) if depth else ():
        depth += (brace[0] == "{") - (brace[0] == "}")
        if depth == 0:
            return start, brace.start()
    return None


def _bare(token: re.Match[str]) -> Span:
    return token.start("bare"), token.start("bare") + len(token["bare"].rstrip(".,"))


def _boxes(text: str) -> Iterator[Span]:
    """All boxes in the order in which they close."""
    open_braces: list[int | None] = []  # where the content of a box began; None for another brace
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "open":
            open_braces.append(token.end())
        elif kind == "bare":
            yield _bare(token)
        elif token[0] == "{":
            open_braces.append(None)
        elif token[0] == "}" and open_braces:
            start_of_box = open_braces.pop()
            if start_of_box is not None:
                yield start_of_box, token.start()
