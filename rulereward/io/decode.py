"""One line of JSON to its fields, or to the reason why there are none.

msgspec reads the columns asked for and skips the rest, which on rows with token ids is twice as fast as
decoding all. What it refuses goes to `json`, which also takes lone surrogates, NaN and numbers like 1e999;
what `json` refuses too is an error. Of a key that occurs twice the last counts, in both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Self, TypedDict, cast

import msgspec

from rulereward.data import Reason
from rulereward.io.chat import described

MAX_DEPTH = 200
"""Deepest nesting of a value that is handed on: what walks values by recursion downstream must not fail on one."""

BOM = b"\xef\xbb\xbf"

Fields = dict[str, object]


class Flaw(bytes):
    """Stands, without bytes of its own, where a file lacks a row or its end; decoding it gives `reason`."""

    reason: Reason

    def __new__(cls, code: str, message: str) -> Self:
        flaw = super().__new__(cls)
        flaw.reason = Reason(code, message)
        return flaw


_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Decoder:
    """Decodes lines; `wanted` names the top-level columns to keep, None keeps all."""

    def __init__(self, wanted: Iterable[str] | None = None) -> None:
        self.wanted = None if wanted is None else frozenset(wanted)
        target: Any = dict[str, Any]
        self._skips = self.wanted is not None and all(map(str.isascii, self.wanted))  # msgspec finds no other names
        if self._skips:
            columns = dict.fromkeys(sorted(self.wanted or ()), Any)
            target = cast(Any, TypedDict)("Columns", columns, total=False)
        self._decoder = msgspec.json.Decoder(target)

    def decode(self, raw: bytes) -> tuple[Fields | None, Reason | None]:
        """The fields of one JSON object, or why it has none. Never raises for what the line holds."""
        try:
            if not raw.isascii():
                raw.decode("utf-8")  # a skipped column is not decoded, and would go to the output broken
            fields: Fields = self._decoder.decode(raw)
        except (ValueError, RecursionError):  # msgspec's and the codec's errors are ValueErrors
            return self._decode_slowly(raw)
        return self._bounded(fields if self._skips else self._kept(fields))

    def _decode_slowly(self, raw: bytes) -> tuple[Fields | None, Reason | None]:
        if isinstance(raw, Flaw):
            return None, raw.reason
        try:
            value = json.loads(raw.decode("utf-8"))
        except (ValueError, RecursionError) as failure:
            return None, _reason(raw, failure)
        if not isinstance(value, dict):
            return None, Reason("not_object", f"the line is {described(value)}, not a JSON object")
        return self._bounded(self._kept(value))

    def _kept(self, fields: Fields) -> Fields:
        """The columns that are wanted."""
        if self.wanted is None:
            return fields
        return {name: column for name, column in fields.items() if name in self.wanted}

    @staticmethod
    def _bounded(fields: Fields) -> tuple[Fields | None, Reason | None]:
        for name, value in fields.items():
            if isinstance(value, list | dict) and _too_deep(value):
                return None, Reason("too_deep", f"{name!r} is nested more than {MAX_DEPTH} deep")
        return fields, None


def members(raw: bytes) -> dict[str, bytes]:
    """The top-level members of a line that a `Decoder` has accepted, each value as its own JSON text.

    The values are the line's own bytes, except in a line that only `json` reads: there they are written anew.
    """
    try:
        return {name: bytes(value) for name, value in _MEMBERS.decode(raw).items()}
    except ValueError:
        return {name: json.dumps(value).encode("ascii") for name, value in json.loads(raw).items()}


def decode_all(raw: bytes) -> Fields:
    """Every field of a line that a `Decoder` has accepted.

    A value that cannot be handed on (nested too deep, a number of too many digits) is left as its JSON text.
    """
    decoder = Decoder()
    fields, _ = decoder.decode(raw)
    if fields is not None:
        return fields
    columns: Fields = {}
    for name, text in members(raw).items():
        value, _ = decoder.decode(b'{"value":' + text + b"}")
        columns[name] = text.decode("utf-8") if value is None else value["value"]
    return columns


def _too_deep(value: list[Any] | dict[str, Any]) -> bool:
    level: list[list[Any] | dict[str, Any]] = [value]
    for _ in range(MAX_DEPTH):
        children = (child for parent in level for child in (parent.values() if isinstance(parent, dict) else parent))
        level = [child for child in children if isinstance(child, list | dict)]
        if not level:
            return False
    return True


def _reason(raw: bytes, failure: ValueError | RecursionError) -> Reason:
    if isinstance(failure, RecursionError):
        return Reason("too_deep", "the line is nested too deep to be read")
    if isinstance(failure, UnicodeDecodeError):
        place = f"byte 0x{raw[failure.start]:02x} at byte {failure.start + 1}"
        return Reason("not_utf8", f"the line is not UTF-8: {place}")
    if isinstance(failure, json.JSONDecodeError):
        rest = failure.doc[failure.pos : failure.pos + 20]
        found = f"before {rest!r}" if rest else "at the end of the line"
        problem = (failure.msg[:1].lower() + failure.msg[1:]).removesuffix(" at")
        return Reason("not_json", f"the line is not JSON: {problem}, character {failure.pos + 1}, {found}")
    return Reason("not_json", "the line holds a number of too many digits to be read")
