"""Scoring files: rows in, records out, in the order of the input, block by block."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Literal

from rulereward.api import Ruleset
from rulereward.api.batches import whole_groups
from rulereward.api.environment import resources
from rulereward.api.inputs import asked_columns
from rulereward.api.monitors import Monitor
from rulereward.cli.ahead import in_order
from rulereward.cli.interrupts import noticed_interrupts
from rulereward.cli.long_run import long_run
from rulereward.cli.mapping import columns_read
from rulereward.cli.measuring import Block, Keys, MeasuredBlock, Way, found_keys, measured
from rulereward.cli.screen import Meter, Screen
from rulereward.cli.summary import absent_inputs
from rulereward.cli.tally import RunTally
from rulereward.errors import ConfigurationError, RunAbortedError
from rulereward.io import (
    STDIN,
    STDOUT,
    Encoded,
    Record,
    Row,
    RunMeta,
    blocks,
    check_inputs,
    check_written,
    describe_inputs,
    is_parquet,
    open_writer,
    read_rows,
    start_output,
    wanted_columns,
)
from rulereward.kind import UNRELIABLE

MOST_ROWS = 4096
LEAST_ROWS = 64
FIRST_ROWS = 256
ROWS_OF_MODELS = 8
"""The least, and the first, where a model scores the rows: on a CPU each may take a second."""
BLOCK_S = 1.0
"""How long a block is meant to take: so much is lost at most when a run is stopped, and so often progress shows."""

SHOWN_BAD_ROWS = 5

PATIENCE_S = 5.0
"""After so long a column that nobody has is told at once, not only at the end."""

Blocks = Generator[tuple[Sequence[Row], Sequence[Record], Encoded | None]]


@dataclass(frozen=True, slots=True)
class Job:
    """What to score and how: the options of `rulereward score`, checked."""

    files: tuple[str, ...]
    output: str
    mapping: dict[str, str] = field(default_factory=dict)
    limit: int | None = None
    step: int | None = None
    resume: bool = False
    overwrite: bool = False
    details: bool = False
    evaluate: Literal["all", "needed"] = "all"
    workers: int = 1
    """Threads that measure; no value depends on it."""

    def meta(self, ruleset: Ruleset) -> RunMeta:
        """What the output is made with: a run that differs in any of it may not go on with it."""
        options: dict[str, str | int | float | bool | None] = {
            "limit": self.limit, "step": self.step, "details": self.details, "evaluate": self.evaluate,
        }  # fmt: skip
        options |= {f"map {name}": column for name, column in sorted(self.mapping.items())}
        return RunMeta(
            ruleset=ruleset.name,
            fingerprint=ruleset.fingerprint,
            environment=ruleset.environment,
            inputs=describe_inputs(self.files),
            options=options,
        )


class Scoring:
    """One run. `kept` counts the rows that were in the output before, `written` those that this run added."""

    def __init__(self, ruleset: Ruleset, job: Job, screen: Screen) -> None:
        self._ruleset = ruleset
        self._job = job
        self._screen = screen
        self._size_bytes = _total_bytes(job.files)
        self._bytes_done = 0
        uses_models = bool(resources(ruleset.plan))
        self._least_rows = ROWS_OF_MODELS if uses_models else LEAST_ROWS
        self._next_rows = ROWS_OF_MODELS if uses_models else FIRST_ROWS
        self.tally = RunTally(ruleset.rules, asked_columns(ruleset.plan))
        self.monitor = Monitor(ruleset)
        self._bad_rows_told = 0
        self.first_bad: str | None = None
        """Where the first bad row stands, and what is wrong with it."""
        self._warned_of_absent = False
        self.kept = 0
        self.written = 0
        self.renamed = 0
        self.seconds = 0.0

    def run(self) -> None:
        """Score everything. What is written stays, whatever ends the run.

        Raises InputError, OutputError, ConfigurationError, RunAbortedError; BrokenPipeError when nobody reads on.
        """
        job, ruleset = self._job, self._ruleset
        if ruleset.plan.uses_step and job.step is None:
            raise ConfigurationError(f"the ruleset `{ruleset.name}` uses `step`: say which with --step N")
        check_inputs(job.files)
        self.kept = start_output(job.output, job.meta(ruleset), resume=job.resume, overwrite=job.overwrite)
        started = time.monotonic()
        with long_run(), noticed_interrupts() as interrupts, self._screen.progress() as meter:
            scored = self._held(meter) if ruleset.uses_groups else self._streamed(meter)
            with closing(scored):
                first = next(scored, None)  # what keeps a run from starting comes before its output is made
                with open_writer(job.output, append=job.resume) as writer:
                    for rows, records, encoded in () if first is None else chain([first], scored):
                        with interrupts.held_back(hold=job.output != STDOUT):  # a pipe may never take it
                            writer.write(rows, records, encoded)
                            self.written += len(rows)
                            self.renamed = writer.renamed
                        self._stop_where_a_service_gives_up()
        if self.tally.bad_rows > SHOWN_BAD_ROWS:
            self._screen.note(f"and {self.tally.bad_rows - SHOWN_BAD_ROWS:,} more")
        self.seconds = time.monotonic() - started

    def _read(self) -> Iterator[Row]:
        return read_rows(self._job.files, wanted_columns(columns_read(self._ruleset.plan)))

    def _streamed(self, meter: Meter) -> Blocks:
        """Block after block; nothing of a block is held once it is written."""
        rows = islice(self._read(), self._job.limit)
        if self.kept:
            check_written(self._job.output, islice(rows, self.kept), self.kept)
        begun = time.monotonic()
        for block in self._measured(self._blocks(rows)):
            self._count(block)
            yield block.rows, block.records, block.encoded
            self._show(meter, block.rows)
            if not self._warned_of_absent and time.monotonic() - begun > PATIENCE_S:
                self._warned_of_absent = True
                for text in absent_inputs(self.tally, f"none of the first {self.tally.rows:,} rows"):
                    self._screen.warn(text)
            self._next_rows = max(self._least_rows, _size_for(len(block.rows), block.seconds))

    def _blocks(self, rows: Iterator[Row]) -> Iterator[Block]:
        """Blocks of rows, each as large as the last ones suggest."""
        while block := next(blocks(rows, size_rows=self._next_rows if self._as_lines else MOST_ROWS), None):
            yield Block(block)

    @property
    def _as_lines(self) -> bool:
        """Not Parquet, of which the blocks stay in the file as row groups."""
        return not is_parquet(self._job.output)

    def _measured(self, found: Iterable[Block]) -> Iterator[MeasuredBlock]:
        job = self._job
        stopped = threading.Event()
        way = Way(self._ruleset, job.step, job.evaluate, job.details, self._as_lines, stopped)
        return in_order(found, partial(measured, way), job.workers, stopped)

    def _held(self, meter: Meter) -> Blocks:
        """The whole input at once, because the members of a group may be anywhere in it."""
        self._screen.note("the ruleset compares the completions of a group, so the whole input is held in memory")
        rows = self._read()
        held = list(islice(rows, self._job.limit))
        if self._job.limit is not None and next(rows, None) is not None:
            self._screen.warn(f"a group that goes on behind the first {len(held):,} rows is cut there by --limit")
        if self.kept:
            check_written(self._job.output, held[: self.kept], self.kept)
        keys = found_keys(self._ruleset, held) or Keys([], by_prompt=False)
        records: list[Record | None] = [None] * len(held)
        done = self.kept
        # groups that are written already, as a whole, need not be measured
        parts = [members for members in whole_groups(keys.groups, MOST_ROWS) if members[-1] >= self.kept]
        todo = (
            Block([held[row] for row in members], Keys([keys.groups[row] for row in members], keys.by_prompt))
            for members in parts
        )
        for members, block in zip(parts, self._measured(todo), strict=True):
            self._count(block)
            for row, record in zip(members, block.records, strict=True):
                records[row] = record
            ready: list[Record] = []
            while done + len(ready) < len(held) and (following := records[done + len(ready)]) is not None:
                ready.append(following)
            if ready:
                yield held[done : done + len(ready)], ready, None
                done += len(ready)
            self._show(meter, block.rows)

    def _count(self, block: MeasuredBlock) -> None:
        """Count in a block; the first few bad rows also show on the screen."""
        for place in block.bad:
            reason = block.records[place].reason
            assert reason is not None, "it says what is wrong with the row"
            self.first_bad = self.first_bad or reason.message
            if self._bad_rows_told < SHOWN_BAD_ROWS:
                self._bad_rows_told += 1
                self._screen.note(reason.message)
        self.monitor.add(block.scores)
        self.tally.count_rows(block.records, len(block.bad))
        self.tally.grouped_by_prompt |= block.by_prompt
        if block.places and not self.tally.columns:
            self.tally.columns = tuple(block.rows[block.places[0]].columns())
        self.tally.add(block.scores, block.fields, block.groups, block.unfit)

    def _stop_where_a_service_gives_up(self) -> None:
        """Raises RunAbortedError where it does: more rows would be more errors. What it did measure is written."""
        for rule, count in self.tally.rules.items():
            for why, message in count.messages.items():
                if why.code == UNRELIABLE:
                    raise RunAbortedError(f"rule `{rule}`: {message}")

    def _show(self, meter: Meter, rows: Sequence[Row]) -> None:
        self._bytes_done += sum(len(row.raw) + 1 for row in rows if row.raw is not None)
        shares: list[float] = []
        if self._size_bytes and not self.kept:
            shares.append(min(self._bytes_done / self._size_bytes, 1.0))
        if self._job.limit is not None:
            shares.append((self.kept + self.tally.rows) / self._job.limit)
        meter.show(self.tally.rows, max(shares, default=None), self.tally.seconds)


def _size_for(rows: int, seconds: float) -> int:
    """How many rows the next block should have, going by the last one."""
    return min(MOST_ROWS, round(rows / max(seconds, 1e-6) * BLOCK_S))


def _total_bytes(files: Sequence[str]) -> int | None:
    """The size of all inputs; None where it says nothing about how far a run is."""
    if any(name == STDIN or name.lower().endswith((".gz", ".zst", ".parquet")) for name in files):
        return None
    return sum(Path(name).stat().st_size for name in files if Path(name).is_file())
