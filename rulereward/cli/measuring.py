"""Measuring one block of rows: what threads do, without a word on the screen and without counting."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from rulereward.api import Ruleset, Scores
from rulereward.api.batches import Fields, group_keys
from rulereward.cli.tally import BAD_COMPLETION
from rulereward.data import Bools, Reason, State
from rulereward.errors import ConfigurationError
from rulereward.io import Encoded, Record, Row, encode_block, failed_record


@dataclass(frozen=True, slots=True)
class Way:
    """How the blocks of a run are measured. `stopped` ends what is at work."""

    ruleset: Ruleset
    step: int | None
    evaluate: Literal["all", "needed"]
    details: bool
    as_lines: bool
    """Is the output one of lines? Then they are made here."""
    stopped: threading.Event


class Keys(NamedTuple):
    """The group of each row, and whether equal prompts had to serve, because the data has no key."""

    groups: list[Hashable]
    by_prompt: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Rows to be measured, and their groups where those have been looked for already."""

    rows: Sequence[Row]
    keys: Keys | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredBlock:
    """`places` are those of the rows that could be read, to which `fields`, `groups`, `scores` and `unfit` belong."""

    rows: Sequence[Row]
    records: list[Record]
    encoded: Encoded | None
    bad: list[int]
    """Rows that cannot be read, or hold no completion."""
    places: list[int]
    fields: list[Fields]
    groups: list[Hashable] | None
    """None where the data knows none and the ruleset needs none."""
    by_prompt: bool
    scores: Scores
    unfit: Bools
    """Rows that are errors because they hold no text to score."""
    seconds: float


def measured(way: Way, block: Block) -> MeasuredBlock:
    """The records of some rows; those that cannot be read, or hold no completion, are errors that say where."""
    started = time.monotonic()
    rows = block.rows
    keys = found_keys(way.ruleset, rows) if block.keys is None else block.keys
    places = [place for place, row in enumerate(rows) if row.fields is not None]
    fields: list[Fields] = [row.fields for row in rows if row.fields is not None]
    groups = None if keys is None else [keys.groups[place] for place in places]
    scores = way.ruleset.score_rows(fields, group=groups, step=way.step, evaluate=way.evaluate, cancelled=way.stopped)
    unfit = _unfit(scores)
    records = [failed_record(row.error, way.ruleset.rules) if row.error else Record(None) for row in rows]
    scored = scores.record_objects(details=way.details)
    for place, record, is_unfit in zip(places, scored, unfit.tolist(), strict=True):
        records[place] = record._replace(rule=None) if is_unfit else record
    bad = sorted({place for place, row in enumerate(rows) if row.error is not None} | _marked(places, unfit))
    for place in bad:
        records[place] = _located(rows[place], records[place])
    return MeasuredBlock(
        rows=rows,
        records=records,
        encoded=encode_block(rows, records) if way.as_lines else None,
        bad=bad,
        places=places,
        fields=fields,
        groups=groups,
        by_prompt=keys is not None and keys.by_prompt,
        scores=scores,
        unfit=unfit,
        seconds=time.monotonic() - started,
    )


def found_keys(ruleset: Ruleset, rows: Sequence[Row]) -> Keys | None:
    """The groups of rows. Raises ConfigurationError where the ruleset needs some and the data knows none."""
    plan = ruleset.plan
    try:
        groups, by_prompt = group_keys(plan.group, [row.content for row in rows], None, plan.inputs["prompt"].paths)
    except ConfigurationError:
        if plan.uses_groups:
            raise
        return None
    return Keys(groups, by_prompt is not None)


def _marked(places: Sequence[int], marks: Bools) -> set[int]:
    return {places[found] for found in np.flatnonzero(marks).tolist()}


def _located(row: Row, record: Record) -> Record:
    """A bad row's record with its place in the message."""
    assert record.reason is not None
    return record._replace(reason=Reason(record.reason.code, f"{row.where}: {record.reason.message}"))


def _unfit(scores: Scores) -> Bools:
    found = np.zeros(len(scores.states), dtype=np.bool_)
    reasons = scores.reasons
    for row in np.flatnonzero(scores.states == State.ERROR).tolist():
        reason = reasons[row]
        found[row] = reason is not None and reason.code in BAD_COMPLETION
    return found
