"""The output record: a row's own line with its reward spliced in before the last brace.

    {"prompt": "...", "completion": "...","reward":0.9,"reward_state":"ok","reward_components":{"accuracy":1.0}}

`reward_state` is `ok`, or `<state>: <code>: <message>`. A row that is no JSON object is kept under `input` as
text. Names that begin with `reward` are ours: an input that has them keeps them as `input_reward...`, except
`reward_model`, the column in which many data sets hold the gold answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from math import isfinite
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from rulereward.data import Reason, State
from rulereward.data.column import replace_surrogates
from rulereward.io.decode import members
from rulereward.io.line_fields import LineFields
from rulereward.io.rows import Row

DETAILS_SCHEMA = 1
"""Version of the shape of `reward_details`."""

KEPT_NAMES = frozenset({"reward_model"})

_OK = State.OK

_OUR_NAME = re.compile(rb'"(?:r|\\u0072)(?:e|\\u0065)(?:w|\\u0077)(?:a|\\u0061)(?:r|\\u0072)(?:d|\\u0064)')
"""Where a string of the line begins with `reward`, letters written as escapes included."""


Pieces = tuple[memoryview, bytes]
"""The beginning of an output line, which is the row's own, and what follows."""


class Record(NamedTuple):
    """What a run says about one row.

    `components` has one number or None for each rule, in the ruleset's order. `details` holds plain JSON values
    (`ruleset`, `fingerprint`, `environment`, `gate`, `step`, `rules`). `rule` names the rule that a state other
    than ok comes from. NaN and infinity are written as null.
    """

    reward: float | None
    state: State = State.OK
    reason: Reason | None = None
    rule: str | None = None
    components: Mapping[str, float | bool | None] = MappingProxyType({})
    details: Mapping[str, object] | None = None


def failed_record(reason: Reason, rules: tuple[str, ...] = ()) -> Record:
    """The record of a row that could not be scored at all; `rules` are the components to list, as null."""
    return Record(None, State.ERROR, reason, components=dict.fromkeys(rules))


def state_text(record: Record) -> str:
    """`ok`, or the state with the code, the rule and the message of its reason."""
    if record.state is _OK:
        return "ok"
    name = record.state.name.lower()
    if record.reason is None:
        return name
    pieces = (name, record.reason.code, record.rule, record.reason.message)
    return replace_surrogates(": ".join(piece for piece in pieces if piece))


def record_fields(record: Record) -> dict[str, object]:
    """The fields a record adds to its row, as plain values."""
    fields: dict[str, object] = {
        "reward": _number(record.reward),
        "reward_state": state_text(record),
        "reward_components": {
            name: value if type(value) is float and isfinite(value) else _number(value)
            for name, value in record.components.items()
        },
    }
    if record.details is not None:
        fields["reward_details"] = {"schema": DETAILS_SCHEMA, **record.details}
    return fields


def flagged_numbers(record: Record) -> dict[str, float]:
    """A record as numbers, for logs that merge samples by name and take nothing else: always the same names.

    `rulereward/RULE` is the rule's value, 0 where there is none, and `rulereward/RULE/valid` whether there is one;
    `valid` says it of the reward. Of their means over samples, the first over the second is the mean of the known.
    """
    numbers = {"valid": float(record.reward is not None)}
    for rule, value in record.components.items():
        numbers[f"rulereward/{rule}"] = 0.0 if value is None else float(value)
        numbers[f"rulereward/{rule}/valid"] = float(value is not None)
    return numbers


def encode_record(row: Row, record: Record) -> tuple[Pieces, bool]:
    """The output line (without its end), and whether names of the row's own had to be changed.

    The line is in pieces that are not joined: lines are long, and need not be copied to be written.
    """
    own, was_renamed = _own_line(row)
    return _spliced(own, encode_json(record_fields(record))), was_renamed


class Encoded(NamedTuple):
    """A block as lines of output, in pieces, and how many rows' own columns had to be renamed."""

    pieces: Sequence[bytes | memoryview]
    renamed: int


def encode_block(rows: Sequence[Row], records: Sequence[Record]) -> Encoded:
    """The output lines of a block; may be made in any thread, before its turn to be written."""
    pieces: list[bytes | memoryview] = []
    renamed = 0
    for row, record in zip(rows, records, strict=True):
        found, was_renamed = encode_record(row, record)
        pieces += (*found, b"\n")
        renamed += was_renamed
    return Encoded(pieces, renamed)


def line_start(row: Row) -> bytes:
    """What the output line of a row begins with, whatever its record says."""
    return b"".join(_spliced(_own_line(row)[0], b'{"reward":'))


def _own_line(row: Row) -> tuple[bytes, bool]:
    """The row as an output line holds it, and whether names in it had to be changed."""
    if row.fields is None:
        return encode_json({"input": input_text(row)}), False
    line = row.line()
    if not _may_be_ours(row.fields, line):  # most lines are left whole without being taken apart
        return line, False
    columns = members(line)
    names = renamed(columns)
    if not names:
        return line, False
    texts = (encode_json(names.get(name, name)) + b":" + text for name, text in columns.items())
    return b"{" + b",".join(texts) + b"}", True


def _may_be_ours(fields: Mapping[str, object], line: bytes) -> bool:
    """Is there perhaps a name in the line that begins as ours do?"""
    if isinstance(fields, LineFields):
        return fields.has_name_of_ours
    return _OUR_NAME.search(line) is not None


def input_text(row: Row) -> str:
    """The line of a row that could not be decoded, bytes that are not UTF-8 replaced."""
    return (row.raw or b"").decode("utf-8", "replace")


def renamed(names: Collection[str]) -> dict[str, str]:
    """New names for those of `names` that are ours; a further `input_` where the new one is taken too."""
    changes: dict[str, str] = {}
    for name in names:
        if name.startswith("reward") and name not in KEPT_NAMES:
            new = f"input_{name}"
            while new in names:
                new = f"input_{new}"
            changes[name] = new
    return changes


def _spliced(line: bytes, ours: bytes) -> Pieces:
    """`line`, a JSON object, with the members of the object `ours` behind its own."""
    end = line.rindex(b"}")
    while line[end - 1 : end].isspace():
        end -= 1
    between = b"" if line[end - 1 : end] == b"{" else b","
    return memoryview(line)[:end], between + ours[1:]


def _number(value: float | bool | None) -> float | None:
    """A plain float for whatever number a run holds (bools as 0 and 1), None for none and for NaN."""
    if value is None:
        return None
    number = float(value)
    return number if isfinite(number) else None


def encode_json(value: object) -> bytes:
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # a lone surrogate, which only an escape can carry
        return json.dumps(_finite(value)).encode("ascii")


def _finite(value: Any) -> Any:
    """`value` with None for numbers that `json` would write as NaN. Its depth is that of our own records."""
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value
