"""What `calibrate` says of values that are counted by hand."""

from __future__ import annotations

import math
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from rulereward.api import Ruleset
from rulereward.data import Reason
from rulereward.errors import ConfigurationError
from rulereward.insight.calibrate.band import Band, Naming, suggest
from rulereward.insight.calibrate.bins import edge_text, edges_of, histogram
from rulereward.insight.calibrate.calibration import MOST_PARTS, NO_VALUE, Calibration, calibrate
from rulereward.insight.calibrate.picture import picture
from rulereward.insight.calibrate.target import find_target
from rulereward.insight.data import Data
from rulereward.kind import ANY_NUMBER, UNIT_INTERVAL, Interval

NUMBER = "rulereward: 1\nrules: {x: row.n * 1}\nscore: x ?? 0\n"
MANY = """
rulereward: 1
rules:
  size: length(completion, unit="word")
  said: keyword_count(completion, ["river", "hill"])
  format: think_format()
  字数: length(completion, unit="char")
  long: size > 10word
let: {twice: size * 2}
score: 1 if long else 0
"""


def data_of(*rows: Any) -> Data:
    return Data(rows, [f"rows.jsonl:{number}" for number in range(1, len(rows) + 1)])


def numbers(*values: Any, **columns: Any) -> Data:
    return data_of(*({"completion": "a", "n": value, **columns} for value in values))


def on(text: str, data: Data, **options: Any) -> Calibration:
    return calibrate(Ruleset("ruleset.yaml", text), data, **options)


def suggested(values: Any, share: float = 0.9, reach: Interval = ANY_NUMBER, unit: str | None = None) -> Band | str:
    return suggest(np.array(values, dtype=np.float64), share, Naming("x", unit, "x_band", reach))


# ---- percentiles and counts


def test_percentiles_of_one_to_a_hundred() -> None:
    # type 7: percentile q stands at place 99 * q / 100 of the ordered values, counted from 0: 5 at 4.95, so 5.95
    whole = on(NUMBER, numbers(*range(100, 0, -1))).whole
    assert (whole.rows, whole.values, whole.lacks) == (100, 100, ())
    assert (whole.low, whole.high, whole.mean) == (1.0, 100.0, pytest.approx(50.5))
    wanted = {1: 1.99, 5: 5.95, 10: 10.9, 25: 25.75, 50: 50.5, 75: 75.25, 90: 90.1, 95: 95.05, 99: 99.01}
    assert whole.percentiles == pytest.approx({str(name): value for name, value in wanted.items()})
    assert not whole.uncertain


def test_nulls_and_errors_are_counted_by_reason_and_are_no_values() -> None:
    rows = numbers(1, None, 3, "many").rows
    whole = on(NUMBER, data_of(*rows, Reason("bad_json", "not JSON"), *rows)).whole
    assert (whole.rows, whole.values, whole.mean) == (9, 4, 2.0)
    told = {(lack.state, lack.code): lack.rows for lack in whole.lacks}
    assert sum(told.values()) == 5
    assert told[("error", "bad_json")] == 1
    assert sum(rows for (state, _), rows in told.items() if state == "null") == 4
    assert max(lack.rows for lack in whole.lacks) == whole.lacks[0].rows


@pytest.mark.parametrize("data", [data_of(), numbers(None, None)])
def test_nothing_to_measure(data: Data) -> None:
    found = on(NUMBER, data)
    assert (found.whole.values, found.whole.low, found.whole.band, found.whole.histogram) == (0, None, None, None)
    assert found.whole.percentiles == {}
    ET.fromstring(picture(found))


# ---- the band


