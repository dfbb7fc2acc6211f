"""Lines of JSON as columns of UTF-8: what they hold is looked up without making a Python object of each value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BLANK, READ, LEFT = 0, 1, 2
"""What became of a line: it holds white space only; it is a JSON object; it is left to be read by other means."""

ABSENT, TEXT, OTHER = 0, 1, 2
"""What a line holds under a name: nothing; a text; another JSON value, which may be null."""

SPARE_BYTES = 16
"""What a kernel may look at behind the last line."""


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """What the lines of a chunk hold under some names. No list has a list for each line: of lines there are many.

    `bounds[2 * line]` and the next are the beginning and the end of a line in `raw`, without the line end.
    `kinds[(columns + 1) * line + column]` says what stands under the name of a column, and `spans`, from twice
    `columns * line + column` on, from where to where: a text in `texts`, where nothing is escaped, any other value in
    `raw`. Behind the kinds of a line stands 1 where some name of the object begins with `reward`.
    """

    columns: dict[str, int]
    raw: memoryview
    bounds: list[int]
    status: bytes
    kinds: bytes
    spans: memoryview
    texts: memoryview
    values: dict[bytes, object]
    """Values made of what is no text, by how they are written; filled by whoever makes one."""


def read_lines(chunk: bytes, names: Sequence[str]) -> Lines | None:
    """The lines of a chunk, which ends where a line does, and `SPARE_BYTES` of 0 behind it; None without numba.

    Where a line is READ it is valid JSON and UTF-8, no wanted name comes twice in it, all surrogates are pairs, and
    nothing is nested deeper, and no number longer, than any reader would take. `names` are unlike each other.
    """
    try:
        from rulereward.text import kernels_json as kernel  # noqa: PLC0415  # loads numba
    except ImportError:
        return None
    written = [name.encode("utf-8", "surrogatepass") for name in names]
    bounds = np.cumsum([0, *map(len, written)])
    data, size = np.frombuffer(chunk, np.uint8), len(chunk) - SPARE_BYTES
    room = int(kernel.count_newlines(data)) + 1
    lines, status = np.empty((room, 2), np.int64), np.empty(room, np.uint8)
    kinds, spans = np.empty((room, len(names) + 1), np.uint8), np.zeros((room, len(names), 2), np.int64)
    texts = np.empty(len(chunk), np.uint8)
    flat = np.frombuffer(b"".join(written), np.uint8)
    count, used = kernel.read_lines(data, size, flat, bounds, lines, status, kinds, spans, texts)
    return Lines(
        dict(zip(names, range(len(names)), strict=True)),
        memoryview(chunk),
        lines[:count].ravel().tolist(),
        status[:count].tobytes(),
        kinds[:count].tobytes(),
        spans[:count].ravel().data,
        texts.data[:used],
        {},
    )
