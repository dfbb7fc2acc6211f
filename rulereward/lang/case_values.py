"""Plain values out of YAML nodes: the rows of a case, and what is expected of a value.

A plain scalar is what JSON would read in it (`4`, `-0.5`, `1e3`, `true`, `false`, `null`); `~` and nothing at all are
null too. All else is text, and so is whatever stands in quotes: `yes`, `017`, `1:30`, `0x1F`, `2024-01-01`, `True`.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from rulereward.lang.case_document import StateWord, Wanted
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.source import Span
from rulereward.lang.yaml_nodes import MappingNode, Node, ScalarNode, SequenceNode

MOST_DIGITS = 4_000
MOST_REPEATED = 5_000_000
"""Characters and values that a row can hold, its `repeat`s written out."""

_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(_NUMBER)
_RANGE = re.compile(rf"(?P<lo>{_NUMBER})?\s*\.\.\s*(?P<open><)?\s*(?P<hi>{_NUMBER})?")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_STATES: dict[str, StateWord] = {"null": "null", "~": "null", "skipped": "skipped", "error": "error"}


class _Sized(NamedTuple):
    value: object
    size: int


def scalar_value(node: ScalarNode, diagnostics: Diagnostics) -> bool | int | float | str | None:
    """What a scalar stands for."""
    text = node.text
    if node.style != "plain":
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) <= MOST_DIGITS:
        return int(text)
    if not _FLOAT.fullmatch(text):
        return text
    number = float(text)
    if math.isinf(number):
        help = "put it in quotes if it is a text"
        diagnostics.report("E0605", "this number is too large", node.span, help=help)
        return None
    return number


def plain_value(node: Node, diagnostics: Diagnostics) -> object:
    """A column's value, with `{repeat: x, times: n}` written out at any depth."""
    return _sized(node, diagnostics).value


def _sized(node: Node, diagnostics: Diagnostics) -> _Sized:
    if isinstance(node, ScalarNode):
        return _Sized(scalar_value(node, diagnostics), 1 + len(node.text))
    if isinstance(node, SequenceNode):
        items = [_sized(item, diagnostics) for item in node.items]
        return _Sized([item.value for item in items], 1 + sum(item.size for item in items))
    entries = {key.text: value for key, value in node.entries}
    if set(entries) == {"repeat", "times"}:
        return _repeated(node, entries["repeat"], entries["times"], diagnostics)
    values = {key: _sized(value, diagnostics) for key, value in entries.items()}
    return _Sized({key: item.value for key, item in values.items()}, 1 + sum(item.size for item in values.values()))


def _repeated(node: MappingNode, what: Node, times: Node, diagnostics: Diagnostics) -> _Sized:
    """A text n times over, or a list of n values where it is no text."""
    repeated = _sized(what, diagnostics)
    count = scalar_value(times, diagnostics) if isinstance(times, ScalarNode) else None
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        diagnostics.report("E0605", "`times` must be a whole number", times.span, help="write `times: 50`")
        return _Sized(None, 1)
    if count * repeated.size > MOST_REPEATED:
        message = f"this is longer than {MOST_REPEATED:,} characters or values, written out"
        diagnostics.report("E0605", message, node.span, help="a shorter text will show the same")
        return _Sized(None, 1)
    value = repeated.value * count if isinstance(repeated.value, str) else [repeated.value] * count
    return _Sized(value, 1 + count * repeated.size)


def wanted_value(node: ScalarNode, diagnostics: Diagnostics) -> Wanted | None:
    """What a scalar says of a value that is expected; None if that is nothing."""
    text = node.text.strip()
    if node.style != "plain":
        return None
    if text in _STATES:
        return Wanted("null" if text == "~" else text, _STATES[text])
    if text in ("true", "false"):
        value = float(text == "true")
        return Wanted(text, "ok", value, value)
    if _FLOAT.fullmatch(text):
        return _near(text, text, node.span, diagnostics)
    if text.startswith("~") and _FLOAT.fullmatch(text[1:]):
        return _near(text, text[1:], node.span, diagnostics)
    found = _RANGE.fullmatch(text)
    return None if found is None else _between(text, found, node.span, diagnostics)


def _near(written: str, digits: str, span: Span, diagnostics: Diagnostics) -> Wanted | None:
    value = float(digits)
    if math.isinf(value):
        help = "the largest number is about 1.8e308"
        diagnostics.report("E0604", "this number is too large", span, help=help)
    return Wanted(written, "ok", value, value, approximate=written.startswith("~"))


def _between(written: str, found: re.Match[str], span: Span, diagnostics: Diagnostics) -> Wanted:
    lo = float(found["lo"]) if found["lo"] else -math.inf
    hi = float(found["hi"]) if found["hi"] else math.inf
    if lo > hi or (lo == hi and found["open"]):
        help = "write the smaller number first"
        diagnostics.report("E0604", f"no value lies in `{written}`", span, help=help)
    return Wanted(written, "ok", lo, hi, open_end=bool(found["open"]))
