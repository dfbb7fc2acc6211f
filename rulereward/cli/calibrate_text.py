"""What `rulereward calibrate` prints for people."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

from rulereward.cli.paper import Paper, count
from rulereward.insight.calibrate.band import ENOUGH
from rulereward.insight.calibrate.bins import Histogram, edge_text
from rulereward.insight.calibrate.calibration import Apart, Calibration, Spread
from rulereward.insight.calibrate.measuring import Lack
from rulereward.insight.calibrate.target import Target
from rulereward.insight.compare.answers import printable
from rulereward.plan.context import plural

_INSIDE, _OUTSIDE = "█", "░"
_LONGEST = 60
"""Signs of a bar."""

_COLUMN = 24
"""Characters of a column's value."""


def show_calibration(found: Calibration) -> None:
    """Print it."""
    paper = Paper()
    for line in _head(found):
        paper.line(line)
    if not found.whole.values:
        return
    paper.line()
    names = list(found.whole.percentiles)
    paper.table(["%", *names], [["below", *(_value(found.whole.percentiles[name]) for name in names)]])
    paper.line()
    if found.whole.histogram is not None:
        for line in _bars(found.whole.histogram, paper.width, banded=found.whole.band is not None):
            paper.line(line)
        paper.line()
    for paragraph in _suggestion(found):
        paper.line(fill(paragraph, paper.width, subsequent_indent="  ", break_long_words=False))
    if found.apart is not None:
        paper.line()
        _show_apart(paper, found.apart)


def _head(found: Calibration) -> Iterator[str]:
    whole = found.whole
    unit = f", in {plural(found.target.unit)}" if found.target.unit else ""
    yield f"{found.target.name} of {found.ruleset}{unit}: {_counts(whole)}"
    for lack in whole.lacks:
        yield f"  {lack.state} on {count(lack.rows, 'row')}: {lack.code} ({lack.message})"
    if whole.values:
        low, high, mean = (_value(value) for value in (whole.low, whole.high, whole.mean))
        yield f"from {low} to {high}, mean {mean}"


def _counts(spread: Spread) -> str:
    nulls, errors = (_rows(spread.lacks, state) for state in ("null", "error"))
    parts = [count(spread.rows, "row"), count(spread.values, "value")]
    parts += [count(nulls, "null")] if nulls else []
    parts += [count(errors, "error")] if errors else []
    return ", ".join(parts)


def _rows(lacks: tuple[Lack, ...], state: str) -> int:
    return sum(lack.rows for lack in lacks if lack.state == state)


def _value(value: float | None) -> str:
    """Four digits, and all of those in front of the point."""
    if value is None:
        return "-"
    return f"{value:.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


def _bars(shown: Histogram, width: int, *, banded: bool) -> Iterator[str]:
    """A line for each bin: its lower end, a bar, the number of values."""
    labels = [edge_text(end, shown.edges) for end in shown.edges.ends[:-1]]
    numbers = [f"{number:,}" for number in shown.counts]
    margin, most = max(map(len, labels)), max(*shown.counts, 1)
    room = min(width - margin - max(map(len, numbers)) - 2, _LONGEST)
    for label, number, all_of_it, inside in zip(labels, numbers, shown.counts, shown.inside, strict=True):
        bar = _bar(all_of_it, inside if banded else all_of_it, room / most)
        yield f"{label:>{margin}} {bar}{' ' if bar else ''}{number}"
    if banded:
        yield f"{_INSIDE} inside the band, {_OUTSIDE} outside"
    if shown.below or shown.above:
        yield f"cut off at the 0.5 and 99.5 percentiles: {shown.below:,} below, {shown.above:,} above"


def _bar(number: int, inside: int, room: float) -> str:
    """A sign at least for what there is of either."""
    held = max(round(inside * room), 1) if inside else 0
    rest = max(round(number * room) - held, 1) if number > inside else 0
    return _INSIDE * held + _OUTSIDE * rest


def _suggestion(found: Calibration) -> Iterator[str]:
    """Paragraphs: the band, the line for the ruleset, what its parts mean, and why it is a band."""
    band = found.whole.band
    if band is None:
        yield f"No band: {found.whole.no_band}"
        return
    if found.whole.uncertain:
        yield f"warning: a band of {found.whole.values} values is uncertain; {ENOUGH} or more are better"
    yield (
        f"Suggested, for {found.share * 100:.4g}% of the values or more inside, rounded outwards; a line under "
        "`rules`:"
    )
    yield f"  {band.line}"
    worthless = "none" if not band.worthless else f"{band.worthless:.1%}"
    yield (
        f"It is 1 for {band.inside:.1%} of these values, and 0 from one scale outside of the band on ({worthless} of "
        "them). The scale is half the band's width."
    )
    why = _why(found.target)
    if why:
        yield why


def _why(target: Target) -> str:
    """What the kind says of which values are better."""
    if target.polarity == "band":
        return (
            f"Why a band: of `{target.kind}` neither less nor more is better. What pays for one end pays for texts "
            "unlike these, such as loops or noise."
        )
    return ""


def _show_apart(paper: Paper, apart: Apart) -> None:
    """A line of percentiles and a band for each value of the column."""
    heads = [apart.column, "rows", "values", "5", "25", "50", "75", "95"]
    rows = [
        [_cut(value), f"{spread.rows:,}", f"{spread.values:,}", *_percentiles(spread, heads[3:])]
        for value, spread in apart.parts
    ]
    paper.table(heads, rows)
    paper.line()
    bands = [[_cut(value), _band(spread)] for value, spread in apart.parts]
    paper.table([apart.column, "band"], bands, left=2)
    if apart.rest_values:
        paper.line(f"and {count(apart.rest_values, 'more value')} on {count(apart.rest_rows, 'row')}")


def _percentiles(spread: Spread, names: list[str]) -> list[str]:
    return [_value(spread.percentiles.get(name)) for name in names]


def _band(spread: Spread) -> str:
    if spread.band is None:
        return f"none: {spread.no_band}"
    return spread.band.expression + (" (uncertain)" if spread.uncertain else "")


def _cut(value: str) -> str:
    told = printable(value) or "(blank)"
    return told if len(told) <= _COLUMN else told[: _COLUMN - 1] + "…"
