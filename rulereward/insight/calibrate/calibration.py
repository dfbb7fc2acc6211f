"""A reference file in numbers: how a measurement is distributed there, and the band to ask for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from rulereward.api import Ruleset
from rulereward.data import F64, I64, Reason
from rulereward.data.column import replace_surrogates
from rulereward.errors import ConfigurationError
from rulereward.insight.calibrate.band import ENOUGH, FEWEST, Band, Naming, suggest
from rulereward.insight.calibrate.bins import Edges, Histogram, edges_of, histogram
from rulereward.insight.calibrate.measuring import Lack, Measured, compares_members, measure
from rulereward.insight.calibrate.target import Target, find_target
from rulereward.insight.data import Data
from rulereward.insight.data_check.report import without_cut_group
from rulereward.io import pick

SHARE = 0.9
"""Of the reference, what is to lie inside the band unless somebody says otherwise."""

PERCENTILES = (1, 5, 10, 25, 50, 75, 90, 95, 99)
MOST_PARTS = 20
"""Values of a column that are looked at apart, the most frequent ones."""

NO_VALUE = "(no value)"
"""What rows without a value of that column are called."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How some rows are distributed. Percentiles are those of numpy's `linear` method (Hyndman & Fan, type 7).

    Without a value `low`, `high`, `mean` and `histogram` are None, and there are no percentiles. `band` is None where
    `no_band` says why; `uncertain` where it is of few values.
    """

    rows: int
    values: int
    lacks: tuple[Lack, ...]
    low: float | None
    high: float | None
    mean: float | None
    percentiles: Mapping[str, float]
    band: Band | None
    no_band: str | None
    uncertain: bool
    histogram: Histogram | None


@dataclass(frozen=True, slots=True)
class Apart:
    """The rows by the value of a column, the most frequent first; `rest_values` more values on `rest_rows` rows."""

    column: str
    parts: tuple[tuple[str, Spread], ...]
    rest_values: int
    rest_rows: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """The target on a reference file: all rows together, and apart by a column if one was named."""

    ruleset: str
    target: Target
    share: float
    whole: Spread
    apart: Apart | None

    def to_json(self) -> dict[str, object]:
        """Plain values, as `rulereward calibrate --format json` prints them."""
        target = self.target
        told: dict[str, object] = {"ruleset": self.ruleset, "of": target.name, "unit": target.unit}
        told |= {"kind": target.kind, "polarity": target.polarity, "share": self.share, **asdict(self.whole)}
        if self.apart is not None:
            parts = [{"value": value, **asdict(spread)} for value, spread in self.apart.parts]
            told["by"] = {**asdict(self.apart), "parts": parts}
        return told


def calibrate(
    ruleset: Ruleset,
    data: Data,
    *,
    of: str | None = None,
    share: float = SHARE,
    by: str | None = None,
    step: int | None = None,
    limit: int | None = None,
) -> Calibration:
    """Measure the rule, or the field, `of` on all rows, and say how it is distributed.

    `share` (above 0, up to 1) of the values, or more, lie inside the band. `by` is a column of the rows, dots lead
    into objects. `limit` is what the data was read with: it may have cut the last group, which is left out where
    groups matter.
    Raises ConfigurationError where `of` is no number of the ruleset, where no row has the column `by`, where `share`
    is another number, and for what `Ruleset.score_rows` refuses.
    """
    if not 0.0 < share <= 1.0:
        raise ConfigurationError(f"the share of the values inside the band is above 0 and at most 1, not {share}")
    target = find_target(ruleset, of)
    if limit is not None and compares_members(ruleset, target):
        data = without_cut_group(ruleset, data, limit)
    measured = measure(ruleset, target, data, step)
    rule = _new_name(ruleset, target)
    asked = _Asked(measured, share, Naming(target.name, target.unit, rule, target.reach))
    everything = np.arange(len(data.rows))
    known = measured.known(everything)
    edges = edges_of(known) if len(known) else None
    return Calibration(
        ruleset=ruleset.name,
        target=target,
        share=share,
        whole=asked.spread(everything, edges),
        apart=None if by is None else _apart(asked, data, by, edges),
    )


def _new_name(ruleset: Ruleset, target: Target) -> str:
    """A name for the rule with the band, which the ruleset does not have yet."""
    wanted = f"{target.name.replace('.', '_')}_band"
    taken = ruleset.checked.named
    names = (f"{wanted}{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(name for name in names if name not in taken)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What spreads are made of."""

    measured: Measured
    share: float
    naming: Naming

    def spread(self, rows: I64, edges: Edges | None) -> Spread:
        """Of some of the rows."""
        known = self.measured.known(rows)
        band = suggest(known, self.share, self.naming)
        found, why = (band, None) if isinstance(band, Band) else (None, band)
        return Spread(
            rows=len(rows),
            values=len(known),
            lacks=tuple(self.measured.lacks(rows)),
            low=float(known.min()) if len(known) else None,
            high=float(known.max()) if len(known) else None,
            mean=_mean(known) if len(known) else None,
            percentiles=_percentiles(known) if len(known) else {},
            band=found,
            no_band=why,
            uncertain=FEWEST <= len(known) < ENOUGH,
            histogram=None if edges is None else histogram(known, edges, None if found is None else found.ends),
        )


def _mean(values: F64) -> float:
    """The sum of parts rather than a part of the sum, which the largest numbers have no room for."""
    return float(np.sum(values / len(values)))


def _percentiles(values: F64) -> dict[str, float]:
    found = np.percentile(values / 2, PERCENTILES)  # halves, because the largest numbers differ by more than fits
    return {str(name): 2 * float(value) for name, value in zip(PERCENTILES, found, strict=True)}


def _apart(asked: _Asked, data: Data, column: str, edges: Edges | None) -> Apart:
    values = [_told(row, column) for row in data.rows]
    if data.rows and all(value == NO_VALUE for value in values):
        raise ConfigurationError(f"no row has a column `{column}` to tell them apart by")
    rows: dict[str, list[int]] = {}
    for row, value in enumerate(values):
        rows.setdefault(value, []).append(row)
    shown = sorted(rows, key=lambda value: -len(rows[value]))[:MOST_PARTS]
    return Apart(
        column=column,
        parts=tuple((value, asked.spread(np.array(rows[value]), edges)) for value in shown),
        rest_values=len(rows) - len(shown),
        rest_rows=len(values) - sum(len(rows[value]) for value in shown),
    )


def _told(row: Mapping[str, object] | Reason, column: str) -> str:
    """A value of the column: a text as it is, anything else as JSON."""
    value = None if isinstance(row, Reason) else pick(row, (column,))
    if value is None:
        return NO_VALUE
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return replace_surrogates(text)  # half of a pair cannot be written as UTF-8
