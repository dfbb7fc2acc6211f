"""Values in bins whose edges are round numbers, without the few that would leave no room for the others."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rulereward.data import F64

BINS = 24
"""At most so many, and one or two for the ends; the width of a bin is 1, 2 or 5 times a power of ten."""

_CUT = 0.5
"""Percentiles beyond which values are not drawn, at either end."""

_SMALLEST, _LARGEST = 1e-300, 1e300
"""Widths of a bin that can be computed with; beyond them there is one bin."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Bin i holds the values from `ends[i]` up to, and without, `ends[i + 1]`; the last one holds its end too.

    `digits` behind the point are needed to write the ends.
    """

    ends: tuple[float, ...]
    digits: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """`counts` by bin, and how many of them lie `inside` the band; `below` and `above` all bins are the tails."""

    edges: Edges
    counts: tuple[int, ...]
    inside: tuple[int, ...]
    below: int
    above: int


def edges_of(values: F64) -> Edges:
    """Edges around the values between the 0.5 and the 99.5 percentile, for one value or more."""
    low = float(np.percentile(values, _CUT, method="lower"))
    high = float(np.percentile(values, 100.0 - _CUT, method="higher"))
    width = (high - low) / BINS or abs(low) / BINS or 1.0
    if not _SMALLEST < width < _LARGEST:
        return Edges((low, high), 0)
    factor, exponent = _nice(width)
    if bool((values == np.floor(values)).all()) and exponent < 0:
        factor, exponent = 1, 0
    first, last = (_place(value, factor, exponent) for value in (low, high))
    ends = [_edge(place, factor, exponent) for place in range(first, last + 2)]
    return Edges(tuple(ends), max(0, -exponent))


def histogram(values: F64, edges: Edges, band: tuple[float, float] | None) -> Histogram:
    """The values in those bins; without a band none is inside."""
    ends = np.array(edges.ends)
    size = len(ends) - 1
    places = np.where(values == ends[-1], size - 1, np.searchsorted(ends, values, side="right") - 1)
    drawn = (places >= 0) & (places < size)
    counted = np.bincount(places[drawn], minlength=size)
    held = drawn & (band is not None and (values >= band[0]) & (values <= band[1]))
    return Histogram(
        edges=edges,
        counts=tuple(counted.tolist()),
        inside=tuple(np.bincount(places[held], minlength=size).tolist()),
        below=int(np.count_nonzero(places < 0)),
        above=int(np.count_nonzero(places >= size)),
    )


def edge_text(end: float, edges: Edges) -> str:
    """An edge of a bin for people."""
    text = f"{end:.{edges.digits}f}"
    return text if len(text) <= 9 else f"{end:.4g}"


def _nice(width: float) -> tuple[int, int]:
    """1, 2 or 5 and the power of ten, which make the smallest such number that is not below the width."""
    exponent = math.floor(math.log10(width))
    for factor in (1, 2, 5):
        if factor * 10.0**exponent >= width * (1 - 1e-12):
            return factor, exponent
    return 1, exponent + 1


def _place(value: float, factor: int, exponent: int) -> int:
    """The last edge that is not above the value."""
    place = math.floor(value / (factor * 10.0**exponent))
    while _edge(place, factor, exponent) > value:
        place -= 1
    while _edge(place + 1, factor, exponent) <= value:
        place += 1
    return place


def _edge(place: int, factor: int, exponent: int) -> float:
    """Divided rather than multiplied by a fraction, so that the third edge of tenths is 0.3 and no more."""
    return place * factor / 10.0**-exponent if exponent < 0 else place * factor * 10.0**exponent
