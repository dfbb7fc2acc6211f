"""What `rulereward compare` prints for people."""

from __future__ import annotations

from rulereward.cli.paper import Paper, count
from rulereward.insight.compare.comparison import Comparison, Group


def show_comparison(found: Comparison) -> None:
    """Print it."""
    paper = Paper()
    ours = found.ruleset if found.rule is None else f"{found.ruleset}, rule `{found.rule}`"
    paper.line(f"ours:   {ours}")
    paper.line(f"theirs: {found.function}, called as --style {found.style}")
    unread = f"; {count(found.unread, 'row')} could not be read" if found.unread else ""
    paper.line(f"{found.differ:,} of {count(found.rows - found.unread, 'row')} differ{unread}")
    for note in found.notes:
        paper.line(f"note: {note}")
    for place, group in enumerate(found.groups, 1):
        paper.line()
        _show_group(paper, place, group)


def _show_group(paper: Paper, place: int, group: Group) -> None:
    paper.line(f"{place}. {group.difference} on {count(len(group.rows), 'row')}{_why(group)}")
    if group.features:
        agree = f"; of the rows like this {group.agreeing:,} agree" if group.agreeing else "; no row like this agrees"
        also = f" (the same rows: {', '.join(group.also[:3])})" if group.also else ""
        paper.line(f"   {', '.join(group.features)}{also}{agree}")
    elif group.also:
        paper.line(f"   in common, which may be chance: {', '.join(group.also)}")
    told = [f"{ours} → {theirs} ({number:,})" for ours, theirs, number in group.values]
    paper.line(f"   ours → theirs: {', '.join(told)}")
    if group.own:
        paper.line(f"   our side: {', '.join(f'{said} ({number:,})' for said, number in group.own)}")
    for example in group.examples:
        gold = f", gold {example.gold}" if example.gold else ""
        paper.line(f"   {example.where}: {example.ours} → {example.theirs}{gold}: {example.text or '(nothing)'}")


def _why(group: Group) -> str:
    if group.cause:
        return f", where {group.cause}"
    return ", on nearly every row" if group.found else ": no common cause found"