def test_a_band_of_one_to_a_hundred() -> None:
    # places 4.95 and 94.05, outwards to the 5th and the 96th value: 92 of 100 are inside; half the width is 45.5, two
    # digits of it are 46 (to even); 97 to 100 and 1 to 4 are outside, none 46 away
    band = on(NUMBER, numbers(*range(1, 101))).whole.band
    assert band is not None
    assert (band.low, band.high, band.scale, band.inside, band.worthless) == (5.0, 96.0, 46.0, 0.92, 0.0)
    assert band.expression == "decay(x, 5..96, scale=46)"
    assert band.line == "x_band: decay(x, 5..96, scale=46)"


def test_the_share_is_kept_whatever_it_is() -> None:
    values = np.random.default_rng(7).lognormal(size=333)
    for share in (0.01, 0.5, 0.8, 0.9, 0.95, 0.999, 1.0):
        band = suggested(values, share)
        assert isinstance(band, Band)
        assert band.inside >= share


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [
        (0.6234, 1.5712, "0.62..1.58"),  # a width of 0.9478: a twentieth is 0.047, so hundredths
        (213.4, 787.2, "210..790"),  # 573.8: 28.7, so tens
        (0.30000000000000004, 0.7, "0.3..0.7"),  # what adding left is no reason for one step more
        (-3.26, -0.11, "-3.3..-0.1"),  # 3.15: 0.16, so tenths
        (1.000004, 1.000006, "1.000004..1.000006"),  # 2e-6: a twentieth is 1e-7, and these need no more than 1e-6
        (123456.0, 9876543.0, "100000..9900000"),  # 9753087: 487654, so hundreds of thousands
    ],
)
def test_ends_are_rounded_outwards(low: float, high: float, wanted: str) -> None:
    band = suggested([low] * 10 + [high] * 10 + [(low + high) / 2 + 0.01 * (high - low)])
    assert isinstance(band, Band)
    assert f"decay(x, {wanted}, scale=" in band.expression
    assert band.inside == 1.0


def test_what_adding_leaves_is_inside() -> None:
    """0.1 + 0.2 is above 0.3 by less than people write."""
    values = [0.1] * 50 + [0.1 + 0.2] * 50
    band = suggested(values)
    assert isinstance(band, Band)
    assert (band.expression, band.inside) == ("decay(x, 0.1..0.3, scale=0.1)", 1.0)
    shown = histogram(np.array(values), edges_of(np.array(values)), band.ends)
    assert shown.inside == shown.counts


def test_twelve_digits_are_too_few_where_the_band_is_narrow() -> None:
    """At 1e10 the twelfth digit stands for hundredths, a twelfth of this width."""
    band = suggested([1e10 + 0.004] * 10 + [1e10 + 0.06] * 5 + [1e10 + 0.124] * 10)
    assert isinstance(band, Band)
    assert (band.low - 1e10, band.high - 1e10) == (pytest.approx(0.004, abs=0.0011), pytest.approx(0.124, abs=0.0011))
    assert band.inside == 1.0


@pytest.mark.parametrize("share", [0.0, 1.5, math.nan])
def test_a_share_that_is_none(share: float) -> None:
    with pytest.raises(ConfigurationError, match="the share of the values inside the band is above 0 and at most 1"):
        on(NUMBER, numbers(1, 2, 3), share=share)


def test_counts_stay_whole_and_no_end_leaves_the_range() -> None:
    counts = suggested([0, 1, 2, 3] * 5, reach=Interval(0.0, math.inf), unit="tok")
    assert isinstance(counts, Band)
    assert counts.expression == "decay(x, 0tok..3tok, scale=1.5tok)"
    shares = suggested([0.001, 0.999] * 10, reach=UNIT_INTERVAL)
    assert isinstance(shares, Band)
    assert (shares.low, shares.high) == (0.0, 1.0)  # a twentieth of 0.998 is 0.0499: hundredths


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (range(19), "too few values (19): 20 are needed, 100 are better"),
        ([7] * 30, "all values are 7, which leaves a band no width"),
        ([7] * 99 + [8], "90% or more of the values are 7, which leaves a band no width"),
    ],
)
def test_no_band(values: Any, why: str) -> None:
    whole = on(NUMBER, numbers(*values)).whole
    assert (whole.band, whole.no_band, whole.uncertain) == (None, why, 20 <= len(values) < 100)


