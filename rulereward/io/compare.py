"""Whether an output that is to be resumed was made from the rows at hand."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, cast

from rulereward.errors import OutputError
from rulereward.io.records import line_start
from rulereward.io.resume import ANEW
from rulereward.io.rows import Row
from rulereward.io.streams import DAMAGED


def check_written(output: str, rows: Iterable[Row], count: int) -> None:
    """Compare the `count` lines of `output` with `rows`, the rows that they should have come from.

    Each line begins with its row, so that an input that was edited, sorted or given rows in front is found out.
    Raises `OutputError` that names the first line that differs, and where there are fewer rows than lines.
    """
    number = 0
    try:
        with _opened(output) as lines:
            for number, (row, line) in enumerate(zip(rows, lines, strict=False), 1):
                if not line.startswith(line_start(row)):
                    raise OutputError(
                        f"{output} cannot be resumed: its line {number:,} does not come from {row.where}, "
                        f"so the input was changed; {ANEW}"
                    )
    except (OSError, *DAMAGED) as failure:
        raise OutputError(f"{output} cannot be resumed: it cannot be read: {failure}; {ANEW}") from failure
    if number < count:
        raise OutputError(
            f"{output} cannot be resumed: it holds {count:,} rows and the input only {number:,}; {ANEW}"
        )


def _opened(output: str) -> BinaryIO:
    if output.lower().endswith(".gz"):
        return cast(BinaryIO, gzip.open(output, "rb"))
    return Path(output).open("rb")
