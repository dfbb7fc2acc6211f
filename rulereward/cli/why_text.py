"""What `rulereward why` prints for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rulereward.cli.paper import signed
from rulereward.cli.why_reward import condition_lines, score_lines, what_if_lines
from rulereward.cli.why_tree import TreeLines
from rulereward.cli.why_words import (
    brief_words,
    folded_lines,
    one_line,
    plain_words,
    quoted,
    shortened,
    table_lines,
    value_words,
)
from rulereward.insight.why.explanation import Explanation, GroupTold
from rulereward.insight.why.told import RuleTold
from rulereward.plan.layout import display_width

MOST_MEMBERS = 16
_EXCERPT_LINES = 4
_MARKED = 80
"""Texts that are longer are no extracted answers, and are not marked in the completion."""

_SCORED_BY = {
    True: "scored with this ruleset",
    False: "scored with another ruleset, or with another version or parameters of it",
    None: "and does not say with which ruleset it was scored",
}

Section = tuple[str, list[str]]


@dataclass(frozen=True, slots=True)
class Style:
    """`rule`: only this rule is asked for. `full`: nothing is shortened."""

    width: int
    full: bool
    rule: str | None


def why_lines(told: Explanation, style: Style) -> Iterator[str]:
    """The whole page."""
    yield f"{told.where}, {told.ruleset} {told.fingerprint}"
    yield from _reward_lines(told, style)
    trees = TreeLines(style.width, full=style.full, deep=style.rule is not None)
    sections: list[Section] = [("the row", _row(told, style))]
    if style.rule is None:
        sections += [
            ("its group", [] if told.group is None else _group(told.group, style)),
            ("rules", _rules(told, style)),
        ]
    sections += [(_title(rule, style), _rule(rule, trees, style)) for rule in told.rules]
    if style.rule is None:
        sections += [
            ("routes, of which the first that is true is taken", condition_lines(told.routes, trees, "taken")),
            ("gates, of which the first that is true gives the reward", condition_lines(told.gates, trees, "gave")),
            (
                "score" if told.route is None else f"score on route {told.route}",
                score_lines(told, trees, style.width),
            ),
        ]
    asked = "what if one rule were at its worst or its best, and all others as they are"
    sections.append((asked, what_if_lines(told, style.width)))
    for title, lines in sections:
        if lines:
            yield from ("", title, *lines)


def _reward_lines(told: Explanation, style: Style) -> Iterator[str]:
    by = f", given by the gate `{told.gate}`" if told.gate is not None else ""
    route = f", on the route `{told.route}`" if told.route is not None else ""
    step = f", at step {told.step}" if told.step is not None else ""
    yield from _hanging(f"reward {value_words(told.reward)}{by}{route}{step}", style)
    stored = told.stored
    if stored is not None:
        then = stored.state if stored.reward is None else f"{stored.reward:.6g}"
        same = "the same reward" if stored.same else f"another reward: {then}"
        yield from _hanging(f"the file holds {same}, {_SCORED_BY[stored.same_ruleset]}", style)
    if told.group is not None and told.group.standing.advantage is not None:
        yield from _hanging(_standing_words(told.group), style)


def _standing_words(group: GroupTold) -> str:
    standing = group.standing
    assert standing.advantage is not None
    assert standing.mean is not None
    words = f"advantage {signed(standing.advantage)} over the group's mean {standing.mean:.6g}"
    if standing.standardized is None:
        return f"{words}; all rewards of the group are equal"
    return f"{words}, {signed(standing.standardized)} in standard deviations"


def _hanging(text: str, style: Style) -> list[str]:
    """A line, folded; what follows the first stands to the right."""
    lines = [text] if style.full else folded_lines(text, style.width, "  ")
    return [lines[0].removeprefix("  "), *lines[1:]]


def _row(told: Explanation, style: Style) -> list[str]:
    rows: list[tuple[str, str]] = []
    lines: list[str] = []
    for name, cell in told.inputs.items():
        if name == "completion" and isinstance(cell.value, str):
            text = cell.value if style.full else excerpt(cell.value, told.parted, (style.width - 4) * _EXCERPT_LINES)
            lines.append(f"  completion, {len(cell.value):,} characters")
            lines += [f"    {one_line(text)}"] if style.full else folded_lines(one_line(text), style.width, "    ")
        else:
            rows.append((name, value_words(cell, None if style.full else style.width - 20)))
    return lines + (table_lines(rows, (), 10**9 if style.full else style.width) if rows else [])


def excerpt(text: str, parted: Sequence[str], room: int) -> str:
    """A text in quotes of about `room` characters around what was cut out of it, which is marked: «4».

    The last place is taken, as extractors do.
    """
    found = sorted({part for part in parted if len(part) <= _MARKED and part in text}, key=len)
    if not found:
        return quoted(text, room)
    start = text.rfind(found[0])
    end = start + len(found[0])
    marked = f"«{text[start:end]}»"
    if len(text) <= room:
        return f'"{text[:start]}{marked}{text[end:]}"'
    side = max((room - len(marked)) // 2, _MARKED // 2)
    before, after = text[:start], text[end:]
    return f'"{shortened(before, side)}{marked}{shortened(after, side)}"'


def _group(group: GroupTold, style: Style) -> list[str]:
    shown = range(len(group.rewards)) if style.full else range(min(len(group.rewards), MOST_MEMBERS))
    rows = [
        (group.where[row], brief_words(group.rewards[row]), "this row" if row == group.place else "") for row in shown
    ]
    more = len(group.rewards) - len(rows)
    return table_lines(rows, (), style.width) + ([f"  and {more} more"] if more else [])


def _rules(told: Explanation, style: Style) -> list[str]:
    """A line for each rule: what it is, and what it puts into the reward."""
    rows = [("", "value", "weight", "contribution", "")]
    for rule in told.rules:
        reason = rule.cell.reason
        why = (
            "" if reason is None else f"{reason.code}: {one_line(reason.message)}" if reason.message else reason.code
        )
        value = plain_words(rule.cell.value) if rule.cell.state == "ok" else rule.cell.state
        rows.append((rule.name, value, _number(rule.weight), _number(rule.contribution), why))
    return table_lines(rows, (1, 2, 3), style.width)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _title(rule: RuleTold, style: Style) -> str:
    """The rule's name and expression, in one line."""
    line = f"{rule.name}: {rule.tree.text}"
    return line if style.full or style.rule is not None else shortened(line, style.width)


