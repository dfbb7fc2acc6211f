"""A calibration as an SVG that needs nothing else: histograms with the band, for light and for dark pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from rulereward.insight.calibrate.bins import Edges, Histogram, edge_text
from rulereward.insight.calibrate.calibration import Calibration, Spread
from rulereward.plan.context import plural

WIDTH = 720
_LEFT, _RIGHT = 56, 24
_HEAD = 56
_PANEL = 236
_PLOT_TOP, _PLOT_HEIGHT = 54, 140
_LABEL_ROOM = 46
"""Pixels that a number below the axis needs."""

_MOST = 100
"""Characters of a line."""

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  text.dim { fill: #656d76; }
  .page { fill: #ffffff; }
  .in { fill: #2f6fb3; }
  .out { fill: #b4bcc6; }
  .band { fill: #2f6fb3; opacity: 0.13; }
  .end { stroke: #1f2328; stroke-dasharray: 4 3; }
  .axis { stroke: #656d76; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    text.dim { fill: #8b949e; }
    .page { fill: #0d1117; }
    .in, .band { fill: #5a9bdc; }
    .out { fill: #4d5761; }
    .end { stroke: #e6edf3; }
    .axis { stroke: #8b949e; }
  }
"""
"""Plain colours, no variables: programs that are no browsers know none of those."""


def picture(found: Calibration) -> str:
    """The document: a panel of all rows, then one for each value of the column they were told apart by."""
    panels = [("all rows", found.whole), *(() if found.apart is None else found.apart.parts)]
    height = _HEAD + _PANEL * len(panels)
    title = f"{found.target.name} of {found.ruleset}"
    unit = f", in {plural(found.target.unit)}" if found.target.unit else ""
    body = [part for place, panel in enumerate(panels) for part in _panel(*panel, _HEAD + place * _PANEL)]
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<title>{_told(title)}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}"/>',
        f'<text class="title" x="{_LEFT}" y="28">{_told(title)}{_told(unit)}</text>',
        f'<text class="dim" x="{_LEFT}" y="47">{_told(_subtitle(found))}</text>',
        *body,
        "</svg>",
        "",
    ])  # fmt: skip


def _subtitle(found: Calibration) -> str:
    cut = "; cut off at the 0.5 and 99.5 percentiles" if _tails(found.whole) else ""
    return f"the band holds {found.share * 100:.4g}% of the values or more, rounded outwards{cut}"


def _tails(spread: Spread) -> int:
    return 0 if spread.histogram is None else spread.histogram.below + spread.histogram.above


def _panel(name: str, spread: Spread, top: int) -> Iterator[str]:
    told = f"{spread.values:,} of {spread.rows:,} rows have a value"
    if spread.histogram is not None and _tails(spread):
        told += f"; not drawn: {spread.histogram.below:,} below, {spread.histogram.above:,} above"
    yield f'<g transform="translate(0 {top})">'
    yield f'<text x="{_LEFT}" y="16">{_told(name)}</text>'
    yield f'<text class="dim" x="{_LEFT}" y="32">{_told(told)}</text>'
    if spread.histogram is None or not spread.values:
        yield f'<text class="dim" x="{_LEFT}" y="{_PLOT_TOP + _PLOT_HEIGHT // 2}">no value</text>'
    else:
        yield from _plot(spread, spread.histogram)
    yield "</g>"


def _plot(spread: Spread, shown: Histogram) -> Iterator[str]:
    scale = _Scale(shown.edges)
    most = max(*shown.counts, 1)
    held = shown.counts if spread.band is None else shown.inside  # without a band, nothing is outside of one
    if spread.band is not None:
        low, high = scale.x(spread.band.low), scale.x(spread.band.high)
        yield (f'<rect class="band" x="{low:.1f}" y="{_PLOT_TOP}" width="{high - low:.1f}" height="{_PLOT_HEIGHT}"/>')
    bottom = _PLOT_TOP + _PLOT_HEIGHT
    for place, (count, inside) in enumerate(zip(shown.counts, held, strict=True)):
        left, right = (scale.x(end) for end in shown.edges.ends[place : place + 2])
        yield from _bar(left, max(right - left - 1.0, 0.5), (count, inside), _PLOT_HEIGHT / most)
    yield f'<line class="axis" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{bottom}" y2="{bottom}"/>'
    yield f'<text class="dim" x="{_LEFT - 6}" y="{_PLOT_TOP + 10}" text-anchor="end">{most:,}</text>'
    yield f'<text class="dim" x="{_LEFT - 6}" y="{bottom}" text-anchor="end">0</text>'
    for end in _labelled(shown.edges):
        where = f'x="{scale.x(end):.1f}" y="{bottom + 16}" text-anchor="middle"'
        yield f'<text class="dim" {where}>{edge_text(end, shown.edges)}</text>'
    if spread.band is not None:
        yield from _band_ends(spread, scale, bottom)


def _bar(left: float, width: float, counts: tuple[int, int], pixels: float) -> Iterator[str]:
    """What lies inside the band at the bottom, what lies outside on top of it."""
    count, inside = counts
    bottom = _PLOT_TOP + _PLOT_HEIGHT
    for name, number, under in (("in", inside, 0), ("out", count - inside, inside)):
        if number:
            height = number * pixels
            y = bottom - under * pixels - height
            where = f'x="{left + 0.5:.1f}" y="{y:.2f}" width="{width:.1f}" height="{height:.2f}"'
            yield f'<rect class="bar {name}" data-count="{number}" {where}><title>{number:,}</title></rect>'


def _band_ends(spread: Spread, scale: _Scale, bottom: int) -> Iterator[str]:
    assert spread.band is not None
    for end, anchor, aside in ((spread.band.low, "end", -4), (spread.band.high, "start", 4)):
        x = scale.x(end)
        yield f'<line class="end" x1="{x:.1f}" x2="{x:.1f}" y1="{_PLOT_TOP}" y2="{bottom}"/>'
        if x - _LEFT < _LABEL_ROOM:
            anchor, aside = "start", 4
        elif WIDTH - _RIGHT - x < _LABEL_ROOM:
            anchor, aside = "end", -4
        yield f'<text x="{x + aside:.1f}" y="{_PLOT_TOP - 4}" text-anchor="{anchor}">{end:.6g}</text>'


class _Scale:
    """Where a value stands, in pixels; what lies beyond the axis at its end."""

    def __init__(self, edges: Edges) -> None:
        self._low, self._high = edges.ends[0], edges.ends[-1]

    def x(self, value: float) -> float:
        # halves, because the difference of the largest numbers has no room
        whole = self._high / 2 - self._low / 2
        share = (value / 2 - self._low / 2) / whole if whole else 0.0
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * min(max(share, 0.0), 1.0)


def _labelled(edges: Edges) -> tuple[float, ...]:
    """Every so many edges, so that their numbers have room."""
    longest = max(len(edge_text(end, edges)) for end in edges.ends)
    fit = max(int((WIDTH - _LEFT - _RIGHT) / max(_LABEL_ROOM, 8 * longest)), 1)
    return edges.ends[:: -(-(len(edges.ends) - 1) // fit) or 1]


def _told(text: str) -> str:
    """A text that may hold anything, as XML."""
    cut = text if len(text) <= _MOST else text[: _MOST - 1] + "…"
    return escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", cut))
