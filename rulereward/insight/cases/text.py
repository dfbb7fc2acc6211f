"""What is told of a case that failed, and of what cases cover, as plain text.

Texts of rows stand there without a character that would move a cursor: a model may have written them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from rulereward.data import State
from rulereward.insight.cases.coverage import Coverage
from rulereward.insight.cases.running import Outcome, printable, shown
from rulereward.plan.layout import aligned

_MOST = 100
_MOST_FIELDS = 6


def failure_text(outcome: Outcome) -> str:
    """Each difference, the rows it was found in, and what every rule was worth there."""
    lines = [outcome.case.place]
    if outcome.stopped is not None:
        lines.append(f"the run was stopped: {outcome.stopped}")
    for row in dict.fromkeys(difference.row for difference in outcome.differences):
        if len(outcome.case.rows) > 1:
            lines.append(f"row {row + 1} of {len(outcome.case.rows)}:")
        lines += [f"  {difference}" for difference in outcome.differences if difference.row == row]
        lines.append("  the row:")
        lines += _unfolded(list(_fields(outcome, row)))
        lines.append("  what was measured:")
        lines += aligned(list(_rules(outcome, row)), "    ")
    return "\n".join(lines)


def _unfolded(rows: list[tuple[str, str]]) -> list[str]:
    """Names and values under one another, a line each: what a model wrote is not broken anew."""
    width = max((len(name) for name, _ in rows), default=0)
    return [f"    {name.ljust(width)}  {text}" for name, text in rows]


def _fields(outcome: Outcome, row: int) -> Iterator[tuple[str, str]]:
    """The columns, shortened; the completion first, as the ruleset reads it."""
    fields = outcome.case.rows[row].fields
    completion = {path.partition(".")[0] for path in outcome.ruleset.plan.inputs["completion"].paths}
    names = sorted(fields, key=lambda name: name not in completion)
    for name in names[:_MOST_FIELDS]:
        yield printable(name), shortened(fields[name])
    if len(names) > _MOST_FIELDS:
        yield "...", f"{len(names) - _MOST_FIELDS} more columns"
    for rule, stub in outcome.case.rows[row].stubs.items():
        yield f"stub {rule}", "error" if not isinstance(stub.value, float | int | None) else shortened(stub.value)


def _rules(outcome: Outcome, row: int) -> Iterator[tuple[str, str, str]]:
    """The reward and each rule with its value and the reason for it."""
    scores, ruleset = outcome.scores, outcome.ruleset
    if scores is None:
        return
    for name in ("reward", *ruleset.rules):
        cells = scores if name == "reward" else scores[name]
        value = float((scores.reward if name == "reward" else scores[name].values)[row])
        reason = cells.reasons[row]
        told = "" if reason is None else printable(f"{reason.code}: {reason.message}")
        yield name, shown(ruleset, name, State(int(cells.states[row])), value), told
    details = cast("dict[str, object]", scores.records(details=True)[row]["reward_details"])
    for way in ("route", "gate"):
        if details.get(way) is not None:
            yield way, str(details[way]), ""


def shortened(value: object) -> str:
    """A value on one line; a long text without its middle."""
    if isinstance(value, str):
        if len(value) > _MOST:
            half = _MOST // 2
            return f'"{printable(value[:half])}" … "{printable(value[-half:])}" ({len(value):,} characters)'
        return f'"{printable(value)}"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list) and len(value) > _MOST:
        return f"a list of {len(value):,} values"
    text = printable(repr(value))
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"


def coverage_lines(name: str, found: Coverage, *, brief: bool = False) -> list[str]:
    """What was taken how often, and, with their places, what never was; only the latter where it is to be `brief`."""
    points = list(found.points.values())
    untaken = found.untaken
    lines = [f"coverage of {name}: {len(points) - len(untaken)} of {len(points)} gates, routes and arms taken"]
    if not points:
        lines = [f"coverage of {name}: it has no gates, routes or arms"]
    lines += aligned([(f"{point}", f"taken {point.taken}", _passed(point.passed)) for point in points])
    lines = [] if brief else lines
    lines += [f"  never taken: {point} ({point.place})" for point in untaken]
    if not brief:
        lines += [f"  {rule.lack}: rule {rule.name} ({rule.place})" for rule in found.unchanging]
    return lines


def _passed(times: int) -> str:
    return f"passed {times}" if times else ""
