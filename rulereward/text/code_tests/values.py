"""Values that functions are called with and return, as texts.

A text is hashable and tells 1, 1.0 and true apart, which equality of Python does not; a suite must not become another
one for that. It is JSON, with `NaN` and `Infinity` as Python writes them, and one addition: a mapping whose keys are
not all texts is `{"": [[key, value], ...]}`, and so is one whose only key is "".
"""

from __future__ import annotations

import json

from rulereward.text.json_text import MAX_DEPTH, MAX_NUMBER_CHARS, is_too_deep

Plain = str | int | float | bool | None | tuple["Plain", ...]
"""Hashable JSON-like data, as the payloads of jobs are; a tuple stands for an array."""

PAIRS = ""
"""The key under which the pairs of a mapping stand that JSON cannot write."""


_MOST_BITS = (10**MAX_NUMBER_CHARS).bit_length()


class UnreadableError(Exception):
    """Data that holds no usable tests. `code` is for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def json_value(text: str, what: str) -> object:
    """The value of a JSON text, `NaN` and `Infinity` included; `what` names it in messages.

    Raises UnreadableError where it is none, nests deeper than MAX_DEPTH, or has an integer of more than
    MAX_NUMBER_CHARS digits, which takes quadratic time to read.
    """
    try:
        value: object = json.loads(text, parse_int=_integer)
    except (ValueError, RecursionError):
        raise UnreadableError("tests_unreadable", f"{what} is no JSON that can be read: {cut(text)}") from None
    if is_too_deep(value):
        raise UnreadableError("tests_unreadable", f"in {what} more than {MAX_DEPTH} values lie within each other")
    return value


def written(value: object) -> str:
    """A plain value as text: None, bool, int, float, str, list, or dict with keys of the first five.

    Raises UnreadableError for a text that is no Unicode (half of a surrogate pair) and for an integer of more than
    MAX_NUMBER_CHARS digits.
    """
    text = json.dumps(_writable(value), ensure_ascii=False, separators=(",", ":"))
    return unicode_text(text)


def read_value(text: str) -> object:
    """The value that `written` wrote."""
    return _read(json.loads(text))


def with_int_keys(value: object) -> object:
    """A mapping whose keys all are whole numbers in decimal, with numbers as keys; any other value as it is.

    Data sets had to write the numbers as texts.
    """
    if isinstance(value, dict) and value and all(_is_decimal(key) for key in value):
        return {int(key): item for key, item in value.items()}
    return value


def unicode_text(text: str) -> str:
    """The text. Raises UnreadableError where it holds half of a surrogate pair: no program can be given that."""
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in set(text)):
        raise UnreadableError("tests_unreadable", "a text holds half of a surrogate pair")
    return text


def cut(text: str, most: int = 60) -> str:
    """The beginning of a text, in quotation marks, for messages."""
    return repr(text) if len(text) <= most else f"{text[:most]!r}..."


def _is_decimal(key: object) -> bool:
    digits = key.removeprefix("-") if isinstance(key, str) else ""
    return 0 < len(digits) <= MAX_NUMBER_CHARS and digits.isascii() and digits.isdigit()


def _integer(digits: str) -> int:
    if len(digits) > MAX_NUMBER_CHARS:
        raise ValueError("an integer is unreasonably long")
    return int(digits)


def _writable(value: object) -> object:
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise UnreadableError("tests_unreadable", f"a number has more than {MAX_NUMBER_CHARS:,} digits")
    if isinstance(value, list):
        return [_writable(item) for item in value]
    if not isinstance(value, dict):
        return value
    if all(isinstance(key, str) for key in value) and list(value) != [PAIRS]:
        return {key: _writable(item) for key, item in value.items()}
    return {PAIRS: [[_writable(key), _writable(item)] for key, item in value.items()]}


def _read(value: object) -> object:
    if isinstance(value, list):
        return [_read(item) for item in value]
    if not isinstance(value, dict):
        return value
    if list(value) == [PAIRS]:
        return {key: _read(item) for key, item in value[PAIRS]}
    return {key: _read(item) for key, item in value.items()}
