"""What bounds `rulereward score` and `Ruleset.score` by the text rules of an R1 set: each step by itself, one thread.

    python tests/bench/text_bounds.py [--megabytes 100] [--json FILE]

A made JSONL file is read in blocks as `score` does, packed, measured rule by rule, turned into records and written.
What rules share (words, tags) is charged to the first that asks for it. `details`: the records with `--details`.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import text_theirs as theirs
from bench_tools import arguments, machine, write_figures
from corpus_jsonl import write_jsonl
from score_jsonl import ruleset_text
from text_r1_peers import pairs

import rulereward as rr
from rulereward.cli.mapping import columns_read
from rulereward.data import TextColumn
from rulereward.io import Record, Row, blocks, open_writer, read_rows, wanted_columns

PACKING, ENGINE = "packing texts into one buffer", "engine, and what is around it"
Spent = defaultdict[str, float]


def timed_blocks(source: Path, ruleset: rr.Ruleset, spent: Spent) -> Iterator[list[Row]]:
    """Blocks of rows; what it takes to get one is reading."""
    rows = read_rows((str(source),), wanted_columns(columns_read(ruleset.plan)))
    while True:
        started = perf_counter()
        block = next(blocks(rows), None)
        spent["reading JSON lines"] += perf_counter() - started
        if block is None:
            return
        yield list(block)


def score_block(ruleset: rr.Ruleset, rows: list[Row], spent: Spent) -> dict[bool, list[Record]]:
    """The records without and with details."""
    fields = [row.fields or {} for row in rows]
    with timed_packing(spent) as before:
        whole, scores = lap(lambda: ruleset.score_rows(fields, evaluate="all"))
    for pair, seconds in zip(pairs(), scores.seconds().values(), strict=True):
        spent[f"rule: {pair.name}"] += seconds
    spent[ENGINE] += whole - (spent[PACKING] - before) - sum(scores.seconds().values())
    found = {}
    for details, name in ((False, "records"), (True, "records with details")):
        seconds, found[details] = lap(lambda details=details: scores.record_objects(details=details))
        spent[name] += seconds
    return found


@contextmanager
def timed_packing(spent: Spent) -> Iterator[float]:
    """Measures what packing texts takes meanwhile; gives what it took before."""
    packers = {"from_strings": TextColumn.from_strings, "from_utf8": TextColumn.from_utf8}

    def timed(pack: Any, texts: Sequence[Any]) -> TextColumn:
        seconds, column = lap(lambda: pack(texts))
        spent[PACKING] += seconds
        return column

    for name, pack in packers.items():
        setattr(TextColumn, name, staticmethod(partial(timed, pack)))
    try:
        yield spent[PACKING]
    finally:
        for name, pack in packers.items():
            setattr(TextColumn, name, staticmethod(pack))


def lap(call: Any) -> tuple[float, Any]:
    started = perf_counter()
    result = call()
    return perf_counter() - started, result


def steps(folder: Path, size: int) -> dict[str, float]:
    """Seconds of each step for a file of so many bytes."""
    source = folder / "in.jsonl"
    write_jsonl(source, size)
    ruleset = rr.Ruleset("r1_text.yaml", ruleset_text())
    ruleset.score(["<think>a</think>"] * 64)  # compiles what there is to compile
    for _ in read_rows((str(source),), {"completion"}):
        pass  # the same for what reads
    spent: Spent = defaultdict(float)
    names = {False: "writing JSON lines", True: "writing them with details"}
    with open_writer(str(folder / "out.jsonl")) as plain, open_writer(str(folder / "details.jsonl")) as detailed:
        for rows in timed_blocks(source, ruleset, spent):
            for details, records in score_block(ruleset, rows, spent).items():
                writer = detailed if details else plain
                seconds, _ = lap(lambda w=writer, r=records, own=rows: w.write(own, r))
                spent[names[details]] += seconds
    return dict(spent)


def main() -> None:
    theirs.require_peers()
    options = arguments("What bounds scoring by text rules", megabytes=100).parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        spent = steps(Path(folder), options.megabytes * 1_000_000)
    for name, seconds in spent.items():
        print(f"  {name:<34}{1000 * seconds:9.1f} ms   {options.megabytes / seconds:9,.0f} MB/s")
    write_figures(options.json, {"megabytes": options.megabytes, "seconds": spent})


if __name__ == "__main__":
    main()