def test_a_band_of_few_values_is_uncertain() -> None:
    assert [on(NUMBER, numbers(*range(size))).whole.uncertain for size in (19, 20, 99, 100)] == [
        False, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("values", [[0, 1e300] * 30, [-1e308, 1e308] * 30, [5e-324, 0] * 30, [1e17, 1e17 + 16] * 30])
def test_the_largest_and_the_smallest_numbers(values: Any) -> None:
    found = on(NUMBER, numbers(*values))
    assert found.whole.histogram is not None
    assert sum(found.whole.histogram.counts) == 60
    assert found.whole.mean == pytest.approx(values[0] / 2 + values[1] / 2)
    ET.fromstring(picture(found))


@pytest.mark.parametrize("name", ["size", "said", "said.distinct", "said.share", "字数"])
def test_the_line_compiles_in_the_ruleset_without_a_warning(name: str) -> None:
    rows = [
        {"completion": "The river and the hill. " * (number % 7) + "river" * (number % 2)} for number in range(60)
    ]
    found = on(MANY, data_of(*rows), of=name)
    assert found.whole.band is not None
    ruleset = Ruleset("ruleset.yaml", MANY.replace("let:", f"  {found.whole.band.line}\nlet:"))
    assert ruleset.diagnostics == ()
    scores = ruleset.score_rows(rows, evaluate="all")[found.whole.band.line.partition(":")[0]]
    assert float(np.mean(scores.values == 1.0)) == pytest.approx(found.whole.band.inside)
    assert float(np.mean(scores.values == 0.0)) == pytest.approx(found.whole.band.worthless)


def test_the_new_rule_has_a_name_of_its_own() -> None:
    text = "rulereward: 1\nrules: {x: row.n * 1, x_band: x + 1, x_band2: x + 2}\nscore: x ?? 0\n"
    band = on(text, numbers(*range(30)), of="x").whole.band
    assert band is not None
    assert band.line.startswith("x_band3: decay(x, ")


# ---- what can be calibrated


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("format", "`format` is true or false, which has no band"),
        ("format.reason", "`format.reason` is a text, which has no band"),
        ("long", "`long` is true or false, which has no band"),
        ("twice", "is not reported: write it under `rules`"),
        ("sized", "did you mean `size`"),
        ("said.distant", "did you mean `said.distinct`"),
        ("nothing", "its numbers are size, said, said.distinct, said.share, format.tags, 字数"),
        (None, "say with --of which number of `ruleset.yaml` is meant: its numbers are size"),
    ],
)
def test_names_that_are_no_number(name: str | None, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        find_target(Ruleset("ruleset.yaml", MANY), name)
    assert message in str(caught.value)


def test_a_ruleset_without_a_number() -> None:
    with pytest.raises(ConfigurationError, match="it reports no number"):
        find_target(
            Ruleset("r.yaml", "rulereward: 1\nrules: {a: '\"x\" in completion'}\nscore: 1 if a else 0\n"), None
        )


def test_targets_know_their_unit_and_their_kind() -> None:
    ruleset = Ruleset("ruleset.yaml", MANY)
    size, share = find_target(ruleset, "size"), find_target(ruleset, "said.share")
    assert (size.name, size.unit, size.kind, size.polarity) == ("size", "word", "length", "none")
    assert (share.unit, share.kind, share.reach) == (None, "keyword_count", UNIT_INTERVAL)
    band = Ruleset("r.yaml", "rulereward: 1\nrules: {news: compression_ratio(completion)}\nscore: news ?? 0\n")
    assert find_target(band, None).polarity == "band"


def test_a_field_has_a_value_where_its_rule_has_one() -> None:
    text = """
    rulereward: 1
    rules:
      said: {value: 'keyword_count(completion, ["a", "b"])', when: row.n > 0}
    score: said ?? 0
    """
    rows = [{"completion": "a b b", "n": 1}] * 3 + [{"completion": "b", "n": 1}, {"completion": "a", "n": 0}]
    whole = on(text, data_of(*rows), of="said.distinct").whole
    assert (whole.values, whole.low, whole.high, whole.mean) == (4, 1.0, 2.0, 1.75)  # 2, 2, 2, 1
    assert [(lack.state, lack.rows) for lack in whole.lacks] == [("null", 1)]


def test_only_what_the_target_needs_is_measured() -> None:
    """Neither a sandbox, nor the training step, nor groups: those are for the other rules and the score."""
    text = """
    rulereward: 1
    rules:
      size: length(completion, unit="char")
      passed: code_pass_rate(code_block(completion), row.tests)
    score: (size - mean(size) over group) / 1char + ramp(step, 0step..4step) + (passed ?? 0)
    """
    whole = on(text, data_of({"completion": "ab"}, {"completion": "abcd"}), of="size").whole
    assert (whole.values, whole.mean, whole.lacks) == (2, 3.0, ())


def test_rules_that_the_target_reads_are_measured() -> None:
    """By name, by a field behind a condition, and as constants."""
    text = """
    rulereward: 1
    rules:
      said: {value: 'keyword_count(completion, ["a", "b"])', when: row.n > 0}
      weight: 2
      x: (twice + said.distinct) * (weight * 3)
    let: {twice: 2 * row.n}
    score: x ?? 0
    """
    # (2 * 1 + 2) * 6 and (2 * 2 + 1) * 6
    whole = on(text, data_of({"completion": "a b", "n": 1}, {"completion": "b b", "n": 2}), of="x").whole
    assert (whole.low, whole.high, whole.lacks) == (24.0, 30.0, ())


def test_a_target_that_uses_the_step_or_groups() -> None:
    text = "rulereward: 1\nrules: {x: 'ramp(step, 0step..4step) * row.n'}\nscore: x ?? 0\n"
    with pytest.raises(ConfigurationError, match="step"):
        on(text, numbers(1))
    assert on(text, numbers(1, 3), step=2).whole.mean == 1.0  # a half of 1 and of 3
    text = "rulereward: 1\nrules: {x: 'row.n - mean(row.n) over group'}\nscore: x ?? 0\n"
    with pytest.raises(ConfigurationError, match="group"):
        on(text, numbers(1, 2))
    rows = [{"completion": "a", "group_id": group, "n": n} for group, n in ((1, 1), (1, 5), (2, 7), (2, 7), (3, 9))]
    prompts = [{"completion": "a", "prompt": str(row["group_id"]), "n": row["n"]} for row in rows]
    assert on(text, data_of(*prompts)).whole.high == 2.0  # 5 - 3
    assert on(text, data_of(*prompts), limit=5).whole.rows == 4  # the limit may have cut the last group


# ---- histograms


def test_bins_are_round_and_hold_every_value() -> None:
    # 1 to 100: a 24th of 99 is 4.125, so bins of 5 from 0: [0, 5) holds 4 values, [100, 105) one
    values = np.arange(1.0, 101.0)
    edges = edges_of(values)
    assert edges.ends == tuple(float(end) for end in range(0, 106, 5))
    shown = histogram(values, edges, (5.0, 96.0))
    assert shown.counts == (4, *[5] * 19, 1)
    assert shown.inside == (0, *[5] * 18, 2, 0)
    assert (shown.below, shown.above) == (0, 0)


def test_tails_are_cut_at_the_half_percentiles_and_counted() -> None:
    # of 1,001 values percentile 0.5 stands at place 5, counted from 0: with 3 far away on either side, those are cut
    values = np.array([-1e6] * 3 + [float(value % 10) for value in range(995)] + [1e6] * 3)
    shown = histogram(values, edges_of(values), None)
    assert (shown.below, shown.above, sum(shown.counts)) == (3, 3, 995)
    assert set(shown.inside) == {0}


def test_edges_of_tenths_are_tenths() -> None:
    # a 24th of 2.3 is 0.0958..: bins of 0.1; 0.3 and 0.7 belong to the bins that begin there
    values = np.array([0.0, 0.3, 0.7, 2.3])
    edges = edges_of(values)
    assert [edge_text(end, edges) for end in edges.ends[:4]] == ["0.0", "0.1", "0.2", "0.3"]
    assert [place for place, count in enumerate(histogram(values, edges, None).counts) if count] == [0, 3, 7, 23]


def test_one_value_has_one_bin() -> None:
    for value in (0.0, 5.0, -0.25):
        shown = histogram(np.array([value] * 3), edges_of(np.array([value])), None)
        assert shown.counts == (3,)


# ---- apart by a column


def test_apart_by_a_column() -> None:
    rows = [{"completion": "a", "n": n, "meta": {"lang": "zh"}} for n in range(30)]
    rows += [{"completion": "a", "n": 100 + n, "meta": {"lang": "en"}} for n in range(40)]
    rows += [{"completion": "a", "n": 1}, {"completion": "a", "n": 1, "meta": {"lang": True}}]
    found = on(NUMBER, data_of(*rows, Reason("bad_json", "not JSON")), by="meta.lang").apart
    assert found is not None
    parts = dict(found.parts)
    assert list(parts) == ["en", "zh", NO_VALUE, "true"]
    assert [parts[name].rows for name in parts] == [40, 30, 2, 1]
    assert (parts["zh"].percentiles["50"], parts["en"].percentiles["50"]) == (14.5, 119.5)
    assert parts["en"].band is not None
    assert parts["true"].band is None
    assert (found.rest_values, found.rest_rows) == (0, 0)


def test_only_the_most_frequent_values_are_looked_at() -> None:
    rows = [{"completion": "a", "n": 1, "id": f"{number}\0"} for number in range(25)] + [{"n": 2, "id": "often"}] * 2
    found = on(NUMBER, data_of(*rows), by="id").apart
    assert found is not None
    assert len(found.parts) == MOST_PARTS
    assert found.parts[0][0] == "often"
    assert all(spread.rows == 1 for _, spread in found.parts[1:])
    assert (found.rest_values, found.rest_rows) == (6, 6)


def test_a_column_that_no_row_has() -> None:
    with pytest.raises(ConfigurationError, match="no row has a column `lang`"):
        on(NUMBER, numbers(1, 2), by="lang")


# ---- the picture


def test_bars_of_the_picture_add_up_and_its_texts_are_escaped() -> None:
    rows = [{"completion": "a", "n": n % 37, "lang": "<b>&\x1b\0" if n % 3 else "中文"} for n in range(300)]
    found = on(NUMBER, data_of(*rows), by="lang")
    space = {"svg": "http://www.w3.org/2000/svg"}
    root = ET.fromstring(picture(found))
    panels = root.findall("svg:g", space)
    assert [panel.findtext("svg:text", namespaces=space) for panel in panels] == ["all rows", "<b>&��", "中文"]
    for panel, values in zip(panels, (300, 200, 100), strict=True):
        bars = [rect for rect in panel.findall("svg:rect", space) if "bar" in rect.attrib["class"]]
        assert sum(int(rect.attrib["data-count"]) for rect in bars) == values
        tallest: dict[str, float] = {}
        for rect in bars:
            assert float(rect.attrib["height"]) >= 0
            tallest[rect.attrib["x"]] = tallest.get(rect.attrib["x"], 0.0) + float(rect.attrib["height"])
        assert max(tallest.values()) == pytest.approx(140, abs=0.1)
        assert len(panel.findall("svg:line[@class='end']", space)) == 2
    assert "http" not in picture(found).replace("http://www.w3.org/2000/svg", "")
    assert "prefers-color-scheme: dark" in picture(found)
