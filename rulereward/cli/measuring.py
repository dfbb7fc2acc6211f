"""Measuring one block of rows: what threads do, without a word on the screen and without counting."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rulereward.api import Ruleset, Scores
from rulereward.api.batches import Fields
from rulereward.cli.tally import BAD_COMPLETION
from rulereward.data import Bools, State
from rulereward.io import Record, Row, failed_record

Keys = Sequence[Hashable] | None


@dataclass(frozen=True, slots=True)
class Way:
    """How the blocks of a run are measured. `stopped` ends what is at work."""

    ruleset: Ruleset
    step: int | None
    evaluate: Literal["all", "needed"]
    details: bool
    stopped: threading.Event


@dataclass(frozen=True, slots=True)
class Block:
    """Rows to be measured, and the group of each, None where the data knows none and the ruleset needs none."""

    rows: Sequence[Row]
    keys: Keys


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredBlock:
    """`places` are those of the rows that could be read, to which `fields`, `keys`, `scores` and `unfit` belong."""

    rows: Sequence[Row]
    records: list[Record]
    places: list[int]
    fields: list[Fields]
    keys: Keys
    scores: Scores
    unfit: Bools
    """Rows that are errors because they hold no text to score."""
    seconds: float


def measured(way: Way, block: Block) -> MeasuredBlock:
    """The records of some rows; those that cannot be read, or hold no completion, are errors."""
    started = time.monotonic()
    rows = block.rows
    places = [place for place, row in enumerate(rows) if row.fields is not None]
    fields: list[Fields] = [row.fields for row in rows if row.fields is not None]
    keys = None if block.keys is None else [block.keys[place] for place in places]
    scores = way.ruleset.score_rows(fields, group=keys, step=way.step, evaluate=way.evaluate, cancelled=way.stopped)
    unfit = _unfit(scores)
    records = [failed_record(row.error, way.ruleset.rules) if row.error else Record(None) for row in rows]
    scored = scores.record_objects(details=way.details)
    for place, record, is_unfit in zip(places, scored, unfit.tolist(), strict=True):
        records[place] = record._replace(rule=None) if is_unfit else record
    return MeasuredBlock(rows, records, places, fields, keys, scores, unfit, time.monotonic() - started)


def _unfit(scores: Scores) -> Bools:
    found = np.zeros(len(scores.states), dtype=np.bool_)
    reasons = scores.reasons
    for row in np.flatnonzero(scores.states == State.ERROR).tolist():
        reason = reasons[row]
        found[row] = reason is not None and reason.code in BAD_COMPLETION
    return found
