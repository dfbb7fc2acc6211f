"""What the tag kernels take and give: tags as bytes, where they stand, and classes of characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rulereward.data.arrays import I64, U8, U64
from rulereward.text.unseen import visible_length

SPACE, SHOWN = 1, 2
"""Classes: white space, and what shows by itself (`unseen.visible_length`). 0 is neither."""

_TABLE_SIZE = 0x10000
"""White space lies below. Of the few texts where it matters whether a character above shows, the row form tells."""

_STEP = 16


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Texts that are looked for, as bytes: text `i` is `data[bounds[i] : bounds[i + 1]]`.

    `heads` are their first 8 bytes as a number, under `masks` where they are shorter; `firsts` the bytes they begin
    with, each once.
    """

    data: U8
    bounds: I64
    lengths: I64
    heads: U64
    masks: U64
    firsts: U8


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Where tags stand: those of row `i` lie from `offsets[i]` to `offsets[i + 1]`, end excluded.

    `places` are bytes of the buffer, rising within a row, `which` is the tag, and `lengths` how long each tag is. Of
    one tag no two overlap; of different ones they may.
    """

    places: I64
    which: U8
    offsets: I64
    lengths: I64


@lru_cache(maxsize=256)
def packed(texts: tuple[str, ...]) -> Packed:
    """The texts as bytes; a lone surrogate becomes bytes that stand in no text."""
    pieces = [text.encode("utf-8", "surrogatepass") for text in texts]
    lengths = np.array([len(piece) for piece in pieces], dtype=np.int64)
    bounds = np.zeros(len(pieces) + 1, dtype=np.int64)
    np.cumsum(lengths, out=bounds[1:])
    heads = [int.from_bytes(piece[:8], "little") for piece in pieces]
    masks = [(1 << 8 * min(8, len(piece))) - 1 for piece in pieces]
    return Packed(
        np.frombuffer(b"".join(pieces), dtype=np.uint8),
        bounds,
        lengths,
        np.array(heads, dtype=np.uint64),
        np.array(masks, dtype=np.uint64),
        np.unique(np.array([piece[0] for piece in pieces if piece], dtype=np.uint8)),
    )


@lru_cache(maxsize=1)
def character_classes() -> U8:
    """The class of each code point below `_TABLE_SIZE`, as `str.isspace` and `visible_length` have it."""
    classes = np.zeros(_TABLE_SIZE, dtype=np.uint8)
    for first in range(0, _TABLE_SIZE, _STEP):
        block = [chr(code) for code in range(first, first + _STEP)]
        shown = visible_length("".join(block))
        if shown == _STEP:  # most blocks are all of a kind, and need no look at each character
            classes[first : first + _STEP] = SHOWN
        else:
            classes[first : first + _STEP] = _classes_of(block, some_show=shown > 0)
    return classes


def _classes_of(characters: Sequence[str], some_show: bool) -> list[int]:
    shown = [some_show and visible_length(character) > 0 for character in characters]
    return [SPACE if c.isspace() else SHOWN * shows for c, shows in zip(characters, shown, strict=True)]