def _rule(rule: RuleTold, trees: TreeLines, style: Style) -> list[str]:
    room = None if style.full else style.width - 4
    wide = 10**9 if style.full else style.width
    lines = folded_lines(f"→ {value_words(rule.cell)}", style.width, "  ")
    lines += trees.parts(rule.tree, 1)
    for word, found in (("fields: ", rule.fields), ("evidence: ", rule.evidence)):
        told = [entry for name, value in found.items() for entry in entries(name, value, room)]
        heads = [word, *[" " * len(word)] * len(told)]
        rows = [(head + name, words) for head, (name, words) in zip(heads, told, strict=False)]
        lines += table_lines(rows, (), wide) if rows else []
    return lines


_LEFT_OF_NAMES = len("evidence:   ")


def entries(name: str, value: object, room: int | None) -> list[tuple[str, str]]:
    """A value by its name; of mappings in a list that is too long for a line each has its own line, or, where it is
    too long for that, a line for each of its values.
    """
    is_long = room is not None and display_width(plain_words(value)) > room
    if not (is_long and isinstance(value, list) and all(item and isinstance(item, Mapping) for item in value)):
        return [(name, plain_words(value, room))]
    assert room is not None, "or nothing is too long"
    found: list[tuple[str, str]] = []
    for item in value:
        if display_width(line := plain_words(item)) <= room - len(name) - _LEFT_OF_NAMES:
            found.append((name, line))
            continue
        (first, its), *others = item.items()
        found.append((name, f"{first} {plain_words(its, room)}"))
        found += [(f"  {key}", plain_words(inner, room)) for key, inner in others]
    return found
