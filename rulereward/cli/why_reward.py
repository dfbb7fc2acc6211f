"""How `rulereward why` prints what becomes of the rules: routes, gates, the score, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rulereward.cli.why_tree import TreeLines
from rulereward.cli.why_words import brief_words, folded_lines, plain_words, shortened, table_lines, value_words
from rulereward.insight.why.explanation import Explanation, Scenario, WhatIf
from rulereward.insight.why.told import Condition, ScorePart
from rulereward.plan.layout import display_width


def condition_lines(conditions: Sequence[Condition], trees: TreeLines, gave: str) -> list[str]:
    words = {"gave": gave, "passed": "not true", "error": "an error", "not_reached": "not looked at"}
    lines: list[str] = []
    for condition in conditions:
        gives = ""
        if condition.value is not None and condition.outcome == "gave":
            gives = f" {value_words(condition.value.cell)}"
        lines.append(f"  {condition.name}: {words[condition.outcome]}{gives}")
        if condition.outcome != "not_reached":
            lines += trees.lines(condition.when, 2)
            if gives and condition.value is not None and condition.value.parts:
                lines += trees.lines(condition.value, 2)
    return lines


def score_lines(told: Explanation, trees: TreeLines, width: int) -> list[str]:
    score = told.score
    if not score.counted:
        return []
    lines: list[str] = []
    for part in score.parts:
        lines += _part(part, trees, width)
    rows: list[tuple[str, str]] = []
    if len(score.parts) != 1 or score.clamp is not None or score.final_null is not None:
        zero = ", nulls counted as 0" if score.null_is_zero else ""
        rows.append((f"sum{zero}", value_words(score.total)))
    if score.clamp is not None and score.limited is not None:
        rows.append(("held in {:g}..{:g}".format(*score.clamp), value_words(score.limited)))
    if score.final_null is not None:
        rows.append(("where that is null", f"{score.final_null:g}"))
    rows.append(("reward", value_words(told.reward)))
    return lines + table_lines(rows, (), width)


def _part(part: ScorePart, trees: TreeLines, width: int) -> list[str]:
    """`accuracy: 1 × true = 1`, or an addend with its sign, and below it what it is made of."""
    amount = "" if part.contribution is None else f" = {value_words(part.contribution)}"
    if part.weight is None:
        sign = "- " if part.negative else ""
        words = [f"  {sign}{shortened(part.name, width - 20)}{amount}"]
    else:
        weight, value = value_words(part.weight.cell), value_words(part.value.cell)
        metric = " (a metric, not counted)" if part.metric else amount
        words = folded_lines(f"{part.name}: {weight} × {value}{metric}", width, "  ")
        if part.weight.parts:
            words += trees.lines(part.weight, 2)
    if part.value.parts:
        words += trees.parts(part.value, 2) if part.value.name is None else trees.lines(part.value, 2)
    return words


def what_if_lines(told: Explanation, width: int) -> list[str]:
    """A line for each rule that can change the reward; the others by name."""
    if told.verdict is not None:
        return folded_lines(told.verdict, width, "  ")
    moving = [entry for entry in told.what_if if entry.matters]
    lines = _table(told, moving, width) if moving else []
    still = [entry.rule for entry in told.what_if if not entry.matters and (entry.worst or entry.best)]
    notes = [f"{entry.rule}: {note}" for entry in told.what_if for note in (*_switches(told, entry), *entry.notes)]
    if still:
        notes.append(f"no difference: {', '.join(still)}")
    return lines + [line for note in notes for line in folded_lines(note, width, "  ")]


def _table(told: Explanation, entries: Sequence[WhatIf], width: int) -> list[str]:
    """The rewards, in a group with as much about the advantage as there is room for."""
    grouped = told.group is not None and told.group.standing.mean is not None
    lines: list[str] = []
    for more in (2, 1, 0) if grouped else (0,):
        rows: list[tuple[str, ...]] = [("", "now", "if worst", "if best", "swing")]
        for entry in entries:
            now = plain_words(entry.now.value) if entry.now.state == "ok" else entry.now.state
            swing = "" if entry.swing is None else plain_words(entry.swing)
            rows.append((entry.rule, now, *(_scenario(end, more) for end in (entry.worst, entry.best)), swing))
        lines = table_lines(rows, (4,), width)
        if max(display_width(line) for line in lines) <= width:
            break
    return lines + ([f"  in brackets: {_BRACKETS[more]}"] if more else [])


_BRACKETS = ("", "the advantage", "the advantage, and it in standard deviations")
"""What stands behind each reward, by how many numbers there are."""


def _scenario(end: Scenario | None, more: int) -> str:
    if end is None:
        return ""
    words = f"{plain_words(end.value)} → {brief_words(end.reward)}"
    standing = end.standing
    if standing is None or standing.advantage is None or not more:
        return words
    standardized = standing.standardized
    behind = f", {standardized:+.3g}" if more > 1 and standardized is not None else ""
    return f"{words} ({standing.advantage:+.4g}{behind})"


def _switches(told: Explanation, entry: WhatIf) -> Iterator[str]:
    """Where another gate, or none, or another route would give the reward."""
    for word, end in (("worst", entry.worst), ("best", entry.best)):
        if end is None:
            continue
        if end.route != told.route:
            yield f"at its {word} the row takes {'no route' if end.route is None else f'the route `{end.route}`'}"
        if end.gate != told.gate:
            yield f"at its {word} {'no gate' if end.gate is None else f'the gate `{end.gate}`'} gives the reward"
