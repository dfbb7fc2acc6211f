"""Shapes: from a measurement to a reward. With t = clamp((x - a) / (b - a), 0, 1), and a = b a step at a.

Every shape is bounded, so no length however wrong pays or costs without end. Results are held between their two
ends, which rounding could otherwise miss by one bit.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import numpy as np

from rulereward.kind import UNIT_INTERVAL, Function, Interval, Shares, Window, function

_OPEN_END = "its range needs two ends"


def _share(x: float, a: float, b: float) -> float:
    """t: how far x is on the way from a to b."""
    if a == b:
        return 1.0 if x >= a else 0.0
    share = (x - a) / (b - a)
    return 0.0 if share <= 0.0 else 1.0 if share >= 1.0 else share


def _held(value: float, end: float, other: float) -> float:
    low, high = (end, other) if end <= other else (other, end)
    return low if value < low else high if value > high else value


def _ramp_vector(x: Any, lo: Any, hi: Any, start: Any, to: Any) -> Any:
    """`ramp` on arrays: the same operations in the same order."""
    width = hi - lo
    flat = width == 0.0
    with np.errstate(over="ignore"):
        share = (x - lo) / np.where(flat, 1.0, width)
    share = np.where(share <= 0.0, 0.0, np.where(share >= 1.0, 1.0, share))
    share = np.where(flat, np.where(x >= lo, 1.0, 0.0), share)
    value = start + (to - start) * share
    low, high = np.where(start <= to, start, to), np.where(start <= to, to, start)
    return np.where(value < low, low, np.where(value > high, high, value))


def _between_ends(x: Interval, lo: Interval, hi: Interval, start: Interval, to: Interval) -> Interval:
    return start.union(to)


def _needs_both_ends(x: Interval, lo: Interval, hi: Interval, *_: Interval) -> str | None:
    return _OPEN_END if lo.hi == -math.inf or hi.lo == math.inf else None


@function("number", vector=_ramp_vector, range=_between_ends, undefined=_needs_both_ends)
def ramp(
    x: Annotated[float, Shares()],
    lo_range: Annotated[float, Shares(), Window()],
    hi_range: Annotated[float, Shares()],
    from_: float = 0.0,
    to: float = 1.0,
) -> float:
    """A straight line: from + (to - from) * t, `from` below the range, `to` above it.

    A range of no width is a step: `to` at and above it.
    """
    return _held(from_ + (to - from_) * _share(x, lo_range, hi_range), from_, to)


@function("number", range=_between_ends, undefined=_needs_both_ends)
def cosine(
    x: Annotated[float, Shares()],
    lo_range: Annotated[float, Shares(), Window()],
    hi_range: Annotated[float, Shares()],
    from_: float = 0.0,
    to: float = 1.0,
) -> float:
    """Half a cosine wave: to + (from - to) * (1 + cos(pi * t)) / 2, flat at both ends of the range.

    Source: the schedule of the cosine length reward (Yeo et al. 2025), clamped: beyond the range all is equal.
    """
    share = _share(x, lo_range, hi_range)
    if share in (0.0, 1.0):
        return to if share else from_
    return _held(to + (from_ - to) * (1.0 + math.cos(math.pi * share)) / 2.0, from_, to)


def _scale_can_be_zero(x: Interval, lo: Interval, hi: Interval, scale: Interval, *_: Interval) -> str | None:
    return "its scale can be 0 or less" if scale.lo <= 0.0 else None


@function("number", range=lambda *_: UNIT_INTERVAL, undefined=_scale_can_be_zero)
def decay(
    x: Annotated[float, Shares()],
    lo_range: Annotated[float, Shares(), Window()],
    hi_range: Annotated[float, Shares()],
    scale: Annotated[float, Shares()],
    shape: Literal["linear", "exp", "gauss"] = "linear",
) -> float:
    """1 inside the range, falling outside it with the distance d to it.

    `linear` max(0, 1 - d / scale), `exp` e^(-d / scale), `gauss` e^(-(d / scale)^2 / 2). The range may be open.
    """
    distance = max(lo_range - x, x - hi_range, 0.0) / scale
    if shape == "linear":
        return max(0.0, 1.0 - distance)
    return math.exp(-distance) if shape == "exp" else math.exp(-distance * distance / 2.0)


def _soft_overlong_vector(x: Any, max: Any, buffer: Any) -> Any:
    start = max - buffer
    with np.errstate(over="ignore"):
        slope = (start - x) / np.where(buffer == 0.0, 1.0, buffer)
    slope = np.where(slope < -1.0, -1.0, np.where(slope > 0.0, 0.0, slope))
    return np.where(x <= start, 0.0, np.where(x >= max, -1.0, slope))


def _begins_below_zero(_: Interval, max: Interval, buffer: Interval) -> str | None:
    return "the buffer is larger than `max`, so that an empty text is already late" if buffer.lo > max.hi else None


@function(
    "number",
    vector=_soft_overlong_vector,
    range=lambda *_: Interval(-1.0, 0.0),
    doubtful=_begins_below_zero,
)
def soft_overlong(
    x: Annotated[float, Shares()], max: Annotated[float, Shares()], buffer: Annotated[float, Shares()]
) -> float:
    """0 up to max - buffer, then falling in a straight line to -1 at `max`, and -1 beyond.

    (max - buffer - x) / buffer on the way. Without a buffer it is a step behind `max`.
    Source: DAPO (Yu et al. 2025), soft overlong punishment.
    """
    start = max - buffer
    if x <= start:
        return 0.0
    if x >= max:
        return -1.0
    slope = (start - x) / buffer
    return -1.0 if slope < -1.0 else 0.0 if slope > 0.0 else slope


def _clamp_vector(x: Any, lo: Any, hi: Any) -> Any:
    raised = np.where(x < lo, lo, x)
    return np.where(raised > hi, hi, raised)


def _clamp_range(x: Interval, lo: Interval, hi: Interval) -> Interval:
    return Interval(min(max(x.lo, lo.lo), hi.lo), min(max(x.hi, lo.hi), hi.hi))


def _runs_backwards(x: Interval, lo: Interval, hi: Interval) -> str | None:
    return "its range runs backwards" if lo.lo > hi.hi else None


@function("number", vector=_clamp_vector, keeps_unit=True, range=_clamp_range, undefined=_runs_backwards)
def clamp(
    x: Annotated[float, Shares()],
    lo_range: Annotated[float, Shares(), Window()],
    hi_range: Annotated[float, Shares()],
) -> float:
    """The nearest number to x within the range, which may be open (`clamp(x, 0..)`)."""
    raised = lo_range if x < lo_range else x
    return hi_range if raised > hi_range else raised


@function("number", range=lambda *_: UNIT_INTERVAL)
def sigmoid(x: float) -> float:
    """1 / (1 + e^-x): a number of any size brought into 0..1, 0.5 at 0."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    power = math.exp(x)
    return power / (1.0 + power)


SHAPES: tuple[Function, ...] = (ramp, cosine, decay, soft_overlong, clamp, sigmoid)
