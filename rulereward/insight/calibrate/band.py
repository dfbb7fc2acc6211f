"""The band that holds a share of the values, rounded outwards, and the line of a ruleset that asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np

from rulereward.data import F64
from rulereward.kind import Interval

FEWEST = 20
"""Values that a band is suggested from at all."""

ENOUGH = 100
"""Values below which a band is called uncertain."""

_FINE = 20
"""Rounding moves an end by at most this part of the band's width; but counts stay whole numbers."""

_SLACK = Decimal("1e-9")
"""Of the width: what adding leaves behind, such as that of 0.1 + 0.2, neither moves an end nor is outside of one."""


@dataclass(frozen=True, slots=True)
class Band:
    """`expression` is 1 inside the band and falls to 0 at the distance `scale` from it.

    `line` is the expression as a rule. Of the values, `inside` is the share in the band, `worthless` the share that
    the expression gives 0.
    """

    low: float
    high: float
    scale: float
    expression: str
    line: str
    inside: float
    worthless: float

    @property
    def ends(self) -> tuple[float, float]:
        """Between which a value counts as inside."""
        return _ends(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Naming:
    """What is written into the expression: the number's `name` and `unit`, and the `rule` that it becomes."""

    name: str
    unit: str | None
    rule: str
    reach: Interval


def suggest(values: F64, share: float, naming: Naming) -> Band | str:
    """The band that leaves at most (1 - share) / 2 of the values out on either side.

    Its ends are values, rounded outwards: an end between two values could leave out one too many. Or, in words, why
    there is none: too few values, or no width between the ends.
    """
    if len(values) < FEWEST:
        return f"too few values ({len(values)}): {FEWEST} are needed, {ENOUGH} are better"
    outside = round(50.0 * (1.0 - share), 9)  # 5, where 1 - 0.9 is a little less than 0.1
    low = float(np.percentile(values, outside, method="lower"))
    high = float(np.percentile(values, 100.0 - outside, method="higher"))
    if low == high:
        who = "all values" if (values == low).all() else f"{share * 100:.4g}% or more of the values"
        return f"{who} are {low:.6g}, which leaves a band no width"
    return _band(values, *_rounded_out(low, high, naming.reach, whole=_are_whole(values)), naming)


def _band(values: F64, low: Decimal, high: Decimal, naming: Naming) -> Band:
    scale = _rounded((high - low) / 2)
    unit = naming.unit or ""
    expression = f"decay({naming.name}, {_text(low)}{unit}..{_text(high)}{unit}, scale={_text(scale)}{unit})"
    least, most = _ends(float(low), float(high))
    with np.errstate(over="ignore"):  # infinitely far is outside as well
        distance = np.maximum(np.maximum(float(low) - values, values - float(high)), 0.0)
    return Band(
        low=float(low),
        high=float(high),
        scale=float(scale),
        expression=expression,
        line=f"{naming.rule}: {expression}",
        inside=float(np.mean((values >= least) & (values <= most))),
        worthless=float(np.mean(distance >= float(scale))),
    )


def _ends(low: float, high: float) -> tuple[float, float]:
    slack = float(_SLACK) * (high - low)
    return low - slack, high + slack


def _are_whole(values: F64) -> bool:
    return bool((values == np.floor(values)).all())


def _rounded_out(low: float, high: float, reach: Interval, *, whole: bool) -> tuple[Decimal, Decimal]:
    """Ends with two or three digits that tell them apart, never beyond where values can lie."""
    slack = _SLACK * (Decimal(high) - Decimal(low))
    exact_low, exact_high = (_short(end, slack) for end in (low, high))
    exponent = ((exact_high - exact_low) / _FINE).adjusted()
    step = Decimal(1).scaleb(max(exponent, 0) if whole else exponent)
    lower = (exact_low / step).to_integral_value(ROUND_FLOOR) * step
    upper = (exact_high / step).to_integral_value(ROUND_CEILING) * step
    return max(lower, _end(reach.lo)), min(upper, _end(reach.hi))


def _short(end: float, slack: Decimal) -> Decimal:
    """A number to 12 digits, where that moves it by no more than the slack."""
    exact, short = Decimal(end), Decimal(f"{end:.12g}")
    return short if abs(short - exact) <= slack else exact


def _end(value: float) -> Decimal:
    return Decimal(repr(value))


def _rounded(value: Decimal) -> Decimal:
    """To two digits."""
    step = Decimal(1).scaleb(value.adjusted() - 1)
    return (value / step).to_integral_value() * step


def _text(value: Decimal) -> str:
    """As the language writes numbers: no exponent, no zeros that say nothing."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
